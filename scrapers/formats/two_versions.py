"""An article that stands twice in a document, in one line and line by line, put together from both.

The lines are the paragraphs. Sentences that only the one-line version has are put in at their places; what it has
besides are the captions of pictures that are not there. The two are compared letter by letter, in linear time.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence

from feeds.text import letters
from scrapers.formats.paragraphs import sentences

#: Of the letters of the line-by-line version, how many stand in the one-line version if it is the same text.
_SAME = 0.5
#: How much of the one-line version the longest of the lines can be.
_LONGEST_LINE = 0.8
_LONGEST_CAPTION = 96
_WHOLE = re.compile(r"[。！？!?：:；;…][”’」』）)】*\s]*$")
#: How far a line may stand from where it is expected.
_WINDOW = 4000


def one_line_version(lines: Sequence[str]) -> int | None:
    """The index of the line that holds all the others once more; None where there is none."""
    if len(lines) < 3:
        return None
    at = max(range(len(lines)), key=lambda i: len(lines[i]))
    whole = letters(lines[at])
    if len(whole) < 80:
        return None
    others = [letters(line) for i, line in enumerate(lines) if i != at]
    if max(map(len, others)) > len(whole) * _LONGEST_LINE:
        return None  # the same line again and again, such as the rows of a table
    total = sum(map(len, others))
    same = sum(len(other) for other in others if other in whole)
    return at if same > total * _SAME and total * 3 > len(whole) else None


def merged(whole: str, body: Sequence[str], dropped: Callable[[str], None]) -> list[str]:
    """The lines of `body` as paragraphs, with the sentences of `whole` that stand between them.

    `dropped` is told every caption.
    """
    flat, offsets = _letters_with_offsets(whole)
    parts: list[str] = []
    cursor = 0
    for line in body:
        own = letters(line)
        if not own:
            continue
        at, end = _find(flat, own, cursor)
        if at >= 0:
            parts += _between(whole[_offset(offsets, cursor, whole) : offsets[at]], parts, dropped)
            cursor = end
        parts.append(line)
    tail = whole[_offset(offsets, cursor, whole) :]
    return [*parts, *_between(tail, parts, dropped)]


def _letters_with_offsets(text: str) -> tuple[str, list[int]]:
    pairs = [(letter, index) for index, character in enumerate(text) for letter in letters(character)]
    return "".join(letter for letter, _ in pairs), [index for _, index in pairs]


def _offset(offsets: Sequence[int], cursor: int, whole: str) -> int:
    """The offset behind the letter before `cursor`: punctuation there belongs to what came before it."""
    if cursor == 0:
        return 0
    at = offsets[cursor - 1] + 1
    while at < len(whole) and not whole[at].isalnum() and whole[at] not in "“「『（(《【*":
        at += 1
    return at


def _find(flat: str, own: str, cursor: int) -> tuple[int, int]:
    """Where a line stands in the one-line version: whole, else by its beginning and end; (-1, -1) where it does not."""
    at = flat.find(own, cursor, cursor + _WINDOW + len(own))
    if at >= 0:
        return at, at + len(own)
    if len(own) < 16:
        return -1, -1
    at = flat.find(own[:8], cursor, cursor + _WINDOW)
    if at < 0:
        return -1, -1
    end = flat.find(own[-8:], at, at + len(own) * 2)
    return at, end + 8 if end >= 0 else at + 8


def _between(gap: str, before: list[str], dropped: Callable[[str], None]) -> Iterator[str]:
    """The sentences of a gap; a rest that is no sentence is a caption, or the end of the sentence before."""
    for part in sentences(gap.strip(" \t\xa0　*")):
        bare = part.strip(" \t\xa0　*")
        if not letters(bare):
            continue
        for piece in _after_colon(bare):
            if _WHOLE.search(piece) or len(piece) > _LONGEST_CAPTION:
                yield piece
            elif before and not _WHOLE.search(before[-1]):
                before[-1] += piece
            else:
                dropped(piece)


def _after_colon(text: str) -> list[str]:
    """`…他們的評價是：` ends a line; what stands behind the colon and a space is another."""
    return [piece.strip() for piece in re.split(r"(?<=[：:])\s+(?!\S*//)", text) if piece.strip()]
