"""Moves a whole store into another one, which may be of the other database; every id, version and counter stays.

The full text is written anew from the entries, since FTS5 does not give back what was put in; texts that are shown no
more stay behind with it.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import URL
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import Table
from sqlalchemy import column
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import table
from sqlalchemy import text
from sqlalchemy.sql.expression import Select
from sqlalchemy.sql.expression import TableClause

from feeds.errors import SchemaError
from feeds.errors import StoreError
from feeds.store.advice import explained
from feeds.store.engine import lift_limits
from feeds.store.engine import lock_for_migration
from feeds.store.engine import make_engine
from feeds.store.engine import reading
from feeds.store.engine import store_file
from feeds.store.engine import store_url
from feeds.store.engine import writing
from feeds.store.indexing import fill_texts
from feeds.store.migrate import check_schema
from feeds.store.migrate import migrate
from feeds.store.schema import metadata
from feeds.store.schema import search_entry
from feeds.store.schema import state
from feeds.store.server import shown

#: Rows in memory at once.
_BATCH = 1000
#: Those that no key stands on, with what makes them.
_INDEXES = text(
    "SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS definition"
    " FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = current_schema()"
    " AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)"
)
#: Told after each batch: the table, how many of its rows were copied, how many there are.
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Copied:
    """What was copied: rows by table."""

    rows: dict[str, int]


def copy_store(source: str, target: str, progress: Progress) -> Copied:
    """Copy the store at one address into the store at another one, which must hold nothing; it may have no tables yet.

    What is copied is the store of one moment; whoever writes may go on and is not kept waiting. It is all there or
    nothing is. Raises `StoreError`, `SchemaError` where either store is of another version than this code.
    """
    with _opened(source, "to copy from", read_only=True) as giving:
        migrate(target)
        with _opened(target, "to copy to") as taking, reading(giving) as come, writing(taking) as go:
            lift_limits(come)
            lock_for_migration(go)
            _refuse_full(go, target)
            return _copy(come, go, progress)


@contextmanager
def _opened(url: str, what: str, *, read_only: bool = False) -> Iterator[Engine]:
    """An engine for the time of a copy. Raises `SchemaError`."""
    parsed = store_url(url)
    engine = make_engine(parsed, read_only=read_only)
    try:
        _fit(engine, parsed, what)
        yield engine
    finally:
        engine.dispose()


def _fit(engine: Engine, url: URL, what: str) -> None:
    try:
        check_schema(engine, store_file(url))
    except SchemaError as error:
        raise SchemaError(f"the store {what}, {shown(url)}: {error}, with it as DATABASE_URL") from error


def _refuse_full(connection: Connection, url: str) -> None:
    for one in metadata.sorted_tables:
        rows = connection.scalar(select(func.count()).select_from(select(one).limit(1).subquery()))
        if rows and one is not state:
            raise StoreError(
                f"the store to copy to, {shown(store_url(url))}, is not empty: its table {one.name} has rows; name an "
                "empty database or a file that is not there"
            )


def _copy(source: Connection, target: Connection, progress: Progress) -> Copied:
    target.execute(text("DELETE FROM state"))
    with _without_indexes(target):
        rows = {one.name: _copy_table(source, target, one, progress) for one in metadata.sorted_tables}
        total = rows[search_entry.name]
        for done in fill_texts(target):
            progress("search_text", done, total)
    if target.dialect.name == "postgresql":
        _set_sequences(target)
        target.execute(text("ANALYZE"))  # else the first queries are planned for empty tables
    return Copied(rows)


@contextmanager
def _without_indexes(target: Connection) -> Iterator[None]:
    """PostgreSQL makes an index of all rows at once many times as quickly as row by row."""
    if target.dialect.name != "postgresql":
        yield
        return
    indexes = target.execute(_INDEXES).all()
    for one in indexes:
        target.execute(text(f"DROP INDEX {one.name}"))
    yield
    for one in indexes:
        target.exec_driver_sql(one.definition)


def _copy_table(source: Connection, target: Connection, one: Table, progress: Progress) -> int:
    plain, wanted = _plain(one), _wanted(one)
    total = source.scalar(select(func.count()).select_from(wanted.subquery())) or 0
    done = 0
    for batch in _batches(source, wanted):
        _write(target, plain, batch)
        done += len(batch)
        progress(one.name, done, total)
    return done


def _plain(one: Table) -> TableClause:
    """The table without types: values pass as the databases give them, whatever this code makes of them."""
    return table(one.name, *(column(c.name) for c in one.columns))


def _wanted(one: Table) -> Select[Any]:
    """The rows to copy."""
    plain = _plain(one)
    asked = select(*plain.columns)
    return asked.where(plain.c.entry_id.is_not(None)) if one is search_entry else asked


def _batches(source: Connection, asked: Select[Any]) -> Iterator[Sequence[Any]]:
    """The rows, few of them in memory: from a cursor that the server keeps."""
    with source.execution_options(yield_per=_BATCH).execute(asked) as found:
        yield from found.partitions()


def _write(target: Connection, one: TableClause, rows: Sequence[Any]) -> None:
    names = [c.name for c in one.columns]
    if target.dialect.name != "postgresql":
        target.execute(insert(one), [dict(zip(names, row, strict=True)) for row in rows])
        return
    quote = target.dialect.identifier_preparer.quote
    statement = f"COPY {quote(one.name)} ({', '.join(map(quote, names))}) FROM STDIN"
    driver: Any = target.connection.cursor()
    try:
        with driver as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:
        raise StoreError(f"PostgreSQL does not take the rows of the table {one.name}: {explained(error)}") from error


def _set_sequences(target: Connection) -> None:
    """Rows came with their numbers; the next one gets the one behind the highest."""
    for one in metadata.sorted_tables:
        counted = one.autoincrement_column
        if counted is None:
            continue
        highest = target.scalar(select(func.max(counted)))
        if highest is not None:
            places = {"table": one.name, "column": counted.name, "highest": highest}
            target.execute(text("SELECT setval(pg_get_serial_sequence(:table, :column), :highest)"), places)
