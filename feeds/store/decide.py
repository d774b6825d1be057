"""Decisions of a save, pure: which document leads an entry, when the entry counts as published and as updated.

An entry can stand in several documents of its source: a file was renamed or split and the old one is still about, or a
text was printed twice. Only the document that leads writes the entry: reading all of them again changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from feeds.model import Basis
from feeds.model import Precision
from feeds.model import Published

#: From this many entries on, a document that loses more than half of them at once is believed to be broken.
SHRINKS_FROM = 4


@dataclass(frozen=True, slots=True)
class Standing:
    """That an entry stands in a document."""

    document_id: int
    #: The highest leads. A document that takes over from another one has the next turn.
    turn: int
    #: When the document says it was published, in microseconds since 1970; None where it does not say.
    at: int | None
    #: Of the draft as last read.
    digest: str
    place: str


def leader(standings: Iterable[Standing], names: Mapping[int, str]) -> Standing:
    """The standing that counts: the highest turn, then the earliest date, then the first name; not the first read."""
    return min(standings, key=lambda s: (-s.turn, s.at is None, s.at or 0, names.get(s.document_id, "")))


def taken_over(found: Iterable[Iterable[int]], drafts: int, sizes: Mapping[int, int]) -> set[int]:
    """The documents that the one being read takes over from: the same one under another name, or half of it.

    `found` has for each recognised draft the other documents it stands in, `sizes` the number of entries of these.
    At least half of the larger document must be common to both; less is a text printed twice.
    """
    shared = Counter(document_id for others in found for document_id in others)
    return {d for d, number in shared.items() if number * 2 >= max(drafts, sizes.get(d, 0))}


def turn_of(new: str, before: Standing | None, others: Iterable[Standing], over: set[int], withdrawn: bool) -> int:
    """The turn of a document for an entry whose draft has the digest `new` now.

    Only what is new or changed takes over: a copy that is read again as it was must not take the entry back.
    """
    if before is not None and before.digest == new and not withdrawn:
        return before.turn
    beaten = [other.turn + 1 for other in others if withdrawn or other.document_id in over]
    return max([*beaten, before.turn if before is not None else 0])


def survives(leaving: Standing, others: Iterable[Standing]) -> bool:
    """Whether an entry that left a document stands in another one that counts no less."""
    return any(other.turn >= leaving.turn for other in others)


def shrank_suspiciously(before: int, gone: int) -> bool:
    """More than half of at least four entries at once: rather a broken fetch than an author who withdrew them."""
    return before >= SHRINKS_FROM and gone * 2 > before


def first_published(stated: Published | None, now: datetime) -> Published:
    """When a new entry counts as published: as the document says, else now, which is kept from then on."""
    return stated or Published(now, Precision.UNKNOWN, Basis.FIRST_SEEN, None)


def first_updated(published: Published, now: datetime) -> datetime:
    """`updated` of a new entry: its publication, so that a store built anew says the same."""
    return now if published.precision is Precision.UNKNOWN else published.at


def next_updated(before: datetime, published: datetime, now: datetime, edited: bool) -> datetime:
    """`updated` of a known entry: moves for an edit only, never backwards, never before the publication."""
    return max(before, published, now) if edited else max(before, published)
