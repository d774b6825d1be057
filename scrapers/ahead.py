"""Files read ahead: other processes read the next ones while this one stores what was read before.

Reading is pure, so that it may happen anywhere and be thrown away; what is read is taken in order, so that nothing that
is stored depends on who read it when.
"""

from __future__ import annotations

import logging
import os
from collections import deque
from collections.abc import Callable
from collections.abc import Iterator
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

from feeds.errors import DocumentError
from feeds.model import Problem
from feeds.processes import serve_parent
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
#: Files of which more is read than stored, for each process: that is what memory holds of them.
_EACH = 2

#: What reading a file gives: a document to be stored; one that waits for what its siblings are called; or why neither.
Read = Finished | Scraping | Problem


def read_file(path: Path, plan: Plan) -> Read:
    """Read a file as far as it can be without a store."""
    try:
        return _read(path, plan)
    except Exception as error:
        return problem_of(path.name, error)


@contextmanager
def reading(paths: Sequence[Path], plan: Plan, processes: int) -> Iterator[Callable[[Path], Read]]:
    """Reads files as `read_file` does; those of `paths` ahead, where it is asked for them in this order.

    With less than two processes, or few files, nothing is read ahead, nor where no process can be started.
    """
    pool = _started(plan, processes) if processes > 1 and len(paths) >= _FEW else None
    if pool is None:
        yield lambda path: read_file(path, plan)
        return
    try:
        yield _Ahead(pool, paths, plan, processes * _EACH)
    finally:
        pool.shutdown(cancel_futures=True)


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


class _Ahead:
    """The files that are being read, and the next ones."""

    def __init__(self, pool: ProcessPoolExecutor, paths: Sequence[Path], plan: Plan, most: int) -> None:
        self._pool = pool
        self._plan = plan
        self._most = most
        self._coming = iter(paths)
        self._awaited = set(paths)
        self._begun: deque[tuple[Path, Future[Read]]] = deque()

    def __call__(self, path: Path) -> Read:
        """What reading a file gives. Those before it in order are not wanted any more."""
        while path in self._awaited:
            self._begin()
            begun, read = self._begun.popleft()
            self._awaited.discard(begun)
            if begun == path:
                self._begin()
                return self._taken(path, read)
            read.cancel()
        return read_file(path, self._plan)

    def _begin(self) -> None:
        try:
            for path in islice(self._coming, self._most - len(self._begun)):
                self._begun.append((path, self._pool.submit(_read_file, path)))
        except BrokenProcessPool:  # those that have begun will say so too
            self._awaited = {path for path, _ in self._begun}

    def _taken(self, path: Path, read: Future[Read]) -> Read:
        """What went wrong in another process, perhaps killed for its memory, goes wrong here too, or not at all."""
        error = read.exception()
        if error is None:
            return read.result()
        if isinstance(error, BrokenProcessPool):
            log.warning("a process that read ahead has ended; %s is read without it", path.name)
        return read_file(path, self._plan)


#: How a process that reads ahead reads.
_plan: Plan | None = None


def _start(plan: Plan) -> None:
    global _plan
    _plan = plan
    serve_parent()


def _read_file(path: Path) -> Read:
    """As `read_file`, but that a bug of ours is left to the process that asks, which tells of it."""
    assert _plan is not None
    try:
        return _read(path, _plan)
    except DocumentError as error:
        return problem_of(path.name, error)
