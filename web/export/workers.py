"""Work shared by processes: each is forked with all that is open, and does its part of the tasks."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from itertools import chain
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.connection import wait
from multiprocessing.context import ForkProcess
from typing import TypeVar
from typing import cast

from feeds.errors import ExportError
from feeds.errors import FeedwrightError
from feeds.processes import serve_parent

_T = TypeVar("_T")
_R = TypeVar("_R")

#: Tasks in a row that stay together: they ask for the same things. Fewer than these are not worth a process.
_RUN = 60


@contextmanager
def shared(work: Callable[[_T], _R], tasks: Sequence[_T], processes: int) -> Iterator[Iterator[_R]]:
    """What comes of the tasks, in any order. Raises `ExportError` for what went wrong in another process."""
    parts = _dealt(tasks, processes)
    if len(parts) < 2:
        yield map(work, tasks)
        return
    started: list[tuple[ForkProcess, Connection]] = []
    try:
        started += (_start(work, part) for part in parts)
        yield _gathered(started)
    finally:
        for process, pipe in started:
            pipe.close()
            process.terminate()
            process.join()


def _dealt(tasks: Sequence[_T], processes: int) -> list[list[_T]]:
    """Runs of neighbours, dealt out like cards."""
    runs = [tasks[at : at + _RUN] for at in range(0, len(tasks), _RUN)]
    return [list(chain.from_iterable(runs[first::processes])) for first in range(min(processes, len(runs)))]


def _start(work: Callable[[_T], _R], part: Sequence[_T]) -> tuple[ForkProcess, Connection]:
    context = get_context("fork")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_do, args=(work, part, theirs), daemon=True)
    process.start()
    theirs.close()  # so that the end of the process is the end of the pipe
    return process, ours


def _do(work: Callable[[_T], _R], part: Sequence[_T], pipe: Connection) -> None:
    serve_parent()  # while it lives the folder counts as being written to
    try:
        for task in part:
            pipe.send(work(task))
    except FeedwrightError as error:
        pipe.send(ExportError(str(error)))


def _gathered(started: Sequence[tuple[ForkProcess, Connection]]) -> Iterator[_R]:
    open_pipes = {pipe: process for process, pipe in started}
    while open_pipes:
        for pipe in cast("list[Connection]", wait(list(open_pipes))):
            try:
                result = pipe.recv()
            except EOFError:
                _check(open_pipes.pop(pipe))
                continue
            if isinstance(result, ExportError):
                raise result
            yield result


def _check(process: ForkProcess) -> None:
    process.join()
    if process.exitcode:
        raise ExportError(
            f"a process that wrote files ended with {process.exitcode}; nothing was removed, export again"
        )
