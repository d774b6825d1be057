"""What a worker works with, made from the settings."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import contextmanager
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from feeds.settings import Settings
from feeds.version import present_version
from scrapers.fetch import Clock
from scrapers.fetch import Fetcher
from scrapers.fetch import Limits
from scrapers.fetch import Turns
from scrapers.fetch import user_agent
from scrapers.fetch.turns import Hosts
from scrapers.fetch.turns import OwnHosts
from scrapers.plans import reading_plan
from scrapers.worker.worker import LEASE
from scrapers.worker.worker import Archive
from scrapers.worker.worker import Bench


def make_limits(settings: Settings) -> Limits:
    """What one request may cost, and who we say we are."""
    return Limits(agent=user_agent(present_version(), settings.public_base_url), allowed=settings.fetch_networks)


@contextmanager
def open_fetcher(settings: Settings, clock: Clock, hosts: Hosts | None = None, owner: str = "") -> Iterator[Fetcher]:
    """A fetcher; without `hosts` it only knows its own turns."""
    limits = make_limits(settings)
    longest = limits.connect + limits.total + limits.read
    with Fetcher(limits, Turns(hosts or OwnHosts(), clock, owner or uuid4().hex, longest), clock) as fetcher:
        yield fetcher


@contextmanager
def open_bench(
    settings: Settings,
    store: Archive,
    clock: Clock,
    limits: Limits | None = None,
    announced: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> Iterator[Bench]:
    """Everything a worker needs; other `limits` than those of the settings may be given. Raises `ConfigError`."""
    plan = replace(reading_plan(settings), now=clock.now())
    owner = uuid4().hex
    limits = limits or make_limits(settings)
    turns = Turns(store.crawl(), clock, owner, limits.connect + limits.total + limits.read)
    with Fetcher(limits, turns, clock) as fetcher:
        yield Bench(
            store=store,
            fetcher=fetcher,
            sources=plan.sources,
            plan=plan,
            clock=clock,
            chance=random.Random().random,
            owner=owner,
            folder=settings.sources.absolute().parent if settings.sources else Path.cwd(),
            cache=settings.cache_dir or Path(tempfile.gettempdir()) / "feedwright-repositories",
            lease=LEASE,
            announced=announced,
        )
