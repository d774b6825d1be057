"""Lists of feeds to import: everything, all of one kind, the feeds of one listing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from flask import Blueprint
from flask import Response

from feeds.addresses import AUTHORS
from feeds.addresses import ENTRIES
from feeds.addresses import FEEDS
from feeds.addresses import OPML
from feeds.addresses import SOURCES
from feeds.addresses import TOPICS
from feeds.addresses import listing_path
from feeds.formats import OPML_SUFFIX
from feeds.formats import OPML_TYPE
from feeds.listing import Group
from feeds.listing import Outline
from feeds.model import Tally
from web.cache import Rendered
from web.conditional import serve
from web.interface import gettext
from web.interface import message
from web.interface import speak_as_site
from web.selections import Selection
from web.selections import saved_listings
from web.state import State
from web.state import get_state

bp = Blueprint("opml", __name__)

#: The kinds of listings, as folders are called.
_NAMES = {
    FEEDS: message("Selected"),
    TOPICS: message("Topics"),
    AUTHORS: message("Authors"),
    SOURCES: message("Sources"),
}


@bp.get(OPML)
def everything() -> Response:
    """All listings, in a folder for each kind."""
    state = get_state()

    def render() -> Rendered:
        speak_as_site()
        groups = tuple(_group(kind, state) for kind in _NAMES)
        lists: tuple[Outline | Group, ...] = (*_all(state), *groups)
        return _rendered(state.site.name, lists, state)

    return serve(OPML, (), render)


@bp.get(f"/<any({','.join(kind.strip('/') for kind in _NAMES)}):kind>{OPML_SUFFIX}")
def of_a_kind(kind: str) -> Response:
    """All authors, all topics, all sources, all saved queries."""
    state = get_state()

    def render() -> Rendered:
        speak_as_site()
        group = _group(f"/{kind}", state)
        return _rendered(f"{group.title} · {state.site.name}", group.outlines or _all(state), state)

    return serve(f"/{kind}{OPML_SUFFIX}", (), render)


def of_listing(selection: Selection, members: Iterable[Selection], state: State) -> Rendered:
    """The feed of a listing, and behind it those of its members."""
    outlines = dict.fromkeys(Outline(one.title, one.path) for one in (selection, *members))
    return _rendered(f"{selection.title} · {state.site.name}", tuple(outlines), state)


def _group(kind: str, state: State) -> Group:
    if kind == TOPICS:
        names = [(slug, name) for slug, name in state.site.topics.items()]
    elif kind == FEEDS:
        names = [(selection.slugs[0], selection.title) for selection in saved_listings(state)[0]]
    else:
        tallies = state.store.authors() if kind == AUTHORS else state.store.sources()
        names = [(tally.slug, tally.name) for tally in sorted(tallies, key=_by_size)]
    outlines = tuple(Outline(name, listing_path(kind, (slug,))) for slug, name in names)
    return Group(gettext(_NAMES[kind]), outlines)


def _all(state: State) -> tuple[Outline, ...]:
    """OPML demands an outline."""
    return (Outline(state.site.name, ENTRIES),)


def _by_size(tally: Tally) -> tuple[int, str]:
    return -tally.entries, tally.slug


def _rendered(title: str, lists: Iterable[Outline | Group], state: State) -> Rendered:
    from feeds.formats.opml import render  # as the writers of feeds: loaded when the first list is written

    modified = _newest(state)
    return Rendered(render(title, tuple(lists), state.site, modified), OPML_TYPE, modified)


def _newest(state: State) -> datetime | None:
    return max((tally.newest for tally in state.store.sources() if tally.newest), default=None)
