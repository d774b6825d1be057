"""What of topics the store can count by itself. The cost grows with the archive: ask once a version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from datetime import date
from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy import Connection
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import type_coerce

from feeds.store.schema import entry
from feeds.store.schema import listing

_DAY = 86_400_000_000


@dataclass(frozen=True, slots=True)
class TopicCounts:
    """Live entries only."""

    entries: int
    #: Entries that are in no topic.
    without: int
    #: A topic's slug, a day of publication (UTC), and the number of its entries that day.
    days: tuple[tuple[str, date, int], ...]
    #: How often topics stand together, by their slugs in order.
    sets: Mapping[tuple[str, ...], int]


def read_topic_counts(connection: Connection) -> TopicCounts:
    """All that statistics of topics need."""
    entries = connection.scalar(select(func.count()).select_from(entry).where(entry.c.withdrawn_at.is_(None))) or 0
    in_topics = (listing.c.author_id == 0, listing.c.part == "")
    day = type_coerce(listing.c.published, BigInteger) // _DAY
    by_day = select(listing.c.topic, day, func.count()).where(*in_topics).group_by(listing.c.topic, day)
    rows = connection.execute(by_day)
    days = tuple((slug, datetime.fromtimestamp(number * 86_400, UTC).date(), count) for slug, number, count in rows)
    sets = _sets(connection)
    return TopicCounts(entries, entries - sum(sets.values()), days, sets)


def _sets(connection: Connection) -> dict[tuple[str, ...], int]:
    """Put together by the database: no process holds all entries."""
    stand = func.aggregate_strings(listing.c.topic, " ").label("slugs")
    filed = select(stand).where(listing.c.author_id == 0, listing.c.part == "").group_by(listing.c.entry_id).subquery()
    found: Counter[tuple[str, ...]] = Counter()
    for slugs, number in connection.execute(select(filed.c.slugs, func.count()).group_by(filed.c.slugs)):
        found[tuple(sorted(slugs.split()))] += number
    return dict(found)
