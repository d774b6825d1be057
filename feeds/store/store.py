"""The store as everybody else sees it: entries in, pages out; no row and no connection leaves it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from collections.abc import Set
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING
from typing import TypeVar

from sqlalchemy import URL
from sqlalchemy import Connection

from feeds.connections import USUAL
from feeds.connections import Connections
from feeds.model import Batch
from feeds.model import Changes
from feeds.model import DocumentInfo
from feeds.model import DocumentReport
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.model import Facets
from feeds.model import LastReading
from feeds.model import Page
from feeds.model import Problem
from feeds.model import Revision
from feeds.model import Saved
from feeds.model import Scope
from feeds.model import Source
from feeds.model import SourceHealth
from feeds.model import Story
from feeds.model import StoryPage
from feeds.model import Tally
from feeds.model import Token
from feeds.store import activity
from feeds.store import around
from feeds.store import people
from feeds.store import tallies
from feeds.store import telling
from feeds.store import tokens
from feeds.store.access import Access
from feeds.store.changes import read_changes
from feeds.store.crawling import Crawl
from feeds.store.crawling import read_health
from feeds.store.engine import make_engine
from feeds.store.engine import reading
from feeds.store.engine import store_file
from feeds.store.engine import store_url
from feeds.store.facets import read_count
from feeds.store.facets import read_facets
from feeds.store.figures import Figures
from feeds.store.figures import read_figures
from feeds.store.migrate import check_schema
from feeds.store.reading import read_entry
from feeds.store.reading import read_newest
from feeds.store.reading import read_page
from feeds.store.revisions import read_revisions
from feeds.store.statistics import TopicCounts
from feeds.store.statistics import read_topic_counts
from feeds.store.versions import Mark
from feeds.store.versions import read_changed
from feeds.store.versions import read_mark
from feeds.store.watching import Watch

if TYPE_CHECKING:
    from feeds.store.prepare import Prepared
    from feeds.store.pruning import Pruned
    from feeds.store.retopic import Classify
    from feeds.store.retopic import Retopiced

_T = TypeVar("_T")


def open_store(url: str, *, read_only: bool = False, connections: Connections = USUAL) -> Store:
    """The store at `url`: `sqlite:///FILE`, `postgres://…` or `postgresql://…`.

    Of a server it never has more `connections` than these at once.

    Raises `SchemaError` where it has no tables, or older or newer ones than this code; `StoreError` where it cannot be
    opened.
    """
    parsed = store_url(url)
    engine = make_engine(parsed, read_only=True)
    try:
        check_schema(engine, store_file(parsed))
    finally:
        engine.dispose()
    return Store(parsed, read_only=read_only, connections=connections)


class Store:
    """Entries, and the listings they are in. Every method raises `StoreError` where the database fails.

    Threads may share one. It connects at the first question in each process: a server may open it and then fork.
    """

    def __init__(self, url: URL, *, read_only: bool = False, connections: Connections = USUAL) -> None:
        self._access = Access(url, read_only=read_only, connections=connections.asking)
        self._watch = Watch(url, connections.looking)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def save(self, batch: Batch, now: datetime, prepared: Prepared | None = None) -> Saved:
        """Write what one document holds, in one transaction; the document is the truth of what it holds.

        Known entries are recognised and keep their ids; entries that left are withdrawn, unless the document shrank
        suspiciously. A batch that is saved again changes nothing. `prepared` is this batch as `feeds.store.prepare`
        gave it, where that was done before. Raises `ValueError` for a naive datetime.
        """
        from feeds.store.prepare import prepare  # only here and below: most processes only read
        from feeds.store.writing import save

        return save(self._access.writable(), prepared or prepare(batch), now)

    def record_failure(self, document: DocumentInfo, problem: Problem, now: datetime) -> None:
        """Note that a document could not be read; entries of an earlier good reading stay as they are."""
        from feeds.store.documents import record_failure

        record_failure(self._access.writable(), document, problem, now)

    def entries(self, query: EntryQuery, without: Set[str] = frozenset()) -> Page:
        """The entries of a listing, newest first or as it asks for; at most 1000. Raises `QueryError`.

        Parts that nobody will look at, of `feeds.store.reading.PARTS_OF_ENTRY`, can be left unread; they come empty.
        """
        return self._read(lambda connection: read_page(connection, query, without))

    def newest(self, query: EntryQuery) -> datetime | None:
        """When the first entry of a page was published, without reading it; None where there is none."""
        return self._read(lambda connection: read_newest(connection, query))

    def facets(self, query: EntryQuery, names: Collection[str]) -> Facets:
        """The entries of a query counted by `names`, of `feeds.store.facets.FACETS`."""
        return self._read(lambda connection: read_facets(connection, query, names))

    def count(self, query: EntryQuery, most: int = 10_000) -> int:
        """How many entries a query has; without a counter for it no more than `most`. Raises `QueryError`."""
        return self._read(lambda connection: read_count(connection, query, most))

    def entry(self, id: str) -> Entry:
        """One entry. Raises `NotFoundError`, and `GoneError`, which is one, where it was withdrawn."""
        return self._read(lambda connection: read_entry(connection, id))

    def revisions(self, id: str) -> tuple[Revision, ...]:
        """The texts that an entry has had, the present one first; see `feeds.store.revisions.MOST`.

        Raises `NotFoundError`, and `GoneError`, which is one, where it was withdrawn.
        """
        return self._read(lambda connection: read_revisions(connection, id))

    def changes(self, cursor: str | None = None, limit: int = 100) -> Changes:
        """What changed behind a cursor, at most 1000, the oldest first; without one all there is.

        An entry that changes again appears again later; of several changes only the last is told. Raises `QueryError`.
        """
        return self._read(lambda connection: read_changes(connection, cursor, limit))

    def withdraw(self, id: str, now: datetime) -> bool:
        """Withdraw an entry for good: whatever its documents say, it does not come back, nor does a copy of it.

        Tell whether that was news. Raises `NotFoundError`.
        """
        from feeds.store.leaving import withdraw_for_good

        return withdraw_for_good(self._access.writable(), id, now)

    def stories(self, limit: int = 50, cursor: str | None = None) -> StoryPage:
        """The stories that began last, the last one first; at most 1000. Raises `QueryError`."""
        return self._read(lambda connection: telling.read_stories(connection, limit, cursor))

    def stories_behind(self, cursor: str, number: int) -> str | None:
        """The cursor behind the next so many stories; None where there are not as many. Raises `QueryError`."""
        return self._read(lambda connection: telling.read_behind(connection, cursor, number))

    def largest_stories(self, limit: int = 20) -> tuple[Story, ...]:
        """The stories with the most entries."""
        return self._read(lambda connection: telling.read_largest(connection, limit))

    def story(self, id: str, limit: int | None = None) -> Story:
        """A story with its first entries, found by an id that it had as well; its id tells whether to redirect.

        Raises `NotFoundError`.
        """
        return self._read(lambda connection: telling.read_story(connection, id, limit))

    def stories_of(self, entry_id: str) -> tuple[Story, ...]:
        """The stories of an entry: the one that it belongs to, then those that it hangs on."""
        return self._read(lambda connection: telling.read_stories_of(connection, entry_id))

    def weeks(
        self, span: activity.Span, *, by: str | None = None, topic: str | None = None, of: str | None = None
    ) -> activity.Weeks:
        """Entries week by week, of an author, a topic or both, else of a source, else of all (slugs); bounded."""
        return self._read(lambda connection: activity.read_weeks(connection, span, by=by, topic=topic, of=of))

    def topic_weeks(self, span: activity.Span, slugs: Sequence[str]) -> dict[str, activity.Weeks]:
        """Entries of many topics week by week; bounded."""
        return self._read(lambda connection: activity.read_topic_weeks(connection, span, slugs))

    def newest_dated(
        self, *, by: str | None = None, topic: str | None = None, of: str | None = None
    ) -> datetime | None:
        """When the newest entry of such a listing was published; entries without a date are passed over."""
        return self._read(lambda connection: activity.read_newest_dated(connection, by=by, topic=topic, of=of))

    def neighbours(self, id: str, author: str) -> around.Neighbours:
        """What stands beside an entry in the listing of an author (a slug)."""
        return self._read(lambda connection: around.read_neighbours(connection, id, author))

    def ids(self, beginning: str = "") -> list[tuple[str, datetime]]:
        """The ids of live entries whose UUIDs begin so, in order, each with its `updated`; UUIDs are spread evenly."""
        return self._read(lambda connection: around.read_ids(connection, beginning))

    def retopic(self, classify: Classify, now: datetime) -> Retopiced:
        """Find the topics of all entries anew, some at a time; see `feeds.store.retopic`."""
        from feeds.store.retopic import retopic

        return retopic(self._access.writable(), classify, now)

    def prune(self, before: datetime, now: datetime) -> Pruned:
        """Take out for good what was published, and known, before a moment; see `feeds.store.pruning`."""
        from feeds.store.pruning import prune

        return prune(self._access.writable(), before, now)

    def authors(self, limit: int | None = None, offset: int = 0) -> tuple[Tally, ...]:
        """Everybody who stands in a byline with the number of these entries, the most first; or a part of them."""
        return self._read(lambda connection: people.read_busiest(connection, limit, offset))

    def author_count(self) -> int:
        """How many stand in a byline."""
        return self._read(people.count_all)

    def authors_after(self, slug: str, limit: int) -> tuple[Tally, ...]:
        """The same in the order of their slugs: the first ones behind a slug."""
        return self._read(lambda connection: people.read_after(connection, slug, limit))

    def topics(self) -> tuple[Tally, ...]:
        """The topics with entries, the most first; the name is the slug."""
        return self._read(tallies.read_topics)

    def topic_counts(self) -> TopicCounts:
        """What `feeds.topics.statistics` is made of; it takes the longer the larger the archive."""
        return self._read(read_topic_counts)

    def sources(self) -> tuple[Tally, ...]:
        """All sources by slug."""
        return self._read(tallies.read_sources)

    def suggest_authors(self, beginning: str, limit: int = 10) -> tuple[Tally, ...]:
        """Those in a byline whose slug, handle or one of whose names begins so, the most entries first."""
        return self._read(lambda connection: people.read_beginning(connection, beginning, limit))

    def author(self, name: str) -> Tally:
        """By slug, else by handle or by a name that only one author uses; the slug tells whether to redirect.

        People who are only quoted are found too, with no entries. Raises `NotFoundError`.
        """
        return self._read(lambda connection: people.find(connection, name))

    def source(self, slug: str) -> Source:
        """Raises `NotFoundError`."""
        return self._read(lambda connection: tallies.read_source(connection, slug))

    def documents(self) -> tuple[DocumentReport, ...]:
        """All documents by source and name, with what their last reading gave."""
        return self._read(tallies.read_documents)

    def worst_documents(self, limit: int, offset: int = 0) -> tuple[DocumentReport, ...]:
        """A part of all documents by name, behind those that could not be read."""
        return self._read(lambda connection: tallies.read_worst_documents(connection, limit, offset))

    def document_counts(self) -> tuple[int, int]:
        """How many documents there are, and how many of them could not be read."""
        return self._read(tallies.count_documents)

    def beginning(self) -> datetime | None:
        """Since when there is anything at all: it does not move when listings grow."""
        return self._read(tallies.read_beginning)

    def documents_after(self, id: str, limit: int) -> tuple[DocumentReport, ...]:
        """The same in the order of their ids: the first ones behind an id."""
        return self._read(lambda connection: tallies.read_documents_after(connection, id, limit))

    def document_at(self, source: str, location: str) -> DocumentReport | None:
        """The document that a source has at a location."""
        return self._read(lambda connection: tallies.read_document_at(connection, source, location))

    def last_readings(self, locations: Iterable[str]) -> dict[str, LastReading]:
        """What the documents at these locations gave when they were read last, where that is known, by location."""
        return self._read(lambda connection: tallies.read_last_readings(connection, locations))

    def document(self, name: str) -> DocumentReport:
        """By name or id; of several with one name the one read last. Raises `NotFoundError`."""
        return self._read(lambda connection: tallies.read_document(connection, name))

    def publications(self, source: str, folder: str | None = None) -> tuple[str, ...]:
        """Names of authors without a handle that documents of a source carry, the most frequent first.

        With a folder those of the documents that lie right in it. What was taken from siblings does not count.
        """
        return self._read(lambda connection: tallies.read_publications(connection, source, folder))

    def anonymous(self, source: str) -> tuple[str, ...]:
        """The locations of the documents of a source that do not say who publishes them."""
        return self._read(lambda connection: tallies.read_anonymous(connection, source))

    def tokens(self) -> tuple[Token, ...]:
        """All tokens by name, also those that were taken back."""
        return self._read(tokens.read_tokens)

    def add_token(self, token: Token) -> bool:
        """Keep a token; tell whether its name was free."""
        return tokens.add_token(self._access.writable(), token)

    def revoke_token(self, name: str, now: datetime) -> bool:
        """Take a token back; tell whether it counted until now. Raises `NotFoundError`."""
        return tokens.revoke_token(self._access.writable(), name, now)

    def source_health(self) -> tuple[SourceHealth, ...]:
        """How the sources are that a worker fetches: those that fail first, then by slug."""
        return self._read(read_health)

    def crawl(self) -> Crawl:
        """What workers take sources from. Raises `StoreError` where the store is open for reading only."""
        self._access.writable()
        return Crawl(self._access.writable)

    def version(self) -> int:
        """Grows by one with every transaction that changed something a reader can see."""
        return self._read(tallies.read_version)

    def listing_version(self, scopes: Sequence[Scope]) -> int:
        """The version at which the listing with these scopes last changed, 0 where it never did; one statement."""
        return self._read(lambda connection: read_mark(connection, scopes)).version

    def changed_scopes(self, since: int) -> tuple[Scope, ...]:
        """The scopes of all listings that changed after the store had this version."""
        return self._read(lambda connection: read_changed(connection, since))

    def look(self, scopes: Sequence[Scope], known: Mark | None = None) -> Mark:
        """How the listing with these scopes stands: `known` itself where nothing in the whole store changed since.

        For each request that a cache may answer: no statement on SQLite while nothing changes, else one.
        """
        return self._watch.look(scopes, known)

    def figures(self) -> Figures:
        """How much there is of everything, for whoever watches over a site."""
        return self._read(read_figures)

    def check(self) -> None:
        """Raise `StoreError` where the store does not answer, `SchemaError` where it has not the tables any more.

        Newer tables will do: while a new version is rolled out, old processes go on with tables that only grew.
        """
        check_schema(self._access.engine(), self._access.file, newer_will_do=True)

    def close(self) -> None:
        """Close all connections; the next question opens them again."""
        self._watch.close()
        self._access.close()

    def _read(self, question: Callable[[Connection], _T]) -> _T:
        with reading(self._access.engine()) as connection:
            return question(connection)
