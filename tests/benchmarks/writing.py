"""What saving a document costs in a large archive beside the same in a small one.

    python -m tests.benchmarks.writing SMALL LARGE [rounds]

SMALL and LARGE are addresses of stores that `tests.benchmarks.stores` made. The documents are those of
`tests.benchmarks.ingest`, saved in turns of both, each in a transaction that is undone, so that every round finds the
stores as they were. On a busy machine the time of the processor is the steadier figure; with PostgreSQL it is that of
this process alone.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from feeds.settings import load_settings
from feeds.store import open_store
from feeds.store.documents import documents_at
from feeds.store.documents import save_source
from feeds.store.engine import writing
from feeds.store.prepare import Prepared
from feeds.store.prepare import prepare
from feeds.store.writing import _Saving
from scrapers.document import read_document
from scrapers.pipeline import finish
from scrapers.pipeline import scrape_document
from scrapers.plans import reading_plan
from tests.benchmarks.ingest import documents

ROUNDS = 3
NOW = datetime(2026, 4, 1, tzinfo=UTC)


class _UndoneError(Exception):
    """Ends a transaction as if it had never been."""


def main() -> None:
    """Print p50 and p99 of both, and the ratio of the p50s."""
    small, large, *rest = sys.argv[1:]
    rounds = int(rest[0]) if rest else ROUNDS
    with open_store(small) as few, open_store(large) as many:
        engines = (few._access.writable(), many._access.writable())
        found: tuple[list[_Taken], list[_Taken]] = ([], [])
        for number in range(rounds + 1):
            for prepared in _prepared():
                for taken, engine in zip(found, engines, strict=True):
                    cost = _saved(engine, prepared)
                    if number:  # the first one finds nothing in memory
                        taken.append(cost)
    print(f"{'milliseconds a document':<26}{'small p50':>11}{'p99':>8}{'large p50':>11}{'p99':>8}{'ratio':>8}")
    for part, name in enumerate(("by the clock", "of the processor")):
        (few_p50, few_p99), (many_p50, many_p99) = (_percentiles([cost[part] for cost in taken]) for taken in found)
        print(f"{name:<26}{few_p50:>11.1f}{few_p99:>8.1f}{many_p50:>11.1f}{many_p99:>8.1f}{many_p50 / few_p50:>8.2f}")


#: Milliseconds of the clock, and of the processor.
_Taken = tuple[float, float]


def _prepared() -> Iterator[Prepared]:
    plan = reading_plan(load_settings({}))
    with tempfile.TemporaryDirectory() as folder:
        for path in documents(Path(folder) / "documents")[::4]:
            yield prepare(finish(scrape_document(read_document(path), plan), None, plan).batch, wholly=True)


def _saved(engine: Engine, prepared: Prepared) -> _Taken:
    began, used = time.perf_counter(), time.process_time()
    with suppress(_UndoneError), writing(engine) as connection:
        source_id, renamed = save_source(connection, prepared.batch.source)
        there = documents_at(connection, prepared.batch.document.location)
        _Saving(connection, prepared, source_id, renamed, there, NOW).run()
        raise _UndoneError
    return 1000 * (time.perf_counter() - began), 1000 * (time.process_time() - used)


def _percentiles(values: list[float]) -> tuple[float, float]:
    return statistics.median(values), statistics.quantiles(values, n=100)[98]


if __name__ == "__main__":
    main()
