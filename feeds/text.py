"""Plain text: which characters may be published, how wide it is, where a short form of it ends."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import accumulate

#: What XML 1.0's Char production leaves out (section 2.2), the C1 controls that it discourages, and U+FEFF.
_FORBIDDEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
#: What stands behind the end of a tag and can take part in one character with it.
_BEHIND_TAG = re.compile(r">[^\x00-\x7f]+")
#: A stroke that NFC makes one character with `<`, `=` or `>`.
_STROKE = "\u0338"
#: The commonest marks of Chinese texts, each with its form in NFKC.
_WIDE = tuple(zip("，：？！；（）\u3000…", (*",:?!;() ", "..."), strict=True))
_NO_LETTER = re.compile(r"[\W_]+")
#: Combining marks are no letters; so many of anything else in a row are rare.
_MOST_MARKS = 30
_NO_LETTERS = re.compile(rf"[^\w\s]{{{_MOST_MARKS + 1},}}")
_SENTENCE_END = re.compile(r"[。！？!?…](?:[”’」』）)\"]*)|(?<!\d)\.(?=\s|$)")
#: Characters that belong to the one before them: combining marks, variation selectors, joiners, skin tones.
_JOINS = re.compile("[\u0300-\u036f\u200d\ufe00-\ufe0f\u20d0-\u20ff\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]")


def nfkc(text: str) -> str:
    """`text` in NFKC.

    Where a single character is not, all of a text is taken apart, which takes ten times as long as to look through it:
    so the marks of Chinese texts are replaced before, by what NFKC makes of them.
    """
    if text.isascii():
        return text
    for mark, form in _WIDE:
        text = text.replace(mark, form)
    return unicodedata.normalize("NFKC", text)


def clean_text(text: str) -> str:
    """`text` in NFC with only the characters that XML 1.0, PostgreSQL and a reader's screen can hold.

    No letter has more than 30 marks; see `stream_safe`.
    """
    held = without_forbidden(text.replace("\x85", "\n"))
    return held if held.isascii() else unicodedata.normalize("NFC", stream_safe(held))


def without_forbidden(text: str) -> str:
    """`text` with only the characters that XML 1.0 and PostgreSQL can hold, and as it is otherwise."""
    return text if text.isprintable() else _FORBIDDEN.sub("", text)  # nothing that prints is forbidden


def stream_safe(text: str) -> str:
    """`text` with at most 30 marks on a letter (Unicode Standard Annex 15, stream-safe text format).

    To sort more of them, as every normal form does, takes time that grows with their square.
    """
    return text if text.isascii() else _NO_LETTERS.sub(_without_marks, text)


def _without_marks(run: re.Match[str]) -> str:
    marks, kept = 0, []
    for character in run[0]:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def clean_html(html: str) -> str:
    """`clean_text` for HTML whose attributes are in double quotes: no tag comes out of it that did not go in.

    In NFC the end of a tag and a stroke behind it are one character, `≯`: the tag would go on through the text and make
    attributes of it. Such a stroke is written as a reference, which no other normalisation joins with anything either.
    """
    if _STROKE in html:
        html = _BEHIND_TAG.sub(lambda found: found[0].replace(_STROKE, "&#x338;"), html)
    return clean_text(html)


def letters(text: str) -> str:
    """Letters and digits only, in one case: what stays the same when marks, spaces and punctuation are edited."""
    return _NO_LETTER.sub("", text.casefold())


def one_line(text: str) -> str:
    """All white space runs as one space."""
    return " ".join(text.split())


def width(text: str) -> int:
    """Columns on a screen: East Asian wide characters take two (Unicode Standard Annex 11)."""
    return sum(map(_columns, text))


def reach(text: str, start: int, columns: int) -> int:
    """Where the longest part of `text` from `start` on ends that is no wider."""
    end = start
    for used in accumulate(map(_columns, text[start:])):
        if used > columns:
            break
        end += 1
    return end


def excerpt(text: str, columns: int) -> str:
    """The beginning of `text`, at most `columns` wide, ending with a sentence if one ends in its second half.

    Cut between graphemes; the ellipsis counts. The result is a prefix of the one-line text, but for the ellipsis.
    """
    line = one_line(text)
    if _prefix(line, columns) == line:
        return line
    prefix = _prefix(line, columns - 1)
    ends = [m.end() for m in _SENTENCE_END.finditer(prefix)]
    if ends and width(prefix[: ends[-1]]) * 2 >= columns:
        return prefix[: ends[-1]]
    return _whole_word(prefix, line).rstrip() + "…"


@lru_cache(maxsize=16_384)
def _columns(character: str) -> int:
    if unicodedata.combining(character) or _JOINS.match(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _prefix(line: str, columns: int) -> str:
    """The longest beginning of so many columns that ends between graphemes."""
    end = reach(line, 0, columns)
    while 0 < end < len(line) and (_JOINS.match(line[end]) or line[end - 1] == "\u200d"):
        end -= 1
    return line[:end]


def _whole_word(prefix: str, line: str) -> str:
    """Without the half of a Latin word at the end, unless little would be left."""
    following = line[len(prefix) : len(prefix) + 1]
    if not (following.isascii() and following.isalnum()):
        return prefix
    shorter = re.sub(r"[A-Za-z0-9]+$", "", prefix)
    return shorter if len(shorter) * 2 > len(prefix) else prefix
