"""Pages for people: the front page, listings, entries, documents; and whether we are well, for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from flask import Blueprint
from flask import Flask
from flask import Response
from flask import redirect
from flask import render_template
from werkzeug.wrappers import Response as BaseResponse

from feeds import addresses
from feeds.addresses import DOCUMENTS
from feeds.addresses import ENTRIES
from feeds.addresses import HOME
from feeds.addresses import STATIC
from feeds.addresses import entry_path
from feeds.errors import NotFoundError
from feeds.formats import FORMATS
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.model import Tally
from feeds.titles import display_title
from web.api import entry_urn
from web.cache import Rendered
from web.conditional import REVALIDATE
from web.conditional import answer
from web.headers import moved
from web.selections import Selection
from web.selections import read_page
from web.state import State
from web.state import get_state

bp = Blueprint("pages", __name__)

_HTML = "text/html; charset=utf-8"
#: Entries on the front page.
_NEWEST = 20


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
    return _page("entry.html", entry=found, related=_related(found, state))


@bp.get(DOCUMENTS)
def documents() -> Response:
    """What was read: entries, what was left out and why, what is wrong."""
    reports = sorted(get_state().store.documents(), key=lambda report: (report.failure is None, report.info.name))
    return _page("documents.html", reports=reports)


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
    return _page("listing.html", listing=found, facts=selection.facts, first=cursor is None)


def prepare_templates(app: Flask) -> None:
    """What the templates may call."""
    app.jinja_env.globals.update(addresses=addresses, formats=tuple(FORMATS.values()))
    app.jinja_env.filters.update(
        display_title=display_title, day=_day, moment=_moment, counted=_counted, number=_number, lines=_lines
    )
    app.context_processor(lambda: {"site": get_state().site})


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
    """The entries that this one is related to, each with how; those withdrawn are left out."""
    found = []
    for relation in entry.relations:
        with suppress(NotFoundError):
            found.append((relation.kind.value.replace("_", " "), state.store.entry(relation.entry)))
    return found


def _day(entry: Entry) -> str:
    """The calendar date where the source is; the day that the entry was found on where nothing tells its own."""
    published = entry.published
    if published.date is not None:
        return published.date.isoformat()
    return f"undated, found {published.at.date().isoformat()}"


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _number(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _lines(lines: tuple[int, int]) -> str:
    first, last = lines
    return f"line {first}" if first == last else f"lines {first}–{last}"


def _counted(reasons: Iterable[str]) -> list[tuple[str, int]]:
    """Each reason with how often it is given, the commonest first."""
    return Counter(reasons).most_common()
