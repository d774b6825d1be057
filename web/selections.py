"""From the words of an address to a query: which entries a listing holds and what it is called."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from urllib.parse import urlencode

from feeds.addresses import AUTHORS
from feeds.addresses import DOCUMENTS
from feeds.addresses import ENTRIES
from feeds.addresses import FEEDS
from feeds.addresses import SEARCH
from feeds.addresses import SOURCES
from feeds.addresses import TOPICS
from feeds.addresses import ascii_url
from feeds.addresses import listing_path
from feeds.errors import NotFoundError
from feeds.errors import QueryError
from feeds.listing import BEFORE_ALL
from feeds.listing import Listing
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.model import Scope
from feeds.model import Tally
from feeds.model.scope import scopes_of
from feeds.query import NOTHING
from feeds.query import narrowed
from feeds.query import parse
from feeds.query import sentence
from web.naming import directory
from web.parameters import COLLAPSE
from web.state import State

#: More names in one address than anybody types.
_MOST_SLUGS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A listing before its entries are read."""

    #: Canonical.
    path: str
    title: str
    description: str
    query: EntryQuery
    #: What was looked for, canonical; None where the listing takes no words, "" where none were given.
    words: str | None = None
    #: The slugs as they are, where the address named something by another name.
    slugs: tuple[str, ...] = ()
    #: For the page: how many entries there are, None where nobody counts them.
    count: int | None = None
    #: For the page: small facts, and the address of a picture.
    facts: tuple[str, ...] = ()
    #: For the page: other names of the author.
    aliases: tuple[str, ...] = ()
    cover: str | None = None

    @property
    def scopes(self) -> tuple[Scope, ...]:
        """What must change for the listing to change."""
        return scopes_of(self.query)

    def leads_elsewhere(self, asked: Sequence[str]) -> bool:
        """Whether the address used an alias or another case; the order does not count."""
        return set(asked) != set(self.slugs)


def saved_listings(state: State) -> tuple[list[Selection], dict[str, str]]:
    """The saved queries in the order of their file; of those that name what is not there, why, by their titles."""
    found: list[Selection] = []
    broken: dict[str, str] = {}
    for name, saved in state.saved.items():
        try:
            found.append(_feeds([name], state))
        except (NotFoundError, QueryError) as error:
            broken[saved.title] = str(error)
    return found, broken


def select_entries(state: State) -> Selection:
    """All entries."""
    return Selection(
        path=ENTRIES,
        title=state.site.name,
        description="All entries, newest first.",
        query=EntryQuery(),
        count=sum(tally.entries for tally in state.store.sources()),
    )


def select_search() -> Selection:
    """What is looked for comes with `refined`; until then nothing is found."""
    return Selection(
        path=SEARCH,
        title="Search",
        description="Entries that have what you look for, newest first.",
        query=EntryQuery(where=NOTHING),
        words="",
    )


def select(kind: str, slugs: Sequence[str], state: State) -> Selection:
    """The entries of any of `slugs`. `kind` is such as "authors". Raises `NotFoundError` with what is unknown."""
    if not slugs or not all(slugs) or len(slugs) > _MOST_SLUGS:
        raise NotFoundError(KINDS[kind].noun, ",".join(slugs))
    return KINDS[kind].select(slugs, state)


def combined(authors: Selection, topics: Selection) -> Selection:
    """The entries that both hold."""
    return Selection(
        path=authors.path + topics.path,
        title=f"{authors.title}: {topics.title}",
        description=f"Entries by {authors.title} about {topics.title}, newest first.",
        query=replace(authors.query, topics=topics.query.topics),
        slugs=(*authors.slugs, *topics.slugs),
    )


def collapsed(selection: Selection) -> Selection:
    """The same listing with one entry of each story, under an address of its own."""
    return replace(
        selection,
        path=f"{selection.path}{'&' if '?' in selection.path else '?'}{urlencode({'collapse': COLLAPSE})}",
        query=replace(selection.query, collapse=True),
        count=None,
    )


def read_page(selection: Selection, cursor: str | None, state: State) -> Listing:
    """The listing with the entries of a page. Raises `QueryError` for a cursor that is none of ours."""
    page = state.store.entries(replace(selection.query, cursor=cursor))
    return _listing(selection, page.entries, page.next, state)


def _listing(selection: Selection, entries: tuple[Entry, ...], following: str | None, state: State) -> Listing:
    return Listing(
        path=selection.path,
        title=selection.title,
        description=selection.description,
        entries=entries,
        since=BEFORE_ALL if entries else state.store.beginning() or BEFORE_ALL,
        next=following,
    )


def _authors(slugs: Sequence[str], state: State) -> Selection:
    tallies = tuple(state.store.author(slug) for slug in slugs)
    found = tuple(dict.fromkeys(tally.slug for tally in tallies))
    names = tuple(dict.fromkeys(tally.name for tally in tallies))
    one = tallies[0] if len(found) == 1 else None
    return Selection(
        path=listing_path(AUTHORS, found),
        title=_any_of(names),
        description=f"Entries by {_any_of(names)}, newest first.",
        query=EntryQuery(authors=found),
        slugs=found,
        count=one.entries if one else None,
        facts=(f"@{one.handle}",) if one and one.handle else (),
        aliases=one.aliases if one else (),
    )


def _topics(slugs: Sequence[str], state: State) -> Selection:
    topics = tuple(state.topics.get(slug.casefold()) for slug in slugs)
    found = tuple(dict.fromkeys(topic.slug for topic in topics))
    names = tuple(dict.fromkeys(state.topic_name(topic) for topic in topics))
    facts: tuple[str, ...] = ()
    if len(found) == 1:
        both = dict.fromkeys((topics[0].name_zh, topics[0].name_en))
        facts = (*both, *filter(None, [topics[0].description]))
    return Selection(
        path=listing_path(TOPICS, found),
        title=_any_of(names),
        description=f"Entries about {_any_of(names)}, newest first.",
        query=EntryQuery(topics=found),
        slugs=found,
        count=_entries(state.store.topics(), found[0]) if len(found) == 1 else None,
        facts=facts,
    )


def _sources(slugs: Sequence[str], state: State) -> Selection:
    """One source only: an entry query holds no more."""
    if len(slugs) > 1:
        raise NotFoundError("source", ",".join(slugs))
    source = state.store.source(slugs[0].casefold())
    return Selection(
        path=listing_path(SOURCES, (source.slug,)),
        title=source.name,
        description=f"Entries from {source.name}, newest first.",
        query=EntryQuery(source=source.slug),
        slugs=(source.slug,),
        count=_entries(state.store.sources(), source.slug),
        facts=(source.url,) if source.url else (),
    )


def _documents(names: Sequence[str], state: State) -> Selection:
    """One document only; its name may hold a comma. What it tells of itself stands where others are described."""
    report = state.store.document(",".join(names))
    info = report.info
    return Selection(
        path=listing_path(DOCUMENTS, (info.name,)),
        title=info.title or info.name,
        description=info.lead or f"Entries of the document {info.name}.",
        query=EntryQuery(document=info.name),
        slugs=tuple(info.name.split(",")),
        facts=tuple(filter(None, [info.name if info.title else None, info.format, info.url])),
        cover=info.cover and ascii_url(info.cover),
    )


def _feeds(names: Sequence[str], state: State) -> Selection:
    """One saved query."""
    name = ",".join(names)
    saved = state.saved.get(name.casefold())
    if saved is None:
        raise NotFoundError("feed", name)
    known = directory(state)
    query = parse(saved.query, known)
    return Selection(
        path=listing_path(FEEDS, (saved.name,)),
        title=saved.title,
        description=saved.description or sentence(query, known, state.settings.site_language),
        query=narrowed(EntryQuery(), query),
        slugs=(saved.name,),
        facts=(saved.query,),
    )


def _entries(tallies: Iterable[Tally], slug: str) -> int:
    return next((tally.entries for tally in tallies if tally.slug == slug), 0)


def _any_of(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of listing: what one of it is called in `NotFoundError`, and how its address is read."""

    noun: str
    select: Callable[[Sequence[str], State], Selection]


#: By the first word of the path.
KINDS = {
    AUTHORS.strip("/"): Kind("author", _authors),
    TOPICS.strip("/"): Kind("topic", _topics),
    SOURCES.strip("/"): Kind("source", _sources),
    DOCUMENTS.strip("/"): Kind("document", _documents),
    FEEDS.strip("/"): Kind("feed", _feeds),
}
