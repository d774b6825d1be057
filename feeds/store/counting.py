"""Listings and counters: rows derived from entries, moved with them in the same transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from typing import NamedTuple

from sqlalchemy import Column
from sqlalchemy import ColumnElement
from sqlalchemy import Connection
from sqlalchemy import Update
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import case
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update

from feeds.store.columns import Instant
from feeds.store.engine import chunks
from feeds.store.schema import author
from feeds.store.schema import entry
from feeds.store.schema import listing
from feeds.store.schema import source
from feeds.store.schema import state
from feeds.store.schema import topic
from feeds.store.statements import SOME
from feeds.store.statements import add
from feeds.store.statements import among
from feeds.store.statements import put

_COLUMNS = ("author_id", "part", "topic", "published", "order_key", "entry_id", "source_id")


def _adding(key: Column[Any], column: Column[int]) -> Update:
    return update(key.table).where(key == bindparam("row")).values({column.name: column + bindparam("more")})


def _gaining(key: Column[Any], column: Column[int]) -> Update:
    """For what only gains entries: then no listing must be asked for the newest."""
    newest, latest = key.table.c.newest, bindparam("latest", type_=Instant())
    later = case((newest > latest, newest), else_=latest)
    return _adding(key, column).values(newest=later)


def _refreshing(key: Column[Any], *conditions: ColumnElement[bool]) -> Update:
    newest = select(func.max(listing.c.published)).where(*conditions).scalar_subquery()
    return update(key.table).where(among(key)).values(newest=newest)


_ADD_ENTRIES = _adding(author.c.id, author.c.entries)
_ADD_QUOTED = _adding(author.c.id, author.c.quoted)
_ADD_TOPICS = _adding(topic.c.slug, topic.c.entries)
_GAIN_ENTRIES = _gaining(author.c.id, author.c.entries)
_GAIN_TOPICS = _gaining(topic.c.slug, topic.c.entries)
_REFRESH_AUTHORS = _refreshing(
    author.c.id, listing.c.author_id == author.c.id, listing.c.part == "byline", listing.c.topic == ""
)
_REFRESH_TOPICS = _refreshing(
    topic.c.slug, listing.c.topic == topic.c.slug, listing.c.author_id == 0, listing.c.part == ""
)
_NEWEST = select(func.max(entry.c.published))
_NEWEST = _NEWEST.where(entry.c.source_id == bindparam("row"), entry.c.withdrawn_at.is_(None))
_COUNT_SOURCE = _adding(source.c.id, source.c.entries).values(newest=_NEWEST.scalar_subquery())
_BUMP = update(state).values(version=state.c.version + 1).returning(state.c.version)


class _Counters(NamedTuple):
    """How the number of entries and the newest of them are kept: of what only gains entries, and of the others."""

    gain: Update
    add: Update
    refresh: Update


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
    connection.execute(_COUNT_SOURCE, {"row": source_id, "more": difference})


def bump(connection: Connection) -> int:
    """The next version of the store: what caches are exact by. Nobody else gets one until the transaction ends."""
    return int(connection.scalars(_BUMP).one())


def _take_out(connection: Connection, rows: Sequence[Listed]) -> None:
    if rows:
        key = [c for c in listing.primary_key]
        statement = delete(listing).where(and_(*(c == bindparam(f"old_{c.name}") for c in key)))
        connection.execute(statement, [{f"old_{c.name}": row[_COLUMNS.index(c.name)] for c in key} for row in rows])


def _put_in(connection: Connection, rows: Sequence[Listed]) -> None:
    put(connection, listing, [dict(zip(_COLUMNS, row, strict=True)) for row in rows])


def _count_authors(connection: Connection, old: set[Listed], new: set[Listed]) -> None:
    quoted_before, quoted = ([row[0] for row in rows if row[1] == "quoted" and row[2] == ""] for rows in (old, new))
    _add(connection, _ADD_QUOTED, _difference(quoted_before, quoted))
    before, after = ([(row[0], row[3]) for row in rows if row[1] == "byline" and row[2] == ""] for rows in (old, new))
    _count(connection, _Counters(_GAIN_ENTRIES, _ADD_ENTRIES, _REFRESH_AUTHORS), before, after)


def _count_topics(connection: Connection, old: set[Listed], new: set[Listed]) -> None:
    before, after = ([(row[2], row[3]) for row in rows if row[0] == 0] for rows in (old, new))
    add(connection, topic, [{"slug": slug, "entries": 0} for slug in sorted({slug for slug, _ in after})])
    _count(connection, _Counters(_GAIN_TOPICS, _ADD_TOPICS, _REFRESH_TOPICS), before, after)


def _count(
    connection: Connection,
    how: _Counters,
    before: Sequence[tuple[Any, datetime]],
    after: Sequence[tuple[Any, datetime]],
) -> None:
    """Count what has entries, each given with when it was published, before and after."""
    losing = {key for key, _ in before}
    gained = Counter(key for key, _ in after if key not in losing)
    latest = {key: published for key, published in sorted(after)}
    changes = [{"row": key, "more": number, "latest": latest[key]} for key, number in sorted(gained.items())]
    if changes:
        connection.execute(how.gain, changes)
    _add(connection, how.add, _difference([key for key, _ in before], [key for key, _ in after if key in losing]))
    moved = set(before) ^ {one for one in after if one[0] in losing}
    _refresh(connection, how.refresh, {key for key, _ in moved})


def _difference(before: Iterable[Any], after: Iterable[Any]) -> Counter[Any]:
    difference = Counter(after)
    difference.subtract(Counter(before))
    return difference


def _add(connection: Connection, statement: Update, difference: Counter[Any]) -> None:
    changes = [{"row": k, "more": number} for k, number in sorted(difference.items()) if number]
    if changes:
        connection.execute(statement, changes)


def _refresh(connection: Connection, statement: Update, touched: Collection[Any]) -> None:
    for some in chunks(sorted(touched)):
        connection.execute(statement, {SOME: some})
