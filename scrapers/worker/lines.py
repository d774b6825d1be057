"""Visits and the health of sources as lines for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from feeds.health import in_words
from feeds.model import SourceHealth
from scrapers.worker.worker import Visited


def visited_line(done: Visited) -> str:
    """What came of a visit."""
    attempt = done.attempt
    if attempt.error is not None:
        told = f"failed: {attempt.error}"
    elif attempt.unchanged:
        told = "nothing changed"
    else:
        told = f"{attempt.new} new of {attempt.entries or 0}"
    return f"{done.slug}: {told}; again at {attempt.next_try:%Y-%m-%d %H:%M} UTC"


def health_lines(found: Sequence[SourceHealth], now: datetime) -> str:
    """A source a line."""
    lines = [f"{h.slug:<20}  {h.kind:<8}  {h.state:<8}  {in_words(h, now)}" for h in found]
    return "\n".join(lines) or "No source is fetched yet: `feedwright sync` reads the file that SOURCES names."
