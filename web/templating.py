"""What the templates may call: addresses, formats, and how dates, numbers and places are worded for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from flask import Flask

from feeds import addresses
from feeds.formats import FORMATS
from feeds.model import Entry
from feeds.titles import display_title
from web.state import get_state


def register(app: Flask) -> None:
    """Give it to the application's templates."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(addresses=addresses, formats=tuple(FORMATS.values()))
    app.jinja_env.filters.update(
        display_title=display_title, day=_day, moment=_moment, counted=_counted, number=_number, lines=_lines
    )
    app.context_processor(lambda: {"site": get_state().site})


def _day(entry: Entry) -> str:
    """The calendar date where the source is; the day that the entry was found on where nothing tells its own."""
    published = entry.published
    if published.date is not None:
        return published.date.isoformat()
    return f"undated, found {published.at.date().isoformat()}"


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _number(count: int, one: str, many: str | None = None) -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"


def _lines(lines: tuple[int, int]) -> str:
    first, last = lines
    return f"line {first}" if first == last else f"lines {first}–{last}"


def _counted(reasons: Iterable[str]) -> list[tuple[str, int]]:
    """Each reason with how often it is given, the commonest first."""
    return Counter(reasons).most_common()
