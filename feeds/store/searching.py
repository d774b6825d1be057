"""The full text in both databases: FTS5 in SQLite, a `tsvector` in PostgreSQL, over the same tokens.

Tokens come from `feeds.search` and hold nothing that either database reads as syntax; both take them as they are. Rows
have the keys of `search_entry`, which grow with the second of publication: so the newest hits of a frequent word are
found without gathering all of them, by walking the rows backwards. PostgreSQL may gather, which is faster for rare
words, and both may look for words along a listing instead: see `way_to`.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import ColumnElement
from sqlalchemy import Connection
from sqlalchemy import FromClause
from sqlalchemy import Select
from sqlalchemy import Text
from sqlalchemy import and_
from sqlalchemy import column
from sqlalchemy import false
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import table
from sqlalchemy import text
from sqlalchemy import true

from feeds.query import All
from feeds.query import AnyOf
from feeds.query import Expression
from feeds.query import Words
from feeds.search import phrase
from feeds.search.analysis import BORDER
from feeds.search.analysis import SIGNS
from feeds.store import gin
from feeds.store.schema import search_entry

#: The tables that are not in `feeds.store.schema`, as each database makes them. FTS5 keeps the first characters of
#: tokens too, since a single character is looked for by the tokens that begin with it. `search_word` counts in how many
#: texts of a sample a token is.
TABLES = {
    "sqlite": (
        "CREATE VIRTUAL TABLE search_text USING fts5("
        f"stream, content='', columnsize=0, prefix='1', tokenize=\"ascii tokenchars '{SIGNS}'\")",
    ),
    "postgresql": (
        "CREATE TABLE search_text (key BIGINT PRIMARY KEY, stream TEXT NOT NULL, vector TSVECTOR NOT NULL)",
        "CREATE INDEX search_text_by_token ON search_text USING gin (vector)",
        'CREATE TABLE search_word (word TEXT COLLATE "C" PRIMARY KEY, entries BIGINT NOT NULL)',
    ),
}
#: What one costs PostgreSQL, beside each other: a text that is looked into for an entry of a listing, a hit that is
#: gathered, a text that is walked past, a row of a listing that is passed by.
_LOOKED_INTO, _GATHERED, _WALKED, _PASSED = 20, 7, 6, 1
#: A page, with as much again since words are not spread evenly.
_WANTED = 100
#: In SQLite so few texts are looked into sooner than the hits of a frequent word are walked.
_SMALLEST = 200

#: What every text has.
_EVERYWHERE = f'"{BORDER}"'
_FTS = table("search_text", column("rowid", BigInteger), column("search_text", Text))


class Way(StrEnum):
    """How the newest entries of a listing that have some words are found; see `way_to`."""

    LISTING = "along the listing"
    HITS = "along the hits"
    GATHERED = "by gathering the hits"


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a listing goes that may be walked."""

    #: At most so many entries are what is asked for but for the words.
    entries: int
    #: So many rows there are to walk along.
    rows: int


@dataclass(frozen=True, slots=True)
class Hits:
    """The rows of the full text that have some words, joined with their rows of `search_entry`."""

    rows: FromClause
    key: ColumnElement[int]
    condition: ColumnElement[bool]


def is_text(tree: Expression) -> bool:
    """Whether the full text alone can tell where a tree holds."""
    if isinstance(tree, All | AnyOf):
        return all(map(is_text, tree.operands))
    return isinstance(tree, Words)


def walks_all_but(connection: Connection) -> bool:
    """Whether `hits` can walk along the texts that do not have some words, whatever they are; PostgreSQL tests each."""
    return _is_sqlite(connection)


def hits(connection: Connection, tree: Expression | None, without: Expression | None = None) -> Hits:
    """Where a tree of words holds, and another one does not; None for all texts, see `walks_all_but`.

    They are walked by their keys.
    """
    if _is_sqlite(connection):
        rows = _FTS.join(search_entry, search_entry.c.key == _FTS.c.rowid)
        return Hits(rows, _FTS.c.rowid, _fts_condition(tree, _FTS, without))
    rows = gin.ROWS.join(search_entry, search_entry.c.key == gin.ROWS.c.key)
    # PostgreSQL guesses how many texts have a word; we know, and leave it one way only: no index on tokens serves this.
    wanted = true() if tree is None else gin.has(tree, gin.ROWS).is_(True)
    return Hits(rows, gin.ROWS.c.key, and_(wanted, *_lacking(without)))


def gathered(tree: Expression, without: Expression | None) -> Hits:
    """The same in PostgreSQL, where the keys of all that have the words are gathered before anything else is asked."""
    found = (
        select(gin.ROWS.c.key)
        .where(gin.has(tree, gin.ROWS), *_lacking(without))
        .cte("found")
        .prefix_with("MATERIALIZED")
    )
    newest = select(found.c.key).order_by(found.c.key.desc()).offset(0).subquery("newest")
    return Hits(newest.join(search_entry, search_entry.c.key == newest.c.key), newest.c.key, true())


def _lacking(without: Expression | None) -> list[ColumnElement[bool]]:
    return [] if without is None else [gin.lacks(without, gin.ROWS)]


def knows_few(connection: Connection) -> bool:
    """Whether a walk past hits is soon over where they must be `among` a few entries."""
    return _is_sqlite(connection)


def among(key: ColumnElement[int], entries: Select[Any]) -> ColumnElement[bool]:
    """That a hit is one of some entries, by their ids: their keys are gathered first, and each hit is looked for there.

    By the key itself FTS5 would look into the text of each of them; by a sum it cannot.
    """
    return (key + 0).in_(select(search_entry.c.key).where(search_entry.c.entry_id.in_(entries)))


def has_words(connection: Connection, tree: Expression, entry_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition that one entry has words: looked up by its key, whatever the words are."""
    its = search_entry.alias()
    key = select(its.c.key).where(its.c.entry_id == entry_id).correlate_except(its).scalar_subquery()
    if _is_sqlite(connection):
        fts = _FTS.alias()
        return select(literal(1)).select_from(fts).where(fts.c.rowid == key, _fts_condition(tree, fts)).exists()
    row = gin.ROWS.alias()
    return select(literal(1)).select_from(row).where(row.c.key == key, gin.has(tree, row)).exists()


def way_to(connection: Connection, words: Expression | None, without: Expression | None, listing: Extent | None) -> Way:
    """The way that likely costs least; for all that there are where there is no listing.

    Along the listing or along the hits a page is found the sooner the more of the others there are; what is gathered is
    gathered all. FTS5 comes by hundreds of hits in the time that it takes to look into one text, so there hits are
    walked but for the smallest listings, and told which they must be `among`.
    """
    if _is_sqlite(connection):
        return Way.LISTING if listing is not None and listing.rows <= _SMALLEST else Way.HITS
    if words is None:
        return Way.HITS
    having, texts = gin.estimate(connection, words, without)
    entries = texts if listing is None else min(listing.entries, texts)
    steps = _WANTED * texts / max(having, 1)
    costs = {
        Way.GATHERED: _GATHERED * having,
        Way.HITS: _WALKED * min(texts, steps * texts / max(entries, 1)),
    }
    if listing is not None:
        found = min(entries, steps)
        costs[Way.LISTING] = _LOOKED_INTO * found + _PASSED * listing.rows * found / max(entries, 1)
    return min(costs, key=lambda way: costs[way])


def add_texts(connection: Connection, texts: Sequence[tuple[int, str]]) -> None:
    """Write rows with the tokens of texts, and count their words."""
    write_texts(connection, texts)
    count_words(connection, gin.sampled(texts))


def write_texts(connection: Connection, texts: Sequence[tuple[int, str]]) -> None:
    """Write rows with the tokens of texts; those of `gin.sampled` must be counted too, by and by."""
    if _is_sqlite(connection):
        statement = text("INSERT INTO search_text (rowid, stream) VALUES (:key, :stream)")
        connection.execute(statement, [{"key": key, "stream": stream} for key, stream in texts])
        return
    statement = text(
        "INSERT INTO search_text (key, stream, vector) "
        "SELECT key, stream, array_to_tsvector(array_remove(string_to_array(stream, ' '), '')) "
        "FROM unnest(CAST(:keys AS bigint[]), CAST(:streams AS text[])) AS texts (key, stream)"
    )
    connection.execute(statement, {"keys": [key for key, _ in texts], "streams": [stream for _, stream in texts]})


def count_words(connection: Connection, streams: Iterable[str]) -> None:
    """Count the words of texts of the sample. FTS5 counts by itself."""
    if not _is_sqlite(connection):
        gin.count_words(connection, streams)


def empty_texts(connection: Connection) -> None:
    """Drop all rows. For who began to read before, they are there: after a TRUNCATE they would find nothing."""
    if _is_sqlite(connection):
        connection.execute(text("INSERT INTO search_text (search_text) VALUES ('delete-all')"))
    else:
        connection.execute(text("DELETE FROM search_text"))
        connection.execute(text("DELETE FROM search_word"))


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _fts_condition(tree: Expression | None, fts: Any, without: Expression | None = None) -> ColumnElement[bool]:
    wanted = _EVERYWHERE if tree is None else _fts(tree)
    if wanted is None:
        return false()
    if without is not None and (unwanted := _fts(without)) is not None:
        wanted = f"({wanted}) NOT ({unwanted})"
    condition: ColumnElement[bool] = fts.c.search_text.op("MATCH", is_comparison=True)(wanted)
    return condition


def _fts(tree: Expression) -> str | None:
    """The query of FTS5 (https://sqlite.org/fts5.html, section 3); None where nothing can have it."""
    match tree:
        case Words(text=words):
            found = phrase(words)
            return None if found is None else f'"{" ".join(found.tokens)}"{"*" if found.open else ""}'
        case All(operands=operands):
            parts = [_fts(one) for one in operands]
            return None if None in parts else f"({' AND '.join(filter(None, parts))})"
        case AnyOf(operands=operands):
            known = list(filter(None, map(_fts, operands)))
            return f"({' OR '.join(known)})" if known else None
    raise TypeError(f"{tree!r} is not only words")
