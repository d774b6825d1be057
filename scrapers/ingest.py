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
from scrapers.document import read_document
from scrapers.outcome import Outcome as Outcome
from scrapers.paths import in_order
from scrapers.pipeline import Keeper
from scrapers.pipeline import Plan
from scrapers.pipeline import Scraping
from scrapers.pipeline import failed
from scrapers.pipeline import is_anonymous
from scrapers.pipeline import keep
from scrapers.pipeline import scrape_document
from scrapers.unchanged import Unchanged
from scrapers.unchanged import location_of
from scrapers.unchanged import way_of


def ingest(paths: Sequence[Path], store: Keeper, plan: Plan) -> Iterator[Outcome]:
    """Read, scrape, normalise and save each document; give what became of it.

    Documents that do not say who publishes them wait until their siblings have been read, which may; those of earlier
    runs are read again then, so that the order in which documents come does not show.

    What is as it was when it was read last is not read (see `scrapers.unchanged`); the plan's fingerprint allows it.

    Raises `ReadOnlyError` and `UnavailableError`, which no document can help; those that were given are kept.
    """
    yield from _Ingesting(in_order(paths), store, plan).run()


class _Ingesting:
    """The documents of one run."""

    def __init__(self, paths: Sequence[Path], store: Keeper, plan: Plan) -> None:
        self._paths = paths
        self._store = store
        self._plan = replace(plan, gone=_Gone())
        way = None if plan.again else way_of(plan.fingerprint, plan.format, plan.source, plan.labels)
        self._unchanged = Unchanged(paths, store, way, plan.now)
        #: The sources in which a document was read that says who publishes them.
        self._named: set[str] = set()
        #: Those that do not, with what was read of them so far.
        self._waiting: list[tuple[Path, Scraping | None]] = []

    def run(self) -> Iterator[Outcome]:
        """What became of each, those that waited last."""
        for path in self._paths:
            if (outcome := self._read(path)) is not None:
                yield outcome
        for path, read in self._waiting:
            yield self._read_waiting(path, read)
        yield from _read_again(self._named, {location_of(path) for path in self._paths}, self._store, self._plan)

    def _read(self, path: Path) -> Outcome | None:
        """None where the document waits for its siblings."""
        if self._unchanged.waits(path):
            self._waiting.append((path, None))
            return None
        if (unchanged := self._unchanged.outcome(path)) is not None:
            return unchanged
        try:
            read = _scrape(path, self._plan)
        except Exception as error:
            return self._failed(path, error)
        if is_anonymous(read):
            self._waiting.append((path, read))
            return None
        outcome = self._kept(path, read)
        if read.scraped.publication and outcome.saved.new + outcome.saved.changed:
            self._named.add(read.rule.source.slug)
        return outcome

    def _read_waiting(self, path: Path, read: Scraping | None) -> Outcome:
        if read is None and (unchanged := self._unchanged.outcome(path)) is not None:
            return unchanged
        try:
            return self._kept(path, read or _scrape(path, self._plan))
        except (ReadOnlyError, UnavailableError):
            raise
        except Exception as error:
            return self._failed(path, error)

    def _kept(self, path: Path, read: Scraping) -> Outcome:
        self._unchanged.look_anew()
        return _kept(path, read, self._store, self._plan)

    def _failed(self, path: Path, error: Exception) -> Outcome:
        return _failed(path, error, self._store, self._plan)


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
    try:
        scraped = _scrape(path, plan)
    except Exception:
        return None
    if scraped.rule.source.slug != source or not is_anonymous(scraped):
        return None
    outcome = _kept(path, scraped, store, plan)
    return outcome if outcome.saved.new + outcome.saved.changed else None


def _kept(path: Path, read: Scraping, store: Keeper, plan: Plan) -> Outcome:
    try:
        return keep(read, store, plan, is_file=True)
    except (ReadOnlyError, UnavailableError):
        raise
    except Exception as error:
        return _failed(path, error, store, plan)


def _failed(path: Path, error: Exception, store: Keeper, plan: Plan) -> Outcome:
    return failed(path.name, location_of(path), error, store, plan)


def _scrape(path: Path, plan: Plan) -> Scraping:
    return scrape_document(replace(read_document(path), location=location_of(path)), plan)
