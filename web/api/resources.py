"""What the API says of things, key by key: dates in RFC 3339, null where nothing is known.

A resource is a table of its keys with what makes each of them, so that a request for few of them costs no more.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Set
from dataclasses import asdict
from datetime import datetime
from typing import Any
from typing import TypeVar

from feeds.addresses import ascii_url
from feeds.addresses import author_path
from feeds.addresses import entry_path
from feeds.addresses import source_path
from feeds.addresses import story_path
from feeds.addresses import topic_path
from feeds.model import DocumentReport
from feeds.model import Entry
from feeds.model import Person
from feeds.model import Source
from feeds.model import SourceHealth
from feeds.model import Story
from feeds.model import Tally
from feeds.model import Telling
from feeds.model import TopicHit
from feeds.store.reading import PARTS_OF_ENTRY
from feeds.titles import display_title
from feeds.topics import Topic
from feeds.topics.sentences import why
from feeds.topics.statistics import TopicStatistics
from web.reasons import near_misses
from web.state import State

T = TypeVar("T")

Resource = Mapping[str, object]
#: The keys of a resource, each with what makes its value.
Keys = Mapping[str, Callable[[T, State], object]]


def shown(keys: Keys[T], found: T, state: State, only: Collection[str] = ()) -> Resource:
    """A thing with all its keys, or with the first one, which names it, and those of `only`."""
    first = next(iter(keys))
    return {key: make(found, state) for key, make in keys.items() if not only or key in only or key == first}


def unread(only: Collection[str]) -> Set[str]:
    """The parts of entries that need not be read where only these keys of `ENTRY` are asked for."""
    if not only:
        return frozenset()
    return PARTS_OF_ENTRY - {part for key in only for part in _NEEDED.get(key, (key,))}


def near_topics(found: Entry, state: State) -> list[Resource]:
    """The topics that an entry is nearly in, with why it is not."""
    return [{"slug": m.slug, "name": m.name, "score": m.score, "why": m.why} for m in near_misses(found, state)]


def telling(found: Telling, state: State) -> Resource:
    """An entry in a story, with what joins it."""
    return {
        "how": found.how,
        "key": found.key,
        "weak": found.is_weak,
        "in_passing": found.hangs,
        "entry": shown(ENTRY, found.entry, state),
    }


def topic_statistics(found: TopicStatistics, state: State) -> Resource:
    """How topics are spread over entries and months, and which of them stand together."""
    return {
        "entries": found.entries,
        "without_topics": found.without,
        "topics": [
            {
                "slug": one.slug,
                "name": state.site.topic_name(one.slug),
                "entries": one.entries,
                "months": [{"month": month, "entries": number} for month, number in one.months.items()],
                "together": [{"slug": slug, "entries": number} for slug, number in one.together],
            }
            for one in found.topics
        ],
    }


def source_health(found: SourceHealth) -> Resource:
    """How a source is that is fetched: times, spans in seconds, and the last error in words."""
    told = {key: value for key, value in asdict(found).items() if key != "expected_period"}
    period = found.expected_period
    return {
        **{key: moment(value) if isinstance(value, datetime) else value for key, value in told.items()},
        "expected_period": None if period is None else round(period.total_seconds()),
    }


def moment(at: datetime) -> str:
    """RFC 3339 in UTC with `Z`; fractions of a second are dropped."""
    return f"{at.year:04}{at.strftime('-%m-%dT%H:%M:%SZ')}"


def _person(person: Person, **role: str) -> Resource:
    return {"slug": person.slug, "name": person.name, "handle": person.handle, **role, "url": person.url}


def _hit(hit: TopicHit, state: State) -> Resource:
    evidence = [{"rule": item.rule, "words": item.words, "place": item.place} for item in hit.evidence]
    name = state.site.topic_name(hit.slug)
    sentence = why(name, hit.evidence, hit.score)
    return {"slug": hit.slug, "name": name, "score": hit.score, "evidence": evidence, "why": sentence}


def _document(found: Entry, state: State) -> Resource:
    document = found.document
    facts = {"id": document.id, "name": document.name, "title": document.title, "url": document.url}
    return {**facts, "position": found.place.position}


def _relations(found: Entry, state: State) -> list[Resource]:
    return [
        {"kind": relation.kind.value, "entry": relation.entry, "url": state.site.url(entry_path(relation.entry))}
        for relation in found.relations
    ]


def _newest(found: Tally | None) -> str | None:
    return moment(found.newest) if found and found.newest else None


#: `published` is always there: where nothing is known it is the moment the entry was first seen, and
#: `published_precision` and `published_basis` say so.
ENTRY: Keys[Entry] = {
    "id": lambda found, _: found.id,
    "url": lambda found, _: found.url,
    "title": lambda found, _: found.title,
    "display_title": lambda found, _: display_title(found),
    "summary": lambda found, _: found.summary,
    "content_html": lambda found, _: found.content_html,
    "content_text": lambda found, _: found.content_text,
    "language": lambda found, _: found.language,
    "published": lambda found, _: moment(found.published.at),
    "published_date": lambda found, _: found.published.date.isoformat() if found.published.date else None,
    "published_precision": lambda found, _: found.published.precision.value,
    "published_basis": lambda found, _: found.published.basis.value,
    "updated": lambda found, _: moment(found.updated),
    "first_seen": lambda found, _: moment(found.first_seen),
    "authors": lambda found, _: [_person(person, role=person.role.value) for person in found.people],
    "quoted": lambda found, _: [_person(person) for person in found.quoted],
    "source": lambda found, _: {"slug": found.source.slug, "name": found.source.name},
    "document": _document,
    "topics": lambda found, state: [_hit(hit, state) for hit in found.topics],
    "links": lambda found, _: [{"rel": x.rel.value, "url": x.url, "title": x.title} for x in found.links],
    "media": lambda found, _: [{"url": x.url, "kind": x.kind, "alt": x.alt} for x in found.media],
    "relations": _relations,
    "revision": lambda found, _: found.revision,
}
#: The parts that a key is made of, where that is not the one of its name.
_NEEDED = {
    "authors": ("people",),
    "snippet": ("content_text",),
    "display_title": ("content_text", "links", "media", "people"),
}

AUTHOR: Keys[Tally] = {
    "slug": lambda found, _: found.slug,
    "name": lambda found, _: found.name,
    "handle": lambda found, _: found.handle,
    "aliases": lambda found, _: list(found.aliases),
    "entries": lambda found, _: found.entries,
    "newest": lambda found, _: _newest(found),
    "url": lambda found, state: state.site.url(author_path(found.slug)),
}

#: A topic of the rules; no tally where no entry is in it.
TOPIC: Keys[tuple[Topic, Tally | None]] = {
    "slug": lambda found, _: found[0].slug,
    "name": lambda found, state: state.topic_name(found[0]),
    "name_zh": lambda found, _: found[0].name_zh,
    "name_en": lambda found, _: found[0].name_en,
    "description": lambda found, _: found[0].description or None,
    "entries": lambda found, _: found[1].entries if found[1] else 0,
    "newest": lambda found, _: _newest(found[1]),
    "url": lambda found, state: state.site.url(topic_path(found[0].slug)),
}

SOURCE: Keys[tuple[Source, Tally]] = {
    "slug": lambda found, _: found[0].slug,
    "name": lambda found, _: found[0].name,
    "language": lambda found, _: found[0].language,
    "zone": lambda found, _: found[0].zone,
    "home": lambda found, _: found[0].url,
    "entries": lambda found, _: found[1].entries,
    "newest": lambda found, _: _newest(found[1]),
    "url": lambda found, state: state.site.url(source_path(found[0].slug)),
}

#: A document with what its last reading gave.
DOCUMENT: Keys[DocumentReport] = {
    "id": lambda found, _: found.id,
    "name": lambda found, _: found.info.name,
    "title": lambda found, _: found.info.title,
    "url": lambda found, _: found.info.url,
    "lead": lambda found, _: found.info.lead,
    "cover": lambda found, _: found.info.cover and ascii_url(found.info.cover),
    "source": lambda found, _: found.source,
    "format": lambda found, _: found.info.format,
    "encoding": lambda found, _: found.info.encoding,
    "digest": lambda found, _: found.info.digest,
    "published": lambda found, _: found.info.published.isoformat() if found.info.published else None,
    "first_seen": lambda found, _: moment(found.first_seen),
    "read": lambda found, _: moment(found.read),
    "entries": lambda found, _: found.entries,
    "skipped": lambda found, _: [{"reason": x.reason, "line": x.line, "words": x.words} for x in found.skips],
    "problems": lambda found, _: [{"message": x.message, "line": x.line} for x in found.problems],
    "failure": lambda found, _: found.failure,
}

#: A story without its entries.
STORY: Keys[Story] = {
    "id": lambda found, _: found.id,
    "title": lambda found, _: display_title(found.lead),
    "entries": lambda found, _: found.entries,
    "first_published": lambda found, _: moment(found.first),
    "last_published": lambda found, _: moment(found.last),
    "keys": lambda found, _: list(found.keys),
    "lead": lambda found, _: found.lead.id,
    "url": lambda found, state: state.site.url(story_path(found.id)),
}

#: By the name of their schema.
ALL: Mapping[str, Keys[Any]] = {
    "Entry": ENTRY,
    "Author": AUTHOR,
    "Topic": TOPIC,
    "Source": SOURCE,
    "Document": DOCUMENT,
    "Story": STORY,
}
