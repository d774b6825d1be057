"""What a listing holds, in the words of the page's language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from feeds.addresses import ENTRIES
from feeds.addresses import FEEDS
from feeds.addresses import SEARCH
from feeds.listing import Site
from feeds.model import EntryQuery
from feeds.query import Directory
from feeds.query import Query
from feeds.query import sentence
from feeds.query.narrowing import as_tree
from web.interface import get_language
from web.interface import gettext
from web.selections import Selection
from web.state import State


@dataclass(frozen=True, slots=True)
class Description:
    """The words at the head of a listing."""

    title: str
    #: One sentence.
    lead: str


def describe(selection: Selection, site: Site, state: State) -> Description:
    """The title and the sentence of a listing, as a page shows them; what a document says of itself stays as it is."""
    told = _described(selection, site, state)
    if not selection.query.collapse:
        return told
    return Description(told.title + gettext(" (one a story)"), told.lead + gettext(" Of each story only the first."))


def _described(selection: Selection, site: Site, state: State) -> Description:
    query = selection.query
    if query.document is not None or _describes_itself(selection, state):
        return Description(selection.title, selection.description)
    if selection.path.startswith(f"{FEEDS}/"):
        return Description(selection.title, _told(selection, site, state))
    if not _is_plain(query):
        return Description(_title(selection), _told(selection, site, state))
    names = _Names(_authors(query, state), [site.topic_name(slug) for slug in query.topics])
    lead = _lead(query, names, selection.title)
    return Description(names.title() or _title(selection), lead)


def _describes_itself(selection: Selection, state: State) -> bool:
    """Whether a saved query has a description in its file."""
    saved = [state.saved[slug] for slug in selection.slugs if selection.path.startswith(f"{FEEDS}/")]
    return any(one.description for one in saved)


def _told(selection: Selection, site: Site, state: State) -> str:
    """A query in words."""
    query = selection.query
    if selection.words == "" and selection.path == SEARCH:
        return gettext("Say what you look for; every search is a page and a feed.")
    role = query.role if query.role != EntryQuery().role else None
    names = Directory(state.store, state.topics, dict(site.topics), lambda missing: [])
    return sentence(Query(as_tree(query), role), names, get_language())


def _title(selection: Selection) -> str:
    path = selection.path.partition("?")[0]
    if path == SEARCH:
        return gettext("Search: %(words)s") % {"words": selection.words} if selection.words else gettext("Search")
    return gettext("All entries") if path == ENTRIES and not selection.words else selection.title


@dataclass(frozen=True, slots=True)
class _Names:
    authors: list[str]
    topics: list[str]

    def title(self) -> str:
        """Empty where there are none."""
        return " × ".join(filter(None, [any_of(self.authors), any_of(self.topics)]))


def any_of(names: Sequence[str]) -> str:
    """Several names of which any will do."""
    return gettext(" or ").join(names)


def _lead(query: EntryQuery, names: _Names, title: str) -> str:
    said = {"authors": any_of(names.authors), "topics": any_of(names.topics), "title": title}
    if query.authors and query.topics:
        return gettext("Entries by %(authors)s about %(topics)s, newest first.") % said
    if query.authors:
        return gettext("Entries by %(authors)s, newest first.") % said
    if query.topics:
        return gettext("Entries about %(topics)s, newest first.") % said
    if query.source:
        return gettext("Entries from %(title)s, newest first.") % said
    return gettext("All entries, newest first.")


def _is_plain(query: EntryQuery) -> bool:
    """Whether nothing but names is asked for."""
    plain = EntryQuery(authors=query.authors, topics=query.topics, source=query.source, collapse=query.collapse)
    return plain == query


def _authors(query: EntryQuery, state: State) -> list[str]:
    return [state.store.author(slug).name for slug in query.authors]
