"""What a text looks like, whatever it is about: two people speak in turns, the chapters of a film are listed. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from collections.abc import Iterable

from feeds.topics.matching import Span

#: A line that begins with a name and a colon, as transcripts write turns; the text is folded, so all colons are one.
_TURN = re.compile(r"^[*>\s]*([^\W\d_][^\n:,。!?;()/|<>\[\]\"“”《》]{1,28}?)[*\s]*:([*\s]*[^\s/].*)", re.MULTILINE)
#: Who speaks says I or you, or asks.
_SPOKEN = re.compile(r"[我你您咱?]|\b(?:i|you|we)\b")
#: A line that begins with a time of a recording: 00:37, 1:02:15.
_CHAPTER = re.compile(r"^[-*(\[\s]*(?:\d{1,2}:)?\d{1,2}:\d{2}[)\]\s]", re.MULTILINE)
_TURNS = 3
_CHAPTERS = 4


def find_shapes(folded: str, start: int, end: int, no_speakers: Collection[str]) -> Iterable[tuple[str, Span]]:
    """The shapes of `folded[start:end]`, each with the place where it shows first."""
    if (turn := _first_turn(folded, start, end, no_speakers)) is not None:
        yield "dialogue", turn
    chapters = [match.span() for match in _CHAPTER.finditer(folded, start, end)]
    if len(chapters) >= _CHAPTERS:
        yield "chapters", Span(*chapters[0])


def _first_turn(folded: str, start: int, end: int, no_speakers: Collection[str]) -> Span | None:
    """Two people at least, one of whom speaks again: `Pros: … Cons: …` are no people."""
    found = (match for match in _TURN.finditer(folded, start, end) if match[1].strip() not in no_speakers)
    turns = [match for match in found if _SPOKEN.search(match[2])]
    speakers = Counter(match[1].strip() for match in turns)
    again = [name for name, times in speakers.items() if times > 1]
    if len(speakers) < 2 or not again or sum(speakers[name] for name in again) + 1 < _TURNS:
        return None
    return next(Span(*match.span(1)) for match in turns if match[1].strip() in again)
