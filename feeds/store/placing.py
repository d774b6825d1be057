"""Drafts in their places: which entry each is, and what became of those that the document no longer has. Pure."""

from __future__ import annotations

from collections.abc import Container
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from feeds.identity import CONTAINED
from feeds.identity import Traits
from feeds.identity import lookup_keys
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
    #: Withdrawn for good: recognised, followed, and shown to nobody.
    absorbed: bool
    #: The document is new to the entry and takes over from none: what it says otherwise is another print, no edit.
    joins: bool = False

    @property
    def edited(self) -> bool:
        """Letters of title or text differ."""
        if self.row is None or self.absorbed or (self.joins and self.row.revision == 1):
            return False
        return bool(self.row.whole != self.prepared.traits.whole)

    @property
    def differs(self) -> bool:
        """The entry is to be written: a reader gets something else than before, unless it is absorbed."""
        if self.row is None or self.row.digest != self.prepared.digest:
            return True
        if self.absorbed:
            return False
        return self.row.topics != self.prepared.columns["topics"] or self.row.withdrawn_at is not None

    @property
    def returns(self) -> bool:
        """It had been withdrawn because it had left its document."""
        return self.row is not None and self.row.withdrawn_at is not None and not self.absorbed


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
    published = [one for one in placed if not one.absorbed]
    new = sum(one.row is None for one in published)
    changed = sum(one.row is not None and one.leads and one.differs for one in published)
    return Saved(new, changed, len(placed) - new - changed, withdrawn)


def left_behind(
    around: Surroundings, placed: Iterable[Placed], doubted: bool, gone: Container[str], window: bool = False
) -> Left:
    """What became of the entries of the document that no draft is.

    Nothing is withdrawn where they are `doubted`, nor by a `window`; documents that are `gone` keep no entry.
    """
    here = around.here()
    leaving = here.keys() - {one.id for one in placed}
    if window:
        return Left(set(), set(), set(), set(leaving))
    surviving = {i for i in leaving if decide.survives(here[i], around.others(i, gone))}
    lost = {i for i in leaving - surviving if around.rows[i].withdrawn_at is None}
    kept = lost if doubted or decide.shrank_suspiciously(len(here), len(lost)) else set()
    return Left(surviving, lost - kept, kept, leaving - kept)


def is_copy(traits: Traits, banned: Container[str]) -> bool:
    """Whether a new draft is what was withdrawn for good, in whatever source. Short words are anybody's."""
    telling = bool(traits.natural_keys) or len(traits.letters) >= CONTAINED
    return telling and any(key in banned for key in lookup_keys(traits) if not key.startswith("o:"))


def quotes(led: Iterable[Placed], placed: Iterable[Placed]) -> set[tuple[str, str]]:
    """Who quotes whom, by id; positions that lead nowhere count for nothing."""
    by_position = {one.prepared.draft.place.position: one.id for one in placed}
    pairs = {(one.id, by_position.get(position)) for one in led for position in one.prepared.draft.quotes}
    return {(one, other) for one, other in pairs if other is not None and other != one}


def shrinking(kept: int, before: int) -> Problem:
    """What the report says of a document that shrank suspiciously."""
    return Problem(f"{kept} of its {before} entries left at once: kept, since a document seldom loses more than half")
