"""Commands that fetch what is due."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from feeds.commands.opening import open_store_of
from feeds.commands.printing import SOME_FAILED
from feeds.commands.printing import echo
from feeds.connections import WORKER
from feeds.errors import ConfigError
from feeds.platforms import refuse_to_lose
from feeds.settings import load_settings
from scrapers.commands.clock import system_clock

if TYPE_CHECKING:
    from feeds.settings import Settings
    from scrapers.worker.worker import Bench


@click.command()
@click.argument("slugs", nargs=-1, metavar="[SLUG...]")
def sync(slugs: tuple[str, ...]) -> None:
    """Fetch every source that is due (or those named, if they are), each once. For a cron; `worker` keeps at it.

    Where some of them failed, the exit status is 3; their entries stay.
    """
    from scrapers.worker.lines import visited_line
    from scrapers.worker.worker import sync as sync_round

    failures = 0
    with _open_bench(load_settings()) as bench:
        for done in sync_round(bench, slugs or None):
            echo(visited_line(done))
            failures += done.attempt.error is not None
    if failures:
        sys.exit(SOME_FAILED)


@click.command()
def worker() -> None:
    """Fetch sources as they fall due, until told to stop (SIGTERM, Ctrl-C); any number of workers may run."""
    from scrapers.worker.lines import visited_line
    from scrapers.worker.worker import work

    with _open_bench(load_settings()) as bench:
        for done in work(bench):
            echo(visited_line(done))


@contextmanager
def _open_bench(settings: Settings) -> Iterator[Bench]:
    """What each visit stores is announced while the next goes on; the last before this ends."""
    from feeds.announcing import Announcer
    from scrapers.worker.bench import open_bench

    if settings.store_readonly:
        raise ConfigError("STORE_READONLY", "the store is not to be written, so nothing can be fetched into it")
    refuse_to_lose(settings, "what is fetched")
    with open_store_of(settings, create=True, connections=WORKER) as store, Announcer(settings) as announcer:
        announced = partial(announcer.announced, store)
        with open_bench(settings, store, system_clock(), announced=announced) as bench:
            yield bench
