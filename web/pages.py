"""Pages for people: the front page, listings, entries."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from urllib.parse import urlencode

from flask import Blueprint
from flask import Response
from flask import redirect
from werkzeug.wrappers import Response as BaseResponse

from feeds.addresses import ENTRIES
from feeds.addresses import HOME
from feeds.addresses import SEARCH
from feeds.addresses import STATIC
from feeds.addresses import entry_path
from feeds.archives import month_of
from feeds.errors import NotFoundError
from feeds.listing import Listing
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.model import Person
from feeds.model import RelationKind
from feeds.shapes import Shape
from feeds.store.around import Neighbours
from web.activity import plot_of
from web.activity import plots_of_topics
from web.answers import answer_html
from web.api import entry_urn
from web.companions import companions
from web.descriptions import describe
from web.highlights import highlighter
from web.history import latest_edits
from web.interface import get_language
from web.linked_data import linked_data
from web.linked_data import open_graph
from web.overviews import all_topics
from web.overviews import busiest
from web.reading import read_archive
from web.reasons import near_misses
from web.reasons import reasons
from web.redirects import moved
from web.selections import Selection
from web.selections import read_page
from web.state import State
from web.state import get_state
from web.stories import also_told
from web.templating import anchor
from web.templating import site_in

bp = Blueprint("pages", __name__)

#: Entries on the front page, and names in each of its lists.
_NEWEST, _NAMES = 12, 12
#: Characters, of three bytes: of one entry on an archive page, of all together, and what else an entry takes.
_EXCERPT, _ON_PAGE, _AROUND = 110, 30_000, 130


@bp.get(HOME)
def home() -> Response:
    """What this is, what is new, and how to subscribe."""
    state = get_state()
    return answer_html(
        "home.html",
        entries=state.store.entries(EntryQuery(limit=_NEWEST)).entries,
        authors=state.store.authors(_NAMES),
        author_count=state.store.author_count(),
        topics=busiest(all_topics(state, site_in(get_language()))),
        sources=busiest(state.store.sources()),
        plots=plots_of_topics(state),
        names=_NAMES,
    )


@bp.get(f"{ENTRIES}/<words>")
def entry(words: str) -> BaseResponse:
    """One entry, whole, with what it is related to."""
    state = get_state()
    entry_id = entry_urn(words)
    if words != entry_id.removeprefix("urn:uuid:"):
        return moved(entry_path(entry_id))
    found = state.store.entry(entry_id)
    author = next(iter(found.people), None)
    return answer_html(
        "entry.html",
        entry=found,
        by_role=_by_role((*found.people, *found.quoted)),
        author=author,
        beside=state.store.neighbours(found.id, author.slug) if author else Neighbours(None, None),
        related=_related(found, state),
        told=also_told(found, state),
        edits=latest_edits(found, state),
        reasons=reasons(found, state),
        missed=near_misses(found, state),
        linked_data=linked_data(found, state),
        open_graph=open_graph(found, state),
    )


@bp.get("/favicon.ico")
def favicon() -> BaseResponse:
    """Where feed readers look for a picture of the site."""
    return redirect(get_state().site.local(f"{STATIC}/favicon.ico"), 301)


def listing_page(selection: Selection, cursor: str | None) -> Response:
    """The newest entries of a listing as a page, or those behind a cursor. Raises `QueryError` for one that is none.

    What is older stands in the archive, at addresses that stay and that files can have; its newest document may hold
    some of these entries again, so the link leads behind them. A search has only cursors.
    """
    found = read_page(selection, cursor, get_state())
    return _listing(selection, found, first=cursor is None, older=_behind(selection, found))


def _behind(selection: Selection, found: Listing) -> str | None:
    if found.next is None:
        return None
    if "?" in selection.path:
        return f"{selection.path}&{urlencode({'cursor': found.next})}"
    last = found.entries[-1]
    return f"{_archived(selection, month_of(last.published.at).name)}#{anchor(last)}"


def archive_page(selection: Selection, name: str) -> Response:
    """The page of an archive document. Raises `NotFoundError` where the listing has none of that name."""
    found = read_archive(selection, name, get_state().store).listing
    older, newer = (_archived(selection, other) if other else None for other in (found.older, found.newer))
    return _listing(selection, found, first=False, archived=name, older=older, newer=newer)


def _archived(selection: Selection, name: str) -> str:
    return Shape(archive=name).address(selection.path)


def _listing(
    selection: Selection,
    found: Listing,
    first: bool = True,
    archived: str | None = None,
    older: str | None = None,
    newer: str | None = None,
) -> Response:
    state = get_state()
    site = site_in(get_language())
    is_search = selection.path.partition("?")[0] == SEARCH
    return answer_html(
        "listing.html",
        listing=found,
        selection=selection,
        here_path=_archived(selection, archived) if archived else found.path,
        words=describe(selection, site, state),
        plot=plot_of(selection.query, state) if first else None,
        first=first,
        archived=archived,
        room=_room(len(found.entries)) if archived else None,
        older=older,
        newer=newer,
        is_search=is_search,
        sources=state.store.sources() if is_search else (),
        highlight=highlighter(selection.query.where),
        companions=companions(selection.query, found.entries, site),
    )


def _room(entries: int) -> int:
    """How many characters of each entry fit on an archive page, so that it stays below 100 kB in Chinese too."""
    return min(_EXCERPT, max(_EXCERPT // 5, _ON_PAGE // max(entries, 1) - _AROUND))


def _by_role(people: Sequence[Person]) -> dict[str, list[Person]]:
    """In the order of the byline, those quoted last."""
    found: dict[str, list[Person]] = {}
    for who in people:
        found.setdefault(who.role.value, []).append(who)
    return found


def _related(entry: Entry, state: State) -> list[tuple[str, Entry]]:
    """The entries that this one is related to, each with how; those withdrawn are left out.

    Those of the same story have a place of their own.
    """
    found = []
    for relation in (one for one in entry.relations if one.kind is not RelationKind.SAME_STORY):
        with suppress(NotFoundError):
            found.append((relation.kind.value, state.store.entry(relation.entry)))
    return found
