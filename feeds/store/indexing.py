"""Keeps the search in step with the entries, in the transaction that changes them.

A full text row is written once and never changed: FTS5 can only take out of a contentless table what it is told letter
by letter. An entry with another text gets another row, and the old one is left without an entry; there are as many such
rows as there were edits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Row
from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy import update

from feeds.model import Person
from feeds.search import stream
from feeds.store.codec import pack
from feeds.store.codec import people
from feeds.store.columns import micros
from feeds.store.engine import chunks
from feeds.store.gin import sampled
from feeds.store.schema import entry
from feeds.store.schema import search_entry
from feeds.store.searching import add_texts
from feeds.store.searching import count_words
from feeds.store.searching import empty_texts
from feeds.store.searching import write_texts
from feeds.store.statements import SOME
from feeds.store.statements import among
from feeds.store.statements import put
from feeds.store.written import NOTHING
from feeds.store.written import Written

if TYPE_CHECKING:
    from feeds.store.features import Features

#: Counts the ways in which texts were taken apart; with another one a migration fills the search anew.
_ANALYSER = 1
#: Sampled texts of an archive whose words are counted in one go.
_COUNTED_AT_ONCE = 1000
#: Rows of one second.
SERIAL_BITS = 28
CELL = 2**SERIAL_BITS
#: Seconds around 1970 that a key can hold: more than 270 years.
_SECONDS = 2**33

_LIVE = select(*(entry.c[name] for name in ("id", "published", "order_key", "title", "people", "content_text")))
_LIVE = _LIVE.where(among(entry.c.id), entry.c.withdrawn_at.is_(None))
_OF_ENTRIES = select(search_entry).where(among(search_entry.c.entry_id))
_BY_KEY = select(search_entry).where(among(search_entry.c.key))


@dataclass(frozen=True, slots=True)
class _Findable:
    """An entry as it should be found."""

    id: str
    published: datetime
    order_key: str
    title: str | None
    names: tuple[str, ...]
    text: str
    digest: str

    def candidates(self) -> Iterator[int]:
        """Keys to try, of the second of publication."""
        first = cell(self.published)
        serial = int(self.digest[:7], 16)
        yield from (first + (serial + step) % CELL for step in range(CELL))


def cell(published: datetime) -> int:
    """The lowest key of a row published in the second of `published`."""
    seconds = micros(published) // 1_000_000
    return (max(-_SECONDS, min(seconds, _SECONDS - 1)) + _SECONDS) << SERIAL_BITS


def names_of(byline: Iterable[Person]) -> tuple[str, ...]:
    """By which an entry is found beside its title and text: the names and handles of those who wrote it."""
    return tuple(dict.fromkeys(filter(None, (word for person in byline for word in (person.name, person.handle)))))


def index(connection: Connection, ids: Iterable[str], written: Written = NOTHING) -> None:
    """Have entries be found by what they are now; those that are withdrawn by nothing."""
    for some in chunks(ids):
        wanted = {row.id: _findable(row) for row in connection.execute(_LIVE, {SOME: some})}
        old = [entry_id for entry_id in some if entry_id not in written.new]
        rows = connection.execute(_OF_ENTRIES, {SOME: old}).all() if old else []
        kept = [row for row in rows if row.entry_id in wanted and wanted[row.entry_id].digest == row.digest]
        _retire(connection, [row.key for row in rows if row not in kept])
        _move(connection, [(row, wanted[row.entry_id]) for row in kept])
        done = {row.entry_id for row in kept}
        _add(connection, [one for entry_id, one in wanted.items() if entry_id not in done], written.features)


def fill(connection: Connection) -> None:
    """Index all entries of a store."""
    last = ""
    while ids := connection.scalars(select(entry.c.id).where(entry.c.id > last).order_by(entry.c.id).limit(500)).all():
        index(connection, ids)
        last = ids[-1]


def refill(connection: Connection) -> None:
    """Index all entries anew, which leaves out the rows of texts that are shown no more."""
    connection.execute(delete(search_entry))
    empty_texts(connection)
    fill(connection)


def fill_texts(connection: Connection) -> Iterator[int]:
    """Write the texts of all rows of `search_entry` with an entry, where none is written yet; tell how many are."""
    columns = [entry.c[name] for name in ("title", "people", "content_text")]
    asked = select(search_entry.c.key, *columns).join(entry, entry.c.id == search_entry.c.entry_id)
    asked, last, done = asked.order_by(search_entry.c.key).limit(500), None, 0
    counted: list[str] = []
    while rows := connection.execute(asked if last is None else asked.where(search_entry.c.key > last)).all():
        texts = [(row.key, stream(row.title, names_of(people(row.people)), row.content_text)) for row in rows]
        write_texts(connection, texts)
        counted += sampled(texts)
        # Each counting leaves a dead row for each word until the transaction ends, and the next one walks over it.
        if len(counted) > _COUNTED_AT_ONCE:
            count_words(connection, counted)
            counted = []
        last, done = rows[-1].key, done + len(rows)
        yield done
    count_words(connection, counted)


def _findable(row: Row[Any]) -> _Findable:
    names = names_of(people(row.people))
    facts = [_ANALYSER, row.id, cell(row.published), row.title, names, row.content_text]
    digest = hashlib.sha256(pack(facts).encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return _Findable(row.id, row.published, row.order_key, row.title, names, row.content_text, digest)


def _retire(connection: Connection, keys: Sequence[int]) -> None:
    for some in chunks(keys):
        connection.execute(update(search_entry).where(search_entry.c.key.in_(some)).values(entry_id=None))


def _move(connection: Connection, kept: Iterable[tuple[Row[Any], _Findable]]) -> None:
    """What is ordered anew, since its document was, is found by the same row."""
    moved = [
        {"row": row.key, "at": one.published, "place": one.order_key}
        for row, one in kept
        if (row.published, row.order_key) != (one.published, one.order_key)
    ]
    if moved:
        changes: dict[str, Any] = {"published": bindparam("at"), "order_key": bindparam("place")}
        connection.execute(update(search_entry).where(search_entry.c.key == bindparam("row")).values(changes), moved)


def _add(connection: Connection, new: Sequence[_Findable], known: Mapping[str, Features]) -> None:
    taken = _taken(connection, new)
    rows, texts, back = [], [], []
    for one in new:
        key = next(key for key in one.candidates() if taken.get(key, one.digest) == one.digest)
        if key in taken:
            back.append({"row": key, "its": one.id, "at": one.published, "place": one.order_key})
            continue
        taken[key] = ""
        columns = {"entry_id": one.id, "published": one.published, "order_key": one.order_key, "digest": one.digest}
        rows.append({"key": key, **columns})
        words = known[one.id].stream if one.id in known else stream(one.title, one.names, one.text)
        texts.append((key, words))
    if back:
        changes: dict[str, Any] = {
            "entry_id": bindparam("its"),
            "published": bindparam("at"),
            "order_key": bindparam("place"),
        }
        connection.execute(update(search_entry).where(search_entry.c.key == bindparam("row")).values(changes), back)
    if rows:
        put(connection, search_entry, rows)
        add_texts(connection, texts)


def _taken(connection: Connection, new: Iterable[_Findable]) -> dict[int, str]:
    """The digests of the rows that have the likely keys; a row that has an entry is nobody else's."""
    likely = [key for one in new for key, _ in zip(one.candidates(), range(3), strict=False)]
    found: dict[int, str] = {}
    for some in chunks(likely):
        for row in connection.execute(_BY_KEY, {SOME: some}):
            found[row.key] = row.digest if row.entry_id is None else ""
    return found
