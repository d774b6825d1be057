"""How topics are spread over entries and months, and which of them stand together. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import permutations
from typing import Protocol


class Counts(Protocol):
    """What the store counts; see `feeds.store.statistics.TopicCounts`."""

    @property
    def entries(self) -> int: ...

    @property
    def without(self) -> int: ...

    @property
    def days(self) -> Sequence[tuple[str, date, int]]: ...

    @property
    def sets(self) -> Mapping[tuple[str, ...], int]: ...


@dataclass(frozen=True, slots=True)
class TopicFigures:
    """One topic."""

    slug: str
    entries: int
    #: Entries by month of publication, such as "2024-04", the oldest first.
    months: Mapping[str, int]
    #: The topics it stands together with, the most frequent first, with the number of entries that are in both.
    together: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class TopicStatistics:
    """All topics that have entries, those with the most first."""

    entries: int
    without: int
    topics: tuple[TopicFigures, ...]


def summarise(counts: Counts) -> TopicStatistics:
    """Figures of all topics from what the store counted."""
    months: dict[str, Counter[str]] = {}
    for slug, day, number in sorted(counts.days, key=lambda row: row[1]):
        months.setdefault(slug, Counter())[f"{day:%Y-%m}"] += number
    pairs = _pairs(counts.sets)
    figures = [
        TopicFigures(slug, found.total(), dict(found), _ranked(pairs.get(slug, {}))) for slug, found in months.items()
    ]
    figures.sort(key=lambda one: (-one.entries, one.slug))
    return TopicStatistics(counts.entries, counts.without, tuple(figures))


def lines(statistics: TopicStatistics, most: int = 3) -> Iterator[str]:
    """A table for people: a topic a line, with its last months and its closest neighbours."""
    recent = sorted({month for one in statistics.topics for month in one.months})[-6:]
    yield "  ".join([f"{'topic':<18}", f"{'entries':>7}", *(f"{month:>7}" for month in recent), "stands with"])
    for one in statistics.topics:
        neighbours = ", ".join(f"{slug} {number}" for slug, number in one.together[:most])
        by_month = (f"{one.months.get(month, 0) or '':>7}" for month in recent)
        yield "  ".join([f"{one.slug:<18}", f"{one.entries:>7}", *by_month, neighbours]).rstrip()
    yield f"{statistics.entries} entries, {statistics.without} of them in no topic"


def _pairs(sets: Mapping[tuple[str, ...], int]) -> dict[str, Counter[str]]:
    pairs: dict[str, Counter[str]] = {}
    for slugs, number in sets.items():
        for one, other in permutations(slugs, 2):
            pairs.setdefault(one, Counter())[other] += number
    return pairs


def _ranked(found: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    ranked: Iterable[tuple[str, int]] = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    return tuple(ranked)
