"""What became of entries: their texts with differences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from feeds.model import Entry
from feeds.model import Revision
from web.state import State

if TYPE_CHECKING:
    from feeds.differences import Piece

#: Differences on the page of an entry; the API has all of them.
_SHOWN = 5
#: Letters that are shown on each side of a change; what else is equal is left out.
_AROUND = 80


@dataclass(frozen=True, slots=True)
class Edit:
    """A revision beside the one before it."""

    revision: Revision
    pieces: tuple[Piece, ...]


def edits(found: Sequence[Revision]) -> list[Edit]:
    """Revisions, the newest first, each with what it made of the one before; the first one made nothing."""
    from feeds.differences import difference  # most entries are never edited, and what compares them takes its time

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
    from feeds.differences import Kind
    from feeds.differences import Piece

    kind, words = piece
    if kind is not Kind.SAME or len(words) <= 2 * _AROUND:
        return piece
    return Piece(kind, f"{words[:_AROUND] if after else ''} […] {words[-_AROUND:] if before else ''}")
