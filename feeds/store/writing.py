"""Saving, one transaction a document. `feeds.store.decide` decides, `feeds.identity` knows which entry is which."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy import update

from feeds.identity import mint
from feeds.identity import recognise
from feeds.model import Basis
from feeds.model import Precision
from feeds.model import Published
from feeds.model import Saved
from feeds.store import decide
from feeds.store import people
from feeds.store.codec import day
from feeds.store.codec import iso
from feeds.store.codec import pack
from feeds.store.codec import people as unpack_people
from feeds.store.codec import place as unpack_place
from feeds.store.codec import strings
from feeds.store.codec import topic_slugs
from feeds.store.counting import Listable
from feeds.store.counting import bump
from feeds.store.counting import count_source
from feeds.store.counting import move
from feeds.store.decide import Standing
from feeds.store.documents import find_document
from feeds.store.documents import make_document
from feeds.store.documents import save_source
from feeds.store.engine import add
from feeds.store.engine import chunks
from feeds.store.engine import reading
from feeds.store.engine import upsert
from feeds.store.engine import writing
from feeds.store.loading import Surroundings
from feeds.store.loading import TakenIds
from feeds.store.loading import load
from feeds.store.placing import Placed
from feeds.store.placing import left_behind
from feeds.store.placing import quotes
from feeds.store.placing import saved
from feeds.store.placing import shrinking
from feeds.store.prepare import Prepared
from feeds.store.prepare import PreparedDraft
from feeds.store.prepare import document_columns
from feeds.store.prepare import order_key
from feeds.store.prepare import publications
from feeds.store.prepare import with_slugs
from feeds.store.relations import save_quotes
from feeds.store.schema import author
from feeds.store.schema import document
from feeds.store.schema import entry
from feeds.store.schema import entry_key
from feeds.store.schema import micros
from feeds.store.schema import standing


def save(engine: Engine, prepared: Prepared, now: datetime) -> Saved:
    """Write a batch; nothing at all where the store has it already."""
    with reading(engine) as connection:
        if _is_saved(connection, prepared):
            return Saved(unchanged=len(prepared.drafts))
    with writing(engine) as connection:
        source_id = save_source(connection, prepared.batch.source)
        if _is_saved(connection, prepared):  # by another process meanwhile
            return Saved(unchanged=len(prepared.drafts))
        return _Saving(connection, prepared, source_id, now).run()


def _is_saved(connection: Connection, prepared: Prepared) -> bool:
    batch = prepared.batch
    row = find_document(connection, batch.source.slug, batch.document.location)
    return row is not None and row.failure is None and row.fingerprint == prepared.fingerprint


class _Saving:
    """The steps of one save, on one open transaction."""

    def __init__(self, connection: Connection, prepared: Prepared, source_id: int, now: datetime) -> None:
        self._connection = connection
        self._prepared = prepared
        self._source_id = source_id
        self._now = now
        batch = prepared.batch
        self._document = make_document(connection, source_id, batch.source.slug, batch.document, now)

    def run(self) -> Saved:
        """Recognise, decide, write."""
        around = load(self._connection, self._source_id, self._document.id, [d.traits for d in self._prepared.drafts])
        placed = self._place(around)
        led = [one for one in placed if one.leads]
        written = [one for one in led if one.differs or self._moved(one)]
        left = left_behind(around, placed)
        handed = self._handed_over(around, placed, left.surviving)
        self._write_entries(around, self._entry_rows(written), left.withdrawn, handed)
        self._write_standings(around, placed, left.dropped)
        self._write_keys(led)
        save_quotes(self._connection, [one.id for one in led], quotes(led, placed))
        self._write_document(len(placed), len(left.kept), len(around.here()))
        bump(self._connection)
        return saved(placed, len(left.withdrawn))

    def _place(self, around: Surroundings) -> list[Placed]:
        """Give each draft the id of the entry it is, or a new one."""
        drafts = self._prepared.drafts
        found = recognise([d.traits for d in drafts], around.known())
        new = [d.traits for index, d in enumerate(drafts) if index not in found]
        source_slug = self._prepared.batch.source.slug
        taken = TakenIds(self._connection, source_slug, new)
        over = decide.taken_over(
            [[s.document_id for s in around.others(i)] for i in found.values()], len(drafts), around.sizes
        )
        placed = []
        for index, prepared in enumerate(drafts):
            entry_id = found.get(index) or mint(source_slug, prepared.traits, taken)
            taken.add(entry_id)
            placed.append(self._stand(around, prepared, entry_id, over))
        return placed

    def _stand(self, around: Surroundings, prepared: PreparedDraft, entry_id: str, over: set[int]) -> Placed:
        row, others = around.rows.get(entry_id), around.others(entry_id)
        withdrawn = row is not None and row.withdrawn_at is not None
        turn = decide.turn_of(prepared.digest, around.here().get(entry_id), others, over, withdrawn)
        mine = Standing(self._document.id, turn, prepared.at, prepared.digest, prepared.place)
        return Placed(prepared, entry_id, row, mine, decide.leader([mine, *others], around.names) is mine)

    def _moved(self, one: Placed) -> bool:
        row = one.row
        return row is None or (row.document_id, row.place) != (self._document.id, one.prepared.place)

    def _entry_rows(self, written: Sequence[Placed]) -> list[dict[str, Any]]:
        dated = {one.id: self._published(one) for one in written}
        seen = [
            people.Seen(person, _name_date(dated[one.id]))
            for one in written
            for person in (*one.prepared.draft.people, *one.prepared.draft.quoted)
        ]
        known = people.resolve(self._connection, seen)
        return [self._entry_row(one, dated[one.id], known) for one in written]

    def _published(self, one: Placed) -> Published:
        """A document that stops telling a date, or never did, changes nothing about what is known."""
        stated, row = one.prepared.draft.published, one.row
        if stated is not None or row is None:
            return decide.first_published(stated, self._now)
        return Published(row.published, Precision(row.precision), Basis(row.basis), day(row.date))

    def _entry_row(self, one: Placed, published: Published, known: Mapping[str, people.Known]) -> dict[str, Any]:
        draft, row = one.prepared.draft, one.row
        if row is None:
            updated = decide.first_updated(published, self._now)
        else:
            updated = decide.next_updated(row.updated, published.at, self._now, one.edited)
        return {
            **one.prepared.columns,
            "id": one.id,
            "source_id": self._source_id,
            "document_id": self._document.id,
            "published": published.at,
            "precision": published.precision.value,
            "basis": published.basis.value,
            "date": iso(published.date),
            "order_key": order_key(self._document.urn, draft.place.position),
            "updated": updated,
            "first_seen": self._now if row is None else row.first_seen,
            "withdrawn_at": None,
            "revision": 1 if row is None else row.revision + one.edited,
            "people": with_slugs(draft.people, known),
            "quoted": with_slugs(draft.quoted, known),
            "place": one.prepared.place,
        }

    def _handed_over(self, around: Surroundings, placed: Iterable[Placed], left: set[str]) -> dict[str, Standing]:
        """Entries that this document led and another one leads now; their text follows when that one is read again."""
        candidates = {one.id: [one.standing, *around.others(one.id)] for one in placed if one.row is not None}
        candidates |= {entry_id: around.others(entry_id) for entry_id in left}
        leaders = {i: decide.leader(s, around.names) for i, s in candidates.items()}
        mine = self._document.id
        return {i: s for i, s in leaders.items() if s.document_id != mine and around.rows[i].document_id == mine}

    def _write_entries(
        self,
        around: Surroundings,
        rows: Sequence[dict[str, Any]],
        withdrawn: set[str],
        handed: Mapping[str, Standing],
    ) -> None:
        upsert(self._connection, entry, rows, keep=("first_seen",))
        moved = [_moved_row(around, entry_id, to) for entry_id, to in sorted(handed.items())]
        self._withdraw(withdrawn)
        self._hand_over(moved, {s.document_id for s in handed.values()})
        touched = {row["id"] for row in (*rows, *moved)} | withdrawn
        stored = [around.rows[entry_id] for entry_id in touched if entry_id in around.rows]
        before = [dict(row._mapping) for row in stored if row.withdrawn_at is None]
        after = [*rows, *({**around.rows[row["id"]]._mapping, **row} for row in moved)]
        self._relist(before, after)

    def _withdraw(self, ids: Iterable[str]) -> None:
        for some in chunks(sorted(ids)):
            self._connection.execute(update(entry).where(entry.c.id.in_(some)).values(withdrawn_at=self._now))

    def _hand_over(self, moved: Sequence[Mapping[str, Any]], documents: set[int]) -> None:
        if not moved:
            return
        names = ("document_id", "order_key", "place", "digest")
        changed: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        rows = [{f"new_{name}": value for name, value in row.items()} for row in moved]
        self._connection.execute(update(entry).where(entry.c.id == bindparam("new_id")).values(changed), rows)
        self._connection.execute(update(document).where(document.c.id.in_(documents)).values(fingerprint=None))

    def _relist(self, before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> None:
        packed = [row[column] for row in (*before, *after) for column in ("people", "quoted")]
        ids = _author_ids(self._connection, {p.slug for some in packed for p in unpack_people(some)})
        move(self._connection, [_listable(row, ids) for row in before], [_listable(row, ids) for row in after])
        count_source(self._connection, self._source_id, len(after) - len(before))

    def _write_standings(self, around: Surroundings, placed: Iterable[Placed], left: Iterable[str]) -> None:
        here = around.here()
        changed = [one for one in placed if here.get(one.id) != one.standing]
        upsert(self._connection, standing, [_standing_row(one) for one in changed])
        for some in chunks(sorted(left)):
            mine = (standing.c.document_id == self._document.id) & standing.c.entry_id.in_(some)
            self._connection.execute(delete(standing).where(mine))

    def _write_keys(self, led: Iterable[Placed]) -> None:
        added, dropped = [], []
        for one in led:
            old = set() if one.row is None else set(strings(one.row.keys))
            new = set(strings(one.prepared.columns["keys"]))
            added += [{"source_id": self._source_id, "key": key, "entry_id": one.id} for key in sorted(new - old)]
            dropped += [{"old_key": key, "old_id": one.id} for key in sorted(old - new)]
        if dropped:
            same = (entry_key.c.key == bindparam("old_key")) & (entry_key.c.entry_id == bindparam("old_id"))
            self._connection.execute(delete(entry_key).where(entry_key.c.source_id == self._source_id, same), dropped)
        add(self._connection, entry_key, added)

    def _write_document(self, found: int, kept: int, before: int) -> None:
        batch = self._prepared.batch
        problems = [*batch.problems, *([shrinking(kept, before)] if kept else [])]
        changes = {
            **document_columns(batch.document),
            "entries": found + kept,
            "skips": pack(batch.skips),
            "problems": pack(problems),
            "publications": publications(batch),
            "failure": None,
            "fingerprint": self._prepared.fingerprint,
            "read": self._now,
        }
        self._connection.execute(update(document).where(document.c.id == self._document.id).values(changes))


def _name_date(published: Published) -> int:
    return 0 if published.precision is Precision.UNKNOWN else micros(published.at)


def _moved_row(around: Surroundings, entry_id: str, to: Standing) -> dict[str, Any]:
    """Its text is not the other document's yet; without a digest the next reading of that one writes it."""
    key = order_key(around.names[to.document_id], unpack_place(to.place).position)
    return {"id": entry_id, "document_id": to.document_id, "order_key": key, "place": to.place, "digest": ""}


def _standing_row(one: Placed) -> dict[str, Any]:
    s = one.standing
    return {
        "document_id": s.document_id,
        "entry_id": one.id,
        "turn": s.turn,
        "at": s.at,
        "digest": s.digest,
        "place": s.place,
    }


def _author_ids(connection: Connection, slugs: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for some in chunks(sorted(slugs)):
        rows = connection.execute(select(author.c.slug, author.c.id).where(author.c.slug.in_(some)))
        found |= {row.slug: row.id for row in rows}
    return found


def _listable(row: Mapping[str, Any], ids: Mapping[str, int]) -> Listable:
    byline, quoted = (
        tuple(ids[p.slug] for p in unpack_people(row[column]) if p.slug in ids) for column in ("people", "quoted")
    )
    return Listable(
        row["id"], row["source_id"], row["published"], row["order_key"], byline, quoted, topic_slugs(row["topics"])
    )
