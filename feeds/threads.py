"""Threads: the entries of a document that are parts of one, in order. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

_NUMBERED = re.compile(r"\W{0,3}(\d{1,2})\s*/\s*(\d{1,2}|n)?(?![\d/.-])", re.IGNORECASE)
_NUMBERED_END = re.compile(r"[(（\[【]\s*(\d{1,2})\s*/\s*(\d{1,2}|n)\s*[)）\]】]\s*$", re.IGNORECASE)
_ORDINAL = re.compile(r"\W{0,3}(?:第([一二三四五六七八九十\d]{1,2})部分|part\s+(\d{1,2})\b)", re.IGNORECASE)
_GOING_ON = re.compile(r"\W{0,3}(?:这(?:一)?部分|this part\b)", re.IGNORECASE)
_FIRST_PART = re.compile(r"第[一1]部分|part\s+(?:1|one)\b", re.IGNORECASE)
_DIGITS = {digit: number for number, digit in enumerate("一二三四五六七八九十", 1)}
#: Characters at the beginning of a text in which it may call itself the first part.
_HEAD = 200


@dataclass(frozen=True, slots=True)
class Part:
    """An entry in its place in a document, as one that may be part of a thread."""

    id: str
    #: The document's own name for the place.
    section: str | None
    author: str
    text: str
    #: The entries that this one quotes.
    quotes: frozenset[str] = frozenset()


def threads(parts: Sequence[Part]) -> tuple[tuple[str, ...], ...]:
    """The threads among the entries of a document, given in its order: each the ids of its parts, the first one first.

    Posts of one author are parts of a thread where they stand in one section ("12.1", "12.2") and none quotes another,
    or where they are numbered 1/n, 2/n …, or "the first part", "the second part" … one after the other.
    """
    found: dict[str, tuple[str, ...]] = {}
    for runs in (_in_one_section(parts), _numbered(parts), _ordinal(parts)):
        for run in runs:
            if len(run) > 1 and not any(part.id in found for part in run):
                found |= {part.id: tuple(p.id for p in run) for part in run}
    return tuple(dict.fromkeys(found.values()))


def _in_one_section(parts: Sequence[Part]) -> Iterator[list[Part]]:
    divided = [part for part in parts if part.section and re.fullmatch(r".+\.\d+", part.section) and part.author]
    for _, group in groupby(divided, key=lambda part: str(part.section).rpartition(".")[0]):
        section = list(group)
        run = [part for part in section if part.author == section[0].author]
        ids = {part.id for part in section}
        if run == section[: len(run)] and not any(part.quotes & ids for part in section):
            yield run


def _numbered(parts: Sequence[Part]) -> Iterator[list[Part]]:
    run: list[Part] = []
    last: tuple[str, int, str] | None = None
    for part in parts:
        number = _number(part.text)
        if number is None or not part.author:
            continue
        if last is not None and (part.author, number[0] - 1, number[1]) == last:
            run.append(part)
        else:
            yield run
            run = [part] if number[0] == 1 else []
        last = (part.author, *number) if run else None
    yield run


def _number(text: str) -> tuple[int, str] | None:
    """Which part of how many a text says it is; "" where it does not say of how many."""
    found = _NUMBERED.match(text) or _NUMBERED_END.search(text.rstrip()[-20:])
    if found is None:
        return None
    number, of = int(found[1]), (found[2] or "").lower()
    return (number, of) if number and (not of.isdigit() or 1 < int(of) >= number) else None


def _ordinal(parts: Sequence[Part]) -> Iterator[list[Part]]:
    """The first part need not begin with the words; the later ones do, and stand right behind it."""
    run: list[Part] = []
    for before, part in zip(parts, parts[1:], strict=False):
        number = _ordinal_number(part.text)
        follows = before.author == part.author != ""
        if run and run[-1] is before and follows and (number == len(run) + 1 or _GOING_ON.match(part.text)):
            run.append(part)
            continue
        yield run
        begins = number == 2 and follows and _FIRST_PART.search(before.text[:_HEAD])
        run = [before, part] if begins else []
    yield run


def _ordinal_number(text: str) -> int | None:
    found = _ORDINAL.match(text)
    if found is None:
        return None
    word = found[1] or found[2]
    return int(word) if word.isascii() and word.isdigit() else _DIGITS.get(word)
