"""The full text in both databases: FTS5 in SQLite, a `tsvector` in PostgreSQL, over the same tokens.

Tokens come from `feeds.search` and hold nothing that either database reads as syntax; both take them as they are. Rows
have the keys of `search_entry`, which grow with the second of publication: so the newest hits of a frequent word are
found without gathering all of them, by walking the rows backwards. FTS5 always does that. PostgreSQL may gather, which
is faster for rare words, unless a sample says that a word is frequent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import ColumnElement
from sqlalchemy import Connection
from sqlalchemy import FromClause
from sqlalchemy import Text
from sqlalchemy import and_
from sqlalchemy import column
from sqlalchemy import false
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy import literal_column
from sqlalchemy import not_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import table
from sqlalchemy import text
from sqlalchemy import true

from feeds.query import All
from feeds.query import AnyOf
from feeds.query import Expression
from feeds.query import Words
from feeds.search import Phrase
from feeds.search import phrase
from feeds.search.analysis import BORDER
from feeds.search.analysis import SIGNS
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
#: One text of so many is counted, chosen by its key.
SAMPLE = 16
#: Of more texts than this PostgreSQL does not gather those that have a word.
FREQUENT = 8_000


#: What every text has.
_EVERYWHERE = f'"{BORDER}"'
_FTS = table("search_text", column("rowid", BigInteger), column("search_text", Text))
_GIN = table("search_text", column("key", BigInteger), column("stream", Text), column("vector"))


@dataclass(frozen=True, slots=True)
class Hits:
    """The rows of the full text that have some words, joined with their rows of `search_entry`."""

    rows: FromClause
    key: ColumnElement[int]
    condition: ColumnElement[bool]
    #: The key again, to order by.
    order: ColumnElement[int]


def is_text(tree: Expression) -> bool:
    """Whether the full text alone can tell where a tree holds."""
    if isinstance(tree, All | AnyOf):
        return all(map(is_text, tree.operands))
    return isinstance(tree, Words)


def walks_all_but(connection: Connection) -> bool:
    """Whether `hits` can walk along the texts that do not have some words, whatever they are; PostgreSQL tests each."""
    return _is_sqlite(connection)


def hits(
    connection: Connection, tree: Expression | None, frequent: int = FREQUENT, without: Expression | None = None
) -> Hits:
    """Where a tree of words holds, and another one does not; None for all texts, see `walks_all_but`."""
    if _is_sqlite(connection):
        rows = _FTS.join(search_entry, search_entry.c.key == _FTS.c.rowid)
        return Hits(rows, _FTS.c.rowid, _fts_condition(tree, _FTS, without), _FTS.c.rowid)
    rows = _GIN.join(search_entry, search_entry.c.key == _GIN.c.key)
    condition = true() if tree is None else _gin_condition(tree, _GIN)
    order: ColumnElement[int] = _GIN.c.key
    # PostgreSQL guesses how many texts have a word; we know, and leave it one way only.
    if tree is None or _estimate(connection, tree) > frequent:
        condition = condition.is_(True)  # no index on tokens can serve that: the walk is by key
    else:
        order = order + 0  # no index on keys can serve that: those that have the words are gathered
    if without is not None:
        condition = and_(condition, not_(_gin_condition(without, _GIN)))
    return Hits(rows, _GIN.c.key, condition, order)


def has_words(connection: Connection, tree: Expression, entry_id: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition that one entry has words: looked up by its key, whatever the words are."""
    its = search_entry.alias()
    key = select(its.c.key).where(its.c.entry_id == entry_id).correlate_except(its).scalar_subquery()
    if _is_sqlite(connection):
        fts = _FTS.alias()
        return select(literal(1)).select_from(fts).where(fts.c.rowid == key, _fts_condition(tree, fts)).exists()
    gin = _GIN.alias()
    return select(literal(1)).select_from(gin).where(gin.c.key == key, _gin_condition(tree, gin)).exists()


def count_up_to(connection: Connection, tree: Expression, most: int) -> int:
    """In how many texts words are, or `most`; of texts that are shown no more too. An estimate on PostgreSQL."""
    if not _is_sqlite(connection):
        return min(most, _estimate(connection, tree))
    some = select(_FTS.c.rowid).where(_fts_condition(tree, _FTS)).limit(most).subquery()
    return int(connection.scalar(select(func.count()).select_from(some)) or 0)


def add_texts(connection: Connection, texts: Sequence[tuple[int, str]]) -> None:
    """Write rows with the tokens of texts, and count their words."""
    write_texts(connection, texts)
    count_words(connection, sampled(texts))


def write_texts(connection: Connection, texts: Sequence[tuple[int, str]]) -> None:
    """Write rows with the tokens of texts; those of `sampled` must be counted too, by and by."""
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


def sampled(texts: Iterable[tuple[int, str]]) -> list[str]:
    """The texts whose words are counted."""
    return [stream for key, stream in texts if key % SAMPLE == 0]


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


def _gin_condition(tree: Expression, gin: Any) -> ColumnElement[bool]:
    match tree:
        case Words(text=words):
            found = phrase(words)
            return false() if found is None else _gin_phrase(found, gin)
        case All(operands=operands):
            return and_(*(_gin_condition(one, gin) for one in operands))
        case AnyOf(operands=operands):
            return or_(*(_gin_condition(one, gin) for one in operands))
    raise TypeError(f"{tree!r} is not only words")


def _gin_phrase(found: Phrase, gin: Any) -> ColumnElement[bool]:
    """The tokens must be there, which the index tells, and one behind the other, for which the stream is looked at."""
    *firm, last = (f"'{token}'" for token in found.tokens)
    wanted = " & ".join([*firm, f"{last}:*" if found.open else last])
    there: ColumnElement[bool] = gin.c.vector.op("@@", is_comparison=True)(
        literal(wanted, Text).op("::")(literal_column("tsquery"))
    )
    if not firm:
        return there
    row = f" {' '.join(found.tokens)}{'' if found.open else ' '}"
    return and_(there, func.strpos(literal(" ") + gin.c.stream + literal(" "), row) > 0)


def _estimate(connection: Connection, tree: Expression) -> int:
    """At most in how many texts words are, as far as the sample tells."""
    tokens = {token for found in _phrases(tree) for token in found.tokens}
    rows = connection.execute(
        text("SELECT word, entries FROM search_word WHERE word = ANY(:words)"), {"words": list(tokens)}
    )
    counts: Counter[str] = Counter({row.word: row.entries for row in rows})
    for found in (one for one in _phrases(tree) if one.open):
        counts[f"{found.tokens[-1]}*"] = _begun_by(connection, found.tokens[-1])
    return SAMPLE * _at_most(tree, counts)


def _begun_by(connection: Connection, beginning: str) -> int:
    asked = text("SELECT coalesce(sum(entries), 0) FROM search_word WHERE word >= :first AND word < :last")
    return int(connection.scalar(asked, {"first": beginning, "last": f"{beginning}\U0010ffff"}) or 0)


def _at_most(tree: Expression, counts: Counter[str]) -> int:
    match tree:
        case Words(text=words):
            found = phrase(words)
            if found is None:
                return 0
            *firm, last = found.tokens
            return min(counts[token] for token in (*firm, f"{last}*" if found.open else last))
        case All(operands=operands):
            return min(_at_most(one, counts) for one in operands)
        case AnyOf(operands=operands):
            return sum(_at_most(one, counts) for one in operands)
    raise TypeError(f"{tree!r} is not only words")


def _phrases(tree: Expression) -> Iterator[Phrase]:
    if isinstance(tree, Words) and (found := phrase(tree.text)) is not None:
        yield found
    elif isinstance(tree, All | AnyOf):
        for operand in tree.operands:
            yield from _phrases(operand)


def count_words(connection: Connection, streams: Iterable[str]) -> None:
    """Count the words of sampled texts, in the order of the words, so that two writers never wait for each other.

    FTS5 counts by itself.
    """
    counts = Counter(word for stream in streams for word in set(stream.split()))
    if _is_sqlite(connection) or not counts:
        return
    statement = text(
        "INSERT INTO search_word (word, entries)"
        " SELECT * FROM unnest(CAST(:words AS text[]), CAST(:counts AS bigint[]))"
        " ON CONFLICT (word) DO UPDATE SET entries = search_word.entries + excluded.entries"
    )
    words = sorted(counts)
    connection.execute(statement, {"words": words, "counts": [counts[word] for word in words]})
