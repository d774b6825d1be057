"""Which of some entries is found first: BM25 among them, titles and names before text, newer ones before older ones.

Computed here rather than by a database, so that both give one order; over the newest hits only, so that the cost of a
word does not grow with the archive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import log

from feeds.search.analysis import Phrase
from feeds.search.analysis import stream
from feeds.search.folding import fold

#: The usual ones of BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009).
_K1 = 1.2
_B = 0.75
#: What a hit in a title, or in a name, is worth; any number of them in a text is worth less than 2.2.
_TITLE = 2.5
_NAME = 1.5
#: What being new is worth, and the days after which half of it is gone.
_FRESH = 0.25
_HALF_LIFE = 60.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that was found."""

    id: str
    published: datetime
    title: str | None
    names: tuple[str, ...]
    #: The beginning of its text.
    text: str


def ranked(candidates: Sequence[Candidate], phrases: Sequence[Phrase]) -> list[str]:
    """The ids, the best first; where nothing tells two apart they stay in the order given."""
    if not candidates:
        return []
    runs = [phrase.run for phrase in phrases]
    counts = [_counts(one, phrases, runs) for one in candidates]
    lengths = [len(one.text) + 1 for one in candidates]
    usual = sum(lengths) / len(lengths)
    rarity = [_rarity(len(candidates), sum(any(row[n]) for row in counts)) for n in range(len(phrases))]
    newest = max(one.published for one in candidates)
    scores = {
        one.id: _score(row, length / usual, rarity) * _freshness(newest, one.published)
        for one, row, length in zip(candidates, counts, lengths, strict=True)
    }
    return sorted(scores, key=lambda entry_id: -scores[entry_id])


def _counts(one: Candidate, phrases: Sequence[Phrase], runs: Sequence[str | None]) -> list[tuple[int, float]]:
    """For each phrase how often it is in the text, and what it is worth elsewhere."""
    title, names = stream(one.title, (), "") if one.title else "", _of_names(one.names)
    elsewhere = [_TITLE * min(1, _count(title, p)) + _NAME * min(1, _count(names, p)) for p in phrases]
    return list(zip(_in_text(one.text, phrases, runs), elsewhere, strict=True))


@lru_cache(maxsize=4096)
def _of_names(names: tuple[str, ...]) -> str:
    """Of many hits the authors are the same."""
    return stream(None, names, "")


def _in_text(text: str, phrases: Sequence[Phrase], runs: Sequence[str | None]) -> list[int]:
    """How often each phrase is in a text, which is taken apart only where that must be: nothing else takes as long."""
    folded = fold(text) if any(runs) else ""
    tokens = "" if all(runs) else stream(None, (), text)
    return [_count(tokens, p) if run is None else folded.count(run) for p, run in zip(phrases, runs, strict=True)]


def _count(tokens: str, wanted: Phrase) -> int:
    row = " ".join(wanted.tokens)
    return f" {tokens} ".count(f" {row}" if wanted.open else f" {row} ")


def _rarity(candidates: int, having: int) -> float:
    return log(1 + (candidates - having + 0.5) / (having + 0.5))


def _score(counts: Sequence[tuple[int, float]], length: float, rarity: Sequence[float]) -> float:
    slack = _K1 * (1 - _B + _B * length)
    return sum(
        worth * (elsewhere + count * (_K1 + 1) / (count + slack))
        for (count, elsewhere), worth in zip(counts, rarity, strict=True)
    )


def _freshness(newest: datetime, published: datetime) -> float:
    days = (newest - published).total_seconds() / 86_400
    return float(1 + _FRESH * 0.5 ** (days / _HALF_LIFE))
