"""Commands in processes of their own that are killed: after a time, or at one of the things that they do."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy import event

#: Loaded once, by the process that the others are forked from: what is tried is what commands do, not their imports.
PRELOADED = [
    "feedwright",
    "alembic.config",
    "concurrent.futures.process",
    "feeds.announcing",
    "feeds.commands.topics",
    "psycopg",
    "rich.console",
    "rich.progress",
    "scrapers.ahead",
    "scrapers.commands.ingest",
    "scrapers.commands.working",
    "scrapers.formats",
    "scrapers.ingest",
    "scrapers.pipeline",
    "scrapers.plans",
    "scrapers.worker.bench",
    "scrapers.worker.worker",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
    "tests.attack.killing",
    "web.commands.export",
    "web.export",
]
#: What Python tells of files (https://docs.python.org/3/library/audit_events.html), of which only writing is counted.
_FILES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate"}
#: Seconds after which something hangs.
PATIENCE = 120.0
_context = multiprocessing.get_context("forkserver")


@dataclass(frozen=True, slots=True)
class Kill:
    """When to kill: after so many seconds, or at the so-manieth thing that is done."""

    after: float | None = None
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended: its status (-9 where it was killed), how long it took, what it counted and said."""

    status: int
    seconds: float
    done: int
    said: str


def command(*arguments: str) -> Callable[[], None]:
    """A command of `feedwright`, to be run in a process."""
    return _Command(arguments)


def run(work: Callable[[], None], environ: Mapping[str, str], log: Path, kill: Kill | None = None) -> Ended:
    """Run something in a process of its own, perhaps not to its end."""
    _context.set_forkserver_preload(PRELOADED)
    kill = kill or Kill()
    process = _context.Process(target=_child, args=(work, dict(environ), str(log), kill.at))
    begun = time.monotonic()
    process.start()
    process.join(PATIENCE if kill.after is None else kill.after)
    taken = time.monotonic() - begun
    if process.exitcode is None and kill.after is None:
        process.kill()
        raise AssertionError(f"still not ended:\n{log.read_text('utf-8')}")
    process.kill()
    process.join()
    status = process.exitcode
    process.close()
    counted = Path(f"{log}.count")
    done = int(counted.read_text() or 0) if counted.exists() else 0
    return Ended(status if status is not None else 1, taken, done, log.read_text("utf-8") if log.exists() else "")


@dataclass(frozen=True, slots=True)
class _Command:
    arguments: tuple[str, ...]

    def __call__(self) -> None:
        from feedwright import main

        main(list(self.arguments), prog_name="feedwright")


class _Counter:
    """Counts what is done, and kills the process at one of these things."""

    def __init__(self, last: int | None) -> None:
        self.done = 0
        self._last = last

    def tick(self, *_: Any, **__: Any) -> None:
        self.done += 1
        if self.done == self._last:
            os.kill(os.getpid(), signal.SIGKILL)

    def audit(self, name: str, arguments: tuple[Any, ...]) -> None:
        if name in _FILES or (name == "open" and isinstance(arguments[1], str) and arguments[1][:1] in {"w", "a"}):
            self.tick()


def _child(work: Callable[[], None], environ: Mapping[str, str], log: str, last: int | None) -> None:
    os.environ.clear()
    os.environ.update(environ)
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for standard in (1, 2):
        os.dup2(descriptor, standard)
    sys.stdout, sys.stderr = (open(standard, "w", encoding="utf-8", closefd=False) for standard in (1, 2))  # noqa: SIM115
    counter = _Counter(last)
    for happening in ("before_cursor_execute", "after_cursor_execute", "commit", "rollback"):
        event.listen(Engine, happening, counter.tick)
    sys.addaudithook(counter.audit)
    status = 0
    try:
        work()
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    finally:
        with contextlib.suppress(OSError), open(f"{log}.count", "w", encoding="utf-8") as file:
            file.write(str(counter.done))
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)
