"""The engine of a store in this process, while processes fork, files are replaced and folders become read-only."""

from __future__ import annotations

import os
import threading

from sqlalchemy import URL
from sqlalchemy import Engine

from feeds.errors import ReadOnlyError
from feeds.errors import UnavailableError
from feeds.store.engine import Identity
from feeds.store.engine import identify
from feeds.store.engine import make_engine
from feeds.store.engine import store_file


class Access:
    """Gives the engine to read or to write with, made when it is first asked for. Safe to share between threads."""

    def __init__(self, url: URL, *, read_only: bool, connections: int) -> None:
        """`connections` is how many the engine may have at once."""
        self._url = url
        self._read_only = read_only
        self._connections = connections
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._process = 0
        self.file = store_file(url)
        self._identity: Identity | None = None

    def engine(self) -> Engine:
        """The engine of this process and file: connections do not survive a fork, nor that the file is replaced.

        Raises `UnavailableError` where the file is gone: the one that is still open is nobody's, and what was written
        to it would be lost.
        """
        there = identify(self.file) if self.file is not None else None
        if self.file is not None and there is None:
            raise UnavailableError(f"there is no store at {self.file} any more; put it back, or a copy of it")
        with self._lock:
            replaced = there is not None and self._identity not in {None, there}
            if replaced and self._engine is not None:
                self._dispose(self._engine)
            if self._engine is None or replaced or self._process != os.getpid():
                reads_only = self._read_only or (there is not None and not there[2])
                self._engine = make_engine(self._url, read_only=reads_only, connections=self._connections)
                self._process = os.getpid()
                self._identity = there
            return self._engine

    def writable(self) -> Engine:
        """The same, to write with. Raises `ReadOnlyError` too."""
        if self._read_only:
            raise ReadOnlyError("the store is open for reading only; open it for writing to change it")
        if self.file is not None and (there := identify(self.file)) is not None and not there[2]:
            raise ReadOnlyError(f"cannot write the store: see that {self.file} and its folder may be written to")
        return self.engine()

    def close(self) -> None:
        """Close all connections; the next question opens them again."""
        with self._lock:
            engine, self._engine = self._engine, None
            if engine is not None:
                self._dispose(engine)

    def _dispose(self, engine: Engine) -> None:
        """A connection that was inherited belongs to the parent, and is left to it."""
        engine.dispose(close=self._process == os.getpid())
