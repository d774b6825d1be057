"""Rows of what entries are about: the keys under which the entries are found that belong together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement
from sqlalchemy import Connection
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select

from feeds.store.engine import chunks
from feeds.store.schema import entry_about
from feeds.store.statements import SOME
from feeds.store.statements import among
from feeds.store.statements import put

#: A key that more entries have than this finds nothing any more: it is a common word or a generic page.
MOST = 1000


class AboutRow(NamedTuple):
    """A row of `entry_about`."""

    key: str
    published: datetime
    entry_id: str
    dated: bool
    tie: bool | None


@dataclass(frozen=True, slots=True)
class Holders:
    """The rows of some keys."""

    rows: Mapping[str, Sequence[AboutRow]]
    #: The keys that more than `MOST` have; of those there are no rows.
    common: Set[str]

    def of(self, key: str) -> Sequence[AboutRow]:
        """The rows of a key; none where it is too common."""
        return self.rows.get(key, ())


class _Asked:
    """The rows of some keys, the first of them, and the keys that are too common."""

    def __init__(self, *when: ColumnElement[bool]) -> None:
        its = (among(entry_about.c.key), *when)
        self.all = select(*_COLUMNS).where(*its)
        self.first = self.all.limit(MOST + 1)
        self.common = select(entry_about.c.key).where(*its).group_by(entry_about.c.key).having(func.count() > MOST)


_COLUMNS = tuple(entry_about.c[name] for name in AboutRow._fields)
_OF_ENTRIES = select(*_COLUMNS).where(among(entry_about.c.entry_id))
_EVER = _Asked()
_BETWEEN = _Asked(entry_about.c.published.between(bindparam("first"), bindparam("last")))


def rows_of(connection: Connection, ids: Iterable[str]) -> set[AboutRow]:
    """The rows of entries."""
    found: set[AboutRow] = set()
    for some in chunks(sorted(ids)):
        found.update(map(AboutRow._make, connection.execute(_OF_ENTRIES, {SOME: some})))
    return found


def replaced(
    connection: Connection, keys: Set[str], held: Holders, before: set[AboutRow], after: set[AboutRow]
) -> Holders:
    """Make the rows `before` the rows `after`; gives the rows of `keys` as they are then.

    Those `held` are not asked for again: only of a key that was too common some may show now.
    """
    replace(connection, before, after)
    rows = {key: [row for row in held.of(key) if row not in before or row in after] for key in keys - held.common}
    for row in after - before:
        if row.key in rows:
            rows[row.key].append(row)
    again = holders(connection, held.common)
    rare = {key: some for key, some in rows.items() if len(some) <= MOST}
    return Holders({**rare, **again.rows}, (rows.keys() - rare.keys()) | again.common)


def replace(connection: Connection, before: set[AboutRow], after: set[AboutRow]) -> None:
    """Make the rows `before` the rows `after`."""
    if gone := before - after:
        key = [column for column in entry_about.primary_key]
        statement = delete(entry_about).where(and_(*(column == bindparam(f"old_{column.name}") for column in key)))
        rows = [{f"old_{column.name}": getattr(row, column.name) for column in key} for row in gone]
        connection.execute(statement, rows)
    put(connection, entry_about, [row._asdict() for row in sorted(after - before, key=_in_order)])


def holders(connection: Connection, keys: Collection[str], between: tuple[datetime, datetime] | None = None) -> Holders:
    """The rows of each key, of entries published `between` two times; none for a key that more than `MOST` have."""
    found: defaultdict[str, list[AboutRow]] = defaultdict(list)
    common: set[str] = set()
    when = {} if between is None else {"first": between[0], "last": between[1]}
    asked = _EVER if between is None else _BETWEEN
    for some in chunks(sorted(keys)):
        rows = connection.execute(asked.first, {SOME: some, **when}).all()
        if len(rows) > MOST:  # only then can one of the keys be as common as that
            common |= set(connection.scalars(asked.common, {SOME: some, **when}))
            rows = connection.execute(asked.all, {SOME: sorted(set(some) - common), **when}).all()
        for row in map(AboutRow._make, rows):
            found[row.key].append(row)
    return Holders(found, common)


def _in_order(row: AboutRow) -> tuple[str, datetime, str]:
    return row[:3]
