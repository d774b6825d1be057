"""The operations of the API, one table: routes, checks of requests and the OpenAPI document are made from it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from werkzeug.wrappers import Response

from feeds.model import Permission
from web.api import entries
from web.api import history
from web.api import listings
from web.api import stories
from web.api import suggesting
from web.api import writing
from web.api.answering import CSV
from web.api.answering import JSON
from web.api.answering import NDJSON
from web.api.filters import FILTERS
from web.api.given import Given
from web.api.given import Parameter
from web.api.parameters import CHANGES_SINCE
from web.api.parameters import COUNT
from web.api.parameters import CURSOR
from web.api.parameters import FACETS
from web.api.parameters import FORM
from web.api.parameters import LIMIT
from web.api.parameters import MORE_OF_ENTRY
from web.state import State

_LIST = (JSON, NDJSON, CSV)


@dataclass(frozen=True, slots=True)
class Example:
    """A request that a test makes of the sample documents; the document shows it."""

    summary: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing to ask for."""

    #: Also the name of its endpoint in Flask.
    name: str
    #: What a generated client calls it.
    id: str
    path: str
    summary: str
    description: str = ""
    method: str = "GET"
    parameters: tuple[Parameter[Any], ...] = ()
    answer: Callable[[Given, State], Response]
    #: The name of the schema of a good answer; None for one without a body.
    schema: str | None
    media_types: tuple[str, ...] = (JSON,)
    #: The statuses of a good answer.
    statuses: Mapping[int, str] = field(default_factory=lambda: {200: "As asked for."})
    #: The statuses of bad ones, beside those that any operation may have.
    problems: tuple[int, ...] = (400,)
    #: What a token must allow.
    permission: Permission | None = None
    takes_document: bool = False
    examples: tuple[Example, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """What it takes, in the address and in a form."""
        own = {parameter.name for parameter in self.parameters}
        return frozenset(own | {writing.PART} if self.takes_document else own)

    @property
    def tag(self) -> str:
        """Where it stands in the document."""
        return "Writing" if self.permission else "Reading"


_MOVED = {200: "As asked for.", 301: "It stands under another name; Location tells where."}
_PAGING = (LIMIT, CURSOR, FORM)


def _list(name: str, noun: str, fields: Parameter[Any], answer: Any, description: str) -> Operation:
    return Operation(
        name=name,
        id=f"list{name.capitalize()}",
        path=f"/{name}",
        summary=f"All {name}",
        description=description,
        parameters=(fields, *_PAGING),
        answer=answer,
        schema=f"{noun}Page",
        media_types=_LIST,
        examples=(
            Example(f"Two {name}", {"limit": "2"}),
            Example(f"All {name} as CSV", {"format": "csv"}),
            Example(f"All {name}, one a line", headers={"Accept": NDJSON}),
        ),
    )


def _one(name: str, noun: str, path: str, parameter: Parameter[str], answer: Any) -> Operation:
    return Operation(
        name=name,
        id=f"get{noun}",
        path=path,
        summary=f"One {name}",
        parameters=(parameter,),
        answer=answer,
        schema=noun,
        statuses=_MOVED,
        problems=(400, 404),
        examples=(Example(f"A {name}"),),
    )


OPERATIONS: tuple[Operation, ...] = (
    Operation(
        name="entries",
        id="listEntries",
        path="/entries",
        summary="Entries, newest first",
        description="Filters narrow the list together; of several values of one filter any will do. The pages of a "
        "walk along `next` hold every entry that was there all the time exactly once, whatever is written meanwhile.",
        parameters=(*FILTERS, FACETS, COUNT, entries.FOUND_FIELDS, *_PAGING),
        answer=entries.entries,
        schema="EntryPage",
        media_types=_LIST,
        examples=(
            Example("The latest two", {"limit": "2"}),
            Example("Of a topic, ids and titles only", {"topic": "rag", "fields": "id,display_title,published"}),
            Example("Found by words", {"q": "模型", "limit": "2", "sort": "relevance"}),
            Example(
                "Of some days", {"since": "2026-03-01", "until": "2026-03-31", "lang": "zh", "fields": "published"}
            ),
            Example("Of a document, counted", {"document": "newsletter-012.md", "facets": "topic,month", "limit": "1"}),
            Example("Everything, an entry a line", headers={"Accept": NDJSON}),
            Example("A table", {"format": "csv", "fields": "id,published,display_title,authors,url"}),
        ),
    ),
    Operation(
        name="entry",
        id="getEntry",
        path="/entries/{id}",
        summary="One entry",
        parameters=(entries.ID, entries.FIELDS, MORE_OF_ENTRY),
        answer=entries.entry,
        schema="EntryDetails",
        problems=(400, 404, 410),
        examples=(Example("An entry"), Example("With why it is not in other topics", {"include": "near_topics"})),
    ),
    Operation(
        name="revisions",
        id="listRevisions",
        path="/entries/{id}/revisions",
        summary="The texts that an entry has had",
        description="The newest first, each with its difference from the one before. Of many the first and the "
        "latest 20 are kept.",
        parameters=(history.ID,),
        answer=history.revisions,
        schema="RevisionPage",
        problems=(400, 404, 410),
        examples=(Example("Of an entry"),),
    ),
    Operation(
        name="changes",
        id="listChanges",
        path="/changes",
        summary="What changed, for mirrors",
        description="The oldest change first; of several of one entry only the last. Keep `cursor` and ask with it as "
        "`since` for what came after.",
        parameters=(CHANGES_SINCE, history.FIELDS, LIMIT),
        answer=history.changes,
        schema="ChangePage",
        examples=(Example("From the beginning", {"limit": "2", "fields": "id,updated"}),),
    ),
    _list(
        "authors",
        "Author",
        listings.AUTHOR_FIELDS,
        listings.authors,
        "Everybody who stands in a byline, in the order of their slugs.",
    ),
    _one("author", "Author", "/authors/{name}", listings.AUTHOR_NAME, listings.author),
    _list("topics", "Topic", listings.TOPIC_FIELDS, listings.topics, "Also those that no entry is in."),
    _one("topic", "Topic", "/topics/{name}", listings.TOPIC_NAME, listings.topic),
    Operation(
        name="topic_statistics",
        id="getTopicStatistics",
        path="/statistics/topics",
        summary="How topics are spread",
        description="Entries by topic and month, and which topics stand together; of a very large archive some minutes "
        "old.",
        answer=listings.statistics,
        schema="TopicStatistics",
        examples=(Example("All"),),
    ),
    Operation(
        name="source_health",
        id="getSourceHealth",
        path="/statistics/sources",
        summary="How fetched sources are",
        description="Those that fail first; also those that never gave an entry. Spans are in seconds.",
        answer=listings.health,
        schema="SourceHealth",
        examples=(Example("All"),),
    ),
    _list("sources", "Source", listings.SOURCE_FIELDS, listings.sources, "In the order of their slugs."),
    _one("source", "Source", "/sources/{name}", listings.SOURCE_NAME, listings.source),
    _list(
        "documents",
        "Document",
        listings.DOCUMENT_FIELDS,
        listings.documents,
        "With what was read of them, left out and wrong in them.",
    ),
    _one("document", "Document", "/documents/{name}", listings.DOCUMENT_NAME, listings.document),
    _list("stories", "Story", stories.FIELDS, stories.stories, "Those that began last first, without their entries."),
    Operation(
        name="story",
        id="getStory",
        path="/stories/{id}",
        summary="One story with its entries",
        description="An id that a story had leads to the one it has now.",
        parameters=(stories.ID,),
        answer=stories.story,
        schema="StoryDetails",
        statuses=_MOVED,
        problems=(400, 404),
        examples=(Example("A story"),),
    ),
    Operation(
        name="suggestions",
        id="listSuggestions",
        path="/suggestions",
        summary="Topics and authors by the beginning of a name",
        description="For what somebody is typing: topics first, then the authors with the most entries.",
        parameters=(suggesting.BEGINNING, LIMIT),
        answer=suggesting.suggestions,
        schema="SuggestionPage",
        examples=(Example("Those that begin so", {"q": "a", "limit": "5"}),),
    ),
    Operation(
        name="add_document",
        id="addDocument",
        method="POST",
        path="/documents",
        summary="Send a document",
        description="Takes a document of any known format, as the body or as the file `document` of a form. The same "
        "bytes again change nothing; later bytes under the same name and source are a new version: what they do not "
        "hold any more is withdrawn, unless suspiciously much is missing.",
        parameters=writing.ABOUT_DOCUMENT,
        answer=writing.add_document,
        schema="Receipt",
        statuses={201: "It is new.", 200: "It was there, and is as sent now."},
        problems=(400, 401, 403, 413, 422, 429, 501),
        permission=Permission.DOCUMENTS,
        takes_document=True,
    ),
    Operation(
        name="withdraw",
        id="withdrawEntry",
        method="DELETE",
        path="/entries/{id}",
        summary="Withdraw an entry for good",
        description="No document that holds it, and no copy of it, brings it back. Doing it again changes nothing.",
        parameters=(writing.ID,),
        answer=writing.withdraw,
        schema=None,
        statuses={204: "It is withdrawn."},
        problems=(400, 401, 403, 404, 429),
        permission=Permission.WITHDRAW,
    ),
)
BY_NAME = {operation.name: operation for operation in OPERATIONS}
