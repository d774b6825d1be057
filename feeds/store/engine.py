"""Connections: what an address means, how a transaction begins, and the one place where the databases differ."""

from __future__ import annotations

import os
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from typing import TypeVar
from urllib.parse import quote

from sqlalchemy import URL
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import create_engine
from sqlalchemy import event
from sqlalchemy import make_url
from sqlalchemy import text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.exc import DataError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import IntegrityError
from sqlalchemy.exc import NotSupportedError
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.exc import SQLAlchemyError

from feeds.connections import USUAL
from feeds.errors import ReadOnlyError
from feeds.errors import StoreError
from feeds.errors import UnavailableError
from feeds.store.advice import explained
from feeds.store.bounded import bound
from feeds.store.bounded import lift
from feeds.store.server import arguments
from feeds.store.server import is_prepared
from feeds.store.server import send_lists_as_bytes
from feeds.store.server import server_url

#: Milliseconds that a writer waits for another one.
BUSY_TIMEOUT = 10_000
#: What stays of a WAL file once it was copied into the store; a long reader can make it much larger.
WAL_BYTES = 64 << 20
#: Milliseconds that a question may take of who only reads.
READ_TIMEOUT = 20_000
#: Seconds until a server that does not answer counts as gone, and nobody waits for a free connection any more.
PATIENCE = 10
#: Rows or values in one statement: SQLite takes 32 766 variables, older builds 999.
CHUNK = 500
#: Any fixed number; everyone who migrates a PostgreSQL database waits for the same lock.
_MIGRATION_LOCK = 4_293_389_101
_CHANGES_LOCK = 4_293_389_102
_WRITES = "feedwright_writes"
_T = TypeVar("_T")


def store_url(url: str) -> URL:
    """The address of a store with its driver named: `sqlite:///FILE`, `postgres://…` or `postgresql://…`.

    Raises `StoreError` for anything else, and for SQLite in memory, which every connection would have for itself.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # which may quote a password
        raise StoreError("this is no address of a store; give sqlite:///FILE or postgresql://…") from None
    if parsed.drivername in {"postgres", "postgresql", "postgresql+psycopg"}:
        return server_url(parsed)
    if parsed.get_backend_name() != "sqlite":
        raise StoreError(f"{parsed.drivername!r} stores are not supported; give sqlite:///FILE or postgresql://…")
    if parsed.database in {None, "", ":memory:"}:
        raise StoreError(f"{url!r} names no file; give sqlite:///FILE")
    return parsed


def store_file(url: URL) -> Path | None:
    """The file of a SQLite store; None for a server."""
    return Path(url.database).absolute() if url.get_backend_name() == "sqlite" and url.database else None


#: What tells a file from another one that is put into its place, and whether its folder may be written to.
Identity = tuple[int, int, bool]


def identify(path: str | Path) -> Identity | None:
    """The file that has this name now; None where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino, not _is_immutable(Path(path))


def read_only_address(path: str | Path) -> str:
    """The name of a file for SQLite, so that it is opened for reading."""
    return f"file:{quote(str(path))}?mode=ro{'&immutable=1' if _is_immutable(Path(path)) else ''}"


def make_engine(url: URL, *, read_only: bool = False, connections: int = USUAL.asking) -> Engine:
    """An engine with no connection yet; the caller disposes of it, and makes one for each process.

    It has at most so many `connections` to a server; who needs one more waits for it.
    """
    path = store_file(url)
    bounds: dict[str, Any] = {"pool_size": connections, "max_overflow": 0, "pool_timeout": PATIENCE}
    if path is None:
        # A startup parameter would say so once, which poolers refuse; so each transaction begins as read only. A
        # connection that a restart of the server cut is found out, and made anew, before it is used.
        options = {"postgresql_readonly": True} if read_only else {}
        plain = URL.create(url.drivername)
        engine = create_engine(
            plain, connect_args=arguments(url), pool_pre_ping=True, execution_options=options, **bounds
        )
        event.listen(engine, "connect", send_lists_as_bytes)
        if read_only and is_prepared(url):  # a pooler would give the connection, with its setting, to others
            event.listen(engine, "connect", _limit_answers)
        return engine
    engine = create_engine(_sqlite_url(path, read_only), pool_size=8)
    event.listen(engine, "connect", _prepare_reader if read_only else _prepare_writer)
    event.listen(engine, "begin", _begin)
    if read_only:
        bound(engine, lambda: READ_TIMEOUT)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads, all of it at one moment. Raises `StoreError`."""
    at_one_moment = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    with _explained("read"), engine.connect().execution_options(**at_one_moment) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; on SQLite it waits for its turn at the beginning. Raises `StoreError`."""
    with _explained("write"), engine.connect() as connection, connection.execution_options(**{_WRITES: True}).begin():
        if connection.dialect.name == "postgresql":
            # Else the plans of the first documents, which read small tables from end to end, stay for the others. To
            # have none kept at all would make one for each row that refers to another.
            connection.execute(text("DISCARD PLANS"))
        yield connection


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """A transaction that changes entries; it waits for its turn at the beginning on PostgreSQL too.

    Entries of all sources meet in authors, topics, listings and stories: two that came by these in different orders
    would wait for each other. Raises `StoreError`.
    """
    with writing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _CHANGES_LOCK})
        yield connection


def lock_for_migration(connection: Connection) -> None:
    """Wait until nobody else migrates, or copies into the store. On SQLite the transaction has waited already."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})


def limit_wait(connection: Connection, milliseconds: int) -> None:
    """Have this transaction fail rather than wait longer for a table of PostgreSQL."""
    connection.execute(text(f"SET LOCAL lock_timeout = {milliseconds:d}"))


def lift_limits(connection: Connection) -> None:
    """Have this transaction take its time: what reads a whole table needs longer than any page."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
    else:
        lift(connection)


def is_lock_timeout(error: StoreError) -> bool:
    """Whether a transaction failed for waiting too long (SQLSTATE 55P03)."""
    cause = error.__cause__
    return isinstance(cause, DBAPIError) and getattr(cause.orig, "sqlstate", None) == "55P03"


def chunks(values: Iterable[_T], size: int = CHUNK) -> Iterator[list[_T]]:
    """The values in lists that fit into one statement."""
    rest = list(values)
    for start in range(0, len(rest), size):
        yield rest[start : start + size]


def _sqlite_url(path: Path, read_only: bool) -> URL:
    if not read_only:
        return URL.create("sqlite", database=str(path))
    immutable = {"immutable": "1"} if _is_immutable(path) else {}
    return URL.create("sqlite", database=f"file:{quote(str(path))}", query={"mode": "ro", **immutable, "uri": "true"})


def _is_immutable(path: Path) -> bool:
    """Beside a file in WAL mode a reader makes a file too; where it may not, nobody else writes either."""
    return not os.access(path.parent, os.W_OK)


def _prepare_writer(connection: Any, record: object) -> None:
    _prepare_reader(connection, record)
    connection.execute("PRAGMA journal_mode=WAL").close()
    connection.execute(f"PRAGMA journal_size_limit={WAL_BYTES}").close()
    connection.execute("PRAGMA synchronous=NORMAL").close()
    connection.execute("PRAGMA foreign_keys=ON").close()


def _prepare_reader(connection: Any, record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions: `_begin` does
    connection.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}").close()


def _limit_answers(connection: Any, record: object) -> None:
    """A thread that waited for a lock for as long as that is held would serve nobody."""
    connection.execute(f"SET statement_timeout = {READ_TIMEOUT:d}")
    connection.commit()


def _begin(connection: Connection) -> None:
    """A transaction that reads first and then finds another writer gone by fails at once, whatever the timeout is."""
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _explained(what: str) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        reason = getattr(error, "orig", None) or error
        raise _kind(error, reason)(f"cannot {what} the store: {explained(reason)}") from error


def _kind(error: SQLAlchemyError, reason: object) -> type[StoreError]:
    if _is_read_only(reason):
        return ReadOnlyError
    is_about_values = isinstance(error, DataError | IntegrityError | ProgrammingError | NotSupportedError)
    return StoreError if is_about_values else UnavailableError


def _is_read_only(reason: object) -> bool:
    """As the drivers tell it: https://sqlite.org/rescode.html#readonly and SQLSTATE 25006."""
    named = str(getattr(reason, "sqlite_errorname", ""))
    return named.startswith("SQLITE_READONLY") or getattr(reason, "sqlstate", None) == "25006"
