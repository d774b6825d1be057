"""When a source is asked again."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.worker import pace

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SPANS = st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=400))
CHANCES = st.floats(min_value=0.0, max_value=1.0)


@given(st.none() | SPANS, st.none() | SPANS)
def test_an_interval_that_is_found_out_keeps_its_bounds(period: timedelta | None, silent: timedelta | None) -> None:
    assert pace.SHORTEST <= pace.interval(None, period, silent) <= pace.LONGEST


@given(SPANS, SPANS, SPANS)
def test_the_longer_all_is_silent_the_less_is_asked(period: timedelta, one: timedelta, other: timedelta) -> None:
    less, more = sorted((one, other))
    assert pace.interval(None, period, less) <= pace.interval(None, period, more)


@given(SPANS, st.integers(1, 100), CHANCES, st.none() | st.floats(min_value=0, max_value=200_000))
def test_a_failing_source_is_asked_later_each_time_and_never_before_it_wants(
    span: timedelta, failures: int, chance: float, wanted: float | None
) -> None:
    first = pace.after_failure(NOW, span, failures, wanted, False, chance)
    later = pace.after_failure(NOW, span, failures + 1, wanted, False, chance)
    assert NOW < first <= later
    assert first - NOW >= timedelta(seconds=wanted or 0)
    assert first - NOW <= max(pace.LONGEST * 1.25, timedelta(seconds=wanted or 0))


@given(SPANS, SPANS, CHANCES)
def test_many_sources_are_not_due_at_one_moment_but_a_fixed_interval_is_kept(
    span: timedelta, fresh: timedelta, chance: float
) -> None:
    assert pace.after_success(NOW, span, fresh, True, chance) == NOW + span
    found = pace.after_success(NOW, span, timedelta(), False, chance) - NOW
    assert span * 0.899 <= found <= span * 1.101
    assert pace.after_success(NOW, span, fresh, False, chance) - NOW >= min(fresh, pace.LONGEST)


@pytest.mark.parametrize(
    ("before", "hours", "new", "expected"),
    [(None, 10, 1, 10.0), (None, 10, 2, 5.0), (10, 20, 1, 13.0), (10, 20, 0, 10.0), (None, None, 3, None)],
)
def test_the_period_follows_the_gaps_between_news(
    before: int | None, hours: int | None, new: int, expected: float | None
) -> None:
    known = None if before is None else timedelta(hours=before)
    last = None if hours is None else NOW - timedelta(hours=hours)
    found = pace.next_period(known, last, NOW, new)
    assert found == (None if expected is None else timedelta(hours=expected))
