"""Which listings changed when: rows raised in the transaction that changes the entries, so that caches are exact.

A row has the version of the store of its last change. Versions are given away in the order in which transactions end,
so the greatest version of a listing's scopes grows with every change of it, and with nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import true

from feeds.model.scope import ALL
from feeds.model.scope import Scope
from feeds.model.scope import author_scope
from feeds.model.scope import document_scope
from feeds.model.scope import source_scope
from feeds.model.scope import topic_scope
from feeds.store.codec import people
from feeds.store.codec import topic_slugs
from feeds.store.columns import Instant
from feeds.store.engine import chunks
from feeds.store.schema import document
from feeds.store.schema import entry
from feeds.store.schema import listing_version
from feeds.store.schema import source
from feeds.store.schema import standing
from feeds.store.schema import state
from feeds.store.statements import SOME
from feeds.store.statements import among
from feeds.store.statements import upsert

#: What all listings show, such as the date of those without entries.
STORE = Scope("store")
_SECOND = timedelta(seconds=1)

_BELONGING = select(entry.c.people, entry.c.quoted, entry.c.topics, source.c.slug).join_from(entry, source)
_BELONGING = _BELONGING.where(among(entry.c.id))
_STANDING_IN = select(document.c.name).join(standing).where(among(standing.c.entry_id)).distinct()


@dataclass(frozen=True, slots=True)
class Mark:
    """How a listing stands."""

    #: Of the store: one that was put into its place is another one.
    lineage: str
    #: Of the store as a whole.
    store_version: int
    #: Of the listing; 0 where it never changed.
    version: int
    #: When it last changed, in whole seconds; None where it never did.
    changed_at: datetime | None

    def shows_the_same(self, other: Mark) -> bool:
        """Whether the listing holds the same now as then."""
        return self.version == other.version and self.lineage == other.lineage


def scopes_of(rows: Iterable[Mapping[str, Any]]) -> set[Scope]:
    """The authors and topics of rows of `entry`; only `people`, `quoted` and `topics` are looked at."""
    found: set[Scope] = set()
    for packed in {row[column] for row in rows for column in ("people", "quoted")}:
        found |= {author_scope(person.slug) for person in people(packed)}
    for packed in {row["topics"] for row in rows}:
        found |= {topic_scope(slug) for slug in topic_slugs(packed)}
    return found


def scopes_of_entries(connection: Connection, ids: Iterable[str]) -> set[Scope]:
    """All that entries belong to as they stand, those withdrawn as they stood last."""
    found: set[Scope] = set()
    for some in chunks(sorted(ids)):
        rows = connection.execute(_BELONGING, {SOME: some}).all()
        found |= scopes_of([row._asdict() for row in rows]) | {source_scope(row.slug) for row in rows}
        found |= {document_scope(name) for name in connection.scalars(_STANDING_IN, {SOME: some})}
        found.add(ALL)
    return found


def raise_versions(connection: Connection, scopes: Collection[Scope], version: int, now: datetime) -> None:
    """Note a change of all listings with these scopes. `version` is the one that the store has now."""
    before = _moments(connection, scopes)
    at = now.replace(microsecond=0)
    rows = [
        {
            "kind": scope.kind,
            "key": scope.key,
            "version": version,
            # Two changes in one second would have one Last-Modified, and a reader that goes by it would miss the other.
            "changed_at": max(at, before[scope] + _SECOND) if scope in before else at,
        }
        for scope in sorted(scopes)
    ]
    upsert(connection, listing_version, rows)


def read_mark(connection: Connection, scopes: Sequence[Scope]) -> Mark:
    """How the listing with these scopes stands, by one statement."""
    mine = select(func.max(listing_version.c.version), func.max(listing_version.c.changed_at, type_=Instant))
    found = mine.where(_is_one_of([STORE, *(scopes or (ALL,))])).subquery("found")
    row = connection.execute(
        select(state.c.lineage, state.c.version, *found.c).select_from(state.join(found, true()))
    ).one()
    return Mark(row[0], row[1], row[2] or 0, row[3])


def read_changed(connection: Connection, since: int) -> tuple[Scope, ...]:
    """The scopes that changed after the store had the version `since`, in one order."""
    changed = listing_version.c.version > since
    asked: Select[Any] = select(listing_version.c.kind, listing_version.c.key).where(
        changed, listing_version.c.kind != STORE.kind
    )
    return tuple(sorted(Scope(row.kind, row.key) for row in connection.execute(asked)))


def _moments(connection: Connection, scopes: Iterable[Scope]) -> dict[Scope, datetime]:
    found: dict[Scope, datetime] = {}
    for some in chunks(sorted(scopes), 200):
        for row in connection.execute(select(listing_version).where(_is_one_of(some))):
            found[Scope(row.kind, row.key)] = row.changed_at
    return found


def _is_one_of(scopes: Sequence[Scope]) -> Any:
    """By kind: SQLite reads the whole table for a list of pairs."""
    by_kind: defaultdict[str, list[str]] = defaultdict(list)
    for scope in scopes:
        by_kind[scope.kind].append(scope.key)
    its = listing_version.c
    return or_(*((its.kind == kind) & its.key.in_(keys) for kind, keys in sorted(by_kind.items())))
