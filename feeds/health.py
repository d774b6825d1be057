"""The health of sources in words, and as values for JSON. Pure."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from datetime import timedelta
from typing import Any

from feeds.model import SourceHealth

_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"))


def in_words(health: SourceHealth, now: datetime) -> str:
    """One or two sentences: how the source is, what was wrong last, when it is tried again."""
    return " ".join(filter(None, (_state(health, now), _news(health, now), _next(health, now))))


def as_object(health: SourceHealth, now: datetime) -> dict[str, Any]:
    """For JSON: times in UTC, spans in seconds."""
    return {key: _plain(value) for key, value in asdict(health).items()} | {"words": in_words(health, now)}


def duration(span: timedelta) -> str:
    """A span in its largest unit, such as `3 hours`."""
    seconds = max(0, round(span.total_seconds()))
    for size, name in _UNITS:
        if seconds >= size:
            count = round(seconds / size)
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "less than a minute"


def _state(health: SourceHealth, now: datetime) -> str:
    if health.state == "new":
        return "Not fetched yet."
    if health.state == "gone":
        return f"Gone: {health.error}; its entries stay."
    if health.state == "failing":
        times = "once" if health.failures == 1 else f"{health.failures} times in a row"
        since = f", last well {_ago(health.last_success, now)}" if health.last_success else ", never well so far"
        return f"Failing {times}{since}: {health.error}; its entries stay."
    return f"Well {_ago(health.last_success, now)}."


def _news(health: SourceHealth, now: datetime) -> str:
    if health.last_new is None:
        return ""
    every = duration(health.expected_period).removeprefix("1 ") if health.expected_period else ""
    expected = f", one is expected every {every}" if every else ""
    return f"The last new entry was found {_ago(health.last_new, now)}{expected}."


def _next(health: SourceHealth, now: datetime) -> str:
    if health.being_fetched:
        return "It is being fetched."
    return "It is due." if health.next_try <= now else f"The next try is in {duration(health.next_try - now)}."


def _ago(at: datetime | None, now: datetime) -> str:
    return "never" if at is None else f"{duration(now - at)} ago"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds").replace("+00:00", "Z")
    return value.total_seconds() if isinstance(value, timedelta) else value
