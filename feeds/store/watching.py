"""Whether anything changed, asked at each request: it must cost next to nothing, and it must never be wrong.

SQLite tells by the header of its WAL index (see `feeds.store.wal`), else by `PRAGMA data_version`, whether somebody
else committed; a server is asked each time, in one statement. NOTIFY would spare that and be wrong for moments: it
reaches a listener after the commit.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from collections import deque
from collections.abc import Callable
from collections.abc import Sequence
from functools import lru_cache
from queue import Empty
from queue import SimpleQueue
from threading import Lock
from typing import TYPE_CHECKING
from typing import Protocol

from sqlalchemy import URL

from feeds.connections import USUAL
from feeds.errors import UnavailableError
from feeds.model.scope import ALL
from feeds.model.scope import Scope
from feeds.store import engine
from feeds.store.advice import explained
from feeds.store.columns import instant
from feeds.store.engine import BUSY_TIMEOUT
from feeds.store.engine import PATIENCE
from feeds.store.engine import Identity
from feeds.store.engine import identify
from feeds.store.engine import read_only_address
from feeds.store.engine import store_file
from feeds.store.server import arguments
from feeds.store.server import is_prepared
from feeds.store.versions import STORE
from feeds.store.versions import Mark
from feeds.store.wal import WalIndex
from feeds.store.wal import WalIndexes

if TYPE_CHECKING:
    from psycopg.pq import ExecStatus
    from psycopg.pq.abc import PGresult

_LOOK = """SELECT s.lineage, s.version, f.version, f.changed_at FROM state s, (
    SELECT max(version) AS version, max(changed_at) AS changed_at FROM listing_version WHERE (kind, key) IN ({})) f"""
_NAME, _SERVER_LOOK = b"look", _LOOK.format("SELECT * FROM unnest($1::text[], $2::text[])").encode()
#: Seconds between two looks at whether another file was put into the place of a store. That is a call of the system,
#: and one for each request has the threads of a process wait for each other; commits are seen at once.
_REPLACED = 0.02


class Watcher(Protocol):
    """One connection that looks; used by one thread at a time."""

    def look(self, scopes: Sequence[Scope], known: Mark | None) -> Mark:
        """See `Watch.look`. Raises what the driver raises."""

    def close(self) -> None:
        """End the connection."""


class Watch:
    """Looks at a store for many threads; each look has a connection to itself, kept for the next one.

    To a server there are at most so many at once.
    """

    def __init__(self, url: URL, connections: int = USUAL.looking) -> None:
        self._indexes = WalIndexes()
        self._open = _opener(url, self._indexes)
        self._idle: deque[Watcher] = deque()
        #: A file costs no connections.
        self._most = connections if store_file(url) is None else None
        self._turns = _turns(self._most)
        self._process = os.getpid()
        #: Connections of the process that this one was forked from: to be neither used nor closed here.
        self._inherited: list[deque[Watcher]] = []
        self._lock = Lock()

    def look(self, scopes: Sequence[Scope], known: Mark | None = None) -> Mark:
        """How the listing with these scopes stands: `known` itself where nothing in the whole store changed since.

        At most one statement. Raises `UnavailableError`.
        """
        if self._process != os.getpid():
            self._forget()
        try:
            return self._look(scopes, known)
        except _errors():
            self._disconnect()  # after a restart of the server all connections are dead
        try:
            return self._look(scopes, known)
        except _errors() as error:
            raise UnavailableError(f"cannot read the store: {explained(error)}") from error

    def close(self) -> None:
        """Close the connections; the next look opens one again."""
        self._disconnect()
        self._indexes.close()

    def _disconnect(self) -> None:
        while self._idle:
            self._idle.pop().close()

    def _look(self, scopes: Sequence[Scope], known: Mark | None) -> Mark:
        if self._turns is None:
            return self._look_alone(scopes, known)
        turns = self._turns
        try:
            turn = turns.get(timeout=PATIENCE)
        except Empty as error:
            raise UnavailableError(f"no connection was free for {PATIENCE} s; see DATABASE_CONNECTIONS") from error
        try:
            return self._look_alone(scopes, known)
        finally:
            turns.put(turn)

    def _look_alone(self, scopes: Sequence[Scope], known: Mark | None) -> Mark:
        watcher = self._borrow()
        try:
            found = watcher.look(scopes, known)
        except BaseException:
            watcher.close()
            raise
        self._idle.append(watcher)
        return found

    def _borrow(self) -> Watcher:
        try:
            return self._idle.pop()
        except IndexError:
            return self._open()

    def _forget(self) -> None:
        with self._lock:
            if self._process != os.getpid():
                self._inherited.append(self._idle)
                self._idle = deque()
                self._turns = _turns(self._most)
                self._process = os.getpid()


class _FileWatcher:
    """Looks at a file; also at another one that was put into its place."""

    def __init__(self, path: str, indexes: WalIndexes) -> None:
        self._path = path
        self._indexes = indexes
        self._index: WalIndex | None = None
        #: What the file told, and how the store stood then.
        self._seen: bytes | int | None = None
        self._stamp = ("", -1)
        self._look_again = 0.0
        self._connect(identify(path))

    def look(self, scopes: Sequence[Scope], known: Mark | None) -> Mark:
        if (now := time.monotonic()) >= self._look_again:
            self._look_again = now + _REPLACED
            there = identify(self._path)
            if there is None:
                raise FileNotFoundError(f"there is no {self._path} any more")
            if there != self._identity:
                self.close()
                self._connect(there)
        seen = self._index.header() if self._index is not None else self._data_version()
        if known is not None and seen == self._seen and self._stamp == (known.lineage, known.store_version):
            return known
        asked = [STORE, *(scopes or (ALL,))]
        pairs = [word for scope in asked for word in (scope.kind, scope.key)]
        row = self._connection.execute(_LOOK.format(f"VALUES {', '.join(['(?, ?)'] * len(asked))}"), pairs).fetchone()
        # A copy that was put back has the lineage and the versions of the store that it was made of.
        found = Mark(f"{row[0]} {self._identity}", row[1], row[2] or 0, None if row[3] is None else instant(row[3]))
        self._seen, self._stamp = seen, (found.lineage, found.store_version)
        return found

    def close(self) -> None:
        self._connection.close()

    def _connect(self, identity: Identity | None) -> None:
        self._identity = identity
        self._connection = sqlite3.connect(
            read_only_address(self._path), uri=True, isolation_level=None, check_same_thread=False
        )
        self._seen = None
        try:
            self._connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}").close()
            # From the first statement on the index is there, and stays while this connection does.
            self._connection.execute("SELECT version FROM state").fetchone()
            has_index = self._connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        except BaseException:
            self.close()
            raise
        self._index = self._indexes.find(self._path) if has_index else None

    def _data_version(self) -> int:
        return int(self._connection.execute("PRAGMA data_version").fetchone()[0])


class _ServerWatcher:
    """Looks at a server, below the cursors of the driver, which cost as much as the answer."""

    def __init__(self, url: URL) -> None:
        import psycopg  # only here, since a store in a file needs none of it
        from psycopg.pq import ExecStatus

        self._connection = psycopg.connect(**arguments(url), autocommit=True)
        self._is_prepared = is_prepared(url)
        try:
            if self._is_prepared:
                self._connection.execute(f"SET statement_timeout = {engine.READ_TIMEOUT:d}".encode())
                self._check(self._connection.pgconn.prepare(_NAME, _SERVER_LOOK), ExecStatus.COMMAND_OK)
        except BaseException:
            self.close()
            raise

    def look(self, scopes: Sequence[Scope], known: Mark | None) -> Mark:
        from psycopg import DataError
        from psycopg.pq import ExecStatus

        server, asked = self._connection.pgconn, _arrays(tuple(scopes))
        answer = server.exec_prepared(_NAME, asked) if self._is_prepared else server.exec_params(_SERVER_LOOK, asked)
        self._check(answer, ExecStatus.TUPLES_OK)
        lineage, store_version, version, at = (answer.get_value(0, column) for column in range(4))
        if lineage is None or store_version is None:
            raise DataError("the state of the store is empty")
        changed_at = None if at is None else instant(int(at))
        return Mark(lineage.decode(), int(store_version), int(version or 0), changed_at)

    def close(self) -> None:
        self._connection.close()

    def _check(self, answer: PGresult, wanted: ExecStatus) -> None:
        from psycopg import OperationalError

        if answer.status != wanted:
            raise OperationalError(answer.error_message.decode("utf-8", "replace").strip())


def _errors() -> tuple[type[Exception], ...]:
    """What the drivers raise; one that was never loaded raises nothing."""
    server = sys.modules.get("psycopg")
    return (sqlite3.Error, OSError) if server is None else (sqlite3.Error, OSError, server.Error)


def _turns(most: int | None) -> SimpleQueue[None] | None:
    """As many turns as may be taken at once, in a queue: nothing of the standard library waits for less."""
    if most is None:
        return None
    turns: SimpleQueue[None] = SimpleQueue()
    for _ in range(most):
        turns.put(None)
    return turns


def _opener(url: URL, indexes: WalIndexes) -> Callable[[], Watcher]:
    if (path := store_file(url)) is not None:
        return lambda: _FileWatcher(str(path), indexes)
    return lambda: _ServerWatcher(url)


@lru_cache(maxsize=1024)
def _arrays(scopes: tuple[Scope, ...]) -> tuple[bytes, bytes]:
    """Kinds and keys as PostgreSQL writes arrays of text."""
    asked = [STORE, *(scopes or (ALL,))]
    return _array([scope.kind for scope in asked]), _array([scope.key for scope in asked])


def _array(words: Sequence[str]) -> bytes:
    escaped = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    quoted = (f'"{word}"' for word in escaped)
    return f"{{{','.join(quoted)}}}".encode()
