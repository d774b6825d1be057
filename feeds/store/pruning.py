"""Old entries out of the store, so that it does not grow for ever; what they were known by stays.

A pruned entry is withdrawn for good: a reader is told that it is gone, and no document that still holds it brings it
back. Its texts are dropped, and only what it is recognised by is left. Unlike one that was withdrawn by hand it holds
back no copies of it elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import Row
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update

from feeds.errors import UnavailableError
from feeds.identity import OPENING
from feeds.store.advice import explained
from feeds.store.engine import changing
from feeds.store.engine import reading
from feeds.store.engine import writing
from feeds.store.indexing import refill
from feeds.store.leaving import withdraw_all
from feeds.store.schema import entry
from feeds.store.schema import revision
from feeds.store.schema import search_entry
from feeds.store.schema import source
from feeds.text import letters

#: Entries in one transaction.
CHUNK = 200
#: The search is written anew where more of its rows than this, and more than half, are of texts that nobody sees.
_DEAD = 1000
#: Nobody reads them any more. What is left, see `_left`, is what `feeds.store.loading` makes traits of.
_EMPTY: dict[str, Any] = {"summary": "", "content_html": "", "links": "[]", "labels": "[]", "quoted": "[]"}


@dataclass(slots=True)
class Pruned:
    """What pruning did."""

    #: Entries that were taken out of the listings.
    entries: int = 0
    #: Entries that had been withdrawn before, and whose texts were dropped now.
    texts: int = 0
    #: Earlier texts of entries.
    revisions: int = 0
    #: Whether the search was written anew.
    refilled: bool = False


def prune(engine: Engine, before: datetime, now: datetime) -> Pruned:
    """Withdraw for good what was published, and known, before a moment; drop texts that nobody has seen since then."""
    done = Pruned()
    for source_id in _sources(engine):
        while found := _withdraw_some(engine, source_id, before, now):
            done.entries += found
    while found := _empty_some(engine, before):
        done.texts += found
    with writing(engine) as connection:
        old = delete(revision).where(revision.c.updated < before)
        done.revisions = connection.execute(old).rowcount
    with changing(engine) as connection:
        done.refilled = _has_many_dead(connection)
        if done.refilled:
            refill(connection)
    _compact(engine)
    return done


def _sources(engine: Engine) -> Sequence[int]:
    with reading(engine) as connection:
        return connection.scalars(select(source.c.id).order_by(source.c.id)).all()


def _withdraw_some(engine: Engine, source_id: int, before: datetime, now: datetime) -> int:
    old = and_(entry.c.published < before, entry.c.first_seen < before)
    live = and_(entry.c.source_id == source_id, entry.c.withdrawn_at.is_(None), old)
    with changing(engine) as connection:
        rows = connection.execute(select(entry).where(live).order_by(entry.c.published).limit(CHUNK)).all()
        if rows:
            withdraw_all(connection, [dict(row._mapping) for row in rows], now)
            # Without keys it holds back no copies; it is found again by those of the look-up table.
            _empty(connection, rows, keys="[]")
    return len(rows)


def _empty_some(engine: Engine, before: datetime) -> int:
    """What left its document long ago loses its texts; should it come back, the document has them."""
    full = and_(entry.c.withdrawn_at < before, entry.c.content_html != "")
    with changing(engine) as connection:
        rows = connection.execute(select(entry).where(full).order_by(entry.c.id).limit(CHUNK)).all()
        if rows:
            _empty(connection, rows)
            returning = [row.id for row in rows if not row.withdrawn_for_good]
            connection.execute(update(entry).where(entry.c.id.in_(returning)).values(digest=""))
    return len(rows)


def _empty(connection: Connection, rows: Sequence[Row[Any]], **more: str) -> None:
    left = [{"row": row.id, **_left(row)} for row in rows]
    names: dict[str, BindParameter[Any]] = {name: bindparam(f"new_{name}") for name in left[0] if name != "row"}
    bound = [{"row": one["row"], **{f"new_{name}": one[name] for name in names}} for one in left]
    connection.execute(update(entry).where(entry.c.id == bindparam("row")).values(**_EMPTY, **names, **more), bound)
    connection.execute(delete(revision).where(revision.c.entry_id.in_([row.id for row in rows])))


def _left(row: Row[Any]) -> dict[str, Any]:
    """The words that an entry opens with, by which it is recognised: of its text, else its title, else its pictures."""
    text = _opening(row.content_text)
    title = None if text or row.title is None else _opening(row.title)
    return {"content_text": text, "title": title, "media": row.media if not (text or title) else "[]"}


def _opening(words: str) -> str:
    """As much as has the same opening letters."""
    whole = letters(words)[:OPENING]
    lengths = (OPENING * 2**power for power in range(6))
    return next((words[:length] for length in lengths if letters(words[:length])[:OPENING] == whole), words)


def _has_many_dead(connection: Connection) -> bool:
    counted = select(func.count(), func.count(search_entry.c.entry_id)).select_from(search_entry)
    rows, live = connection.execute(counted).one()
    return rows - live > max(_DEAD, live)


def _compact(engine: Engine) -> None:
    """Give back to the system what is free; neither database does so inside of a transaction."""
    try:
        with closing(engine.raw_connection()) as connection:
            cursor = connection.cursor()
            if engine.dialect.name == "sqlite":
                cursor.execute("VACUUM")
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.fetchall()
                return
            server: Any = connection.driver_connection
            server.autocommit = True
            cursor.execute("VACUUM ANALYZE")
            server.autocommit = False
    except engine.dialect.loaded_dbapi.Error as error:
        raise UnavailableError(f"all was pruned, and the store cannot be made smaller: {explained(error)}") from error
