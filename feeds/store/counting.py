"""Listings and counters: rows derived from entries, moved with them in the same transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column
from sqlalchemy import Connection
from sqlalchemy import Table
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update

from feeds.store.engine import add
from feeds.store.engine import chunks
from feeds.store.schema import author
from feeds.store.schema import entry
from feeds.store.schema import listing
from feeds.store.schema import source
from feeds.store.schema import state
from feeds.store.schema import topic

_COLUMNS = ("author_id", "part", "topic", "published", "order_key", "entry_id", "source_id")
#: In the order of `_COLUMNS`.
Listed = tuple[int, str, str, datetime, str, str, int]


@dataclass(frozen=True, slots=True)
class Listable:
    """What of an entry decides where it is listed."""

    id: str
    source_id: int
    published: datetime
    order_key: str
    byline: tuple[int, ...]
    quoted: tuple[int, ...]
    topics: tuple[str, ...]


def listed(one: Listable) -> set[Listed]:
    """The rows of an entry: its authors and its topics, alone and together."""
    whose = [(0, ""), *((a, "byline") for a in one.byline), *((a, "quoted") for a in one.quoted)]
    return {
        (author_id, part, topic, one.published, one.order_key, one.id, one.source_id)
        for author_id, part in whose
        for topic in ("", *one.topics)
        if author_id or topic
    }


def move(connection: Connection, before: Iterable[Listable], after: Iterable[Listable]) -> bool:
    """Take the entries in `before` out of their listings and put those in `after` in; tell whether anything moved."""
    old = set().union(*map(listed, before))
    new = set().union(*map(listed, after))
    _take_out(connection, sorted(old - new))
    _put_in(connection, sorted(new - old))
    _count_authors(connection, old, new)
    _count_topics(connection, old, new)
    return old != new


def count_source(connection: Connection, source_id: int, difference: int) -> None:
    """Add to the number of live entries of a source, and look up the newest."""
    newest = select(func.max(entry.c.published)).where(entry.c.source_id == source_id, entry.c.withdrawn_at.is_(None))
    changes = {"entries": source.c.entries + difference, "newest": newest.scalar_subquery()}
    connection.execute(update(source).where(source.c.id == source_id).values(changes))


def bump(connection: Connection) -> int:
    """The next version of the store: what caches are exact by. Nobody else gets one until the transaction ends."""
    connection.execute(update(state).values(version=state.c.version + 1))
    return int(connection.scalars(select(state.c.version)).one())


def _take_out(connection: Connection, rows: Sequence[Listed]) -> None:
    if rows:
        key = [c for c in listing.primary_key]
        statement = delete(listing).where(and_(*(c == bindparam(f"old_{c.name}") for c in key)))
        connection.execute(statement, [{f"old_{c.name}": row[_COLUMNS.index(c.name)] for c in key} for row in rows])


def _put_in(connection: Connection, rows: Sequence[Listed]) -> None:
    if rows:
        connection.execute(insert(listing), [dict(zip(_COLUMNS, row, strict=True)) for row in rows])


def _count_authors(connection: Connection, old: set[Listed], new: set[Listed]) -> None:
    for part, column in (("byline", author.c.entries), ("quoted", author.c.quoted)):
        before, after = ([row[0] for row in rows if row[1] == part and row[2] == ""] for rows in (old, new))
        _add(connection, author, author.c.id, column, _difference(before, after))
    touched = {row[0] for row in old ^ new if row[1] == "byline"}
    newest = _newest(listing.c.author_id == author.c.id, listing.c.part == "byline", listing.c.topic == "")
    _refresh(connection, author, author.c.id, newest, touched)


def _count_topics(connection: Connection, old: set[Listed], new: set[Listed]) -> None:
    before, after = ([row[2] for row in rows if row[0] == 0] for rows in (old, new))
    add(connection, topic, [{"slug": slug, "entries": 0} for slug in sorted(set(after))])
    _add(connection, topic, topic.c.slug, topic.c.entries, _difference(before, after))
    touched = {row[2] for row in old ^ new if row[0] == 0}
    newest = _newest(listing.c.topic == topic.c.slug, listing.c.author_id == 0, listing.c.part == "")
    _refresh(connection, topic, topic.c.slug, newest, touched)


def _difference(before: Iterable[Any], after: Iterable[Any]) -> Counter[Any]:
    difference = Counter(after)
    difference.subtract(Counter(before))
    return difference


def _add(connection: Connection, table: Table, key: Column[Any], column: Column[Any], difference: Counter[Any]) -> None:
    changes = [{"row": k, "more": number} for k, number in sorted(difference.items()) if number]
    if changes:
        statement = update(table).where(key == bindparam("row")).values({column.name: column + bindparam("more")})
        connection.execute(statement, changes)


def _newest(*conditions: Any) -> Any:
    return select(func.max(listing.c.published)).where(*conditions).scalar_subquery()


def _refresh(connection: Connection, table: Table, key: Column[Any], newest: Any, touched: Collection[Any]) -> None:
    for some in chunks(sorted(touched)):
        connection.execute(update(table).where(key.in_(some)).values(newest=newest))
