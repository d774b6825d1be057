"""Paragraphs for a text whose line breaks were lost: an article of 10 KB in one line.

A former line break is a space behind the end of a sentence, before a speaker, a numbered item, a section number or an
emoji. Where none is left, a paragraph ends after a few sentences. No letter is changed or lost.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import islice

from feeds.text import letters
from scrapers.urls import match_address

#: A paragraph longer than this is divided at the end of a sentence, in parts of about `_LENGTH` characters.
_TOO_LONG = 420
_LENGTH = 220
_LEAST = 60
#: Quotes and brackets that are not closed within this many characters are slips of the pen.
_LONGEST_QUOTE = 300
_LONGEST_HEADING = 40
_LONGEST_HEADLINE = 64
#: A headline with more spaces than this is text: words of Latin letters, or a text with a space behind every word.
_MOST_SPACES = 16
_CLOSERS = {"“": "”", "「": "」", "『": "』", "（": "）", "(": ")", "《": "》", "【": "】", "‘": "’"}
_CLOSING = frozenset(_CLOSERS.values())
_END = r"[。！？!?…][”’」』）)】]*"
_SENTENCE_END = re.compile(rf"{_END}(?![”’」』）)】。！？!?…])")
_LATIN_END = re.compile(r"(?<=[a-z0-9)\"”])[.!?][\"”’)]?(?=\s+[A-Z\"“])")
_SPACE = re.compile(r"[ \t\xa0\u3000]+")
_AFTER_END = re.compile(rf"(?:{_END}|[；;])$")
_NO_HEADLINE = re.compile(r"[。！？!?；;]")
_HAN = re.compile(r"[\u3400-\u9fff]")
#: Pictographs, arrows and dingbats that people use as bullets.
_EMOJI = re.compile("[\U0001f300-\U0001faff\u2600-\u27bf\u2b50\u2b55\u25a0-\u25ff\u2022]")
_CIRCLED = re.compile("[\u2460-\u2473]")
_ITEM = re.compile(r"(?:(\d{1,2})[.、．](?!\d)|[（(](\d{1,2})[）)]|(\d{1,2})[）)])\s*(?=\S)")
_SECTION = re.compile(r"(0\d)\s+(?=[\u3400-\u9fffA-Z])")
_CLAUSE = re.compile(r"[^。！？!?；;：:，,、]{0,60}")
_SPEAKER = re.compile(r"(?:(?<=\s)|^)([A-Za-z\u3400-\u9fff][\w·]{1,11})\s?[:：](?!//)")
_LABELLED_ADDRESS = re.compile(r"[A-Za-z ]{0,12}[:：]?\s?🔗?\s?https?://", re.IGNORECASE)
_INTRODUCED = re.compile(r"[:：🔗]\s*$")
_NO_ADDRESS = re.compile(r"https?:[/\w:]*", re.IGNORECASE)
_LABEL = re.compile(r"[\w\u3400-\u9fff]{2,12}[:：]\s?https?://", re.IGNORECASE)
_REFERENCES = re.compile(r"(?:(?<=\s)|^)(?:参考|參考|相关|相關|References?)[\w\u3400-\u9fff]{0,6}[:：](?=\s)")


def paragraphs(text: str) -> tuple[str, ...]:
    """`text` in paragraphs, none of them empty."""
    closed = _closed(text)
    firm = {at for at in _firm_breaks(text) if at not in closed}
    soft = {space.end() for space in _SPACE.finditer(text) if _was_line_end(text, space)} - closed
    firm |= set(_after_headings(text, firm | soft, closed))
    soft |= set(_after_colons(text, firm | soft)) - closed
    breaks = sorted((firm | soft) - {0, len(text)})
    pieces = [text[start:end] for start, end in zip([0, *breaks], [*breaks, len(text)], strict=True)]
    if _stand_everywhere(soft, text):
        pieces = _joined(pieces, [True, *(at in firm for at in breaks)])
    return tuple(part for piece in pieces if piece.strip() for part in _short(piece.strip()))


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text with their punctuation, without the space between; a rest without any is the last."""
    closed = _closed(text)
    ends = [end for end in _ends(text) if end not in closed]
    parts = (text[a:b].strip() for a, b in zip([0, *ends], [*ends, len(text)], strict=True))
    return tuple(part for part in parts if part)


def begins_item(text: str, at: int = 0) -> bool:
    """Whether an emoji bullet or a circled number stands here."""
    return _EMOJI.match(text, at) is not None or _CIRCLED.match(text, at) is not None


def sections(text: str) -> tuple[str, ...]:
    """The heads of sections numbered 01, 02, 03 … in order: the words behind each number, cut."""
    return tuple(text[m.end() : m.end() + 16] for m in _section_marks(text))


def _closed(text: str) -> frozenset[int]:
    """The offsets inside quotes, brackets and addresses, where nothing may be divided."""
    inside: set[int] = set()
    opened: list[tuple[str, int]] = []
    for at, character in enumerate(text):
        if character in _CLOSERS:
            opened.append((_CLOSERS[character], at))
        elif character in _CLOSING and opened and any(character == closer for closer, _ in opened[-3:]):
            closer, start = opened.pop()
            while closer != character:
                closer, start = opened.pop()
            if at - start <= _LONGEST_QUOTE:
                inside.update(range(start + 1, at + 1))
    for start, end in _addresses(text):
        inside.update(range(start + 1, end))
    return frozenset(inside)


def _addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where addresses begin and end, none inside another."""
    scheme, at = re.compile(r"https?://", re.IGNORECASE), 0
    while (hit := scheme.search(text, at)) is not None:
        if (found := match_address(text, hit.start())) is not None:
            at = hit.start() + found[1]
            yield hit.start(), at
        else:
            none = _NO_ADDRESS.match(text, hit.start())
            at = none.end() if none else hit.end()


def _firm_breaks(text: str) -> set[int]:
    """The offsets where something begins that stood on a line of its own."""
    found = _after_addresses(text) | _items(text) | _speakers(text)
    found |= {m.start() for m in _section_marks(text)}
    found |= {m.start() for m in _REFERENCES.finditer(text)}
    return found | {m.start() for m in _EMOJI.finditer(text) if m.start() and text[m.start() - 1] in " \xa0\u3000"}


def _after_colons(text: str, breaks: set[int]) -> Iterator[int]:
    """A sentence that introduces a picture or a list ended its line with a colon."""
    before = sorted({0, *breaks})
    for space in re.finditer(r"(?<=[：:])[ \t\xa0\u3000]+(?=[\u3400-\u9fff])", text):
        last = before[bisect_right(before, space.start()) - 1]
        if space.start() - last >= _LEAST // 2:
            yield space.end()


def _was_line_end(text: str, space: re.Match[str]) -> bool:
    if not _AFTER_END.search(text, max(0, space.start() - 4), space.start()):
        return False
    around = text[max(0, space.start() - 12) : space.start()] + text[space.end() : space.end() + 12]
    return _HAN.search(around) is not None


def _after_addresses(text: str) -> set[int]:
    """Lists of addresses, and lines that were a label with an address."""
    found = set()
    last = -1
    for start, end in _addresses(text):
        space = _SPACE.match(text, end)
        alone = start == last or _INTRODUCED.search(text, max(0, start - 3), start) is not None
        last = space.end() if space else -1
        if space and (alone or _LABELLED_ADDRESS.match(text, space.end()) or _LABEL.match(text, space.end())):
            found.add(space.end())
    return found | {m.start() for m in _LABEL.finditer(text) if m.start() and text[m.start() - 1].isspace()}


def _section_marks(text: str) -> tuple[re.Match[str], ...]:
    marks = [m for m in _SECTION.finditer(text) if m.start() == 0 or text[m.start() - 1].isspace()]
    return tuple(_in_sequence(marks, lambda m: int(m[1])))


def _items(text: str) -> set[int]:
    """Numbered items that count up from 1, each behind a space or the end of a sentence; circled numbers anywhere."""
    marks = [m for m in _ITEM.finditer(text) if m.start() == 0 or re.match(r"[\s。；;：:！？!?]", text[m.start() - 1])]
    numbered = list(_in_sequence(marks, lambda m: int(m[1] or m[2] or m[3])))
    circled = list(_in_sequence(list(_CIRCLED.finditer(text)), lambda m: ord(m[0]) - 0x245F))
    found = {m.start() for m in (*numbered, *circled)}
    if circled and (end := _SENTENCE_END.search(text, circled[-1].end())):
        found.add(end.end())
    return found | set(_after_lists(text, numbered))


def _after_lists(text: str, marks: Sequence[re.Match[str]]) -> Iterator[int]:
    """Where the text goes on behind the last item of a list, if the items before it are a sentence or less each."""
    short = True
    for index, mark in enumerate(marks):
        following = marks[index + 1] if index + 1 < len(marks) else None
        if following is None or int(following[1] or following[2] or following[3]) == 1:
            end = _SENTENCE_END.search(text, mark.end(), mark.end() + _TOO_LONG)
            if short and end is not None and (following is None or end.end() < following.start()):
                yield end.end()
            short = True
        else:
            end = _SENTENCE_END.search(text, mark.end(), following.start())
            short = short and (end is None or not text[end.end() : following.start()].strip())


def _in_sequence(marks: Sequence[re.Match[str]], number: Callable[[re.Match[str]], int]) -> Iterator[re.Match[str]]:
    """Those that count 1, 2, 3 …, as often as they begin anew; a 1 without a 2 is no list."""
    run: list[re.Match[str]] = []
    for mark in marks:
        value = number(mark)
        if value == 1:
            yield from run if len(run) > 1 else ()
            run = [mark]
        elif run and value == len(run) + 1:
            run.append(mark)
    yield from run if len(run) > 1 else ()


def _speakers(text: str) -> set[int]:
    """Where somebody begins to speak: the same words with a colon behind a space, three times or more."""
    turns: dict[str, list[int]] = {}
    for hit in _SPEAKER.finditer(text):
        turns.setdefault(hit[1], []).append(hit.start())
    return {at for starts in turns.values() if len(starts) >= 3 for at in starts}


def _after_headings(text: str, breaks: set[int], closed: frozenset[int]) -> Iterator[int]:
    """Where the text goes on behind a sub-heading: few words without punctuation between a break and a space."""
    starts = sorted({0, *breaks})
    for start, following in zip(starts, [*starts[1:], len(text)], strict=True):
        at: int | None = start
        while at is not None and (at := _heading_end(text, at, following, closed)) is not None:
            yield at


def _heading_end(text: str, start: int, limit: int, closed: frozenset[int]) -> int | None:
    first = start
    if (mark := _SECTION.match(text, start, limit) or _ITEM.match(text, start, limit)) is not None:
        first = mark.end()
    elif _EMOJI.match(text, start):
        first = start + 1
    if text.startswith(("http://", "https://"), first):
        return None
    limit = min(limit, first + _LONGEST_HEADLINE + 1)
    end = _NO_HEADLINE.search(text, first, limit)
    for space in islice(_SPACE.finditer(text, first + 1, end.start() if end else limit), _MOST_SPACES):
        words = text[first : space.start()]
        if space.end() not in closed and (_is_heading(text, words, space) or _is_repeated(text, words, space)):
            return space.end()
    return None


def _is_heading(text: str, words: str, space: re.Match[str]) -> bool:
    """Few words without punctuation, before a space that stands between two Chinese characters."""
    behind = text[space.end() : space.end() + 1]
    if len(words) > _LONGEST_HEADING or re.search(r"[：:，,、]", words):
        return False
    return bool(_HAN.match(words[-1:]) and _HAN.match(behind)) and _begins_sentence(text, space.end())


def _is_repeated(text: str, words: str, space: re.Match[str]) -> bool:
    """The text begins with the first words of its headline again: `甲公司融资 甲公司宣布…`."""
    first = text[space.end() : space.end() + 1]
    if first.isalnum() and first.casefold() not in words.casefold():
        return False
    behind = letters(text[space.end() : space.end() + 12])[:5]
    return len(behind) == 5 and behind in letters(words) and _begins_sentence(text, space.end())


def _begins_sentence(text: str, at: int) -> bool:
    """Some words before the first punctuation: not the verb of the words before, set apart by a lost mark."""
    words = _CLAUSE.match(text, at)
    return words is not None and len(words[0].replace(" ", "")) >= 8


def _stand_everywhere(soft: AbstractSet[int], text: str) -> bool:
    """Whether nearly every sentence is followed by a space: then the spaces tell nothing of lines."""
    return len(soft) >= 8 and len(soft) >= len(_ends(text)) * 0.85


def _joined(pieces: Sequence[str], firm: Sequence[bool]) -> list[str]:
    joined: list[str] = []
    for piece, is_firm in zip(pieces, firm, strict=True):
        if is_firm or not joined or len(joined[-1]) + len(piece) > _LENGTH:
            joined.append(piece)
        else:
            joined[-1] += piece
    return joined


def _short(paragraph: str) -> Iterator[str]:
    """The paragraph in parts of a few sentences, where it is too long."""
    if len(paragraph) <= _TOO_LONG:
        yield paragraph
        return
    closed = _closed(paragraph)
    start = 0
    for end in _ends(paragraph):
        if end not in closed and end - start >= _LENGTH and len(paragraph) - end >= _LEAST:
            yield paragraph[start:end].strip()
            start = end
    yield paragraph[start:].strip()


def _ends(text: str) -> list[int]:
    return sorted({m.end() for m in _SENTENCE_END.finditer(text)} | {m.end() for m in _LATIN_END.finditer(text)})
