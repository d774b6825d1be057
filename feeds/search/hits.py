"""Where a text has what was looked for: spans of the text as it is, so that every form of it can mark them safely."""

from __future__ import annotations

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from feeds.search.analysis import LONGEST
from feeds.search.analysis import Phrase
from feeds.search.analysis import phrase
from feeds.search.analysis import pieces
from feeds.search.folding import fold_with_origins
from feeds.text import one_line
from feeds.text import reach

#: Characters of a text that are looked through for a snippet.
MOST = 20_000
#: Columns of a snippet, and of them those in front of its first hit.
COLUMNS = 160
_BEFORE = 30
#: How far in front of the hit a better place to begin is looked for.
_SENTENCE_MARKS = "。！？!?；;\n"


class Span(NamedTuple):
    """`text[start:end]`."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Snippet:
    """A part of a text, in one line, with the places to mark; in order, none within another."""

    text: str
    spans: tuple[Span, ...]


class _Token(NamedTuple):
    text: str
    start: int
    end: int


def spans(text: str, words: Iterable[str]) -> tuple[Span, ...]:
    """The places of `words`, each a word or phrase of a query; in order, those that touch as one."""
    phrases = [found for one in words if (found := phrase(one)) is not None]
    if not phrases:
        return ()
    folded, origin = fold_with_origins(text)
    places = {*_runs(folded, phrases), *_rows(folded, phrases)}
    return tuple(_merged(Span(origin[start], origin[end - 1] + 1) for start, end in sorted(places)))


def snippet(text: str, words: Iterable[str], columns: int = COLUMNS) -> Snippet:
    """The text around the first hit, the beginning where there is none; `columns` wide at most."""
    line = one_line(text[:MOST])
    wanted = tuple(words)
    hits = spans(line, wanted)
    start = _start(line, hits[0].start, columns) if hits else 0
    end = reach(line, start, columns - 2)
    shown = ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")
    shift = (1 if start else 0) - start
    inside = (Span(s.start + shift, min(s.end, end) + shift) for s in hits if start <= s.start < end)
    return Snippet(shown, tuple(inside))


def _runs(folded: str, phrases: Iterable[Phrase]) -> Iterator[Span]:
    """Where phrases are that are one run of a dense script: where it stands, its tokens do too."""
    for run in filter(None, (wanted.run for wanted in phrases)):
        yield from (Span(at, at + len(run)) for at in _occurrences(folded, run, 0, len(folded)))


def _rows(folded: str, phrases: Iterable[Phrase]) -> Iterator[Span]:
    """Where the others are."""
    if others := [wanted for wanted in phrases if wanted.run is None]:
        tokens = list(_tokens(folded, {token for wanted in others for token in wanted.tokens}))
        for wanted in others:
            yield from _places(tokens, wanted)


def _tokens(folded: str, sought: Collection[str]) -> Iterator[_Token]:
    """What stands between those that are `sought` in a dense script stays whole: taking it apart takes the time."""
    for found in pieces(folded):
        if found["dense"] is None:
            yield _Token(found[0][:LONGEST], *found.span())
        else:
            yield from _dense(folded, *found.span(), sought)


def _dense(folded: str, start: int, end: int, sought: Collection[str]) -> Iterator[_Token]:
    """The pairs of a run that begin with something `sought`, and one token without a text for all between two."""
    behind = start
    for at in sorted({at for token in sought for at in _occurrences(folded, token, start, end)}):
        if at > behind:
            yield _Token("", behind, at)
        behind = at + 1
        yield _Token(folded[at : min(at + 2, end)], at, min(at + 2, end))
    if behind < end:
        yield _Token("", behind, end)


def _occurrences(folded: str, token: str, start: int, end: int) -> Iterator[int]:
    at = folded.find(token, start, end)
    while at >= 0:
        yield at
        at = folded.find(token, at + 1, end)


def _places(tokens: Sequence[_Token], wanted: Phrase) -> Iterator[Span]:
    *firm, last = wanted.tokens
    for at in range(len(tokens) - len(firm)):
        if any(tokens[at + number].text != token for number, token in enumerate(firm)):
            continue
        end = tokens[at + len(firm)]
        if end.text == last:
            yield Span(tokens[at].start, end.end)
        elif wanted.open and end.text.startswith(last):
            yield Span(tokens[at].start, end.start + len(last))


def _merged(found: Iterable[Span]) -> Iterator[Span]:
    held: Span | None = None
    for span in found:
        if held is None or span.start > held.end:
            if held is not None:
                yield held
            held = span
        else:
            held = Span(held.start, max(held.end, span.end))
    if held is not None:
        yield held


def _start(line: str, hit: int, columns: int) -> int:
    """A sentence's beginning or a space not far in front of the hit."""
    start = hit - reach(line[:hit][::-1], 0, min(_BEFORE, columns // 3))
    if start == 0:
        return 0
    for marks in (_SENTENCE_MARKS, " "):
        at = max(line.rfind(mark, start, hit) for mark in marks)
        if at >= 0:
            return at + 1
    return start
