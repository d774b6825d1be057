"""A readable difference of two plain texts: by sentence, and inside changed sentences by word. Pure.

The work is bounded: what is equal at both ends is cut off first; two lists are only compared where their lengths
multiplied stay below a limit, and are otherwise told as all deleted and all inserted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from rapidfuzz.distance import LCSseq
from rapidfuzz.fuzz import ratio


class Kind(StrEnum):
    """Where the words of a piece stand: in both texts, only in the new one, only in the old one."""

    SAME = "same"
    INSERTED = "inserted"
    DELETED = "deleted"


class Piece(NamedTuple):
    """A run of words."""

    kind: Kind
    words: str


#: Length of one list times that of the other: LCSseq keeps a bit for each pair, so this is 8 MB.
_MOST_PAIRS = 64_000_000
#: The share of letters (0 to 100) from which two sentences are one sentence changed; others are told whole.
_ALIKE = 40
#: Equal words between two changes that are fewer letters than this only look like a coincidence.
_SHORTEST = 2
#: Letters of two changed runs that are looked at to see whether they are alike.
_SPAN = 4000

_SENTENCE = re.compile(r".+?(?:[。！？!?…;；]+[”’」』）)\"]*|\.(?=\s)|\n+|$)\s*", re.DOTALL)
#: Latin words, numbers and white space whole; everything else (Chinese above all) character by character.
_WORD = re.compile(r"[^\W\u0e00-\uffff]+|\s+|.", re.DOTALL)


def difference(old: str, new: str) -> tuple[Piece, ...]:
    """What became of `old`, in the order of reading. All but the inserted gives `old`, all but the deleted `new`."""
    pieces = [
        piece
        for before, after in _changed(_SENTENCE.findall(old), _SENTENCE.findall(new))
        for piece in _inside("".join(before), "".join(after))
    ]
    return tuple(_joined(pieces))


def _inside(before: str, after: str) -> Iterator[Piece]:
    """A run of sentences, equal or changed."""
    if before == after:
        yield Piece(Kind.SAME, before)
    elif not before or not after or ratio(before[:_SPAN], after[:_SPAN], score_cutoff=_ALIKE) == 0:
        yield Piece(Kind.DELETED, before)
        yield Piece(Kind.INSERTED, after)
    else:
        yield from _by_word(before, after)


def _by_word(before: str, after: str) -> Iterator[Piece]:
    found = [("".join(a), "".join(b)) for a, b in _changed(_WORD.findall(before), _WORD.findall(after))]
    for index, (a, b) in enumerate(found):
        if a == b and not (0 < index < len(found) - 1 and len(a.strip()) < _SHORTEST):
            yield Piece(Kind.SAME, a)
        else:
            yield Piece(Kind.DELETED, a)
            yield Piece(Kind.INSERTED, b)


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Runs of both lists, in order: equal ones, and such as have nothing in common."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    yield old[:head], new[:head]
    yield from _compared(old[head : len(old) - tail], new[head : len(new) - tail])
    yield old[len(old) - tail :], new[len(new) - tail :]


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    if len(old) * len(new) > _MOST_PAIRS:
        yield old, new
        return
    at_old = at_new = 0
    for block in LCSseq.opcodes(old, new).as_matching_blocks() if old and new else ():
        yield old[at_old : block.a], new[at_new : block.b]
        yield old[block.a : block.a + block.size], new[block.b : block.b + block.size]
        at_old, at_new = block.a + block.size, block.b + block.size
    yield old[at_old:], new[at_new:]


def _common(old: Sequence[str], new: Sequence[str]) -> int:
    """How many equal ones both begin with."""
    return next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one; between two equal runs what is deleted stands before what is inserted."""
    deleted = inserted = same = ""
    for kind, words in pieces:
        if kind is Kind.SAME and words:
            yield from _told(Kind.DELETED, deleted)
            yield from _told(Kind.INSERTED, inserted)
            deleted = inserted = ""
            same += words
            continue
        if words and same:
            yield Piece(Kind.SAME, same)
            same = ""
        deleted += words if kind is Kind.DELETED else ""
        inserted += words if kind is Kind.INSERTED else ""
    for kind, words in ((Kind.DELETED, deleted), (Kind.INSERTED, inserted), (Kind.SAME, same)):
        yield from _told(kind, words)


def _told(kind: Kind, words: str) -> Iterator[Piece]:
    if words:
        yield Piece(kind, words)
