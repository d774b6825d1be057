"""Drafts in their places: which entry each is, and what became of those that the document no longer has. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from feeds.model import Problem
from feeds.model import Saved
from feeds.store import decide
from feeds.store.decide import Standing
from feeds.store.loading import Surroundings
from feeds.store.prepare import PreparedDraft


@dataclass(frozen=True, slots=True)
class Placed:
    """A draft with the entry it is, and whether this document's word counts for it."""

    prepared: PreparedDraft
    id: str
    #: What the store has of it; None for a new entry.
    row: Row[Any] | None
    standing: Standing
    leads: bool

    @property
    def edited(self) -> bool:
        """Letters of title or text differ."""
        return self.row is not None and self.row.whole != self.prepared.traits.whole

    @property
    def differs(self) -> bool:
        """A reader gets something else than before."""
        return self.row is None or self.row.digest != self.prepared.digest or self.row.withdrawn_at is not None


@dataclass(frozen=True, slots=True)
class Left:
    """What became of the entries that the document no longer has."""

    #: They stand in another document.
    surviving: set[str]
    withdrawn: set[str]
    #: The document shrank suspiciously, so they stay.
    kept: set[str]
    #: All that no longer count as standing in the document.
    dropped: set[str]


def saved(placed: Sequence[Placed], withdrawn: int) -> Saved:
    """What a save did, counted."""
    new = sum(one.row is None for one in placed)
    changed = sum(one.row is not None and one.leads and one.differs for one in placed)
    return Saved(new, changed, len(placed) - new - changed, withdrawn)


def left_behind(around: Surroundings, placed: Iterable[Placed]) -> Left:
    """What became of the entries of the document that no draft is."""
    here = around.here()
    leaving = here.keys() - {one.id for one in placed}
    surviving = {i for i in leaving if decide.survives(here[i], around.others(i))}
    gone = {i for i in leaving - surviving if around.rows[i].withdrawn_at is None}
    kept = gone if decide.shrank_suspiciously(len(here), len(gone)) else set()
    return Left(surviving, gone - kept, kept, leaving - kept)


def quotes(led: Iterable[Placed], placed: Iterable[Placed]) -> set[tuple[str, str]]:
    """Who quotes whom, by id; positions that lead nowhere count for nothing."""
    by_position = {one.prepared.draft.place.position: one.id for one in placed}
    pairs = {(one.id, by_position.get(position)) for one in led for position in one.prepared.draft.quotes}
    return {(one, other) for one, other in pairs if other is not None and other != one}


def shrinking(kept: int, before: int) -> Problem:
    """What the report says of a document that shrank suspiciously."""
    return Problem(f"{kept} of its {before} entries left at once: kept, since a document seldom loses more than half")
