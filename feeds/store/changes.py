"""What changed since: every entry carries the version at which a reader last could see a change of it.

A version is given away while its row is locked and until the transaction ends, so what is committed later has a greater
one: nothing is ever written behind a mirror that walks along the versions.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Row
from sqlalchemy import bindparam
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import tuple_
from sqlalchemy import update

from feeds.errors import QueryError
from feeds.model import Change
from feeds.model import Changes
from feeds.model import Scope
from feeds.store.codec import entry_from_row
from feeds.store.columns import Key
from feeds.store.counting import bump
from feeds.store.engine import chunks
from feeds.store.indexing import index
from feeds.store.packed import pack
from feeds.store.packed import unpack
from feeds.store.reading import entry_columns
from feeds.store.reading import read_relations
from feeds.store.schema import document
from feeds.store.schema import entry
from feeds.store.schema import relation
from feeds.store.schema import source
from feeds.store.schema import state
from feeds.store.statements import SOME
from feeds.store.statements import among
from feeds.store.versions import raise_versions
from feeds.store.versions import scopes_of_entries
from feeds.store.written import NOTHING
from feeds.store.written import Written

#: However many a caller asks for.
MOST = 1000

_MARK = update(entry).where(among(entry.c.id)).values(changed=bindparam("version"), changed_at=bindparam("at"))
#: By the rows of these themselves: each end of a relation has one.
_RELATED = select(relation.c.other_id).select_from(relation.join(entry, relation.c.other_id == entry.c.id))
_RELATED = _RELATED.where(among(relation.c.entry_id), entry.c.withdrawn_at.is_(None))

#: The version and the id of the last change that a reader has.
_Position = tuple[int, str]


def mark(
    connection: Connection,
    ids: Iterable[str],
    now: datetime,
    scopes: Iterable[Scope] = (),
    moved: Iterable[str] = (),
    written: Written = NOTHING,
) -> None:
    """Give the store its next version, and the entries `ids` that version; the last step of a transaction.

    What was `written` may have that version already, and the scopes of what is new there stand in `scopes`.
    The listings that these entries are in, and those with one of `scopes`, change with it: say there what entries were
    in before. So do those of `moved`, entries that look the same and may now be hidden behind another one. The entries
    are brought into the search, or out of it, as they are now.
    """
    ids = set(ids)
    index(connection, sorted(ids), written)
    changed = scopes_of_entries(connection, {*ids, *moved} - written.new) | set(scopes)
    version = bump(connection) if written.version is None else written.version
    for some in chunks(sorted(ids - written.ids)):
        connection.execute(_MARK, {SOME: some, "version": version, "at": now})
    raise_versions(connection, changed, version, now)


def related_to(connection: Connection, ids: Iterable[str]) -> set[str]:
    """The live entries with a relation to one of `ids`: they show it or not as that one comes and goes."""
    found: set[str] = set()
    for some in chunks(sorted(ids)):
        found |= set(connection.scalars(_RELATED, {SOME: some}))
    return found


def live_entries(connection: Connection, *, document_id: int | None = None, source_id: int | None = None) -> set[str]:
    """The ids of all live entries that a document leads, that a source has."""
    asked = select(entry.c.id).where(entry.c.withdrawn_at.is_(None))
    if document_id is not None:
        asked = asked.where(entry.c.document_id == document_id)
    if source_id is not None:
        asked = asked.where(entry.c.source_id == source_id)
    return set(connection.scalars(asked))


def read_changes(connection: Connection, cursor: str | None, limit: int) -> Changes:
    """The changes behind a cursor, the oldest first. Raises `QueryError`."""
    if limit < 1:
        raise QueryError("limit", f"{limit} is less than 1")
    present = connection.execute(select(state)).one()
    after = (0, "") if cursor is None else _read_cursor(cursor, present)
    rows = connection.execute(_walk(after, min(limit, MOST) + 1)).all()
    shown = rows[: min(limit, MOST)]
    relations = read_relations(connection, [row.id for row in shown if row.withdrawn_at is None])
    last = (shown[-1].changed, shown[-1].id) if shown else after
    return Changes(
        items=tuple(_change(row, relations[row.id]) for row in shown),
        cursor=_write_cursor(last, present.lineage),
        more=len(rows) > len(shown),
    )


def _walk(after: _Position, limit: int) -> Any:
    joined = entry.join(source).join(document, entry.c.document_id == document.c.id)
    columns = [*entry_columns(), entry.c.changed, entry.c.changed_at]
    behind = tuple_(entry.c.changed, entry.c.id) > tuple_(literal(after[0]), literal(after[1], Key))
    asked = select(*columns).select_from(joined).where(behind, entry.c.changed > 0)
    return asked.order_by(entry.c.changed, entry.c.id).limit(limit)


def _change(row: Row[Any], relations: Any) -> Change:
    entry_now = entry_from_row(row, relations) if row.withdrawn_at is None else None
    return Change(row.id, row.changed_at, entry_now)


def _write_cursor(position: _Position, lineage: str) -> str:
    return pack(lineage, *position)


def _read_cursor(cursor: str, present: Row[Any]) -> _Position:
    match unpack(cursor):
        case (str() as lineage, int() as version, str() as entry_id) if version >= 0:
            if lineage == present.lineage and version <= present.version:
                return version, entry_id
            raise QueryError("since", "is from another store, or from one that was put back; begin again without it")
    raise QueryError("since", "is not one that this service gave; leave it out to begin with the first change")
