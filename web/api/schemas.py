"""What the answers of the API look like, in JSON Schema 2020-12, which OpenAPI 3.1 speaks.

Every key is there in every answer, except where `fields` leaves it out. New keys may come; a client ignores those that
it does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from feeds.model import Basis
from feeds.model import Precision
from feeds.model import Rel
from feeds.model import RelationKind
from feeds.model import Role
from web.api.resources import ALL

Schema = Mapping[str, Any]

#: Kinds and roles may become more, so they are told as examples and not as an enumeration.
_WORD: Schema = {"type": "string"}
_COUNT: Schema = {"type": "integer", "minimum": 0}


def said(description: str, schema: Schema) -> Schema:
    """A schema with what it means."""
    return {**schema, "description": description}


def nullable(schema: Schema) -> Schema:
    """The schema, or null where nothing is known."""
    if "$ref" in schema:
        return {"anyOf": [schema, {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}


def ref(name: str) -> Schema:
    """A schema of ours by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def several(items: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": items}


def thing(properties: Mapping[str, Schema], optional: tuple[str, ...] = ()) -> Schema:
    """An object with all of these keys."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "required": required, "properties": dict(properties)}


def _known(description: str, words: type[StrEnum]) -> Schema:
    return {"type": "string", "description": description, "examples": [word.value for word in words]}


_ID: Schema = {"type": "string", "pattern": "^urn:uuid:[0-9a-f-]{36}$"}
_URL: Schema = {"type": "string", "format": "uri"}
#: As found, which no rule holds.
_LINK: Schema = {"type": "string", "description": "An address, as found."}
_MOMENT: Schema = {"type": "string", "format": "date-time"}
_DATE: Schema = {"type": "string", "format": "date"}
_MEDIA: Schema = {"type": "string", "examples": ["image", "video", "audio"]}
_LINE = said("The line of the document, from 1.", nullable({"type": "integer", "minimum": 1}))
_PERSON: Mapping[str, Schema] = {
    "slug": _WORD,
    "name": _WORD,
    "handle": nullable(_WORD),
}
_SKIPPED = thing({"reason": _WORD, "line": _LINE, "words": said("How it begins.", _WORD)})
_PROBLEM = thing({"message": _WORD, "line": _LINE})
_COUNTS: Mapping[str, Schema] = {
    "entries": said("The number of its entries.", _COUNT),
    "newest": said("When the newest of them was published.", nullable(_MOMENT)),
    "url": said("Its page; with a suffix its feeds.", _URL),
}

_ENTRY = thing(
    {
        "id": said("A urn:uuid, the same in every feed, for ever.", _ID),
        "url": said("The entry's own main link.", nullable(_LINK)),
        "title": said("Null where the author gave none.", nullable(_WORD)),
        "display_title": said("The title, or one made of the opening words.", _WORD),
        "summary": said("Plain text, short.", _WORD),
        "content_html": said("Sanitised; all addresses are absolute.", _WORD),
        "content_text": said("The same as plain text.", _WORD),
        "language": said("A BCP 47 tag.", {"type": "string", "examples": ["zh-Hans", "en"]}),
        "published": said("Of a day its first moment where the source is; of what is unknown `first_seen`.", _MOMENT),
        "published_date": said("The calendar date where the source is; null where unknown.", nullable(_DATE)),
        "published_precision": _known("How exactly that is known.", Precision),
        "published_basis": _known("How that is known.", Basis),
        "updated": said("Moves only when title or text change.", _MOMENT),
        "first_seen": _MOMENT,
        "authors": said(
            "The byline.",
            several(thing({**_PERSON, "role": _known("What the person did.", Role), "url": nullable(_LINK)})),
        ),
        "quoted": said(
            "Who is quoted, and where their words stand.", several(thing({**_PERSON, "url": nullable(_LINK)}))
        ),
        "source": thing({"slug": _WORD, "name": _WORD}),
        "document": thing(
            {
                "id": _ID,
                "name": _WORD,
                "title": nullable(_WORD),
                "url": nullable(_LINK),
                "position": said("Counts the entries of the document from 1.", {"type": "integer", "minimum": 1}),
            }
        ),
        "topics": several(
            thing(
                {
                    "slug": _WORD,
                    "name": _WORD,
                    "score": said("1 is what a topic takes.", {"type": "number"}),
                    "evidence": several(
                        thing({"rule": _WORD, "words": _WORD, "place": said("Where they stand.", _WORD)})
                    ),
                    "why": said("The evidence as a sentence.", _WORD),
                }
            )
        ),
        "links": several(thing({"rel": _known("What it leads to.", Rel), "url": _LINK, "title": nullable(_WORD)})),
        "media": several(
            thing(
                {
                    "url": _LINK,
                    "kind": _MEDIA,
                    "alt": nullable(_WORD),
                }
            )
        ),
        "relations": several(
            thing({"kind": _known("How this entry relates to the other.", RelationKind), "entry": _ID, "url": _URL})
        ),
        "revision": said("Counts the texts that the entry has had, from 1.", {"type": "integer", "minimum": 1}),
        "snippet": said("Where words were looked for: HTML, with hits in `mark`.", nullable(_WORD)),
    },
    optional=("snippet",),
)
_AUTHOR = thing({**_PERSON, "aliases": said("Other names that lead here.", several(_WORD)), **_COUNTS})
_TOPIC = thing(
    {
        "slug": _WORD,
        "name": said("In the language of the site.", _WORD),
        "name_zh": _WORD,
        "name_en": _WORD,
        "description": nullable(_WORD),
        **_COUNTS,
    }
)
_SOURCE = thing(
    {
        "slug": _WORD,
        "name": _WORD,
        "language": said("A BCP 47 tag.", _WORD),
        "zone": said("An IANA time zone; calendar dates are in it.", _WORD),
        "home": said("Its own address.", nullable(_LINK)),
        **_COUNTS,
    }
)
_DOCUMENT = thing(
    {
        "id": _ID,
        "name": said("The file name, or the last segment of the address.", _WORD),
        "title": nullable(_WORD),
        "url": said("Where it was published.", nullable(_LINK)),
        "lead": nullable(_WORD),
        "cover": said("A picture.", nullable(_LINK)),
        "source": said("A slug; null for a document that was never read.", nullable(_WORD)),
        "format": _WORD,
        "encoding": _WORD,
        "digest": said("SHA-256 of its bytes; empty where they never came.", _WORD),
        "published": nullable(_DATE),
        "first_seen": _MOMENT,
        "read": _MOMENT,
        "entries": _COUNT,
        "skipped": said("Pieces that are no entries, and why.", several(_SKIPPED)),
        "problems": said("What is wrong in it and stopped nothing.", several(_PROBLEM)),
        "failure": said("Why it could not be read at all; null where it could.", nullable(_WORD)),
    }
)
_STORY = thing(
    {
        "id": _ID,
        "title": _WORD,
        "entries": _COUNT,
        "first_published": _MOMENT,
        "last_published": _MOMENT,
        "keys": said("What at least two of its entries have in common.", several(_WORD)),
        "lead": said("The entry that stands for it.", _ID),
        "url": _URL,
    }
)
_REVISION = thing(
    {
        "revision": {"type": "integer", "minimum": 1},
        "updated": _MOMENT,
        "title": nullable(_WORD),
        "content_text": _WORD,
        "content_html": _WORD,
        "difference": said(
            "What became of the text before; empty for the first.",
            several(thing({"kind": {"type": "string", "examples": ["same", "removed", "added"]}, "text": _WORD})),
        ),
    }
)
_NEAR = several(thing({"slug": _WORD, "name": _WORD, "score": {"type": "number"}, "why": _WORD}))
_COUNTED = several(thing({"slug": _WORD, "name": _WORD, "entries": _COUNT}))
_FACETS = thing(
    {
        "entries": said("How many were counted.", _COUNT),
        "complete": said("Whether that is all that the filters leave, or the newest.", {"type": "boolean"}),
        "topic": _COUNTED,
        "author": _COUNTED,
        "source": _COUNTED,
        "month": several(thing({"month": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}$"}, "entries": _COUNT})),
    },
    optional=("topic", "author", "source", "month"),
)
_TELLING = thing(
    {
        "how": said("What joins it.", {"type": "string", "examples": ["url", "repo", "name", "translation"]}),
        "key": said("What it has in common with others.", _WORD),
        "weak": said("Joined by no exact key.", {"type": "boolean"}),
        "in_passing": said("About other things too.", {"type": "boolean"}),
        "entry": ref("Entry"),
    }
)
_STATISTICS = thing(
    {
        "entries": _COUNT,
        "without_topics": _COUNT,
        "topics": several(
            thing(
                {
                    "slug": _WORD,
                    "name": _WORD,
                    "entries": _COUNT,
                    "months": several(thing({"month": _WORD, "entries": _COUNT})),
                    "together": several(thing({"slug": _WORD, "entries": _COUNT})),
                }
            )
        ),
    }
)
_WHEN = nullable(_MOMENT)
_HEALTH = thing(
    {
        "sources": several(
            thing(
                {
                    "slug": _WORD,
                    "name": _WORD,
                    "kind": {"type": "string", "examples": ["feed", "git"]},
                    "address": _WORD,
                    "licence": nullable(_WORD),
                    "state": {"type": "string", "examples": ["new", "ok", "failing", "gone"]},
                    "last_attempt": _WHEN,
                    "last_success": _WHEN,
                    "last_new": said("When a new entry was last found.", _WHEN),
                    "expected_period": said("Seconds between two new entries.", nullable(_COUNT)),
                    "next_try": _MOMENT,
                    "failures": said("In a row.", _COUNT),
                    "error": said("What was wrong, in words.", nullable(_WORD)),
                    "entries": said("The number of its entries.", _COUNT),
                    "attempts": _COUNT,
                    "unchanged": _COUNT,
                    "requests": _COUNT,
                    "bytes": _COUNT,
                    "being_fetched": {"type": "boolean"},
                }
            )
        )
    }
)
_SUGGESTION = thing(
    {"kind": {"type": "string", "examples": ["topic", "author"]}, "slug": _WORD, "name": _WORD, "url": _URL}
)
_CHANGE = thing(
    {
        "kind": {"type": "string", "enum": ["upsert", "withdrawn"]},
        "id": _ID,
        "at": _MOMENT,
        "entry": said("Null for what was withdrawn.", {"anyOf": [ref("Entry"), ref("EntryPart"), {"type": "null"}]}),
    }
)
_RECEIPT = thing(
    {
        "document": nullable(ref("Document")),
        "new": _COUNT,
        "changed": _COUNT,
        "unchanged": _COUNT,
        "withdrawn": _COUNT,
        "skipped": several(_SKIPPED),
        "problems": several(_PROBLEM),
    }
)
_ERROR = thing(
    {
        "type": said("about:blank: the status says it all.", _WORD),
        "title": _WORD,
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": said("For people.", _WORD),
        "code": said("For programs; stable.", {"type": "string", "examples": ["invalid_parameter", "not_found"]}),
        "parameter": said("Which one is wrong.", _WORD),
        "allowed": said("What it may be.", several(_WORD)),
        "near": said("What may have been meant.", several(thing({"slug": _WORD, "name": _WORD}))),
        "problems": said("What is wrong in a document that was sent.", several(_PROBLEM)),
        "limit": said("How much there may be.", _COUNT),
        "start": said("Where in the value the mistake begins, in characters from 0.", _COUNT),
        "end": said("Where it ends.", _COUNT),
    },
    optional=("parameter", "allowed", "near", "problems", "limit", "start", "end"),
)
_NEXT = said("The address of the next page, from its path on; null on the last one.", nullable({"type": "string"}))
_RESOURCES = {
    "Entry": _ENTRY,
    "Author": _AUTHOR,
    "Topic": _TOPIC,
    "Source": _SOURCE,
    "Document": _DOCUMENT,
    "Story": _STORY,
}


def _part(name: str, whole: Schema) -> Schema:
    """What `fields` leaves: only the key that names the thing is always there."""
    description = f"A part of `{name}`, as asked for by `fields`."
    return {**whole, "required": [next(iter(ALL[name]))], "description": description}


def _or_part(name: str) -> Schema:
    return {"anyOf": [ref(name), ref(f"{name}Part")]}


def page_of(items: Schema, more: Mapping[str, Schema] | None = None) -> Schema:
    """A page of a list; what it tells `more` is there when asked for."""
    extra = dict(more or {})
    return thing({"data": several(items), "next": _NEXT, **extra}, tuple(extra))


SCHEMAS: Mapping[str, Schema] = {
    **_RESOURCES,
    **{f"{name}Part": _part(name, whole) for name, whole in _RESOURCES.items()},
    "EntryPage": page_of(_or_part("Entry"), {"count": said("How many the filters leave.", _COUNT), "facets": _FACETS}),
    **{f"{name}Page": page_of(_or_part(name)) for name in _RESOURCES if name != "Entry"},
    "EntryDetails": {
        "anyOf": [
            {
                "allOf": [
                    ref(whole),
                    thing(
                        {"near_topics": _NEAR, "revisions": several(ref("Revision")), "stories": several(ref("Story"))},
                        ("near_topics", "revisions", "stories"),
                    ),
                ]
            }
            for whole in ("Entry", "EntryPart")
        ]
    },
    "StoryDetails": {"allOf": [ref("Story"), thing({"tellings": several(_TELLING)})]},
    "Revision": _REVISION,
    "RevisionPage": page_of(ref("Revision")),
    "Change": _CHANGE,
    "ChangePage": thing(
        {
            "data": several(ref("Change")),
            "next": _NEXT,
            "cursor": said("Where to go on, now or later: `since` of the next request.", _WORD),
        }
    ),
    "SuggestionPage": page_of(_SUGGESTION),
    "TopicStatistics": _STATISTICS,
    "SourceHealth": _HEALTH,
    "Receipt": _RECEIPT,
    "Problem": _ERROR,
}
