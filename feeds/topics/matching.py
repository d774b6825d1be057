"""Finds every word of every rule in one pass over folded text. Knows words and their borders, not their worth."""

from __future__ import annotations

import re
from bisect import bisect_left
from bisect import bisect_right
from collections.abc import Iterable
from itertools import pairwise
from itertools import product
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick
from ahocorasick_rs import MatchKind

from feeds.chinese import fold
from feeds.topics.rules import is_latin

#: A word with more gaps than this is looked for as it is written.
_MOST_GAPS = 3
#: Letters that are soon a word of the language by chance.
_SHORT = 4
#: More words than this never begin inside one another.
_NEIGHBOURS = 6
#: Between Chinese and Latin some put a space, some do not.
_SCRIPT_BORDER = re.compile("(?<=[\u3400-\u9fff])(?=[a-z0-9])|(?<=[a-z0-9])(?=[\u3400-\u9fff])")


class Span(NamedTuple):
    """Where something stands in the folded text: `text[start:end]`."""

    start: int
    end: int


class Matcher:
    """A fixed set of words, given as written; a word is looked for with a space, a hyphen or nothing in its gaps."""

    def __init__(self, words: Iterable[str]) -> None:
        forms: dict[str, list[str]] = {}
        for key in sorted(set(fold_all(words))):
            for form in spellings(key):
                forms.setdefault(form, []).append(key)
        #: Of each form its words, and whether it could be a part of a longer Latin word.
        self._forms = [(keys, is_latin(form[0]) or is_latin(form[-1])) for form, keys in forms.items()]
        self._automaton = AhoCorasick(list(forms), matchkind=MatchKind.Standard)

    def find(self, folded: str) -> dict[str, list[Span]]:
        """Every word found, folded, with its places in order. Latin words count at word borders only."""
        found: dict[str, list[Span]] = {}
        for index, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            keys, has_borders = self._forms[index]
            if not has_borders or stands_alone(folded, start, end):
                span = Span(start, end)
                for key in keys:
                    found.setdefault(key, []).append(span)
        return found


def fold_all(words: Iterable[str]) -> list[str]:
    """Each of some words folded, in one go."""
    given = list(words)
    return fold("\n".join(given)).split("\n") if given else []


def spellings(word: str) -> list[str]:
    """`word` with each gap closed, as a space and as a hyphen: people write GPT-4, GPT 4 and GPT4."""
    pieces = _SCRIPT_BORDER.sub(" ", word.replace("-", " ")).split(" ")
    if not 1 < len(pieces) <= _MOST_GAPS + 1 or not all(pieces):
        return [word]
    choices = [(" ", "-") if _makes_another_word(*pair) else ("", " ", "-") for pair in pairwise(pieces)]
    return ["".join(_interleave(pieces, gaps)) for gaps in product(*choices)]


def _makes_another_word(one: str, other: str) -> bool:
    """Whether two pieces may not be written together: D-ID is not `did`."""
    whole = one + other
    return min(len(one), len(other)) == 1 and len(whole) <= _SHORT and whole.isascii() and whole.isalpha()


def _interleave(pieces: list[str], gaps: tuple[str, ...]) -> Iterable[str]:
    yield pieces[0]
    for gap, piece in zip(gaps, pieces[1:], strict=True):
        yield gap
        yield piece


def stands_alone(folded: str, start: int, end: int) -> bool:
    """Whether no Latin word goes on over either end; Chinese has no borders, so beside it every place is one."""
    if is_latin(folded[start]) and start and is_latin(folded[start - 1]):
        return False
    return not is_latin(folded[end - 1]) or _ends_word(folded, start, end)


def _ends_word(folded: str, start: int, end: int) -> bool:
    """A word may go on with a version (`llama3`) or a plural s, but `C` does not stand in `C++`."""
    following = folded[end : end + 1]
    if not is_latin(following):
        return not (following in ("+", "#") and end - start <= 2)
    if not folded[end - 1].isalpha() or end - start < 2:
        return False
    return following.isdigit() or (following == "s" and end - start > 2 and not is_latin(folded[end + 1 : end + 2]))


def near(groups: list[list[Span]], within: int) -> list[Span]:
    """The places where one span of each group lies with the others, at most `within` characters between them all."""
    if not all(groups):
        return []
    others = [sorted(group) for group in groups[1:]]
    hits = []
    for anchor in groups[0]:
        spans = [anchor]
        for group in others:
            if (closest := _closest(anchor, group, within)) is None:
                break
            spans.append(closest)
        else:
            start, end = min(s.start for s in spans), max(s.end for s in spans)
            if end - start - sum(s.end - s.start for s in spans) <= within:
                hits.append(Span(start, end))
    return hits


def _closest(anchor: Span, group: list[Span], within: int) -> Span | None:
    """Among the neighbours in a sorted group. Overlapping ones stand for the same words and do not count."""
    at = bisect_left(group, anchor)
    best, distance = None, within
    for other in group[max(0, at - _NEIGHBOURS) : at + _NEIGHBOURS]:
        apart = other[0] - anchor[1] if other[0] >= anchor[1] else anchor[0] - other[1]
        if 0 <= apart <= distance and (best is None or apart < distance):
            best, distance = other, apart
    return best


def outermost(spans: Iterable[Span]) -> list[Span]:
    """Without those that lie inside another one: OpenAI API is one hit, not two."""
    given = set(spans)
    if len(given) < 2:
        return list(given)
    kept: list[Span] = []
    end = -1
    for span in sorted(given, key=_widest_first):
        if span[1] > end:
            kept.append(span)
            end = span[1]
    return kept


def outside(spans: Iterable[Span], masks: list[Span]) -> list[Span]:
    """Without those that lie inside one of `masks`."""
    wide = outermost(masks)
    return [s for s in spans if not _lies_inside(s, wide)] if wide else list(spans)


def _lies_inside(span: Span, masks: list[Span]) -> bool:
    """`masks` are outermost, so that the last one to begin before `span` reaches furthest."""
    at = bisect_right(masks, span.start, key=_start) - 1
    return at >= 0 and span.end <= masks[at].end


def _start(span: Span) -> int:
    return span[0]


def _widest_first(span: Span) -> tuple[int, int]:
    return span[0], -span[1]
