"""Work done ahead: other processes read the next files while this one stores what was read before.

Reading is pure, so that it may happen anywhere and be thrown away; what is read is taken in order, so that nothing that
is stored depends on who read it when.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from concurrent.futures import Future
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from multiprocessing import active_children
from multiprocessing import get_context
from pathlib import Path
from typing import Generic
from typing import TypeVar

from feeds.errors import DocumentError
from feeds.model import Problem
from feeds.processes import serve_parent
from feeds.store.prepare import prepare
from scrapers.document import read_document
from scrapers.pipeline import Finished
from scrapers.pipeline import Plan
from scrapers.pipeline import Scraping
from scrapers.pipeline import finish
from scrapers.pipeline import is_anonymous
from scrapers.pipeline import problem_of
from scrapers.pipeline import scrape_document
from scrapers.unchanged import location_of

log = logging.getLogger(__name__)

#: More would wait for the one that stores, which takes about as long for a document as reading it does.
PROCESSES = 2
#: Fewer files are read sooner than processes are started.
_FEW = 4
#: Everything waits for the process that stores: where cores are few, it comes first.
_NICENESS = 5
#: Files of which more is read than stored, for each process: that is what memory holds of them.
_EACH = 2

#: What reading a file gives: a document to be stored; one that waits for what its siblings are called; or why neither.
Read = Finished | Scraping | Problem
#: A document that waited, with what its siblings are called.
Waiting = tuple[Scraping, str | None]

_Done = TypeVar("_Done")


def read_file(path: Path, plan: Plan) -> Read:
    """Read a file as far as it can be without a store."""
    try:
        return _read(path, plan)
    except Exception as error:
        return problem_of(path.name, error)


def finish_file(path: Path, scraping: Scraping, siblings: str | None, plan: Plan) -> Finished | Problem:
    """Make entries of a document that waited for what its siblings are called."""
    try:
        return finish(scraping, siblings, plan, is_file=True)
    except Exception as error:
        return problem_of(path.name, error)


@contextmanager
def reading(paths: Sequence[Path], plan: Plan, processes: int) -> Iterator[Reading]:
    """Reads files as `read_file` does; those of `paths` ahead, where it is asked for them in this order.

    With less than two processes, or few files, nothing is read ahead, nor where no process can be started.
    """
    pool = _started(plan, processes) if processes > 1 and len(paths) >= _FEW else None
    if pool is None:
        yield Reading(plan)
        return
    try:
        yield _ReadingAhead(plan, paths, pool, processes * _EACH)
    finally:
        pool.shutdown(cancel_futures=True)


class Reading:
    """Reads documents, and makes entries of those that waited for what their siblings are called."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def __call__(self, path: Path) -> Read:
        """As `read_file`."""
        return read_file(path, self._plan)

    def finishing(self, waiting: Mapping[Path, Waiting]) -> Callable[[Path], Finished | Problem]:
        """Makes entries of those that waited, as `finish_file` does; ahead, where it is asked in their order."""
        return lambda path: finish_file(path, *waiting[path], self._plan)


def _read(path: Path, plan: Plan) -> Read:
    scraping = scrape_document(replace(read_document(path), location=location_of(path)), plan)
    return scraping if is_anonymous(scraping) else finish(scraping, None, plan, is_file=True)


def _started(plan: Plan, processes: int) -> ProcessPoolExecutor | None:
    before = set(active_children())
    try:
        pool = ProcessPoolExecutor(processes, get_context("fork"), initializer=_start, initargs=(plan,))
        pool.submit(os.getpid)  # the first task starts the processes
    except (OSError, NotImplementedError) as error:
        log.warning("no process can be started that reads ahead (%s); reading goes on without", error)
        for process in set(active_children()) - before:
            process.terminate()
            process.join()
        return None
    return pool


class _ReadingAhead(Reading):
    """The same with other processes."""

    def __init__(self, plan: Plan, paths: Sequence[Path], pool: ProcessPoolExecutor, most: int) -> None:
        super().__init__(plan)
        self._pool = pool
        self._most = most
        self._read = _Ahead(pool, _read_file, {path: (path,) for path in paths}, most)

    def __call__(self, path: Path) -> Read:
        return self._read(path) or super().__call__(path)

    def finishing(self, waiting: Mapping[Path, Waiting]) -> Callable[[Path], Finished | Problem]:
        ahead, here = _Ahead(self._pool, _finish, waiting, self._most), super().finishing(waiting)
        return lambda path: ahead(path) or here(path)


class _Ahead(Generic[_Done]):
    """The documents that are being worked on, and the next ones."""

    def __init__(
        self,
        pool: ProcessPoolExecutor,
        work: Callable[..., _Done],
        tasks: Mapping[Path, tuple[object, ...]],
        most: int,
    ) -> None:
        self._pool = pool
        self._work = work
        self._most = most
        self._coming = iter(tasks.items())
        self._awaited = set(tasks)
        self._begun: deque[tuple[Path, Future[_Done]]] = deque()

    def __call__(self, path: Path) -> _Done | None:
        """What the work gave, None where it is to be done here. Tasks before it in order are not wanted any more."""
        while path in self._awaited:
            self._begin()
            if not self._begun:  # nobody is left to begin with
                break
            begun, work = self._begun.popleft()
            self._awaited.discard(begun)
            if begun == path:
                self._begin()
                return _taken(path, work)
            work.cancel()
        return None

    def _begin(self) -> None:
        try:
            for path, given in islice(self._coming, self._most - len(self._begun)):
                self._begun.append((path, self._pool.submit(self._work, *given)))
        except BrokenProcessPool:  # those that have begun will say so too
            self._awaited = {path for path, _ in self._begun}


def _taken(path: Path, work: Future[_Done]) -> _Done | None:
    """What went wrong in another process, perhaps killed for its memory, goes wrong here too, or not at all."""
    error = work.exception()
    if error is None:
        return work.result()
    if isinstance(error, BrokenProcessPool):
        log.warning("a process that read ahead has ended; %s is read without it", path.name)
    return None


#: How a process that reads ahead reads.
_plan: Plan | None = None


def _start(plan: Plan) -> None:
    global _plan
    _plan = plan
    os.nice(_NICENESS)
    serve_parent()


def _read_file(path: Path) -> Read:
    """As `read_file`, but that a bug of ours is left to the process that asks, which tells of it."""
    assert _plan is not None
    try:
        read = _read(path, _plan)
        return _prepared(read) if isinstance(read, Finished) else read
    except DocumentError as error:
        return problem_of(path.name, error)


def _finish(scraping: Scraping, siblings: str | None) -> Finished:
    assert _plan is not None
    return _prepared(finish(scraping, siblings, _plan, is_file=True))


def _prepared(read: Finished) -> Finished:
    """Everybody waits for the one that stores: what it would do by itself is done here, also for what proves old."""
    return replace(read, prepared=prepare(read.batch, wholly=True))
