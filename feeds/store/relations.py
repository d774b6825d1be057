"""Rows of relations: what an entry quotes, and by what it is quoted."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence

from sqlalchemy import Connection
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import select

from feeds.model import RelationKind
from feeds.store.engine import add
from feeds.store.engine import chunks
from feeds.store.schema import relation


def save_quotes(connection: Connection, ids: Iterable[str], quotes: set[tuple[str, str]]) -> None:
    """Make `quotes`, pairs of who quotes whom, all that the entries `ids` quote; both directions are kept."""
    before: set[tuple[str, str]] = set()
    for some in chunks(ids):
        quoting = relation.c.entry_id.in_(some) & (relation.c.kind == RelationKind.QUOTES.value)
        rows = connection.execute(select(relation.c.entry_id, relation.c.other_id).where(quoting))
        before |= {(row.entry_id, row.other_id) for row in rows}
    _remove(connection, sorted(before - quotes))
    _insert(connection, sorted(quotes - before))


def _remove(connection: Connection, pairs: Sequence[tuple[str, str]]) -> None:
    if pairs:
        same = (relation.c[name] == bindparam(f"old_{name}") for name in ("entry_id", "kind", "other_id"))
        rows = [{f"old_{name}": value for name, value in row.items()} for row in _both(pairs)]
        connection.execute(delete(relation).where(and_(*same)), rows)


def _insert(connection: Connection, pairs: Sequence[tuple[str, str]]) -> None:
    add(connection, relation, list(_both(pairs)))


def _both(pairs: Sequence[tuple[str, str]]) -> Iterable[dict[str, str]]:
    for one, other in pairs:
        yield {"entry_id": one, "kind": RelationKind.QUOTES.value, "other_id": other}
        yield {"entry_id": other, "kind": RelationKind.QUOTED_BY.value, "other_id": one}
