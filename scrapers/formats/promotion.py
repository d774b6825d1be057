"""What stands in an article and is not the article: promotion, statements, the furniture of the site it was taken from.

The words are data, in bylines.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from scrapers.formats.bylines import credit_label
from scrapers.formats.bylines import words_of

_SENTENCE = re.compile(r"[^。！？!?]*(?:[。！？!?]+[”’」』）)]*|$)")
_BRACKETED = re.compile(r"[（(][^（()）]{4,160}[）)]")
#: What stands behind a headline of promotion is not much; more of it is a section of the article with the same name.
_MOST_BEHIND = 2500
_LEAST_ARTICLE = 700
_LONGEST_STATEMENT = 400
_LONGEST_LINE = 120
#: A longer line is a text, whatever stands in it; the addresses of pictures and links are long.
_LONGEST_FURNITURE = 3000
_LINE_END = re.compile(r"(?<=[\u3400-\u9fff。！？!?”」）)])(?=\s+[\u3400-\u9fff“])")
_PARAGRAPH_END = re.compile(r"[。！？!?][”’」』）)]*(?=\s|$)")
_MARKS = re.compile(r"^[\s>*_#\-]+|[\s*_]+$")


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of a text that is to be left out."""

    start: int
    end: int
    reason: str


def cuts(text: str) -> tuple[Cut, ...]:
    """The promotion in a running text (an article in one line), in order and without overlap."""
    block = _block(text)
    found = [*_brackets(text), *_statements(text), *_lines(text)]
    if block is not None:
        found = [cut for cut in found if cut.end <= block.start] + [block]
    found.sort(key=lambda cut: cut.start)
    kept: list[Cut] = []
    for cut in found:
        if not kept or cut.start >= kept[-1].end:
            kept.append(cut)
    return tuple(sorted([*kept, *_last_sentences(text, kept)], key=lambda cut: cut.start))


def without(text: str, pieces: tuple[Cut, ...]) -> str:
    """`text` with a space where a piece was."""
    kept, at = [], 0
    for piece in pieces:
        kept.append(text[at : piece.start])
        at = piece.end
    return " ".join(part.strip() for part in [*kept, text[at:]] if part.strip())


def is_promotion(line: str) -> bool:
    """Whether a whole line or paragraph is promotion or furniture of a site."""
    if len(line) > _LONGEST_FURNITURE:
        return False
    bare = _bare(line)
    if is_furniture(line):
        return True
    if _statement().match(bare) and len(bare) < 300:
        return True
    return bool(_block_line().fullmatch(bare)) or (len(bare) < 300 and _sentence().search(bare) is not None)


def is_furniture(line: str) -> bool:
    """Whether a whole line is a mark of the end or of the site that the text was taken from."""
    if len(line) > _LONGEST_FURNITURE:
        return False
    bare = _bare(line)
    return bool(bare) and _furniture().fullmatch(bare) is not None


def _bare(line: str) -> str:
    return _MARKS.sub("", re.sub(r"!?\[([^\]]*)\]\([^)]*\)*", r"\1", line)).strip()


def _brackets(text: str) -> list[Cut]:
    spans = (m for m in _BRACKETED.finditer(text) if _sentence().search(m[0]))
    return [Cut(m.start(), m.end(), "promotion") for m in spans]


def _statements(text: str) -> list[Cut]:
    """`声明:…` with its sentences; they end where the paragraph did: at a space behind a full stop."""
    found = []
    for hit in _statement().finditer(text):
        limit = min(len(text), hit.end() + _LONGEST_STATEMENT)
        end = _PARAGRAPH_END.search(text, hit.end(), limit)
        if end is not None or limit == len(text):
            found.append(Cut(hit.start(), end.end() if end else limit, "promotion"))
    return found


def _block(text: str) -> Cut | None:
    """A headline of promotion with all behind it; where the article goes on, see `_lines`."""
    credited = max((label.start() for label in credit_label("paper", "original").finditer(text)), default=-1)
    for hit in _block_headline().finditer(text):
        behind = len(text) - hit.end()
        if credited < hit.end() and behind <= _MOST_BEHIND and behind <= max(_LEAST_ARTICLE, len(text) * 0.35):
            return Cut(hit.start(), len(text), "promotion")
    return None


def _lines(text: str) -> list[Cut]:
    """Headlines of promotion in the middle of the article, with the line behind each as far as it can be told."""
    found = []
    for hit in _block_headline().finditer(text):
        end = _LINE_END.search(text, hit.end() + 1, hit.end() + _LONGEST_LINE)
        found.append(Cut(hit.start(), end.end() if end else hit.end(), "promotion"))
    return found


def _last_sentences(text: str, before: list[Cut]) -> list[Cut]:
    """Sentences of promotion at the very end: `关注…公众号,回复…`."""
    end = len(text.rstrip())
    rest = list(before)
    while rest and rest[-1].end >= end:
        end = rest.pop().start
        while end and text[end - 1].isspace():
            end -= 1
    floor = rest[-1].end if rest else 0
    sentences = [m for m in _SENTENCE.finditer(text, max(floor, end - 600), end) if m[0].strip()]
    start = end
    for sentence in reversed(sentences):
        if not (_sentence().search(sentence[0]) or is_furniture(sentence[0])):
            break
        start = sentence.start()
    return [Cut(start, end, "promotion")] if start < end and text[start:end].strip() else []


def _any(words: tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


@cache
def _block_headline() -> re.Pattern[str]:
    words = _any(words_of("promotion", "blocks"))
    return re.compile(rf"(?:^|(?<=[\s。！？!?”」）)]))(?:{words})\s*(?:[:：]\s*|(?=\s)|$)")


@cache
def _block_line() -> re.Pattern[str]:
    return re.compile(rf"(?:{_any(words_of('promotion', 'blocks'))})\s*[:：]?")


@cache
def _statement() -> re.Pattern[str]:
    return re.compile(rf"(?:^|(?<=[\s。！？!?”」）)]))(?:{_any(words_of('promotion', 'statements'))})\s*[:：丨|｜]")


@cache
def _sentence() -> re.Pattern[str]:
    return re.compile("|".join(words_of("promotion", "sentences")))


@cache
def _furniture() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in words_of("promotion", "furniture")), re.IGNORECASE)
