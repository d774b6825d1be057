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
from feeds.search.folding import folded_pieces
from feeds.text import one_line
from feeds.text import width

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
    forms = folded_pieces(text)
    tokens = list(_tokens("".join(forms), {token for wanted in phrases for token in wanted.tokens}))
    origin = [at for at, form in enumerate(forms) for _ in form]
    places = sorted({span for wanted in phrases for span in _places(tokens, wanted)})
    return tuple(_merged(Span(origin[start], origin[end - 1] + 1) for start, end in places))


def snippet(text: str, words: Iterable[str], columns: int = COLUMNS) -> Snippet:
    """The text around the first hit, the beginning where there is none; `columns` wide at most."""
    line = one_line(text[:MOST])
    wanted = tuple(words)
    hits = spans(line, wanted)
    start = _start(line, hits[0].start, columns) if hits else 0
    end = _end(line, start, columns - 2)
    shown = ("…" if start else "") + line[start:end] + ("…" if end < len(line) else "")
    shift = (1 if start else 0) - start
    inside = (Span(s.start + shift, min(s.end, end) + shift) for s in hits if start <= s.start < end)
    return Snippet(shown, tuple(inside))


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
    room, used, start = min(_BEFORE, columns // 3), 0, hit
    while start and (used := used + width(line[start - 1])) <= room:
        start -= 1
    if start == 0:
        return 0
    for marks in (_SENTENCE_MARKS, " "):
        at = max(line.rfind(mark, start, hit) for mark in marks)
        if at >= 0:
            return at + 1
    return start


def _end(line: str, start: int, columns: int) -> int:
    used, end = 0, start
    while end < len(line) and (used := used + width(line[end])) <= columns:
        end += 1
    return end
