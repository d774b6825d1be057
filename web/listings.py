"""Every listing as a page and, with a suffix, as a feed."""

from __future__ import annotations

from flask import Blueprint
from flask import request
from werkzeug.wrappers import Response

from feeds.addresses import ENTRIES
from feeds.formats import FORMATS
from feeds.formats import Format
from feeds.model.scope import scopes_of
from web.cache import Rendered
from web.conditional import serve
from web.pages import listing_page
from web.parameters import read_collapse
from web.redirects import moved
from web.selections import KINDS
from web.selections import Selection
from web.selections import collapsed
from web.selections import read_feed
from web.selections import select
from web.selections import select_entries
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
    return _answer(selection, form, state)


@bp.get(ENTRIES, defaults={"suffix": ""})
@bp.get(f"{ENTRIES}<any({_SUFFIXES}):suffix>")
def entries(suffix: str) -> Response:
    """All entries."""
    state = get_state()
    return _answer(select_entries(state), FORMATS.get(suffix), state)


def _split(name: str) -> tuple[str, Format | None]:
    """A slug may hold a dot: only a suffix that we know is one."""
    stem, dot, ending = name.rpartition(".")
    form = FORMATS.get(dot + ending)
    return (stem, form) if form is not None else (name, None)


def _answer(selection: Selection, form: Format | None, state: State) -> Response:
    if read_collapse(request.args):
        selection = collapsed(selection)
    if form is None:
        return listing_page(selection, request.args.get("cursor") or None)
    return _feed(selection, form, state)


def _feed(selection: Selection, form: Format, state: State) -> Response:
    def render() -> Rendered:
        found = read_feed(selection, state)
        return Rendered(form.render(found, state.site), form.content_type, found.modified)

    return serve(form.path(selection.path), scopes_of(selection.query), render)
