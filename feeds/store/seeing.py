"""An entry that a second document has held for longer was first seen there, whichever was read first."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import bindparam
from sqlalchemy import update

from feeds.model import Basis
from feeds.store.engine import chunks
from feeds.store.relisting import relist
from feeds.store.schema import entry


def see_earlier(connection: Connection, rows: Iterable[Mapping[str, Any]], seen: datetime) -> set[str]:
    """Move `first_seen` of stored entries back to `seen`, with what was taken from it; gives those that moved."""
    before = [row for row in rows if seen < row["first_seen"]]
    for ids in chunks([row["id"] for row in before]):
        connection.execute(update(entry).where(entry.c.id.in_(ids)).values(first_seen=seen))
    undated = [row for row in before if row["basis"] == Basis.FIRST_SEEN]
    after = [{**row, "published": seen, "updated": seen if row["revision"] == 1 else row["updated"]} for row in undated]
    if after:
        moved: dict[str, Any] = {"published": bindparam("its_published"), "updated": bindparam("its_updated")}
        values = [{f"its_{name}": row[name] for name in ("id", *moved)} for row in after]
        connection.execute(update(entry).where(entry.c.id == bindparam("its_id")).values(moved), values)
        relist(connection, undated, after)
    return {row["id"] for row in before if row["withdrawn_at"] is None}
