"""The earlier texts of entries: kept when an edit is written, in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Row
from sqlalchemy import delete
from sqlalchemy import insert
from sqlalchemy import literal
from sqlalchemy import select

from feeds.errors import GoneError
from feeds.errors import NotFoundError
from feeds.model import Revision
from feeds.store.engine import chunks
from feeds.store.schema import entry
from feeds.store.schema import revision

#: Earlier texts of one entry; of more the first and the latest stay.
MOST = 20

_TEXT = ("title", "summary", "updated", "content_html", "content_text")


def keep_texts(connection: Connection, ids: Iterable[str]) -> None:
    """Keep the present texts of entries that are about to be edited."""
    for some in chunks(sorted(ids)):
        present = select(entry.c.id, entry.c.revision, *(entry.c[name] for name in _TEXT)).where(entry.c.id.in_(some))
        connection.execute(insert(revision).from_select(["entry_id", "number", *_TEXT], present))
        connection.execute(delete(revision).where(revision.c.entry_id.in_(some), _is_too_much()))


def read_revisions(connection: Connection, entry_id: str) -> tuple[Revision, ...]:
    """The texts of an entry, the present one first. Raises `NotFoundError`, `GoneError` for a withdrawn one."""
    columns = [entry.c[name] for name in _TEXT]
    asked = select(entry.c.revision.label("number"), entry.c.withdrawn_at, *columns).where(entry.c.id == entry_id)
    present = connection.execute(asked).one_or_none()
    if present is None:
        raise NotFoundError("entry", entry_id)
    if present.withdrawn_at is not None:
        raise GoneError("entry", entry_id)
    earlier = select(revision).where(revision.c.entry_id == entry_id).order_by(revision.c.number.desc())
    return tuple(_revision(row) for row in (present, *connection.execute(earlier)))


def _is_too_much() -> Any:
    """Neither the first nor among the latest; the entry's own row still has the number of the last one kept."""
    last = select(entry.c.revision).where(entry.c.id == revision.c.entry_id).scalar_subquery()
    return (revision.c.number > literal(1)) & (revision.c.number <= last - (MOST - 1))


def _revision(row: Row[Any]) -> Revision:
    return Revision(row.number, row.title, row.content_html, row.content_text, row.summary, row.updated)
