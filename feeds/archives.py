"""How a listing is split into archive documents (RFC 5005, section 4): by months, in UTC, large months by days.

A document is named after where it ends: `2026-03` holds the entries of that month; where they are too many for one
document, as many of the last days as fit, and links to `2026-03-17`, which goes on with the entries of the seventeenth
and before. A day that is too large alone is split by number: behind `2026-03-17` comes `2026-03-17-2`. So what a
document holds depends on nothing that is newer than it, and following the links gives each entry once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import timedelta

from feeds.errors import NotFoundError
from feeds.listing import within_document
from feeds.model import Entry

#: An edit or a withdrawal mostly comes within days. A document that ended so long ago, and in which nothing changed for
#: so long, counts as closed: who has it need not ask again.
SETTLED = timedelta(days=35)

_NAME = re.compile(r"([12]\d{3})-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])(?:-([2-9]|[1-9]\d{1,3}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """An archive document of a listing."""

    year: int
    month: int
    #: The last day it holds; None for the last of the month.
    day: int | None = None
    #: Counts the documents of one day from 1.
    number: int = 1

    @property
    def name(self) -> str:
        """As it stands in addresses."""
        words = f"{self.year}-{self.month:02}"
        words += f"-{self.day:02}" if self.day else ""
        return words + (f"-{self.number}" if self.number > 1 else "")

    @property
    def start(self) -> datetime:
        """The first moment of the month."""
        return datetime(self.year, self.month, 1, tzinfo=UTC)

    @property
    def end(self) -> datetime:
        """The first moment behind it."""
        if self.day is None:
            return datetime(self.year + self.month // 12, self.month % 12 + 1, 1, tzinfo=UTC)
        return datetime(self.year, self.month, self.day, tzinfo=UTC) + timedelta(days=1)

    @property
    def since(self) -> datetime:
        """The earliest moment it can hold: of the month, or of its day where that has several documents."""
        return self.end - timedelta(days=1) if self.number > 1 else self.start

    @property
    def whole_month(self) -> Part:
        """The first document of the same month."""
        return Part(self.year, self.month)


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in an archive document."""

    entries: tuple[Entry, ...]
    #: What follows in the same month; None where the month ends with it.
    rest: Part | None


def read_part(name: str) -> Part:
    """The document of a name. Raises `NotFoundError` for what is none."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise NotFoundError("archive", name)
    year, month, day, number = (int(words) if words else None for words in found.groups())
    part = Part(year or 0, month or 0, day, number or 1)
    try:
        part.end  # noqa: B018 - tells whether the month has such a day
    except ValueError as error:
        raise NotFoundError("archive", name) from error
    return part


def month_of(at: datetime) -> Part:
    """The month that an entry of this moment stands in."""
    utc = at.astimezone(UTC)
    return Part(utc.year, utc.month)


def fill(part: Part, entries: Sequence[Entry]) -> Filled:
    """The document, from what the listing holds of its month before its end, newest first.

    `entries` may stop behind the first that fits into no document.
    """
    count, rest = cut(part, [entry.published.at for entry in entries], len(within_document(entries)))
    return Filled(tuple(entries[:count]), rest)


def cut(part: Part, moments: Sequence[datetime], fits: int) -> tuple[int, Part | None]:
    """How many of what came at these moments stand in a document that holds so many, the newest first; and the rest."""
    if fits >= len(moments):
        return len(moments), None
    day = _day(moments[fits])
    whole_days = sum(_day(moment) > day for moment in moments[:fits])
    if whole_days:
        return whole_days, replace(month_of(day), day=day.day)
    number = part.number if part.day == day.day else 1
    return fits, Part(day.year, day.month, day.day, number + 1)


def behind(part: Part, moment: datetime) -> Part:
    """The document behind one that ends with its month or day, where the next that came before came at `moment`."""
    month = month_of(moment)
    return replace(month, day=_day(moment).day) if month == part.whole_month else month


def is_closed(part: Part, entries: Sequence[Entry], newest: datetime) -> bool:
    """Whether the document stays as it is; `newest` is when the store got its last news, which stands for the clock."""
    changed = max((max(entry.updated, entry.first_seen) for entry in entries), default=part.end)
    return max(part.end, changed) + SETTLED <= newest


def _day(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
