"""Which addresses the site has, so that each becomes a file: told by the store and by what makes our links."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from typing import TypeAlias

from feeds.addresses import ABOUT
from feeds.addresses import API
from feeds.addresses import AUTHORS
from feeds.addresses import DOCUMENTS
from feeds.addresses import ENTRIES
from feeds.addresses import FEEDS
from feeds.addresses import HOME
from feeds.addresses import OPML
from feeds.addresses import SITEMAP
from feeds.addresses import SOURCES
from feeds.addresses import STATIC
from feeds.addresses import STORIES
from feeds.addresses import TOPICS
from feeds.addresses import entry_path
from feeds.addresses import listing_path
from feeds.addresses import story_path
from feeds.errors import NotFoundError
from feeds.errors import QueryError
from feeds.formats import ARCHIVED
from feeds.formats import FORMATS
from feeds.formats import OPML_SUFFIX
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.model import Scope
from feeds.model import Story
from feeds.model.scope import author_scope
from feeds.model.scope import source_scope
from feeds.model.scope import topic_scope
from feeds.shapes import ARCHIVE
from feeds.shapes import SCRIPTS
from feeds.shapes import Shape
from web import assets
from web.api import PAGE as API_PAGE
from web.export.files import Address
from web.export.files import Kind
from web.interface import LANGUAGES
from web.overviews import AUTHORS_ON_PAGE
from web.overviews import DOCUMENTS_ON_PAGE
from web.overviews import pages_of
from web.reading import archive_names
from web.selections import Selection
from web.selections import combined
from web.selections import select
from web.selections import select_entries
from web.sitemap import part_paths
from web.state import State
from web.stories import archived_stories

#: Where there is nothing: the page that servers show instead.
MISSING = "/404"
#: By the endpoint of Flask, why what stands there becomes no file. A test compares this with all routes.
NOT_EXPORTED: Mapping[str, str] = {
    "listings.search": "what somebody looks for is not known before",
    "listings.archive_of_search": "what somebody looks for is not known before",
    "api.suggestions": "what somebody types is not known before",
    "api.changes": "it is asked for what came since another time",
    "api.add_document": "it writes",
    "api.withdraw": "it writes",
    "api.source_health": "it tells how a worker fares at the moment",
    "probes.healthz": "it tells of a process",
    "probes.readyz": "it tells of a process",
    "probes.metrics": "it tells of a process",
    "proxy.picture": "it fetches from other sites; exported pages show pictures from where they are",
}
#: Lists of the API that come whole.
_API_LISTS = ("entries", "authors", "topics", "sources", "documents", "stories")
#: Entries and stories that are read at once; of entries only what tells where they are listed.
_STEP = 500
_UNREAD = frozenset({"content_html", "content_text", "summary", "media", "links"})
#: What an address depends on; see `Address.scopes`.
_Scopes: TypeAlias = "tuple[Scope, ...] | None"
#: The archive documents of a listing, where they are known.
Archives: TypeAlias = Callable[[Selection], "Sequence[str] | None"]


def addresses(state: State, archives: Archives = lambda selection: None) -> Iterator[Address]:
    """Every address of the site that becomes a file.

    Some may turn out to be none: names that lead elsewhere, entries that are withdrawn meanwhile. The archive documents
    of a listing are looked for where `archives` does not know them.
    """
    yield from _single(state)
    yield from _overviews(state)
    seen = _Seen()
    for entry in _entries(state):
        seen.add(entry)
        yield from _of_entry(entry)
    for story in _stories(state):
        yield from _page(story_path(story.id))
        yield _api(story_path(story.id))
    for part in archived_stories(state.store):
        yield from _page(f"{STORIES}/{ARCHIVE}/{part.name}")
    for selection in _selections(state, seen):
        known = archives(selection)
        yield from _of_listing(selection, archive_names(selection.query, state.store) if known is None else known)
    yield from _api_names(state)


@dataclass(slots=True)
class _Seen:
    """Whom and what the entries name: it grows with the names, not with the entries."""

    people: set[str] = field(default_factory=set)
    #: Authors with topics: each together is a listing that pages link to.
    pairs: set[tuple[str, str]] = field(default_factory=set)

    def add(self, entry: Entry) -> None:
        writers = {who.slug for who in entry.people}
        self.people |= writers | {who.slug for who in entry.quoted}
        self.pairs |= {(slug, hit.slug) for slug in writers for hit in entry.topics}


def _page(path: str, scopes: _Scopes = None) -> Iterator[Address]:
    """A page in the language that the site has, and in each by name."""
    yield Address(path, Kind.PAGE, scopes=scopes)
    for language in LANGUAGES:
        yield Address(f"/{language}{path}", Kind.PAGE, scopes=scopes)


def _as_it_is(paths: Iterable[str], scopes: _Scopes = None) -> Iterator[Address]:
    return (Address(path, Kind.AS_IT_IS, scopes=scopes) for path in paths)


def _api(path: str, scopes: _Scopes = None) -> Address:
    return Address(f"{API}{path}", Kind.JSON, scopes=scopes)


def _single(state: State) -> Iterator[Address]:
    for path in (HOME, TOPICS, FEEDS, SOURCES, STORIES, ABOUT, API_PAGE, MISSING):
        yield from _page(path)
    icon = f"{STATIC}/favicon.ico"
    yield Address("/favicon.ico", Kind.AS_IT_IS, asked=icon)
    yield from _as_it_is(f"{STATIC}/{name}" for name in assets.names())
    yield from _as_it_is(("/robots.txt", SITEMAP, *part_paths(state), f"{API}/openapi.json", OPML))
    yield from _as_it_is(f"{kind}{OPML_SUFFIX}" for kind in (FEEDS, AUTHORS, TOPICS, SOURCES))
    yield _api("/statistics/topics")
    for name in _API_LISTS:
        yield _api(f"/{name}")
        yield Address(f"{API}/{name}", Kind.NDJSON, asked=f"{API}/{name}?format=ndjson")


def _overviews(state: State) -> Iterator[Address]:
    store = state.store
    for path in pages_of(AUTHORS, store.author_count(), AUTHORS_ON_PAGE):
        yield from _page(path)
    for path in pages_of(DOCUMENTS, store.document_counts()[0], DOCUMENTS_ON_PAGE):
        yield from _page(path)


def _entries(state: State) -> Iterator[Entry]:
    query = EntryQuery(limit=_STEP)
    while True:
        page = state.store.entries(query, _UNREAD)
        yield from page.entries
        if page.next is None:
            return
        query = replace(query, cursor=page.next)


def _of_entry(entry: Entry) -> Iterator[Address]:
    path, scopes = entry_path(entry.id), _scopes_of(entry)
    yield from _page(path, scopes)
    yield _api(path, scopes)
    if entry.revision > 1:
        yield _api(f"{path}/revisions", scopes)


def _scopes_of(entry: Entry) -> _Scopes:
    """An entry that is related to others shows their titles, and how many there are."""
    if entry.relations:
        return None
    author = next(iter(entry.people), None)  # what stands before and after it is by the same one
    return (source_scope(entry.source.slug) if author is None else author_scope(author.slug),)


def _stories(state: State) -> Iterator[Story]:
    cursor: str | None = None
    while True:
        page = state.store.stories(_STEP, cursor)
        yield from page.stories
        if (cursor := page.next) is None:
            return


def _selections(state: State, seen: _Seen) -> Iterator[Selection]:
    """Every listing that something leads to."""
    store = state.store
    people = {tally.slug for tally in store.authors()} | seen.people
    yield select_entries(state)
    yield from _selected(TOPICS, (topic.slug for topic in state.topics), state)
    yield from _selected(AUTHORS, sorted(people), state)
    yield from _selected(SOURCES, (tally.slug for tally in store.sources()), state)
    yield from _selected(DOCUMENTS, sorted({report.info.name for report in store.documents()}), state)
    yield from _selected(FEEDS, state.saved, state)
    for author, topic in sorted(seen.pairs):
        for one, other in zip(_selected(AUTHORS, [author], state), _selected(TOPICS, [topic], state), strict=False):
            yield combined(one, other)


def _selected(kind: str, names: Iterable[str], state: State) -> Iterator[Selection]:
    """What a name does not lead to, such as a topic that left the rules, has no page on the site either."""
    for name in names:
        try:
            yield select(kind.strip("/"), name.split(","), state)
        except (NotFoundError, QueryError):
            continue


def scopes_of_listing(selection: Selection) -> tuple[Scope, ...] | None:
    """What a listing depends on. A saved query names people: any change may have the name lead to somebody else."""
    return None if selection.path.startswith(f"{FEEDS}/") else selection.scopes


def _of_listing(selection: Selection, archives: Iterable[str]) -> Iterator[Address]:
    path, scopes = selection.path, scopes_of_listing(selection)
    yield from _page(path, scopes)
    scripts = (None, *SCRIPTS)
    yield from _as_it_is((Shape(suffix=s, script=script).address(path) for s in FORMATS for script in scripts), scopes)
    if path != ENTRIES:  # the list of its feeds is `OPML`
        yield from _as_it_is([Shape(suffix=OPML_SUFFIX).address(path)], scopes)
    for name in archives:
        yield from _page(Shape(archive=name).address(path), scopes)
        shapes = (Shape(suffix=s, script=script, archive=name) for s in ARCHIVED for script in scripts)
        yield from _as_it_is((shape.address(path) for shape in shapes), scopes)


def _api_names(state: State) -> Iterator[Address]:
    store = state.store
    yield from (_api(listing_path(AUTHORS, (t.slug,)), (author_scope(t.slug),)) for t in store.authors())
    yield from (_api(listing_path(TOPICS, (t.slug,)), (topic_scope(t.slug),)) for t in state.topics)
    yield from (_api(listing_path(SOURCES, (t.slug,))) for t in store.sources())
    names = sorted({report.info.name for report in store.documents()})
    yield from (_api(listing_path(DOCUMENTS, (name,))) for name in names)
