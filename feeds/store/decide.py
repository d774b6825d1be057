"""Decisions of a save, pure: which document leads an entry, when the entry counts as published and as updated.

An entry can stand in several documents of its source: a file was renamed or split and the old one is still about, or a
text was printed twice. Only the document that leads writes the entry: reading all of them again changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from collections.abc import Iterable
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime

from feeds.model import Basis
from feeds.model import Precision
from feeds.model import Published

#: From this many entries on, a document that loses more than half of them at once is believed to be broken.
SHRINKS_FROM = 4
#: Times of files before this are those that build tools set (1970, 1980, 1985), not those of anybody's work.
TOLD_FROM = datetime(1990, 1, 1, tzinfo=UTC)
#: Entries that a document must have in common with another one to be looked at as its next version.
KIN_FROM = 3


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


def leader(standings: Iterable[Standing], names: Mapping[int, tuple[str, str]]) -> Standing:
    """The standing that counts: the highest turn, then the earliest date, then the first name; not the first read."""
    return min(standings, key=lambda s: (-s.turn, s.at is None, s.at or 0, names.get(s.document_id, ("", ""))))


def taken_over(found: Iterable[Iterable[int]], drafts: int, sizes: Mapping[int, int]) -> set[int]:
    """The documents that the one being read takes over from: the same one under another name, or half of it.

    `found` has for each recognised draft the other documents it stands in, `sizes` the number of entries of these.
    At least half of the larger document must be common to both; less is a text printed twice.
    """
    shared = Counter(document_id for others in found for document_id in others)
    return {d for d, number in shared.items() if number * 2 >= max(drafts, sizes.get(d, 0))}


def kin(found: Iterable[Iterable[int]], drafts: int, sizes: Mapping[int, int]) -> set[int]:
    """The documents that the one being read was renamed from, split off or merged of.

    `found` has for each recognised draft the other documents it stands, or stood last, in. At least two thirds of the
    smaller document must be common to both: what is left of it is then compared as if it stood in one document.
    """
    shared = Counter(document_id for others in found for document_id in others)
    return {d for d, n in shared.items() if n >= KIN_FROM and n * 3 >= 2 * min(drafts, max(sizes.get(d, 0), n))}


def turn_of(new: str, before: Standing | None, others: Iterable[Standing], over: set[int], withdrawn: bool) -> int:
    """The turn of a document for an entry whose draft has the digest `new` now.

    Only what is new or changed takes over: a copy that is read again as it was must not take the entry back.
    """
    if before is not None and before.digest == new and not withdrawn:
        return before.turn
    beaten = [other.turn + 1 for other in others if withdrawn or other.document_id in over]
    return max([*beaten, before.turn if before is not None else 0])


def beatable(over: set[int], gone: Container[str] | None, names: Mapping[int, tuple[str, str]]) -> set[int]:
    """Those of the documents `over` that one which is read for the first time takes over from: all, or those gone.

    Two that are both there are copies, and which one was read first does not show.
    """
    return over if gone is None else {d for d in over if names[d][1] in gone}


def survives(leaving: Standing, others: Iterable[Standing]) -> bool:
    """Whether an entry that left a document stands in another one that counts no less."""
    return any(other.turn >= leaving.turn for other in others)


def shrank_suspiciously(before: int, gone: int) -> bool:
    """More than half of at least four entries at once: rather a broken fetch than an author who withdrew them."""
    return before >= SHRINKS_FROM and gone * 2 > before


def first_seen(seen: datetime | None, now: datetime) -> datetime:
    """When a new entry was first seen: when its document was last changed, where that is known and can be, else now.

    So a store that is built anew from the same files says the same.
    """
    return seen if seen is not None and TOLD_FROM <= seen <= now else now


def first_published(stated: Published | None, seen: datetime) -> Published:
    """When a new entry counts as published: as the document says, else when it was first seen, which is kept."""
    return stated or Published(seen, Precision.UNKNOWN, Basis.FIRST_SEEN, None)


def first_updated(published: Published, seen: datetime) -> datetime:
    """`updated` of a new entry: its publication, so that a store built anew says the same."""
    return seen if published.precision is Precision.UNKNOWN else published.at


def next_updated(before: datetime, published: datetime, now: datetime, edited: bool) -> datetime:
    """`updated` of a known entry: moves for an edit only, never backwards, never before the publication."""
    return max(before, published, now) if edited else max(before, published)
