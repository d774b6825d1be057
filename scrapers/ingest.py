"""Files into the store, one at a time: what goes wrong with one is recorded and never stops the others.

What becomes of a single document is `pipeline`'s.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from feeds.errors import ReadOnlyError
from feeds.errors import UnavailableError
from feeds.model import Problem
from scrapers.ahead import Read
from scrapers.ahead import Reading
from scrapers.ahead import Waiting
from scrapers.ahead import read_file
from scrapers.ahead import reading
from scrapers.outcome import Outcome as Outcome
from scrapers.paths import in_order
from scrapers.pipeline import Finished
from scrapers.pipeline import Keeper
from scrapers.pipeline import Plan
from scrapers.pipeline import Scraping
from scrapers.pipeline import failed
from scrapers.pipeline import keep
from scrapers.pipeline import record
from scrapers.pipeline import save
from scrapers.pipeline import siblings_of
from scrapers.unchanged import Unchanged
from scrapers.unchanged import location_of
from scrapers.unchanged import way_of


def ingest(paths: Sequence[Path], store: Keeper, plan: Plan, processes: int = 1) -> Iterator[Outcome]:
    """Read, scrape, normalise and save each document; give what became of it.

    Documents that do not say who publishes them wait until their siblings have been read, which may; those of earlier
    runs are read again then, so that the order in which documents come does not show.

    What is as it was when it was read last is not read (see `scrapers.unchanged`); the plan's fingerprint allows it.
    With more than one of `processes` that many read ahead (see `scrapers.ahead`); what comes of it is the same.

    Raises `ReadOnlyError` and `UnavailableError`, which no document can help; those that were given are kept.
    """
    yield from _Ingesting(in_order(paths), store, plan, processes).run()


class _Ingesting:
    """The documents of one run."""

    def __init__(self, paths: Sequence[Path], store: Keeper, plan: Plan, processes: int) -> None:
        self._paths = paths
        self._store = store
        self._plan = replace(plan, gone=_Gone())
        self._processes = processes
        way = None if plan.again else way_of(plan.fingerprint, plan.format, plan.source, plan.labels)
        self._unchanged = Unchanged(paths, store, way, plan.now)
        #: The sources in which a document was read that says who publishes them.
        self._named: set[str] = set()
        #: Those that do not, with what was read of them so far.
        self._waiting: list[tuple[Path, Scraping | None]] = []

    def run(self) -> Iterator[Outcome]:
        """What became of each, those that waited last."""
        with reading(self._to_read(), self._plan, self._processes) as read:
            for path in self._paths:
                if (outcome := self._read(path, read)) is not None:
                    yield outcome
            yield from self._read_waiting(read)
        yield from _read_again(self._named, {location_of(path) for path in self._paths}, self._store, self._plan)

    def _to_read(self) -> list[Path]:
        """Those that must be read as things stand, if others can; what is stored meanwhile can only add to them."""
        if self._processes < 2:
            return []
        known = self._unchanged
        return [path for path in self._paths if not known.waits(path) and known.outcome(path) is None]

    def _read(self, path: Path, read: Reading) -> Outcome | None:
        """None where the document waits for its siblings."""
        if self._unchanged.waits(path):
            self._waiting.append((path, None))
            return None
        if (unchanged := self._unchanged.outcome(path)) is not None:
            return unchanged
        found = read(path)
        if isinstance(found, Scraping):
            self._waiting.append((path, found))
            return None
        outcome = self._kept(path, found)
        if isinstance(found, Finished) and found.publication and outcome.saved.new + outcome.saved.changed:
            self._named.add(found.batch.source.slug)
        return outcome

    def _read_waiting(self, read: Reading) -> Iterator[Outcome]:
        """What their siblings are called may change meanwhile: one of these may have said so when it was read last."""
        named = self._named_by_siblings()
        finished = read.finishing(named)
        for path, scraping in self._waiting:
            if scraping is not None:
                is_same = siblings_of(scraping, self._store) == named[path][1]
                yield self._kept(path, finished(path) if is_same else scraping)
            elif (unchanged := self._unchanged.outcome(path)) is not None:
                yield unchanged
            else:
                yield self._kept(path, read(path))

    def _named_by_siblings(self) -> dict[Path, Waiting]:
        names: dict[tuple[str, str | None, Path], str | None] = {}
        named = {}
        for path, found in self._waiting:
            if found is not None:
                series = (found.rule.source.slug, found.rule.author, path.parent)
                if series not in names:
                    names[series] = siblings_of(found, self._store)
                named[path] = (found, names[series])
        return named

    def _kept(self, path: Path, found: Read) -> Outcome:
        self._unchanged.look_anew()
        return _kept(path, found, self._store, self._plan)


class _Gone:
    """The locations of files that are not there any more; one is looked for when it is asked about."""

    def __contains__(self, location: object) -> bool:
        """Only of files can we tell: what has another address than a path may well be there."""
        return isinstance(location, str) and os.path.isabs(location) and not os.path.exists(location)


def _read_again(sources: Iterable[str], but: set[str], store: Keeper, plan: Plan) -> Iterator[Outcome]:
    """The documents that do not say who publishes them, where a sibling now may; those of which more is known."""
    for source in sorted(sources):
        for path in [Path(location) for location in store.anonymous(source) if location not in but]:
            if path.is_file() and (outcome := _again(path, source, store, plan)) is not None:
                yield outcome


def _again(path: Path, source: str, store: Keeper, plan: Plan) -> Outcome | None:
    """None where that tells nothing new; what is wrong with the document shows when its own turn comes."""
    found = read_file(path, plan)
    if not isinstance(found, Scraping) or found.rule.source.slug != source:
        return None
    outcome = _kept(path, found, store, plan)
    return outcome if outcome.saved.new + outcome.saved.changed else None


def _kept(path: Path, found: Read, store: Keeper, plan: Plan) -> Outcome:
    if isinstance(found, Problem):
        return record(found, path.name, location_of(path), store, plan)
    try:
        return save(found, store, plan) if isinstance(found, Finished) else keep(found, store, plan, is_file=True)
    except (ReadOnlyError, UnavailableError):
        raise
    except Exception as error:
        return failed(path.name, location_of(path), error, store, plan)
