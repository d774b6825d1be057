"""Questions to a file that take too long are ended: SQLite has no time-out of its own for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from time import monotonic
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import event

#: Steps of SQLite's machine between two looks at the clock: some milliseconds.
_STEPS = 100_000
_CLOCK = "feedwright_clock"


@dataclass(slots=True)
class _Clock:
    """When the question that a connection asks must have its answer."""

    ends: float = inf
    is_lifted: bool = False

    def is_over(self) -> bool:
        """True ends the question with an `OperationalError`; see https://sqlite.org/c3ref/progress_handler.html."""
        return monotonic() > self.ends


def bound(engine: Engine, most: Callable[[], int]) -> None:
    """Have every question of an engine end after `most` milliseconds."""

    def begin(connection: Connection) -> None:
        connection.info[_CLOCK].is_lifted = False

    def ask(connection: Connection, *question: object) -> None:
        clock = connection.info[_CLOCK]
        clock.ends = inf if clock.is_lifted else monotonic() + most() / 1000

    event.listen(engine, "connect", _watch)
    event.listen(engine, "begin", begin)
    event.listen(engine, "before_cursor_execute", ask)


def lift(connection: Connection) -> None:
    """Have the questions of this transaction take their time."""
    if (clock := connection.info.get(_CLOCK)) is not None:
        clock.is_lifted = True


def _watch(connection: Any, record: Any) -> None:
    record.info[_CLOCK] = clock = _Clock()
    connection.set_progress_handler(clock.is_over, _STEPS)
