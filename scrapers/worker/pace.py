"""When a source is asked again: as often as it has news, less often while it fails, never all at one moment. Pure."""

from __future__ import annotations

from datetime import datetime
from datetime import timedelta

#: The interval of a source about which nothing is known, and the bounds of one that is found out.
FIRST = timedelta(hours=1)
SHORTEST, LONGEST = timedelta(minutes=15), timedelta(days=1)
#: Requests for each new entry that is expected.
_PER_NEWS = 4
#: How much the last gap between two new entries says of the next one.
_WEIGHT = 0.3
#: The first wait after a failure.
_FIRST_WAIT = timedelta(minutes=15)
#: What is gone for good may still come back.
GONE = timedelta(days=30)


def next_period(before: timedelta | None, last_new: datetime | None, now: datetime, new: int) -> timedelta | None:
    """The expected time between two new entries, as a moving average; None as long as nothing is known."""
    if not new or last_new is None:
        return before
    gap = max(now - last_new, timedelta(seconds=1)) / new
    return gap if before is None else before * (1 - _WEIGHT) + gap * _WEIGHT


def interval(fixed: timedelta | None, period: timedelta | None, silent: timedelta | None) -> timedelta:
    """The time between two rounds: `fixed`, if configured; else by the `period`, and by how long all was `silent`."""
    if fixed is not None:
        return fixed
    if period is None:
        expected = FIRST * _PER_NEWS if silent is None else max(FIRST * _PER_NEWS, silent / 2)
    else:
        expected = max(period, (silent or timedelta()) / 2)
    return min(LONGEST, max(SHORTEST, expected / _PER_NEWS))


def after_success(now: datetime, span: timedelta, fresh: timedelta, fixed: bool, chance: float) -> datetime:
    """The next round after a good one; `fresh` is how long the server says its answer holds, `chance` from 0 to 1."""
    if fixed:
        return now + span
    return now + max(span * (0.9 + 0.2 * chance), min(fresh, LONGEST))


def after_failure(
    now: datetime, span: timedelta, failures: int, wanted: float | None, gone: bool, chance: float
) -> datetime:
    """The next try after `failures` in a row: later each time, a day at most, not before the server `wanted`."""
    if gone:
        return now + GONE
    doubled: timedelta = min(span, _FIRST_WAIT) * (1 << min(failures - 1, 12))
    wait = min(LONGEST, doubled)
    return now + max(wait * (0.75 + 0.5 * chance), timedelta(seconds=wanted or 0))
