"""What became of entries: their revisions with differences, and the changes that mirrors follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import urlencode

from flask import Blueprint
from flask import Response
from flask import request

from feeds.addresses import API
from feeds.differences import Kind
from feeds.differences import Piece
from feeds.differences import difference
from feeds.model import Change
from feeds.model import Entry
from feeds.model import Revision
from web import resources
from web.api import answer_json
from web.api import check
from web.api import entry_urn
from web.parameters import read_limit
from web.resources import Resource
from web.resources import moment
from web.state import State
from web.state import get_state

bp = Blueprint("history", __name__, url_prefix=API)
bp.before_request(check)

#: Differences on the page of an entry; the API has all of them.
_SHOWN = 5
#: Letters that are shown on each side of a change; what else is equal is left out.
_AROUND = 80


@dataclass(frozen=True, slots=True)
class Edit:
    """A revision beside the one before it."""

    revision: Revision
    pieces: tuple[Piece, ...]


@bp.get("/entries/<entry_id>/revisions")
def revisions(entry_id: str) -> Response:
    """The texts that an entry has had, the newest first, each with its difference from the one before."""
    found = get_state().store.revisions(entry_urn(entry_id))
    return answer_json({"data": [_revision(edit) for edit in edits(found)], "next": None})


@bp.get("/changes")
def changes() -> Response:
    """What changed, the oldest first. `cursor` is where to go on later, `next` where to go on now."""
    state = get_state()
    found = state.store.changes(request.args.get("since") or None, read_limit(request.args))
    following = _next(found.cursor) if found.more else None
    data = [_change(change, state) for change in found.items]
    response = answer_json({"data": data, "next": following, "cursor": found.cursor})
    if following:
        response.headers["Link"] = f'<{following}>; rel="next"'
    return response


def edits(found: Sequence[Revision]) -> list[Edit]:
    """Revisions, the newest first, each with what it made of the one before; the first one made nothing."""
    made = [Edit(new, difference(_words(old), _words(new))) for new, old in pairwise(found)]
    return [*made, *(Edit(first, ()) for first in found[-1:])]


def latest_edits(entry: Entry, state: State) -> list[Edit]:
    """The latest edits of an entry, for its page: the changes with a few words around them."""
    if entry.revision == 1:
        return []
    made = edits(state.store.revisions(entry.id)[: _SHOWN + 1])
    return [Edit(edit.revision, _shortened(edit.pieces)) for edit in made if edit.pieces]


def _words(revision: Revision) -> str:
    return f"{revision.title}\n\n{revision.content_text}" if revision.title else revision.content_text


def _shortened(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    last = len(pieces) - 1
    return tuple(_ends(piece, index > 0, index < last) for index, piece in enumerate(pieces))


def _ends(piece: Piece, after: bool, before: bool) -> Piece:
    """Only what stands next to a change `after` which, or `before` which, the piece comes."""
    kind, words = piece
    if kind is not Kind.SAME or len(words) <= 2 * _AROUND:
        return piece
    return Piece(kind, f"{words[:_AROUND] if after else ''} […] {words[-_AROUND:] if before else ''}")


def _revision(edit: Edit) -> Resource:
    return {
        "revision": edit.revision.number,
        "updated": moment(edit.revision.updated),
        "title": edit.revision.title,
        "content_text": edit.revision.content_text,
        "content_html": edit.revision.content_html,
        "difference": [{"kind": piece.kind.value, "text": piece.words} for piece in edit.pieces],
    }


def _change(change: Change, state: State) -> Resource:
    return {
        "kind": "withdrawn" if change.entry is None else "upsert",
        "id": change.id,
        "at": moment(change.at),
        "entry": None if change.entry is None else resources.entry(change.entry, state),
    }


def _next(cursor: str) -> str:
    parameters = {**request.args.to_dict(), "since": cursor}
    return f"{get_state().site.local(request.path)}?{urlencode(parameters)}"
