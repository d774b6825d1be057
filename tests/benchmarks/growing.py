"""A store grown to any size: its entries again and again, each time with older dates, other ids and other rare authors.

Through the store itself a million entries would take hours. So the first ones are saved as always, and the others are
rows like theirs: of every table as many for an entry, with the same skew, copied inside of the database. What a store
counts is counted anew at the end. `tests/test_growing.py` holds a grown store against what the store would keep.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import Row
from sqlalchemy import text

from feeds.authors import key_for
from feeds.model import Scope
from feeds.search import stream
from feeds.search.analysis import BORDER
from feeds.store.codec import pack
from feeds.store.codec import people as read_people
from feeds.store.engine import make_engine
from feeds.store.engine import store_url
from feeds.store.engine import writing
from feeds.store.indexing import CELL
from feeds.store.indexing import names_of
from feeds.store.people import Seen
from feeds.store.people import resolve
from feeds.store.prepare import document_key
from feeds.store.prepare import order_key
from feeds.store.schema import metadata
from feeds.store.searching import add_texts
from feeds.store.versions import raise_versions
from tests.benchmarks.made import A_DAY
from tests.benchmarks.made import NEWEST
from tests.benchmarks.made import Made

#: The authors with the most entries are the same in all copies; the others take turns, so many ranks on each time.
BUSY, TURN = 200, 97
_DAY = 86_400_000_000
_BORDER = f" {BORDER} "
#: Letters of an order key that tell the document.
_OF_DOCUMENT = 16

#: How the rows of a table become those of a copy: what stands for a column. `ids` leads from an id to that of the copy,
#: `places` from a document to its order key, `turned` from people to others, `ranks` from an author to another one.
_ID = "(SELECT new FROM grow_ids WHERE old = b.{})"
_ORDER = f"(SELECT place FROM grow_ids WHERE old = b.entry_id) || substr(b.order_key, {_OF_DOCUMENT + 1})"
_AGO = "b.{} - :earlier"
_OWN = "b.{} || '~' || :label"
_COPIED: dict[str, dict[str, str]] = {
    "document": {
        "id": "b.id + :documents",
        "urn": _OWN,
        "name": _OWN,
        "location": _OWN,
        "fingerprint": "NULL",
        "first_seen": _AGO,
        "read": _AGO,
    },
    "entry": {
        "id": _ID,
        "document_id": "b.document_id + :documents",
        "published": _AGO,
        "updated": _AGO,
        "first_seen": _AGO,
        "date": "(SELECT new FROM grow_days WHERE old = b.date)",
        "changed": "b.changed + :documents",
        "changed_at": _AGO,
        "order_key": _ORDER.replace("b.entry_id", "b.id"),
        "url": _OWN,
        "people": "(SELECT new FROM grow_turned WHERE old = b.people)",
        "quoted": "(SELECT new FROM grow_turned WHERE old = b.quoted)",
    },
    "standing": {"document_id": "b.document_id + :documents", "entry_id": _ID, "at": _AGO},
    "entry_key": {"key": _OWN, "entry_id": _ID},
    "listing": {
        "author_id": "(SELECT new FROM grow_ranks WHERE old = b.author_id)",
        "published": _AGO,
        "order_key": _ORDER,
        "entry_id": _ID,
    },
    "search_entry": {"key": "b.key - :keys", "entry_id": _ID, "published": _AGO, "order_key": _ORDER},
    "entry_about": {"key": _OWN, "published": _AGO, "entry_id": _ID},
    "story": {"id": _ID, "lead": _ID, "first": _AGO, "last": _AGO},
    "story_entry": {"story_id": _ID, "entry_id": _ID},
    "relation": {"entry_id": _ID, "other_id": _ID},
}
_MAPS = (
    "grow_ids (old TEXT PRIMARY KEY, new TEXT, place TEXT)",
    "grow_days (old TEXT PRIMARY KEY, new TEXT)",
    "grow_turned (old TEXT PRIMARY KEY, new TEXT)",
    "grow_ranks (old INTEGER PRIMARY KEY, new INTEGER)",
)


def grow(url: str, made: Made, entries: int, tell: Callable[[int], None] = lambda done: None) -> None:
    """Grow the store at `url`, which holds some whole days of `made`, to so many entries, a multiple of what it has."""
    engine = make_engine(store_url(url))
    _hurry(engine)
    with writing(engine) as connection:
        growth = _begin(connection, made)
    if entries % growth.size or growth.size % A_DAY:
        raise ValueError(f"{entries} is no multiple of {growth.size} entries of whole days")
    for number in range(1, entries // growth.size):
        with writing(engine) as connection:
            growth.add(connection, number)
        tell((number + 1) * growth.size)
    with writing(engine) as connection:
        _count(connection)
    engine.dispose()
    settle(url)


def settle(url: str) -> None:
    """Have the database know how its rows are spread, as it does by itself after a while."""
    engine = make_engine(store_url(url))
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "sqlite":
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        else:
            driver.rollback()
            driver.autocommit = True
            driver.execute("VACUUM ANALYZE")
    engine.dispose()


@dataclass(frozen=True)
class _Growth:
    """What is known of the rows at the beginning."""

    size: int
    documents: Sequence[Row[Any]]
    ids: Sequence[Row[Any]]
    stories: Sequence[str]
    days: Sequence[str]
    #: Lists of people as they are packed.
    bylines: Sequence[str]
    #: By rank.
    authors: Sequence[tuple[int, str, str, str | None]]
    #: The key in the full text, the byline, and what stands before and behind it.
    texts: Sequence[tuple[int, str, str, str]]

    def add(self, connection: Connection, number: int) -> None:
        """One more copy, older than all before."""
        earlier = number * (self.size // A_DAY)
        turned = self._turned(number)
        self._fill_maps(connection, number, earlier, turned)
        values = {
            "label": self._label(number),
            "earlier": earlier * _DAY,
            "documents": number * len(self.documents),
            "keys": earlier * 86_400 * CELL,
        }
        for table in _COPIED:
            statement = text(_copying(table))
            names = [name for name in values if f":{name}" in statement.text]
            connection.execute(statement, {name: values[name] for name in names})
        names = {packed: stream(None, names_of(read_people(other)), "") for packed, other in turned.items()}
        texts = [
            (key - values["keys"], f"{before}{names[byline]}{behind}") for key, byline, before, behind in self.texts
        ]
        add_texts(connection, texts)
        connection.execute(text("UPDATE state SET version = version + :more"), {"more": len(self.documents)})

    def _label(self, number: int) -> str:
        """Of a copy; another one when what was grown before is grown further."""
        return f"{self.size}.{number}"

    def _turned(self, number: int) -> dict[str, str]:
        rank = {slug: at for at, (_, slug, _, _) in enumerate(self.authors)}
        return {
            packed: _others(packed, lambda slug: self.authors[self._rank(rank[slug], number)])
            for packed in self.bylines
        }

    def _rank(self, rank: int, number: int) -> int:
        rare = len(self.authors) - BUSY
        return rank if rank < BUSY else BUSY + (rank - BUSY + number * TURN) % rare

    def _fill_maps(self, connection: Connection, number: int, earlier: int, turned: dict[str, str]) -> None:
        label = self._label(number)
        places = {
            row.id: order_key(document_key(row.slug, f"{row.name}~{label}"), 1)[:_OF_DOCUMENT] for row in self.documents
        }
        ids = [(row.id, _other(row.id, label), places[row.document_id]) for row in self.ids]
        ids += [(story, _other(story, label), "") for story in self.stories]
        ranks = [
            (0, 0),
            *((self.authors[at][0], self.authors[self._rank(at, number)][0]) for at in range(len(self.authors))),
        ]
        days = connection.execute(text(_EARLIER_DAYS[connection.dialect.name]), {"earlier": -earlier}).all()
        for name, rows in (
            ("grow_ids", ids),
            ("grow_days", [tuple(row) for row in days]),
            ("grow_turned", list(turned.items())),
            ("grow_ranks", ranks),
        ):
            connection.execute(text(f"DELETE FROM {name}"))
            marks = ", ".join(f":v{at}" for at in range(len(rows[0])))
            values = [{f"v{at}": value for at, value in enumerate(row)} for row in rows]
            connection.execute(text(f"INSERT INTO {name} VALUES ({marks})"), values)


_EARLIER_DAYS = {
    "sqlite": "SELECT DISTINCT date, date(date, :earlier || ' days') FROM grow_entry WHERE date IS NOT NULL",
    "postgresql": "SELECT DISTINCT date, to_char(date::date + CAST(:earlier AS int), 'YYYY-MM-DD') FROM grow_entry"
    " WHERE date IS NOT NULL",
}


def _copying(table: str) -> str:
    columns = [column.name for column in metadata.tables[table].columns]
    values = [_COPIED[table].get(name, "b.{}").format(f'"{name}"') for name in columns]
    quoted = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table} ({quoted}) SELECT {', '.join(values)} FROM grow_{table} b"


def _others(packed: str, other: Callable[[str], tuple[int, str, str, str | None]]) -> str:
    found = json.loads(packed)
    for person in found:
        _, slug, name, handle = other(person["slug"])
        person |= {"slug": slug, "name": name, "handle": handle}
    return pack(found)


def _other(words: str, label: str) -> str:
    found = hashlib.md5(f"{words}/{label}".encode()).hexdigest()
    return f"urn:uuid:{found[:8]}-{found[8:12]}-5{found[13:16]}-a{found[17:20]}-{found[20:]}"


def _begin(connection: Connection, made: Made) -> _Growth:
    """Every author is made by the store, also those that nobody's entries have yet."""
    known = resolve(connection, [Seen(person, 1) for person in made.people])
    found = [known[key_for(person) or ""] for person in made.people]
    for table in _COPIED:
        connection.execute(text(f"CREATE TEMPORARY TABLE grow_{table} AS SELECT * FROM {table}"))
    for columns in _MAPS:
        connection.execute(text(f"CREATE TEMPORARY TABLE {columns}"))
    ids = connection.execute(text("SELECT id, document_id FROM entry ORDER BY id")).all()
    return _Growth(
        size=len(ids),
        documents=connection.execute(
            text("SELECT document.id, document.name, slug FROM document JOIN source ON source.id = source_id")
        ).all(),
        ids=ids,
        stories=_column(connection, "story", "id"),
        days=sorted(set(_column(connection, "entry", "date"))),
        bylines=sorted({*_column(connection, "entry", "people"), *_column(connection, "entry", "quoted")}),
        authors=[(at.id, at.slug, who.name, who.handle) for at, who in zip(found, made.people, strict=True)],
        texts=_texts(connection),
    )


def _texts(connection: Connection) -> list[tuple[int, str, str, str]]:
    """What is looked for, in front of the names and behind them."""
    asked = "SELECT key, people, title, content_text FROM search_entry JOIN entry ON entry.id = entry_id"
    rows = connection.execute(text(asked))
    return [
        (
            row.key,
            row.people,
            stream(row.title, (), "").removesuffix(_BORDER),
            stream(None, (), row.content_text).removeprefix(_BORDER),
        )
        for row in rows
    ]


def _hurry(engine: Engine) -> None:
    """Nothing is lost if it is: the store is made anew."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            driver: Any = connection.connection.driver_connection
            for pragma in ("synchronous=OFF", "cache_size=-2000000", "temp_store=MEMORY", "foreign_keys=OFF"):
                driver.execute(f"PRAGMA {pragma}").close()


def _count(connection: Connection) -> None:
    """The counters, and the versions of all listings."""
    for statement in _COUNTED:
        connection.execute(text(statement))
    if connection.dialect.name == "postgresql":
        last = "SELECT setval(pg_get_serial_sequence('document', 'id'), (SELECT max(id) FROM document))"
        connection.execute(text(last))
    version = connection.scalar(text("SELECT version FROM state"))
    scopes = {Scope("all")}
    for kind, column in (("author", "slug"), ("topic", "slug"), ("source", "slug"), ("document", "name")):
        scopes |= {Scope(kind, key) for key in _column(connection, kind, column)}
    raise_versions(connection, scopes, int(version or 0), NEWEST)


def _column(connection: Connection, table: str, column: str) -> list[str]:
    return list(connection.scalars(text(f"SELECT {column} FROM {table}")))


_COUNTED = (
    "UPDATE author SET entries = (SELECT count(*) FROM listing l"
    " WHERE l.author_id = author.id AND part = 'byline' AND topic = ''),"
    " quoted = (SELECT count(*) FROM listing l WHERE l.author_id = author.id AND part = 'quoted' AND topic = ''),"
    " newest = (SELECT max(published) FROM listing l"
    " WHERE l.author_id = author.id AND part = 'byline' AND topic = '')",
    "UPDATE topic SET entries = (SELECT count(*) FROM listing l"
    " WHERE l.author_id = 0 AND l.part = '' AND l.topic = topic.slug),"
    " newest = (SELECT max(published) FROM listing l"
    " WHERE l.author_id = 0 AND l.part = '' AND l.topic = topic.slug)",
    "UPDATE source SET entries = (SELECT count(*) FROM entry e"
    " WHERE e.source_id = source.id AND e.withdrawn_at IS NULL),"
    " newest = (SELECT max(published) FROM entry e WHERE e.source_id = source.id AND e.withdrawn_at IS NULL)",
)
