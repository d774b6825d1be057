"""Every listing as a page and, with a suffix, as a feed."""

from __future__ import annotations

from flask import Blueprint
from flask import request
from werkzeug.wrappers import Response

from feeds.addresses import AUTHORS
from feeds.addresses import ENTRIES
from feeds.addresses import SEARCH
from feeds.addresses import TOPICS
from feeds.formats import FORMATS
from feeds.formats import Format
from web.cache import Rendered
from web.conditional import FEED_CACHING
from web.conditional import answer
from web.pages import listing_page
from web.redirects import moved
from web.refining import asked_for
from web.selections import KINDS
from web.selections import Selection
from web.selections import read_feed
from web.selections import select
from web.state import State
from web.state import get_state

bp = Blueprint("listings", __name__)

_SUFFIXES = ",".join(f"'{suffix}'" for suffix in FORMATS)


@bp.get(f"/<any({','.join(KINDS)}):kind>/<name>")
def listing(kind: str, name: str) -> Response:
    """Entries of authors, of topics, of a source; `name` holds slugs with commas between them, and the suffix."""
    words, form = _split(name)
    asked = words.split(",")
    state = get_state()
    selection = select(kind, asked, state)
    if selection.leads_elsewhere(asked):
        return moved(selection.path + (form.suffix if form else ""))
    return _answer(asked_for([(kind, asked)], request.args, state), form, state)


@bp.get(f"{AUTHORS}/<authors>{TOPICS}/<name>")
def of_both(authors: str, name: str) -> Response:
    """Entries by one of the authors and in one of the topics."""
    topics, form = _split(name)
    state = get_state()
    names = [("authors", authors.split(",")), ("topics", topics.split(","))]
    return _answer(asked_for(names, request.args, state), form, state)


@bp.get(ENTRIES, defaults={"suffix": ""})
@bp.get(f"{ENTRIES}<any({_SUFFIXES}):suffix>")
def entries(suffix: str) -> Response:
    """All entries."""
    state = get_state()
    return _answer(asked_for([], request.args, state), FORMATS.get(suffix), state)


@bp.get(SEARCH, defaults={"suffix": ""})
@bp.get(f"{SEARCH}<any({_SUFFIXES}):suffix>")
def search(suffix: str) -> Response:
    """Entries that have what is looked for."""
    state = get_state()
    return _answer(asked_for([("search", [])], request.args, state), FORMATS.get(suffix), state)


def _split(name: str) -> tuple[str, Format | None]:
    """A slug may hold a dot: only a suffix that we know is one."""
    stem, dot, ending = name.rpartition(".")
    form = FORMATS.get(dot + ending)
    return (stem, form) if form is not None else (name, None)


def _answer(selection: Selection, form: Format | None, state: State) -> Response:
    if form is None:
        return listing_page(selection, request.args.get("cursor") or None)
    return answer(_feed(selection, form, state), FEED_CACHING)


def _feed(selection: Selection, form: Format, state: State) -> Rendered:
    """The version is read before the entries: a rendering may be newer than its label, never older."""
    path = form.path(selection.path)
    version = state.store.version()
    rendered = state.cache.get(path, version)
    if rendered is None:
        found = read_feed(selection, state)
        rendered = Rendered(form.render(found, state.site), form.content_type, found.modified)
        state.cache.put(path, version, rendered)
    return rendered
