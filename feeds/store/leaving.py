"""Entries that leave: handed over to another document that has them, else withdrawn; by hand for good."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import Row
from sqlalchemy import bindparam
from sqlalchemy import case
from sqlalchemy import delete
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update

from feeds.errors import NotFoundError
from feeds.store import decide
from feeds.store.changes import mark
from feeds.store.changes import related_to
from feeds.store.codec import place
from feeds.store.decide import Standing
from feeds.store.engine import changing
from feeds.store.engine import chunks
from feeds.store.loading import Surroundings
from feeds.store.loading import load
from feeds.store.prepare import order_key
from feeds.store.relisting import relist
from feeds.store.schema import document
from feeds.store.schema import entry
from feeds.store.schema import standing
from feeds.store.stories import connect


def withdraw_for_good(engine: Engine, entry_id: str, now: datetime) -> bool:
    """Withdraw an entry by hand; tell whether it was not so already. Raises `NotFoundError`."""
    with changing(engine) as connection:
        row = connection.execute(select(entry).where(entry.c.id == entry_id)).one_or_none()
        if row is None:
            raise NotFoundError("entry", entry_id)
        if row.withdrawn_for_good:
            return False
        withdraw_all(connection, [dict(row._mapping)], now)
    return True


def withdraw_all(connection: Connection, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Withdraw entries of one source for good; for a reader nothing changes where one had left its document before."""
    connection.execute(update(entry).where(entry.c.id.in_([row["id"] for row in rows])).values(withdrawn_for_good=True))
    live = [row for row in rows if row["withdrawn_at"] is None]
    if not live:
        return
    ids = [row["id"] for row in live]
    withdraw(connection, ids, now)
    relist(connection, live, [])
    _count_down(connection, ids)
    related = related_to(connection, ids)
    connected = connect(connection, ids)
    mark(connection, {*ids, *related, *connected.changed}, now, moved=connected.moved)


def _count_down(connection: Connection, ids: Sequence[str]) -> None:
    """Documents hold fewer entries."""
    standing_in = select(standing.c.document_id, func.count()).where(standing.c.entry_id.in_(ids))
    for document_id, number in connection.execute(standing_in.group_by(standing.c.document_id)).all():
        fewer = case((document.c.entries > number, document.c.entries - number), else_=0)
        connection.execute(update(document).where(document.c.id == document_id).values(entries=fewer))


def withdraw(connection: Connection, ids: Iterable[str], now: datetime) -> None:
    """Make entries tombstones; taking them out of their listings is the caller's."""
    for some in chunks(sorted(ids)):
        connection.execute(update(entry).where(entry.c.id.in_(some)).values(withdrawn_at=now))


def handed_row(around: Surroundings, entry_id: str, to: Standing) -> dict[str, Any]:
    """The columns of an entry that another document leads now.

    Its text is not the other document's yet; without a digest the next reading of that one writes it.
    """
    key = order_key(around.names[to.document_id][0], place(to.place).position)
    return {"id": entry_id, "document_id": to.document_id, "order_key": key, "place": to.place, "digest": ""}


def hand_over(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the rows of `handed_row`, and have their documents written at the next reading whatever it is."""
    if not rows:
        return
    names = ("document_id", "order_key", "place", "digest")
    changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    values = [{f"new_{name}": value for name, value in row.items()} for row in rows]
    connection.execute(update(entry).where(entry.c.id == bindparam("new_id")).values(changed), values)
    documents = sorted({row["document_id"] for row in rows})
    connection.execute(update(document).where(document.c.id.in_(documents)).values(fingerprint=None))


def leave_standings(connection: Connection, document_id: int, ids: Iterable[str]) -> None:
    """Entries stand in a document no longer."""
    for some in chunks(sorted(ids)):
        mine = (standing.c.document_id == document_id) & standing.c.entry_id.in_(some)
        connection.execute(delete(standing).where(mine))


def leave_other_sources(
    connection: Connection, source_id: int, there: Iterable[Row[Any]], now: datetime
) -> tuple[set[str], set[str]]:
    """Have a document that was in other sources leave them; `there` are all documents at its location.

    Gives the entries that a reader sees changed, and the names under which the document was known there.
    """
    changed: set[str] = set()
    left = [row for row in there if row.source_id not in {None, source_id}]
    for row in left:
        changed |= _leave(connection, load(connection, row.source_id, row.id, []), now)
        connection.execute(update(document).where(document.c.id == row.id).values(entries=0, fingerprint=None))
    return changed, {row.name for row in left}


def _leave(connection: Connection, around: Surroundings, now: datetime) -> set[str]:
    leaders = {i: decide.leader(s, around.names) for i in around.rows if (s := around.others(i))}
    led = {i for i, row in around.rows.items() if row.document_id == around.document_id}
    moved = [handed_row(around, i, leaders[i]) for i in sorted(led & leaders.keys())]
    gone = {i for i in around.rows.keys() - leaders.keys() if around.rows[i].withdrawn_at is None}
    _apply(connection, around, moved, gone, now)
    handed = {row["id"] for row in moved if around.rows[row["id"]].withdrawn_at is None}
    return handed | gone | related_to(connection, gone)


def _apply(
    connection: Connection,
    around: Surroundings,
    moved: Sequence[Mapping[str, Any]],
    gone: Collection[str],
    now: datetime,
) -> None:
    before = [dict(around.rows[i]._mapping) for i in (*gone, *(row["id"] for row in moved))]
    hand_over(connection, moved)
    withdraw(connection, gone, now)
    leave_standings(connection, around.document_id, around.here())
    relist(connection, before, [{**around.rows[row["id"]]._mapping, **row} for row in moved])
