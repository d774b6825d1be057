"""The full text in PostgreSQL: rows of tokens, and how many of a sample of texts have each.

PostgreSQL guesses how many rows a condition leaves, and guesses texts wrong; so its words are counted here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from math import prod
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy import ColumnElement
from sqlalchemy import Connection
from sqlalchemy import Text
from sqlalchemy import and_
from sqlalchemy import column
from sqlalchemy import false
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy import literal_column
from sqlalchemy import not_
from sqlalchemy import or_
from sqlalchemy import table
from sqlalchemy import text

from feeds.query import All
from feeds.query import AnyOf
from feeds.query import Expression
from feeds.query import Words
from feeds.search import Phrase
from feeds.search import phrase
from feeds.search.analysis import BORDER

#: One text of so many is counted, chosen by its key.
SAMPLE = 16
#: Of the texts with the rarest of some words at least one in so many has them all: words that are looked for together
#: stand together more often than by chance, which is all that their numbers tell.
_TOGETHER = 8
ROWS = table("search_text", column("key", BigInteger), column("stream", Text), column("vector"))


def has(tree: Expression, gin: Any) -> ColumnElement[bool]:
    """That a row of the full text has words."""
    match tree:
        case Words(text=words):
            found = phrase(words)
            return false() if found is None else _has_phrase(found, gin)
        case All(operands=operands):
            return and_(*(has(one, gin) for one in operands))
        case AnyOf(operands=operands):
            return or_(*(has(one, gin) for one in operands))
    raise TypeError(f"{tree!r} is not only words")


def lacks(tree: Expression, gin: Any) -> ColumnElement[bool]:
    """That a row does not have words. Where a token alone tells, the index does too, and the text need not be read."""
    match tree:
        case AnyOf(operands=operands):
            return and_(*(lacks(one, gin) for one in operands))
        case Words(text=words) if (found := phrase(words)) is not None and len(found.tokens) == 1:
            return _has_tokens(f"!{_tsquery(found)}", gin)
    return not_(has(tree, gin))


def estimate(connection: Connection, tree: Expression, without: Expression | None = None) -> tuple[int, int]:
    """In about how many texts words are, and others are not, as far as the sample tells; and how many texts there are.

    A phrase counts as often as its rarest token, words together as often as they would be by chance, but see
    `_TOGETHER`. What is not wanted counts as often as is sure: to gather what then is left must not be to gather all.
    """
    counts = _counts(connection, [tree] if without is None else [tree, without])
    having, texts = _about(tree, counts), max(counts[BORDER], 1)
    wanted = having if without is None else having * max(texts - _least(without, counts), 0) // texts
    return SAMPLE * wanted, SAMPLE * texts


def sampled(texts: Iterable[tuple[int, str]]) -> list[str]:
    """The texts whose words are counted."""
    return [stream for key, stream in texts if key % SAMPLE == 0]


def count_words(connection: Connection, streams: Iterable[str]) -> None:
    """Count the words of sampled texts, in the order of the words, so that two writers never wait for each other."""
    counts = Counter(word for stream in streams for word in set(stream.split()))
    if not counts:
        return
    statement = text(
        "INSERT INTO search_word (word, entries)"
        " SELECT * FROM unnest(CAST(:words AS text[]), CAST(:counts AS bigint[]))"
        " ON CONFLICT (word) DO UPDATE SET entries = search_word.entries + excluded.entries"
    )
    words = sorted(counts)
    connection.execute(statement, {"words": words, "counts": [counts[word] for word in words]})


def _has_phrase(found: Phrase, gin: Any) -> ColumnElement[bool]:
    """The tokens must be there, which the index tells, and one behind the other, for which the stream is looked at."""
    there = _has_tokens(_tsquery(found), gin)
    if len(found.tokens) == 1:
        return there
    row = f" {' '.join(found.tokens)}{'' if found.open else ' '}"
    return and_(there, func.strpos(literal(" ") + gin.c.stream + literal(" "), row) > 0)


def _tsquery(found: Phrase) -> str:
    *firm, last = (f"'{token}'" for token in found.tokens)
    return " & ".join([*firm, f"{last}:*" if found.open else last])


def _has_tokens(wanted: str, gin: Any) -> ColumnElement[bool]:
    query = literal(wanted, Text).op("::")(literal_column("tsquery"))
    there: ColumnElement[bool] = gin.c.vector.op("@@", is_comparison=True)(query)
    return there


def _counts(connection: Connection, trees: Sequence[Expression]) -> Counter[str]:
    """In how many texts of the sample each token is; `BORDER` is in all."""
    found = [one for tree in trees for one in _phrases(tree)]
    asked = text("SELECT word, entries FROM search_word WHERE word = ANY(:words)")
    words = sorted({BORDER, *(token for one in found for token in one.tokens)})
    counts: Counter[str] = Counter({row.word: row.entries for row in connection.execute(asked, {"words": words})})
    for one in (one for one in found if one.open):
        counts[f"{one.tokens[-1]}*"] = _begun_by(connection, one.tokens[-1])
    return counts


def _begun_by(connection: Connection, beginning: str) -> int:
    asked = text("SELECT coalesce(sum(entries), 0) FROM search_word WHERE word >= :first AND word < :last")
    return int(connection.scalar(asked, {"first": beginning, "last": f"{beginning}\U0010ffff"}) or 0)


def _about(tree: Expression, counts: Counter[str]) -> int:
    match tree:
        case Words(text=words):
            found = phrase(words)
            if found is None:
                return 0
            *firm, last = found.tokens
            return min(counts[token] for token in (*firm, f"{last}*" if found.open else last))
        case All(operands=operands):
            each, texts = [_about(one, counts) for one in operands], max(counts[BORDER], 1)
            return max(int(texts * prod(one / texts for one in each)), min(each) // _TOGETHER)
        case AnyOf(operands=operands):
            return sum(_about(one, counts) for one in operands)
    raise TypeError(f"{tree!r} is not only words")


def _least(tree: Expression, counts: Counter[str]) -> int:
    """In how many texts words are at least: nobody counts phrases, nor words together."""
    match tree:
        case AnyOf(operands=operands):
            return max(_least(one, counts) for one in operands)
        case Words(text=words) if (found := phrase(words)) is not None and len(found.tokens) == 1:
            return _about(tree, counts)
    return 0


def _phrases(tree: Expression) -> Iterator[Phrase]:
    if isinstance(tree, Words) and (found := phrase(tree.text)) is not None:
        yield found
    elif isinstance(tree, All | AnyOf):
        for operand in tree.operands:
            yield from _phrases(operand)
