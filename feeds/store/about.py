"""Rows of what entries are about: the keys under which the entries are found that belong together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from typing import NamedTuple

from sqlalchemy import Connection
from sqlalchemy import Row
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select

from feeds.store.engine import chunks
from feeds.store.schema import entry_about

#: A key that more entries have than this finds nothing any more: it is a common word or a generic page.
MOST = 1000


class AboutRow(NamedTuple):
    """A row of `entry_about`."""

    key: str
    published: datetime
    entry_id: str
    dated: bool
    tie: bool | None


def rows_of(connection: Connection, ids: Iterable[str]) -> set[AboutRow]:
    """The rows of entries."""
    found: set[AboutRow] = set()
    for some in chunks(sorted(ids)):
        rows = connection.execute(select(entry_about).where(entry_about.c.entry_id.in_(some)))
        found |= {AboutRow(r.key, r.published, r.entry_id, r.dated, r.tie) for r in rows}
    return found


def replace(connection: Connection, before: set[AboutRow], after: set[AboutRow]) -> None:
    """Make the rows `before` the rows `after`."""
    if gone := before - after:
        key = [column for column in entry_about.primary_key]
        statement = delete(entry_about).where(and_(*(column == bindparam(f"old_{column.name}") for column in key)))
        rows = [{f"old_{column.name}": getattr(row, column.name) for column in key} for row in gone]
        connection.execute(statement, rows)
    if new := after - before:
        connection.execute(insert(entry_about), [row._asdict() for row in sorted(new, key=lambda row: row[:3])])


def holders(
    connection: Connection, keys: Collection[str], between: tuple[datetime, datetime] | None = None
) -> defaultdict[str, list[Row[Any]]]:
    """The rows of each key, of entries published `between` two times; none for a key that more than `MOST` have."""
    found: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    when = [] if between is None else [entry_about.c.published.between(*between)]
    for some in chunks(sorted(keys)):
        counted = select(entry_about.c.key).where(entry_about.c.key.in_(some), *when)
        common = counted.group_by(entry_about.c.key).having(func.count() > MOST)
        rare = sorted(set(some) - set(connection.scalars(common)))
        for row in connection.execute(select(entry_about).where(entry_about.c.key.in_(rare), *when)):
            found[row.key].append(row)
    return found
