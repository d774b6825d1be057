"""Saving, one transaction a document. `feeds.store.decide` decides, `feeds.identity` knows which entry is which."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import Row
from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import update

from feeds.identity import lookup_keys
from feeds.identity import mint
from feeds.model import Basis
from feeds.model import Precision
from feeds.model import Published
from feeds.model import Saved
from feeds.model.scope import ALL
from feeds.model.scope import document_scope
from feeds.model.scope import source_scope
from feeds.store import changes
from feeds.store import decide
from feeds.store import documents
from feeds.store import leaving
from feeds.store import people
from feeds.store import stories
from feeds.store.codec import day
from feeds.store.codec import iso
from feeds.store.codec import pack
from feeds.store.codec import strings
from feeds.store.columns import micros
from feeds.store.counting import bump
from feeds.store.decide import Standing
from feeds.store.documents import documents_at
from feeds.store.documents import find_document
from feeds.store.documents import make_document
from feeds.store.documents import note_reading
from feeds.store.documents import of_source
from feeds.store.documents import save_source
from feeds.store.engine import changing
from feeds.store.engine import reading
from feeds.store.loading import Surroundings
from feeds.store.loading import TakenIds
from feeds.store.loading import banned_keys
from feeds.store.loading import load
from feeds.store.loading import reload
from feeds.store.placing import Placed
from feeds.store.placing import is_copy
from feeds.store.placing import left_behind
from feeds.store.placing import quotes
from feeds.store.placing import saved
from feeds.store.placing import shrinking
from feeds.store.prepare import Prepared
from feeds.store.prepare import PreparedDraft
from feeds.store.prepare import document_columns
from feeds.store.prepare import document_key
from feeds.store.prepare import order_key
from feeds.store.prepare import publications
from feeds.store.prepare import with_slugs
from feeds.store.recognising import find_known
from feeds.store.relations import save_quotes
from feeds.store.relisting import relist
from feeds.store.revisions import keep_texts
from feeds.store.schema import document
from feeds.store.schema import entry
from feeds.store.schema import entry_key
from feeds.store.schema import standing
from feeds.store.seeing import see_earlier
from feeds.store.statements import add
from feeds.store.statements import upsert
from feeds.store.versions import scopes_of
from feeds.store.written import Written


def save(engine: Engine, prepared: Prepared, now: datetime) -> Saved:
    """Write a batch; where the store has it already at most what it was made of."""
    with reading(engine) as connection:
        row = _saved(connection, prepared)
    if row is not None:
        if prepared.batch.reading not in {None, row.reading} and row.shrunk != row.digest:
            note_reading(engine, row.id, prepared.fingerprint, prepared.batch.reading)
        return Saved(unchanged=len(prepared.drafts))
    with changing(engine) as connection:
        source_id, renamed = save_source(connection, prepared.batch.source)
        there = documents_at(connection, prepared.batch.document.location)
        if _is_saved(of_source(there, source_id), prepared):  # by another process meanwhile
            return Saved(unchanged=len(prepared.drafts))
        return _Saving(connection, prepared, source_id, renamed, there, now).run()


def _saved(connection: Connection, prepared: Prepared) -> Row[Any] | None:
    """The document, where the store has this batch of it."""
    row = find_document(connection, prepared.batch.source.slug, prepared.batch.document.location)
    return row if _is_saved(row, prepared) else None


def _is_saved(row: Row[Any] | None, prepared: Prepared) -> bool:
    return row is not None and row.failure is None and row.fingerprint == prepared.fingerprint


class _Saving:
    """The steps of one save, on one open transaction."""

    def __init__(
        self,
        connection: Connection,
        prepared: Prepared,
        source_id: int,
        renamed: bool,
        there: Sequence[Row[Any]],
        now: datetime,
    ) -> None:
        """`there` are the documents at the location of this one, in whatever source."""
        self._connection = connection
        self._prepared = prepared
        self._source_id = source_id
        self._now = now
        batch = prepared.batch
        self._seen = decide.first_seen(batch.seen, now)
        #: The entries that a reader sees changed.
        self._changed = changes.live_entries(connection, source_id=source_id) if renamed else set()
        #: What changes for a reader beside the listings that changed entries are in.
        self._scopes = {document_scope(batch.document.name)} | documents.of_all_listings(connection, now)
        if renamed:
            self._scopes.add(source_scope(batch.source.slug))
        self._left_elsewhere, names = leaving.leave_other_sources(connection, source_id, there, now)
        self._changed |= self._left_elsewhere
        self._scopes |= {document_scope(name) for name in names}
        #: Entries get it when they are written: a row that is written twice is twice the work.
        self._version = bump(connection)
        #: The rows of the authors of what is written, by slug.
        self._authors: dict[str, int] = {}
        self._document = make_document(connection, batch.source, source_id, batch.document, there, now)
        self._is_new = not there

    def run(self) -> Saved:
        """Recognise, decide, write."""
        around, found = self._recognise()
        placed = self._place(around, found)
        led = [one for one in placed if one.leads]
        written = [one for one in led if one.differs or self._moved(one)]
        doubted = self._document.shrunk == self._prepared.batch.document.digest
        batch = self._prepared.batch
        left = left_behind(around, placed, doubted, batch.gone or (), batch.window)
        handed = self._handed_over(around, placed, left.surviving)
        keep_texts(self._connection, {one.id for one in written if one.edited})
        rows = self._entry_rows(written)
        # Entries leave listings, and a text that nobody sees may have named its author anew.
        self._scopes |= scopes_of([one.row._asdict() for one in written if one.row is not None])
        self._scopes |= scopes_of([row for row in rows if row["withdrawn_for_good"]])
        self._write_entries(around, rows, left.withdrawn, handed)
        self._write_standings(around, placed, left.dropped)
        self._write_keys(led)
        quoting = save_quotes(self._connection, [one.id for one in led if one.row is not None], quotes(led, placed))
        self._changed |= quoting
        self._write_document(sum(not one.absorbed for one in placed), len(left.kept), len(around.here()))
        self._note_changes(written, left.withdrawn, handed)
        touched = {*(one.id for one in written), *left.withdrawn, *handed, *self._left_elsewhere, *quoting}
        touched |= stories.unfound(self._connection, [one.id for one in led if one.id not in touched])
        told = self._told(written, rows)
        connected = stories.connect(self._connection, touched, self._document.id, told)
        self._changed |= connected.changed
        changes.mark(self._connection, self._changed, self._now, self._scopes, connected.moved, told)
        return saved(placed, len(left.withdrawn))

    def _recognise(self) -> tuple[Surroundings, dict[int, str]]:
        """Which draft is which known entry; those that are new to this document may have stood in it for longer."""
        traits = [d.traits for d in self._prepared.drafts]
        window = self._prepared.batch.window
        near = load(self._connection, self._source_id, self._document.id, traits, window=window, is_new=self._is_new)
        around, found = find_known(self._connection, self._source_id, near, traits)
        joining = [around.rows[i]._asdict() for i in found.values() if self._document.id not in around.homes(i)]
        if moved := see_earlier(self._connection, joining, self._seen):
            self._changed |= moved
            around = reload(self._connection, around)
        return around, found

    def _place(self, around: Surroundings, found: Mapping[int, str]) -> list[Placed]:
        """Give each draft the id of the entry it is, or a new one."""
        drafts = self._prepared.drafts
        new = [d.traits for index, d in enumerate(drafts) if index not in found]
        source_slug = self._prepared.batch.source.slug
        taken = TakenIds(self._connection, source_slug, new)
        banned = banned_keys(self._connection, (key for traits in new for key in lookup_keys(traits)))
        over = decide.taken_over(
            [[s.document_id for s in around.others(i)] for i in found.values()], len(drafts), around.sizes
        )
        placed = []
        for index, prepared in enumerate(drafts):
            entry_id = found.get(index) or mint(source_slug, prepared.traits, taken)
            taken.add(entry_id)
            placed.append(self._stand(around, prepared, entry_id, over, banned))
        return placed

    def _stand(
        self, around: Surroundings, prepared: PreparedDraft, entry_id: str, over: set[int], banned: set[str]
    ) -> Placed:
        row, others = around.rows.get(entry_id), around.others(entry_id)
        absorbed = is_copy(prepared.traits, banned) if row is None else bool(row.withdrawn_for_good)
        returns = row is not None and row.withdrawn_at is not None and not absorbed
        before = around.here().get(entry_id)
        beaten = over if before else decide.beatable(over, self._prepared.batch.gone, around.names)
        turn = decide.turn_of(prepared.digest, before, others, beaten, returns)
        mine = Standing(self._document.id, turn, prepared.at, prepared.digest, prepared.place)
        leads = decide.leader([mine, *others], around.names) is mine
        joins = before is None and not returns and bool(others) and turn == 0
        return Placed(prepared, entry_id, row, mine, leads, absorbed, joins)

    def _moved(self, one: Placed) -> bool:
        row = one.row
        if row is None or row.document_id != self._document.id:
            return True
        # In a window everything moves down with every new entry, which is no news.
        return row.place != one.prepared.place and not self._prepared.batch.window

    def _entry_rows(self, written: Sequence[Placed]) -> list[dict[str, Any]]:
        dated = {one.id: self._published(one) for one in written}
        seen = [
            people.Seen(person, _name_date(dated[one.id]))
            for one in written
            for person in (*one.prepared.draft.people, *one.prepared.draft.quoted)
        ]
        known = people.resolve(self._connection, seen)
        people.spell(self._connection, known, self._prepared.batch.spellings)
        self._authors = {one.slug: one.id for one in known.values()}
        return [self._entry_row(one, dated[one.id], known) for one in written]

    def _published(self, one: Placed) -> Published:
        """A document that stops telling a date, or never did, changes nothing about what is known."""
        stated, row = one.prepared.draft.published, one.row
        if stated is not None or row is None:
            return decide.first_published(stated, self._seen)
        return Published(row.published, Precision(row.precision), Basis(row.basis), day(row.date))

    def _entry_row(self, one: Placed, published: Published, known: Mapping[str, people.Known]) -> dict[str, Any]:
        draft, row = one.prepared.draft, one.row
        is_pruned = one.absorbed and row is not None and row.keys == "[]"
        first_seen = self._seen if row is None else row.first_seen
        if row is None or (one.joins and row.revision == 1):
            updated = decide.first_updated(published, first_seen)
        else:
            updated = decide.next_updated(row.updated, published.at, self._now, one.edited)
        return {
            **one.prepared.columns,
            **({"keys": "[]"} if is_pruned else {}),  # else it would hold back copies, as if withdrawn by hand
            "id": one.id,
            "source_id": self._source_id,
            "document_id": self._document.id,
            "published": published.at,
            "precision": published.precision.value,
            "basis": published.basis.value,
            "date": iso(published.date),
            "order_key": order_key(self._document_key(), draft.place.position),
            "updated": updated,
            "first_seen": first_seen,
            "withdrawn_at": (self._now if row is None else row.withdrawn_at) if one.absorbed else None,
            "withdrawn_for_good": one.absorbed,
            "changed": self._version if not one.absorbed else 0 if row is None else row.changed,
            "changed_at": self._now if row is None or not one.absorbed else row.changed_at,
            "revision": 1 if row is None else row.revision + one.edited,
            "people": with_slugs(draft.people, known),
            "quoted": with_slugs(draft.quoted, known),
            "place": one.prepared.place,
        }

    def _handed_over(self, around: Surroundings, placed: Iterable[Placed], left: set[str]) -> dict[str, Standing]:
        """Entries that this document led and another one leads now; their text follows when that one is read again."""
        gone = self._prepared.batch.gone or ()
        candidates = {one.id: [one.standing, *around.others(one.id)] for one in placed if one.row is not None}
        candidates |= {entry_id: around.others(entry_id, gone) for entry_id in left}
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
        moved = [leaving.handed_row(around, entry_id, to) for entry_id, to in sorted(handed.items())]
        leaving.withdraw(self._connection, withdrawn, self._now)
        leaving.hand_over(self._connection, moved)
        touched = {row["id"] for row in (*rows, *moved)} | withdrawn
        before = [dict(around.rows[entry_id]._mapping) for entry_id in touched if entry_id in around.rows]
        after = [*rows, *({**around.rows[row["id"]]._mapping, **row} for row in moved)]
        relist(self._connection, before, after, self._authors)

    def _told(self, written: Sequence[Placed], rows: Sequence[Mapping[str, Any]]) -> Written:
        """What is new is in nothing but what its row and this document say: these scopes need not be asked for."""
        new = {one.id for one in written if one.row is None and not one.absorbed}
        if shown := [row for row in rows if row["id"] in new]:
            batch = self._prepared.batch
            its = {source_scope(batch.source.slug), document_scope(batch.document.name), ALL}
            self._scopes |= scopes_of(shown) | its
        known = {one.id: one.prepared.features for one in written if one.prepared.features is not None}
        ids = {row["id"] for row in rows if row["changed"] == self._version}
        return Written(self._version, ids, new, known, is_all=self._is_new)

    def _note_changes(self, written: Iterable[Placed], withdrawn: set[str], handed: Iterable[str]) -> None:
        """Beside the entries themselves those that name them, or the document, change for a reader."""
        back = {one.id for one in written if one.returns}
        self._changed |= {one.id for one in written if not one.absorbed} | withdrawn | set(handed)
        self._changed |= changes.related_to(self._connection, withdrawn | back)
        self._scopes.add(document_scope(self._document.name))
        told = self._prepared.batch.document
        if any(getattr(self._document, name) != getattr(told, name) for name in ("name", "title", "url")):
            self._changed |= changes.live_entries(self._connection, document_id=self._document.id)

    def _document_key(self) -> str:
        return document_key(self._prepared.batch.source.slug, self._prepared.batch.document.name)

    def _write_standings(self, around: Surroundings, placed: Iterable[Placed], left: Iterable[str]) -> None:
        here = around.here()
        changed = [one for one in placed if here.get(one.id) != one.standing]
        upsert(self._connection, standing, [_standing_row(one) for one in changed])
        leaving.leave_standings(self._connection, self._document.id, left)

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
        told = {
            **document_columns(batch.document),
            "entries": found + kept,
            "skips": pack(batch.skips),
            "problems": pack(problems),
            "publications": publications(batch),
            "anonymous": batch.anonymous,
            "failure": None,
            "fingerprint": self._prepared.fingerprint,
            "reading": None if kept else batch.reading,
            "shrunk": batch.document.digest if kept else self._document.shrunk,
            "read": self._now,
        }
        self._connection.execute(update(document).where(document.c.id == self._document.id).values(told))


def _name_date(published: Published) -> int:
    return 0 if published.precision is Precision.UNKNOWN else micros(published.at)


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
