"""The worker: takes a source that is due, visits it, notes how that went. Any number of them may run."""

from __future__ import annotations

import logging
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import AbstractContextManager
from contextlib import nullcontext
from dataclasses import dataclass
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from feeds.errors import BusyHostError
from feeds.errors import ConfigError
from feeds.errors import DocumentError
from feeds.errors import FetchError
from feeds.errors import StoppedError
from feeds.errors import StoreError
from feeds.model import Attempt
from feeds.model import Claim
from feeds.model import Enlisted
from feeds.store.crawling import Crawl
from scrapers.fetch import Clock
from scrapers.fetch import Fetcher
from scrapers.fetch.answer import shown
from scrapers.pipeline import Keeper
from scrapers.pipeline import Plan
from scrapers.sources import SourceRule
from scrapers.worker import pace
from scrapers.worker.memory import Memory
from scrapers.worker.memory import load_memory
from scrapers.worker.visit import Visit
from scrapers.worker.visit import visit

log = logging.getLogger(__name__)

#: A source is free again so long after its worker was last heard of.
LEASE = timedelta(minutes=10)
#: Seconds after which a worker looks for work at the latest.
_NAP = 30.0


class Archive(Keeper, Protocol):
    """What a worker needs of a store."""

    def crawl(self) -> Crawl: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a worker works with; all of it is passed in."""

    store: Archive
    fetcher: Fetcher
    sources: Sequence[SourceRule]
    #: How to read; its `now` is replaced by the clock's.
    plan: Plan
    clock: Clock
    #: From 0 to 1, so that many sources are not all due at one moment.
    chance: Callable[[], float]
    #: One name a worker, never used twice.
    owner: str
    folder: Path
    cache: Path
    lease: timedelta = LEASE
    #: What a visit stores is stored inside of it.
    announced: Callable[[], AbstractContextManager[object]] = nullcontext


@dataclass(frozen=True, slots=True)
class Visited:
    """What came of a visit, for whoever watches."""

    slug: str
    attempt: Attempt


def enlisted(rule: SourceRule) -> Enlisted:
    """A source as the store is told of it."""
    origin = rule.origin
    assert origin is not None
    return Enlisted(
        slug=rule.source.slug,
        name=rule.source.name,
        kind=origin.kind,
        address=shown(origin.address) if origin.address else ", ".join(origin.files),
        fingerprint=origin.fingerprint,
        licence=origin.licence,
    )


def fetched(sources: Sequence[SourceRule]) -> dict[str, SourceRule]:
    """Those of the sources that are fetched, by slug."""
    return {rule.source.slug: rule for rule in sources if rule.origin is not None}


def sync(bench: Bench, only: Sequence[str] | None = None) -> Iterator[Visited]:
    """One round: every source that is due, each once. Ends early when the process is asked to.

    Raises `ConfigError` for a name that is not fetched, `StoreError`.
    """
    crawl = bench.store.crawl()
    known = fetched(bench.sources)
    crawl.enlist([enlisted(rule) for rule in known.values()], bench.clock.now())
    if unknown := sorted(set(only or ()) - known.keys()):
        raise ConfigError("sources", f"none that is fetched is called {unknown[0]!r}")
    wanted = [slug for slug in known if only is None or slug in only]
    while wanted and not bench.clock.stopping():
        now = bench.clock.now()
        claim = crawl.claim(bench.owner, now, now + bench.lease, wanted)
        if claim is None:
            return
        wanted.remove(claim.slug)
        if (done := _work(bench, crawl, known[claim.slug], claim)) is not None:
            yield done


def work(bench: Bench) -> Iterator[Visited]:
    """Rounds without end, until the process is asked to stop; a store that does not answer is waited for."""
    while not bench.clock.stopping():
        wait = _NAP
        try:
            yield from sync(bench)
            due = bench.store.crawl().next_due()
            if due is not None:
                wait = min(_NAP, max(0.2, (due - bench.clock.now()).total_seconds()))
        except StoreError as error:
            log.error("%s; trying again", error)
        if not bench.clock.stopping():
            bench.clock.sleep(wait)


def _work(bench: Bench, crawl: Crawl, rule: SourceRule, claim: Claim) -> Visited | None:
    """None where the source was given back untried, or is somebody else's by now."""
    memory = load_memory(claim.memory)
    try:
        attempt = _attempt(bench, crawl, rule, claim, memory)
    except StoppedError:
        crawl.release(claim.slug, bench.owner)
        return None
    except BusyHostError as busy:
        crawl.release(claim.slug, bench.owner, bench.clock.now() + timedelta(seconds=busy.retry_after or 0))
        return None
    if not crawl.finish(claim.slug, bench.owner, attempt):
        log.warning("%s: took longer than its lease, another worker has it", claim.slug)
        return None
    return Visited(claim.slug, attempt)


def _attempt(bench: Bench, crawl: Crawl, rule: SourceRule, claim: Claim, memory: Memory) -> Attempt:
    def alive(present: Memory) -> None:
        until = bench.clock.now() + bench.lease
        if bench.clock.stopping() or not crawl.renew(claim.slug, bench.owner, until, present.dumps()):
            raise StoppedError(f"{claim.slug}: asked to stop, or lost to another worker")

    plan = replace(bench.plan, now=bench.clock.now())
    one = Visit(rule, bench.fetcher, bench.store, plan, memory, bench.folder, bench.cache, alive)
    requests, came = bench.fetcher.requests, bench.fetcher.bytes
    error: Exception | None = None
    try:
        with bench.announced():
            visit(one)
    except (StoreError, StoppedError, BusyHostError):
        raise
    except (FetchError, DocumentError) as caught:
        error = caught
    except Exception as caught:
        log.exception("%s: unexpected error", claim.slug)
        error = caught
    attempt = _well(bench, rule, claim, one) if error is None else _failed(bench, rule, claim, one, error)
    return replace(attempt, requests=bench.fetcher.requests - requests, bytes=bench.fetcher.bytes - came)


def _well(bench: Bench, rule: SourceRule, claim: Claim, one: Visit) -> Attempt:
    assert rule.origin is not None
    now, fixed = bench.clock.now(), rule.origin.interval
    period = pace.next_period(claim.period, claim.last_new, now, one.new)
    last_new = now if one.new else claim.last_new
    span = pace.interval(fixed, period, None if last_new is None else now - last_new)
    return Attempt(
        at=now,
        next_try=pace.after_success(now, span, one.fresh, fixed is not None, bench.chance()),
        new=one.new,
        entries=one.memory.entries if one.entries is None else one.entries,
        unchanged=one.unchanged,
        period=period,
        memory=one.memory.dumps(),
    )


def _failed(bench: Bench, rule: SourceRule, claim: Claim, one: Visit, error: Exception) -> Attempt:
    assert rule.origin is not None
    now, gone = bench.clock.now(), isinstance(error, FetchError) and error.status == 410
    span = pace.interval(rule.origin.interval, claim.period, None)
    wanted = error.retry_after if isinstance(error, FetchError) else None
    return Attempt(
        at=now,
        next_try=pace.after_failure(now, span, claim.failures + 1, wanted, gone, bench.chance()),
        error=_in_words(error),
        gone=gone,
        new=one.new,
        memory=one.memory.dumps(),
    )


def _in_words(error: Exception) -> str:
    if isinstance(error, FetchError):
        return error.why
    if isinstance(error, DocumentError):
        return error.problem
    return f"unexpected {type(error).__name__}: {error}; this is a bug of ours, please report it"
