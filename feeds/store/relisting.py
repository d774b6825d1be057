"""Entry rows as they were and as they are, brought into the listings and the counters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import select

from feeds.store.codec import people
from feeds.store.codec import topic_slugs
from feeds.store.counting import Listable
from feeds.store.counting import count_source
from feeds.store.counting import move
from feeds.store.engine import chunks
from feeds.store.schema import author
from feeds.store.statements import SOME
from feeds.store.statements import among

_IDS = select(author.c.slug, author.c.id).where(among(author.c.slug))


def relist(
    connection: Connection,
    before: Iterable[Mapping[str, Any]],
    after: Iterable[Mapping[str, Any]],
    authors: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """Take the entries `before` out of their listings and put those `after` in; what is withdrawn is in none.

    Mappings have the columns of `entry` that decide where it is listed. Of some `authors` the rows are known, by slug.
    """
    old = [row for row in before if row["withdrawn_at"] is None]
    new = [row for row in after if row["withdrawn_at"] is None]
    packed = [row[column] for row in (*old, *new) for column in ("people", "quoted")]
    slugs = {p.slug for some in packed for p in people(some)}
    ids = {**authors, **_author_ids(connection, slugs - authors.keys() - {""})}
    move(connection, [_listable(row, ids) for row in old], [_listable(row, ids) for row in new])
    _count_sources(connection, old, new)


def _count_sources(connection: Connection, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> None:
    difference = Counter(row["source_id"] for row in new)
    difference.subtract(Counter(row["source_id"] for row in old))
    for source_id, number in sorted(difference.items()):
        count_source(connection, source_id, number)


def _author_ids(connection: Connection, slugs: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in chunks(sorted(slugs)):
        found |= {slug: author_id for slug, author_id in connection.execute(_IDS, {SOME: some})}
    return found


def _listable(row: Mapping[str, Any], ids: Mapping[str, int]) -> Listable:
    byline, quoted = (
        tuple(ids[p.slug] for p in people(row[column]) if p.slug in ids) for column in ("people", "quoted")
    )
    return Listable(
        row["id"], row["source_id"], row["published"], row["order_key"], byline, quoted, topic_slugs(row["topics"])
    )
