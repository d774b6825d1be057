"""Statements that are made once: how rows are written, and looked for by many values. To make one takes longer than to
execute it.
"""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import ARRAY
from sqlalchemy import Boolean
from sqlalchemy import ColumnElement
from sqlalchemy import Connection
from sqlalchemy import Dialect
from sqlalchemy import Insert
from sqlalchemy import Table
from sqlalchemy import any_
from sqlalchemy import bindparam
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.dialects import sqlite
    from sqlalchemy.sql.operators import OperatorType

#: What the values of `among` are called.
SOME = "some"
#: Statements that are kept; there are far fewer.
_STATEMENTS = 256


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], keep: Iterable[str] = ()) -> None:
    """Insert rows, each with a key of its own; where it is there already, set all columns but those in `keep`."""
    if rows:
        _write(connection, table, _upserting(connection.dialect.name, table, tuple(rows[0]), tuple(keep)), rows)


def add(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows that collide with none; the others are left as they are."""
    if rows:
        _write(connection, table, _adding(connection.dialect.name, table, tuple(rows[0])), rows)


def put(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that are new."""
    if rows:
        _write(connection, table, _putting(connection.dialect.name, table, tuple(rows[0])), rows)


def among(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """That a column has one of some values, which every execution gives as `SOME`."""
    return _Among(column)


class _Among(FunctionElement[bool]):
    """PostgreSQL gets all values as one array: a statement whose words change with their number is no prepared one."""

    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> _Among:
        """As it is: where a database has no truth values it would be compared with 1, and no index serves that."""
        return self


@compiles(_Among)
def _in_list(element: _Among, compiler: SQLCompiler, **how: Any) -> str:
    (column,) = element.clauses
    return compiler.process(column.in_(bindparam(SOME, expanding=True)), **how)


@compiles(_Among, "postgresql")
def _in_array(element: _Among, compiler: SQLCompiler, **how: Any) -> str:
    (column,) = element.clauses
    return compiler.process(column == any_(bindparam(SOME, type_=ARRAY(column.type))), **how)


def _insert(dialect: str, table: Table, columns: tuple[str, ...]) -> postgresql.Insert | sqlite.Insert:
    # Only here, since the dialect of the database that is in use is loaded already, and the other one need not be.
    if dialect == "postgresql":
        from sqlalchemy.dialects import postgresql

        arrays = [bindparam(name, type_=ARRAY(table.c[name].type)) for name in columns]
        rows = func.unnest(*arrays).table_valued(*columns).render_derived()
        return postgresql.insert(table).from_select(columns, select(rows))
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(table)


def _write(connection: Connection, table: Table, statement: Insert, rows: Sequence[Mapping[str, Any]]) -> None:
    """Each database gets the rows as it wants them, PostgreSQL an array for each column, SQLite tuples; and from us,
    since to have SQLAlchemy prepare them takes longer than SQLite takes to write them.
    """
    words, columns = _written(connection.dialect, table, statement, tuple(rows[0]))
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(words, [tuple([fit(row[name]) for name, fit in columns]) for row in rows])
    else:
        connection.exec_driver_sql(words, {name: [fit(row[name]) for row in rows] for name, fit in columns})


@lru_cache(maxsize=_STATEMENTS)
def _written(
    dialect: Dialect, table: Table, statement: Insert, names: tuple[str, ...]
) -> tuple[str, list[tuple[str, Callable[[Any], Any]]]]:
    """A statement in words, with its columns, in order where that counts, and what makes values fit into them."""
    compiled = statement.compile(dialect=dialect, column_keys=list(names))
    types = {name: table.c[name].type.dialect_impl(dialect) for name in names}
    in_order = compiled.positiontup or names
    return str(compiled), [(name, types[name].bind_processor(dialect) or _as_it_is) for name in in_order]


def _as_it_is(value: Any) -> Any:
    return value


@lru_cache(maxsize=_STATEMENTS)
def _upserting(dialect: str, table: Table, columns: tuple[str, ...], keep: tuple[str, ...]) -> Insert:
    statement = _insert(dialect, table, columns)
    key = [c.name for c in table.primary_key]
    fixed = {*key, *keep}
    changes = {name: statement.excluded[name] for name in columns if name not in fixed}
    return statement.on_conflict_do_update(index_elements=key, set_=changes)


@lru_cache(maxsize=_STATEMENTS)
def _adding(dialect: str, table: Table, columns: tuple[str, ...]) -> Insert:
    return _insert(dialect, table, columns).on_conflict_do_nothing()


@lru_cache(maxsize=_STATEMENTS)
def _putting(dialect: str, table: Table, columns: tuple[str, ...]) -> Insert:
    return _insert(dialect, table, columns)
