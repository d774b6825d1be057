"""What a save has to know before it decides: the entries that drafts may turn out to be, and where they stand."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from collections.abc import Container
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from itertools import islice
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Row
from sqlalchemy import bindparam
from sqlalchemy import select
from sqlalchemy import union

from feeds.identity import Known
from feeds.identity import Traits
from feeds.identity import candidates
from feeds.identity import lookup_keys
from feeds.identity import make_traits
from feeds.store.codec import people
from feeds.store.codec import strings
from feeds.store.decide import Standing
from feeds.store.engine import chunks
from feeds.store.prepare import document_key
from feeds.store.schema import document
from feeds.store.schema import entry
from feeds.store.schema import entry_key
from feeds.store.schema import source
from feeds.store.schema import standing
from feeds.store.statements import SOME
from feeds.store.statements import among

_UNREAD = {"content_html", "summary", "language", "links"}
_COLUMNS = [column for column in entry.c if column.name not in _UNREAD]

_BY_ID = select(*_COLUMNS).where(among(entry.c.id))
_PRESENT = select(entry.c.id).where(among(entry.c.id))
_STANDINGS = select(standing).where(among(standing.c.entry_id))
_DOCUMENTS = select(*(document.c[name] for name in ("id", "name", "location", "entries")), source.c.slug)
_DOCUMENTS = _DOCUMENTS.join_from(document, source).where(among(document.c.id))
_IN_SOURCE = select(*_COLUMNS).where(entry.c.source_id == bindparam("source"))
_STANDING_HERE = select(standing.c.entry_id).where(standing.c.document_id == bindparam("document"))
_LED = select(entry.c.id).where(entry.c.document_id == bindparam("document"))
_STANDING_IN = _IN_SOURCE.where(entry.c.id.in_(_STANDING_HERE))
# Not one or the other: PostgreSQL would read all entries to find out.
_OF_DOCUMENT = _IN_SOURCE.where(entry.c.id.in_(union(_LED, _STANDING_HERE)))
_ITS_KEYS = select(entry_key.c.entry_id).where(entry_key.c.source_id == bindparam("source"), among(entry_key.c.key))
_WITH_KEYS = select(*_COLUMNS).where(entry.c.id.in_(_ITS_KEYS))
_BANNED = select(entry_key.c.key).join(entry, entry.c.id == entry_key.c.entry_id)
_BANNED = _BANNED.where(
    entry_key.c.source_id.in_(select(source.c.id)),  # the key of the table begins with it
    among(entry_key.c.key),
    entry.c.withdrawn_for_good,
    entry.c["keys"] != "[]",
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The part of the store that a batch can touch."""

    #: By id: all entries of the document, and those of its source that have a key of a draft.
    rows: Mapping[str, Row[Any]]
    #: By id: the documents that the entry stands in, by the row of the document.
    standings: Mapping[str, Mapping[int, Standing]]
    #: Of every document in `standings`: its key (see `feeds.store.prepare.document_key`) with its location, and its
    #: number of entries.
    names: Mapping[int, tuple[str, str]]
    sizes: Mapping[int, int]
    document_id: int

    def known(self, besides: Collection[int] = (), without: Collection[str] = ()) -> list[Known]:
        """The entries as `feeds.identity.recognise` wants them, `without` some of them.

        What stands in the documents `besides` counts as here.
        """
        here = {self.document_id, *besides}
        rows = [row for row in self.rows.values() if row.id not in without]
        at_hand = {row.id for row in rows if not here.isdisjoint(self.homes(row.id))}
        return [Known(row.id, _traits(row), row.id in at_hand, row.withdrawn_at is not None) for row in rows]

    def homes(self, entry_id: str) -> set[int]:
        """The documents that an entry stands in, and the one that it stood in last."""
        return {*self.standings.get(entry_id, {}), self.rows[entry_id].document_id}

    def here(self) -> dict[str, Standing]:
        """What stood in the document when it was read last, by id."""
        return {i: at[self.document_id] for i, at in self.standings.items() if self.document_id in at}

    def others(self, entry_id: str, gone: Container[str] = ()) -> list[Standing]:
        """The standings of an entry in other documents, but for those at locations that are `gone`."""
        at = self.standings.get(entry_id, {})
        return [s for d, s in at.items() if d != self.document_id and self.names[d][1] not in gone]


class TakenIds:
    """Ids that entries have; the likely ones are asked for at once, the others one by one."""

    def __init__(self, connection: Connection, source: str, drafts: Iterable[Traits]) -> None:
        self._connection = connection
        self._asked = {i for traits in drafts for i in islice(candidates(source, traits), 2)}
        self._taken = _present(connection, self._asked)

    def __contains__(self, entry_id: object) -> bool:
        if entry_id not in self._asked:
            self._asked.add(str(entry_id))
            self._taken |= _present(self._connection, [str(entry_id)])
        return entry_id in self._taken

    def add(self, entry_id: str) -> None:
        """An id was given away."""
        self._asked.add(entry_id)
        self._taken.add(entry_id)


def load(
    connection: Connection,
    source_id: int,
    document_id: int,
    drafts: Sequence[Traits],
    *,
    window: bool = False,
    is_new: bool = False,
) -> Surroundings:
    """What the drafts may turn out to be, by indexed look-ups only.

    Of a document that is a `window` only what stood in it last: it may have shown any number of entries before. One
    that `is_new` has shown none.
    """
    own = () if is_new else _of_document(connection, source_id, document_id, window)
    rows = {row.id: row for row in own}
    for keys in chunks({key for traits in drafts for key in lookup_keys(traits)}):
        found = connection.execute(_WITH_KEYS, {SOME: keys, "source": source_id})
        rows |= {row.id: row for row in found if row.id not in rows}
    return _surroundings(connection, rows, document_id)


def widen(connection: Connection, around: Surroundings, source_id: int, documents: Iterable[int]) -> Surroundings:
    """The same with all entries of some more documents."""
    rows = dict(around.rows)
    for document_id in sorted(documents):
        rows |= {row.id: row for row in _of_document(connection, source_id, document_id) if row.id not in rows}
    return _surroundings(connection, rows, around.document_id)


def reload(connection: Connection, around: Surroundings) -> Surroundings:
    """The same as it stands now."""
    rows: dict[str, Row[Any]] = {}
    for ids in chunks(sorted(around.rows)):
        rows |= {row.id: row for row in connection.execute(_BY_ID, {SOME: ids})}
    return _surroundings(connection, rows, around.document_id)


def banned_keys(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Those of the keys that an entry has, in whatever source, that was withdrawn for good; by hand, not by age."""
    found: set[str] = set()
    for some in chunks(sorted(set(keys))):
        found |= set(connection.scalars(_BANNED, {SOME: some}))
    return found


def _surroundings(connection: Connection, rows: Mapping[str, Row[Any]], document_id: int) -> Surroundings:
    standings = _standings(connection, rows)
    documents = {d for at in standings.values() for d in at} | {r.document_id for r in rows.values()} | {document_id}
    names: dict[int, tuple[str, str]] = {}
    sizes: dict[int, int] = {}
    for some in chunks(sorted(documents)):
        for row in connection.execute(_DOCUMENTS, {SOME: some}):
            names[row.id], sizes[row.id] = (document_key(row.slug, row.name), row.location), row.entries
    return Surroundings(rows, standings, names, sizes, document_id)


def _of_document(connection: Connection, source_id: int, document_id: int, window: bool = False) -> Iterable[Row[Any]]:
    """A document that was put into another source still leads the withdrawn entries of the one before."""
    asked = _STANDING_IN if window else _OF_DOCUMENT
    return connection.execute(asked, {"source": source_id, "document": document_id})


def _standings(connection: Connection, ids: Iterable[str]) -> dict[str, dict[int, Standing]]:
    found: defaultdict[str, dict[int, Standing]] = defaultdict(dict)
    for some in chunks(ids):
        for row in connection.execute(_STANDINGS, {SOME: some}):
            found[row.entry_id][row.document_id] = Standing(row.document_id, row.turn, row.at, row.digest, row.place)
    return dict(found)


def _present(connection: Connection, ids: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in chunks(ids):
        found |= set(connection.scalars(_PRESENT, {SOME: some}))
    return found


def _traits(row: Row[Any]) -> Traits:
    addresses = [*(media["url"] for media in json.loads(row.media)), row.url or ""]
    found = make_traits(row.title, row.content_text, people(row.people), addresses, strings(row.natural_keys))
    return replace(found, whole=row.whole)  # of what was pruned only the opening is there
