"""Pages for people: the front page, listings, entries, documents; and whether we are well, for machines."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from flask import Blueprint
from flask import Response
from flask import redirect
from flask import render_template
from werkzeug.wrappers import Response as BaseResponse

from feeds.addresses import DOCUMENTS
from feeds.addresses import ENTRIES
from feeds.addresses import HOME
from feeds.addresses import STATIC
from feeds.addresses import entry_path
from feeds.errors import NotFoundError
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.model import RelationKind
from feeds.model import Tally
from web.api import entry_urn
from web.cache import Rendered
from web.conditional import REVALIDATE
from web.conditional import answer
from web.history import latest_edits
from web.reasons import near_misses
from web.reasons import reasons
from web.redirects import moved
from web.selections import Selection
from web.selections import read_page
from web.state import State
from web.state import get_state
from web.stories import also_told

bp = Blueprint("pages", __name__)

_HTML = "text/html; charset=utf-8"
#: Entries on the front page.
_NEWEST = 20
#: Kinds of listings, each also the name of a part of the front page.
_LISTED_AT_HOME = ("authors", "topics", "sources")


@bp.get(HOME)
def home() -> Response:
    """The newest entries, and every author, topic and source."""
    state = get_state()
    page = state.store.entries(EntryQuery(limit=_NEWEST))
    return _page(
        "home.html",
        entries=page.entries,
        authors=_busiest(state.store.authors()),
        topics=_busiest(_all_topics(state)),
        sources=_busiest(state.store.sources()),
    )


@bp.get(f"{ENTRIES}/<words>")
def entry(words: str) -> BaseResponse:
    """One entry, whole, with what it is related to."""
    state = get_state()
    entry_id = entry_urn(words)
    if words != entry_id.removeprefix("urn:uuid:"):
        return moved(entry_path(entry_id))
    found = state.store.entry(entry_id)
    return _page(
        "entry.html",
        entry=found,
        related=_related(found, state),
        told=also_told(found, state),
        edits=latest_edits(found, state),
        reasons=reasons(found, state),
        missed=near_misses(found, state),
    )


@bp.get(DOCUMENTS)
def documents() -> Response:
    """What was read: entries, what was left out and why, what is wrong."""
    reports = sorted(get_state().store.documents(), key=lambda report: (report.failure is None, report.info.name))
    return _page("documents.html", reports=reports)


@bp.get(f"/<any({','.join(_LISTED_AT_HOME)}):kind>")
def listed_at_home(kind: str) -> BaseResponse:
    """Who shortens an address comes here; not for ever, as a page of its own may stand here one day."""
    return redirect(f"{get_state().site.local(HOME)}#{kind}", 302)


@bp.get("/favicon.ico")
def favicon() -> BaseResponse:
    """Where feed readers look for a picture of the site."""
    return redirect(get_state().site.local(f"{STATIC}/favicon.ico"), 301)


@bp.get("/healthz")
def healthz() -> Response:
    """Whether the process answers."""
    return _plain("ok")


@bp.get("/readyz")
def readyz() -> Response:
    """Whether the store answers too; 503 otherwise."""
    get_state().store.version()
    return _plain("ready")


def listing_page(selection: Selection, cursor: str | None) -> Response:
    """A listing as a page. Raises `QueryError` for a cursor that is none."""
    found = read_page(selection, cursor, get_state())
    return _page("listing.html", listing=found, selection=selection, first=cursor is None)


def _page(template: str, **values: object) -> Response:
    return answer(Rendered(render_template(template, **values).encode(), _HTML), REVALIDATE)


def _plain(words: str) -> Response:
    return Response(f"{words}\n", content_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-store"})


def _busiest(tallies: Iterable[Tally]) -> list[Tally]:
    return sorted(tallies, key=lambda tally: (-tally.entries, tally.name))


def _all_topics(state: State) -> list[Tally]:
    """Every topic of the rules: those without an entry can be subscribed to as well."""
    known = {tally.slug: tally for tally in state.store.topics()}
    nothing = Tally("", "", 0, None)
    return [replace(known.get(slug, nothing), slug=slug, name=name) for slug, name in state.site.topics.items()]


def _related(entry: Entry, state: State) -> list[tuple[str, Entry]]:
    """The entries that this one is related to, each with how; those withdrawn are left out.

    Those of the same story have a place of their own.
    """
    found = []
    for relation in (one for one in entry.relations if one.kind is not RelationKind.SAME_STORY):
        with suppress(NotFoundError):
            found.append((relation.kind.value.replace("_", " "), state.store.entry(relation.entry)))
    return found
