"""The headline at the beginning of a bullet or paragraph: its bold lead, a linked title, or words before a colon."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from feeds.text import one_line
from feeds.text import width
from scrapers.markdown import plain

#: Widest words before a colon that are a headline and not a sentence, in columns.
_PLAIN_COLUMNS = 60
#: Narrowest bold words that are a headline without a colon behind them: "**Acme AI** released …" has none.
_BOLD_COLUMNS = 16
#: A bracket such as "([Score: 200](address))" between a headline and its colon, in characters.
_REMARK = 300

#: What Markdown or HTML may take for a mark; a line without any is its own words.
_MARKS = re.compile(r"[\\`*_\[\]<>&~!]|://")
_BOLD = re.compile(r"(\*\*\*|\*\*|__)(?![*_])[ \t]*([^\n]+?)[ \t]*(?<!\\)\1(?![*_])")
_LABEL = r"\[((?:[^\[\]\n]|\[[^\[\]\n]*\])*)\]"
_LINK = re.compile(_LABEL + r"\(<?(https?://[^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)>?(?:\s+\"[^\"\n]*\")?\)")
_ADDRESS = re.compile(r"\]\(<?(https?://[^\s()<>]+(?:\([^\s()]*\)[^\s()<>]*)*)")
_COLON = re.compile(r"[:：]")
#: A half-width colon between digits ("10:30") or before Latin letters ("torch:cpu") separates nothing.
_PLAIN = re.compile(r"([^\n:：]{2,120})(?:：|:(?![0-9A-Za-z/]))")
#: What shows that the words before a colon are a sentence: an end, a link, somebody who says something.
_NO_HEADLINE = re.compile(r"[。！？；!?;\[\]@<>|]|https?|\.\s|^`[^`]*`\W*(?:\S{0,3}[说說道]|$)")
_COMMA = re.compile(r"[，,]")
_DASH = re.compile(r"[–—]+[ \t]*|-[ \t]+")
_END = re.compile(r"[。！？!?]|\.(?=\s|$)")


class Strength(IntEnum):
    """How surely words are a headline; a weak one counts only beside stronger ones."""

    #: Words before a colon with a comma in them.
    FAINT = 1
    #: Words before a colon.
    PLAIN = 2
    #: Bold words that begin a sentence.
    BOLD = 3
    #: Bold or linked words that a colon, a dash or the end of the line closes.
    STRONG = 4


@dataclass(frozen=True, slots=True)
class Headline:
    """What heads a text, and the text without it."""

    words: str
    strength: Strength
    #: What follows the headline and its colon; the whole text where the headline is part of a sentence.
    rest: str
    #: Nothing but a remark in brackets stands on the line with it.
    bare: bool = False
    #: The address of the one link in the headline; where there are several the whole text is `rest`.
    url: str | None = None
    #: The text goes on in the sentence that the bold words begin.
    in_sentence: bool = False


def bare_words(line: str) -> str:
    """The words of a line of Markdown, on one line."""
    inner = line.replace("**", "") if line.startswith("**") and line.count("**") == 2 else line
    return one_line(plain(line) if _MARKS.search(inner) else inner)


def find_headline(text: str) -> Headline | None:
    """The headline of a text that stands free of its list mark, or None."""
    bold = _BOLD.match(text)
    link = None if bold else _LINK.match(text)
    if link is not None:
        bold = _BOLD.fullmatch(link[1].strip())
    if bold is None:
        return _plain(text)
    end = bold.end() if link is None else link.end()
    urls = [link[2]] if link is not None else _ADDRESS.findall(bold[2])
    return _led(text, bold[2], end, urls)


def chosen(found: Sequence[Headline | None], announced: bool = False) -> list[Headline | None]:
    """The headlines that count among the bullets of one group.

    Strong ones always. Weaker ones where strong ones stand beside them or at least half the bullets have one, since a
    single bullet that happens to begin with bold words or a colon is no headlined one. Where the group is `announced`
    by a headline with a colon of its own, bold words inside a sentence are none, and half of the bullets are too few.
    """
    counts = [sum(h is not None and h.strength is s for h in found) for s in Strength]
    strong, bold, plain_ = counts[3], counts[2], counts[1]
    least = {
        Strength.STRONG: True,
        Strength.BOLD: (strong + bold) * 2 >= len(found),
        Strength.PLAIN: strong > 0 or plain_ * 2 >= len(found) + announced,
        Strength.FAINT: strong > 0,
    }
    return [h if h is not None and least[h.strength] and not (announced and h.in_sentence) else None for h in found]


def _led(text: str, lead: str, end: int, urls: list[str]) -> Headline | None:
    words = bare_words(lead).strip(" :：")
    closing = _closing(text, lead, end, words) if words else None
    if closing is None:
        return None
    strength, rest = closing
    bare = strength is Strength.STRONG and not _remark(text[end:]).split("\n", 1)[0].strip(" \t:：")
    if len(urls) > 1:
        return Headline(words, strength, text, bare)
    if rest is text:
        return Headline(words, strength, text, bare, in_sentence=strength is Strength.BOLD)
    return Headline(words, strength, rest, bare, urls[0] if urls else None)


def _closing(text: str, lead: str, end: int, words: str) -> tuple[Strength, str] | None:
    """How surely the bold lead of a text is a headline, and what follows it; None where it is none."""
    after = text[end:].lstrip(" \t")
    behind = _remark(after)
    kept = after[: len(after) - len(behind)]
    if colon := _COLON.match(behind.lstrip(" \t")):
        rest = behind.lstrip(" \t")[colon.end() :]
        return Strength.STRONG, f"{kept}{colon[0]}{rest}" if kept else rest.lstrip(" \t")
    if lead.endswith((":", "：")) or not behind.split("\n", 1)[0].strip():
        return Strength.STRONG, after
    if dash := _DASH.match(after):
        return Strength.STRONG, after[dash.end() :]
    if width(words) < _BOLD_COLUMNS:
        return None
    sentence = _END.match(after)
    return Strength.BOLD, after[sentence.end() :].lstrip(" \t") if sentence else text


def _remark(after: str) -> str:
    """What follows a bracket at the beginning; all of it where there is none."""
    start = after.lstrip(" \t")
    if not start.startswith(("(", "（")):
        return after
    depth = 0
    for at, character in enumerate(start[:_REMARK]):
        depth += (character in "(（") - (character in ")）")
        if depth == 0:
            return start[at + 1 :]
    return after


def _plain(text: str) -> Headline | None:
    found = _PLAIN.match(text)
    if found is None or _NO_HEADLINE.search(found[1]):
        return None
    words = bare_words(found[1])
    if not words or width(words) > _PLAIN_COLUMNS:
        return None
    rest = text[found.end() :].lstrip(" \t")
    strength = Strength.FAINT if _COMMA.search(words) else Strength.PLAIN
    return Headline(words, strength, rest, bare=rest.startswith("\n")) if rest.strip() else None
