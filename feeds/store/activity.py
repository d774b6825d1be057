"""How many entries a listing got week by week: a walk along an index, bounded in weeks and in rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from datetime import datetime
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger
from sqlalchemy import Connection
from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import type_coerce
from sqlalchemy import union_all

from feeds.model import Precision
from feeds.store.columns import micros
from feeds.store.schema import author
from feeds.store.schema import entry
from feeds.store.schema import listing
from feeds.store.schema import source

#: Entries of a listing that are looked at; of a busier one fewer weeks are told, each of them in full.
MOST = 20_000
#: The same for each of many topics at once.
MOST_OF_MANY = 5_000
#: SQLite takes 500 parts in a union.
_UNION = 100
#: So many of the newest entries are looked at in search of one with a date; mostly the first few do.
_UNDATED = (5, 1_000)
_WEEK = 7 * 86_400_000_000
_MONDAY = datetime.fromisoformat("1970-01-05T00:00:00+00:00")
#: Days are kept as their first moment. In a zone with summer time that moment may be an hour off the offset used, and
#: an hour more keeps it on its day.
_SLACK = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Weeks:
    """Entries by week, the first week first."""

    #: The Monday that the first week begins with.
    first: date
    counts: tuple[int, ...]

    @property
    def last(self) -> date:
        """The Monday that the last week begins with."""
        return self.first + timedelta(weeks=len(self.counts) - 1)


@dataclass(frozen=True, slots=True)
class Span:
    """Some weeks, the last of them the one that `until` is in, from Monday to Sunday where `zone` is."""

    until: datetime
    weeks: int
    zone: str = "Asia/Shanghai"

    @property
    def shift(self) -> int:
        """What is added to an instant (microseconds) for whole weeks to begin on Mondays of the zone."""
        offset = self.until.astimezone(ZoneInfo(self.zone)).utcoffset() or timedelta()
        return offset // timedelta(microseconds=1) + _SLACK - micros(_MONDAY)

    @property
    def last(self) -> int:
        """The number of the last week."""
        return (micros(self.until) + self.shift) // _WEEK

    @property
    def since(self) -> int:
        """The first instant of the first week (microseconds)."""
        return (self.last - self.weeks + 1) * _WEEK - self.shift


def read_weeks(
    connection: Connection, span: Span, *, by: str | None = None, topic: str | None = None, of: str | None = None
) -> Weeks:
    """The weeks of the listing of an author, a topic or both, else of a source, else of all entries (slugs)."""
    published = _published(span, by, topic, of).limit(MOST).subquery()
    return _weeks(span, connection.execute(_counted(span, [published.c.published], published)).all(), MOST)


def read_topic_weeks(connection: Connection, span: Span, slugs: Sequence[str]) -> dict[str, Weeks]:
    """The same of many topics."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for at in range(0, len(slugs), _UNION):
        walks = [_published(span, None, slug, None, slug).limit(MOST_OF_MANY) for slug in slugs[at : at + _UNION]]
        merged = union_all(*(select(walk.subquery()) for walk in walks)).subquery()
        for row in connection.execute(_counted(span, [merged.c.published, merged.c.name], merged, merged.c.name)):
            found[row.name].append(row)
    return {slug: _weeks(span, found[slug], MOST_OF_MANY) for slug in slugs}


def read_newest_dated(
    connection: Connection, *, by: str | None = None, topic: str | None = None, of: str | None = None
) -> datetime | None:
    """When the newest entry of a listing was published that says so; None where none of the newest does.

    Those that do not count as published when they were found, which says little about how lively a listing is.
    """
    at, entry_id, conditions = _listed(by, topic, of)
    walk = select(entry_id.label("id")).where(*conditions).order_by(at.desc())
    for most in _UNDATED:
        newest = walk.limit(most).subquery()
        dated = select(func.max(entry.c.published)).join(newest, newest.c.id == entry.c.id)
        found: datetime | None = connection.scalar(dated.where(entry.c.precision != Precision.UNKNOWN.value))
        if found is not None:
            return found
    return None


def _listed(by: str | None, topic: str | None, of: str | None) -> tuple[Any, Any, list[Any]]:
    """The columns of a listing with when and which, and its conditions: each a walk along an index."""
    if by is None and topic is None:
        conditions: list[Any] = [entry.c.withdrawn_at.is_(None)]
        if of is not None:
            conditions.append(entry.c.source_id == select(source.c.id).where(source.c.slug == of).scalar_subquery())
        return entry.c.published, entry.c.id, conditions
    whose = 0 if by is None else select(author.c.id).where(author.c.slug == by).scalar_subquery()
    conditions = [listing.c.author_id == whose, listing.c.part == ("" if by is None else "byline")]
    return listing.c.published, listing.c.entry_id, [*conditions, listing.c.topic == (topic or "")]


def _published(span: Span, by: str | None, topic: str | None, of: str | None, name: str = "") -> Select[Any]:
    """When the newest entries of a listing were published."""
    at, _, conditions = _listed(by, topic, of)
    bound = type_coerce(at, BigInteger) >= span.since
    return select(at.label("published"), literal(name).label("name")).where(*conditions, bound).order_by(at.desc())


def _counted(span: Span, columns: Sequence[Any], walk: Any, *names: Any) -> Select[Any]:
    week = (type_coerce(columns[0], BigInteger) + span.shift) // literal(_WEEK, BigInteger)
    counted = select(week.label("week"), func.count().label("entries"), *names).select_from(walk)
    return counted.group_by(week, *names)


def _weeks(span: Span, rows: Iterable[Any], most: int) -> Weeks:
    """The week that the walk stopped in is not told: some of it was not counted."""
    counts = {int(row.week): row.entries for row in rows if row.week <= span.last}
    first = span.last - span.weeks + 1
    if sum(counts.values()) >= most:
        first = min(min(counts) + 1, span.last)
    monday = (_MONDAY + timedelta(weeks=first)).date()
    return Weeks(monday, tuple(counts.get(week, 0) for week in range(first, span.last + 1)))
