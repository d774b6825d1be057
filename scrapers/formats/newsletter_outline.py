"""What an issue of a newsletter is made of: its title, its entries, and what is neither.

The words that tell are data, in newsletter.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from collections.abc import Sequence
from collections.abc import Set
from dataclasses import dataclass
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

from feeds.model import Skip
from feeds.text import width
from scrapers.formats.newsletter_headings import Heading
from scrapers.formats.newsletter_headings import find_headings
from scrapers.front_matter import FrontMatter
from scrapers.markdown import plain

#: A line of a list of titles.
_LISTED = re.compile(r"\s*(?:[-*+•]|\d{1,3}\s*[.、)）．]|\[toc\]|\[[^\]]*\]\(|#)", re.IGNORECASE)
#: Lines that tell nothing by themselves: blank ones, rules, pictures, links in a list, one emoji.
_WEAK = re.compile(
    r"(?:[\s>*_\-+=·|]*|\s*(?:!\[[^\]]*\]\([^()]*\)|<img\b[^>]*>|<br ?/?>)\s*"
    r"|(?:[-*+>\s]|\d+\.)*(?:\[[^\]]*\]\([^()\s]*\)[\s，、|·]*)+)$",
    re.IGNORECASE,
)
#: Where a title begins with the issue's date, the name of the publication stands behind it.
_OPENING_DATE = re.compile(r"^\s*\d{4}\s*[-/.年]\s*\d{1,2}(?:\s*[-/.月]\s*\d{1,2}\s*日?|\s*月)?[\s:：|｜·—–-]*")
#: The most lines of a footer, and columns of a heading that is none of an entry.
_LONGEST_FOOTER = 40
_LONGEST_FURNITURE = 60


@dataclass(frozen=True, slots=True)
class Outline:
    """The headings of an issue, sorted."""

    title: Heading | None
    headings: Sequence[Heading]
    #: Those that are entries, each with the lines of its whole body.
    sections: Sequence[Heading]
    #: Those that are none, with all below them, and why.
    dropped: Sequence[tuple[Heading, str]]


def make_outline(front: FrontMatter, lines: Sequence[str]) -> Outline:
    title, headings = _parted(find_headings(front))
    dropped = [(h, reason) for h in headings if (reason := _furniture(lines, h)) is not None]
    sections = _sections(lines, headings, {h.line for h, _ in dropped})
    return Outline(title, headings, sections, dropped)


def _parted(headings: list[Heading]) -> tuple[Heading | None, list[Heading]]:
    """The issue's title, and the rest: the first heading, if the only one of the first level or naming an issue."""
    if len(headings) < 2 or headings[0].number is not None:
        return None, headings
    first = headings[0]
    alone = first.level == 1 and all(h.level > 1 for h in headings[1:])
    if alone or (all(h.level >= first.level for h in headings) and publication_in((), [first.words]) is not None):
        return first, headings[1:]
    return None, headings


def _furniture(lines: Sequence[str], heading: Heading) -> str | None:
    """Why a heading and what stands below it are no entry; None where they may be one."""
    if width(heading.words) > _LONGEST_FURNITURE:
        return None
    if matches("promotion_headings", heading.words):
        return "promotion"
    text = [line for line in lines[heading.body - 1 : heading.end - 1] if line.strip()]
    if matches("contents_headings", heading.words):
        return "table of contents" if all(_LISTED.match(line) for line in text) else None
    closes = heading.number is None and matches("closing_headings", heading.words)
    return (
        "closing words" if closes and sum(map(len, text)) <= 600 and matches("closing_words", "\n".join(text)) else None
    )


def _sections(lines: Sequence[str], headings: Sequence[Heading], dropped: Set[int]) -> list[Heading]:
    """The headings that are entries, each with the lines of its whole body."""
    level = _entry_level(lines, [h for h in headings if h.line not in dropped])
    sections: list[Heading] = []
    covered = 0
    for i, heading in enumerate(headings):
        if heading.line < covered:
            continue
        end = _end(headings, i, heading.level if heading.line in dropped else max(level, heading.level))
        if heading.line in dropped:
            covered = end
        elif not _is_category(lines, heading, end) and has_text(lines, heading.body, end):
            sections.append(replace(heading, end=end))
            covered = end
    return sections


def _end(headings: Sequence[Heading], i: int, level: int) -> int:
    """The end of a heading's text and of all deeper than a level that follow it."""
    while i + 1 < len(headings) and headings[i + 1].level > level:
        i += 1
    return headings[i].end


def _is_category(lines: Sequence[str], heading: Heading, end: int) -> bool:
    """A heading without a number and text of its own, but with others below it, only sorts them."""
    return heading.number is None and heading.end < end and not has_text(lines, heading.body, heading.end)


def _entry_level(lines: Sequence[str], headings: Sequence[Heading]) -> int:
    """The level of the numbered headings; else the first at which most headings have text of their own."""
    numbered = Counter(h.level for h in headings if h.number is not None)
    if numbered and max(numbered.values()) >= 2:
        return numbered.most_common(1)[0][0]
    candidates = []
    for level in sorted({h.level for h in headings}):
        own = [has_text(lines, h.body, h.end) for h in headings if h.level == level]
        if sum(own) * 2 > len(own):
            candidates.append((level, sum(own)))
    several = [level for level, count in candidates if count > 1]
    return next(iter(several or [level for level, _ in candidates]), max((h.level for h in headings), default=0))


def has_text(lines: Sequence[str], first: int, end: int) -> bool:
    return any(line.strip(" \t-*_") for line in lines[first - 1 : end - 1])


def without_footer(lines: Sequence[str], section: Heading) -> tuple[Heading, list[Skip]]:
    """The last section of an issue runs into its footer: earlier issues, thanks, how to unsubscribe."""
    if any(line.strip() for line in lines[section.end - 1 :]):
        return section, []
    begin = section.end
    for i in range(section.end - 1, max(section.body, section.end - _LONGEST_FOOTER), -1):
        words = plain(lines[i - 1])
        if matches("footer_lines", words):
            begin = i
        elif not _WEAK.match(lines[i - 1]):
            break
    if begin == section.end or not has_text(lines, section.body, begin):
        return section, []
    return replace(section, end=begin), [Skip("footer", begin, plain(lines[begin - 1])[:200])]


def publication_in(lines: Sequence[str], titles: Sequence[str]) -> str | None:
    undated = [_OPENING_DATE.sub("", title) for title in titles]
    for kind, texts in (("self_descriptions", lines), ("titles", undated)):
        for pattern in knowledge()[kind]:
            for text in texts:
                if (found := re.search(pattern, text)) is not None:
                    return str(found["name"]).strip()
    return None


def matches(kind: str, words: str) -> bool:
    return re.search(knowledge()[kind], words, re.IGNORECASE) is not None


@cache
def knowledge() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("scrapers.formats").joinpath("newsletter.toml").read_text("utf-8"))
