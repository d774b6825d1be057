"""What is counted, and where: numbers in a row of memory, one row for each worker, all in sight of all workers."""

from __future__ import annotations

import mmap
from bisect import bisect_left
from threading import Lock

#: What is asked for.
KINDS = ("feed", "page", "api", "static", "probe")
#: What is answered; whatever else there may be is counted as the last.
# fmt: off
STATUSES = (
    200, 201, 202, 204, 301, 302, 304, 308,
    400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 429, 500, 502, 503, 0,
)
# fmt: on
#: Seconds until the answer begins; the last one holds the rest.
BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
#: Counts that have no labels.
COUNTS = ("hot", "kept", "renders", "render_seconds")
#: What a worker has at the moment; it ends with the worker, counts do not.
GAUGES = ("alive", "started", "cache_bytes", "cache_entries")

_STATUS = {status: number for number, status in enumerate(STATUSES)}
_OTHER = len(STATUSES) - 1
_BUCKETS = len(KINDS) * len(STATUSES)
_SUMS = _BUCKETS + len(KINDS) * (len(BOUNDS) + 1)
_COUNTS = _SUMS + len(KINDS)
_GAUGES = _COUNTS + len(COUNTS)
CELLS = _GAUGES + len(GAUGES)
_BYTES = 8


class Totals:
    """All rows, added up."""

    def __init__(self, rows: list[list[float]]) -> None:
        self._rows = rows
        self._cells: list[float] = [sum(column) for column in zip(*rows, strict=True)]

    def requests(self, kind: str, status: int) -> float:
        """How often something was asked for and so answered."""
        return self._cells[KINDS.index(kind) * len(STATUSES) + _STATUS[status]]

    def buckets(self, kind: str) -> list[float]:
        """How many answers began within each of `BOUNDS`; behind them, how many there were at all."""
        start = _BUCKETS + KINDS.index(kind) * (len(BOUNDS) + 1)
        found = self._cells[start : start + len(BOUNDS) + 1]
        return [sum(found[: number + 1]) for number in range(len(found))]

    def seconds(self, kind: str) -> float:
        """How long all of them took until they began."""
        return self._cells[_SUMS + KINDS.index(kind)]

    def count(self, name: str) -> float:
        """One of `COUNTS`, or of `GAUGES` over all workers."""
        names = (*COUNTS, *GAUGES)
        return self._cells[_COUNTS + names.index(name)]

    def started(self) -> float:
        """When the oldest worker that lives began, in seconds since 1970; 0 where none does."""
        return min((row[_GAUGES + 1] for row in self._rows if row[_GAUGES]), default=0.0)


class Board:
    """Rows in memory that processes share once they are forked; who forks them gives each a row.

    Counts stay when a worker ends, and the next one in its row goes on from there: so they never fall.
    """

    def __init__(self, most: int) -> None:
        self._memory = mmap.mmap(-1, most * CELLS * _BYTES)
        self._free = list(range(most - 1, -1, -1))

    def take(self) -> int | None:
        """A row for the next worker; None where there are more workers than rows, so that this one counts alone."""
        return self._free.pop() if self._free else None

    def give_back(self, number: int) -> None:
        """The worker is gone; what it had at the moment is gone with it."""
        row = self.rows()[number]
        for cell in range(_GAUGES, CELLS):
            row[cell] = 0.0
        self._free.append(number)

    def rows(self) -> list[memoryview[float]]:
        """All rows."""
        cells: memoryview[float] = memoryview(self._memory).cast("d")
        return [cells[start : start + CELLS] for start in range(0, len(cells), CELLS)]


class Meter:
    """What one process counts. Threads may share it."""

    def __init__(self, now: float) -> None:
        self._lock = Lock()
        self._started = now
        self._row: memoryview[float] = memoryview(bytearray(CELLS * _BYTES)).cast("d")
        self._rows = [self._row]
        self._begin()

    def join(self, board: Board, number: int) -> None:
        """Count on a board from now on, and be told what all of them count."""
        self._rows = board.rows()
        self._row = self._rows[number]
        self._begin()

    def answered(self, kind: int, status: int, seconds: float) -> None:
        """A request for one of `KINDS`, by its number, was answered; the answer began after so many seconds."""
        row = self._row
        status_cell = kind * len(STATUSES) + _STATUS.get(status, _OTHER)
        bucket_cell = _BUCKETS + kind * (len(BOUNDS) + 1) + bisect_left(BOUNDS, seconds)
        with self._lock:  # reading, adding and writing are three steps
            row[status_cell] += 1
            row[bucket_cell] += 1
            row[_SUMS + kind] += seconds

    def hot(self) -> None:
        """The layer in front of the application answered."""
        with self._lock:
            self._row[_COUNTS] += 1

    def kept(self) -> None:
        """The application answered with what was rendered before."""
        with self._lock:
            self._row[_COUNTS + 1] += 1

    def rendered(self, seconds: float) -> None:
        """A feed was rendered."""
        with self._lock:
            self._row[_COUNTS + 2] += 1
            self._row[_COUNTS + 3] += seconds

    def cache_holds(self, size: int, entries: int) -> None:
        """So many bytes, and so many feeds."""
        self._row[_GAUGES + 2], self._row[_GAUGES + 3] = size, entries

    def totals(self) -> Totals:
        """What all processes on the board have counted."""
        return Totals([list(row) for row in self._rows])

    def _begin(self) -> None:
        self._row[_GAUGES], self._row[_GAUGES + 1] = 1.0, self._started
