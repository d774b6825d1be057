"""The figures as Prometheus reads them; the library that writes them is loaded when somebody asks."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import CollectorRegistry
from prometheus_client.core import CounterMetricFamily
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.core import InfoMetricFamily
from prometheus_client.core import Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from feeds.model import SourceHealth
from feeds.store import Figures
from feeds.version import present_version
from web.metrics.cells import BOUNDS
from web.metrics.cells import KINDS
from web.metrics.cells import STATUSES
from web.metrics.cells import Totals

_STATES = ("new", "ok", "failing", "gone")


@dataclass(frozen=True, slots=True, eq=False)  # the library finds collectors by their hash
class Observed(Collector):
    """Everything that is told, at one moment."""

    totals: Totals
    #: None where the store does not answer.
    figures: Figures | None
    sources: tuple[SourceHealth, ...]

    def collect(self) -> Iterator[Metric]:
        """As the library takes it."""
        yield from _of_requests(self.totals)
        yield from _of_cache(self.totals)
        yield from _of_processes(self.totals, self.figures)
        yield _gauge("store_up", "Whether the store answers.", float(self.figures is not None))
        if self.figures is not None:
            yield from _of_store(self.figures)
            yield from _of_sources(self.sources)


def written(observed: Observed, accept: str | None) -> tuple[bytes, str]:
    """The figures with their media type: in the text format, or as OpenMetrics where that is asked for."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(observed)
    encode, media_type = choose_encoder(accept or "")
    return encode(registry), media_type


def _of_requests(totals: Totals) -> Iterator[Metric]:
    requests = CounterMetricFamily(
        "feedwright_requests", "Requests, by what was asked for and how it was answered.", labels=["kind", "status"]
    )
    seconds = HistogramMetricFamily(
        "feedwright_request_seconds", "Seconds until an answer began, by what was asked for.", labels=["kind"]
    )
    for kind in KINDS:
        for status in STATUSES:
            if count := totals.requests(kind, status):
                requests.add_metric([kind, str(status or "other")], count)
        bounds = (*(str(bound) for bound in BOUNDS), "+Inf")
        seconds.add_metric([kind], list(zip(bounds, totals.buckets(kind), strict=True)), totals.seconds(kind))
    yield requests
    yield seconds


def _of_cache(totals: Totals) -> Iterator[Metric]:
    answers = CounterMetricFamily(
        "feedwright_cache_answers",
        "Answers that needed no rendering, by who gave them: hot is the layer before the application.",
        labels=["layer"],
    )
    for layer in ("hot", "kept"):
        answers.add_metric([layer], totals.count(layer))
    yield answers
    yield _counter("renders", "Feeds that were rendered.", totals.count("renders"))
    yield _counter("render_seconds", "Seconds that rendering took.", totals.count("render_seconds"))
    yield _gauge("cache_bytes", "Bytes of rendered feeds in memory, over all workers.", totals.count("cache_bytes"))
    yield _gauge("cache_feeds", "Rendered feeds in memory, over all workers.", totals.count("cache_entries"))


def _of_processes(totals: Totals, figures: Figures | None) -> Iterator[Metric]:
    told = {"version": present_version(), "python": platform.python_version()}
    yield InfoMetricFamily(
        "feedwright_build", "The program.", told | ({} if figures is None else {"schema": figures.schema})
    )
    yield _gauge("workers", "Web workers that live.", totals.count("alive"))
    yield _gauge("start_time_seconds", "When the oldest worker that lives began.", totals.started())


def _of_store(figures: Figures) -> Iterator[Metric]:
    yield _gauge("store_version", "Grows with every change that a reader can see.", figures.version)
    entries = _by_source("entries", "Entries that stand, by source.")
    for slug, count in figures.entries.items():
        entries.add_metric([slug], count)
    yield entries
    yield _gauge("documents", "Documents that were read.", figures.documents)
    yield _gauge("unreadable_documents", "Documents whose last reading failed.", figures.unreadable)


def _of_sources(sources: tuple[SourceHealth, ...]) -> Iterator[Metric]:
    """As they stand in the store: whichever worker fetched them, and however long ago that was."""
    state = GaugeMetricFamily("feedwright_source_state", "1 for the state a source is in.", labels=["source", "state"])
    for health in sources:
        for name in _STATES:
            state.add_metric([health.slug, name], float(health.state == name))
    yield state
    told = "since it was enlisted, by source."
    for name, help_, field in (
        ("fetches", f"Attempts to fetch {told}", "attempts"),
        ("unchanged_fetches", f"Attempts that found nothing new {told}", "unchanged"),
        ("fetch_requests", f"Requests {told}", "requests"),
        ("fetched_bytes", f"Bytes of bodies {told}", "bytes"),
    ):
        counted = CounterMetricFamily(f"feedwright_{name}", help_, labels=["source"])
        for health in sources:
            counted.add_metric([health.slug], getattr(health, field))
        yield counted
    failures = _by_source("source_failures", "Attempts that failed in a row, by source.")
    moments = {
        "last_success": _by_source("source_last_success_seconds", "When a source was last read well, since 1970."),
        "last_new": _by_source("source_last_new_seconds", "When a source last had a new entry, since 1970."),
        "next_try": _by_source("source_next_try_seconds", "When a source is due, since 1970."),
    }
    for health in sources:
        failures.add_metric([health.slug], health.failures)
        for field, family in moments.items():
            at: datetime | None = getattr(health, field)
            if at is not None:
                family.add_metric([health.slug], at.timestamp())
    yield failures
    yield from moments.values()


def _by_source(name: str, help_: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"feedwright_{name}", help_, labels=["source"])


def _gauge(name: str, help_: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"feedwright_{name}", help_, value=value)


def _counter(name: str, help_: str, value: float) -> CounterMetricFamily:
    return CounterMetricFamily(f"feedwright_{name}", help_, value=value)
