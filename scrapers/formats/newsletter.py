"""An issue of a newsletter: front matter, a frame (cover, lead, contents), then sections that are entries.

Issues of one series differ in how they mark a section: numbered or not, at any heading level, or as a bold line. What
counts is the level at which headings have text of their own; a heading above it without text is a category.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from feeds.model import Skip
from feeds.text import one_line
from feeds.text import width
from scrapers.document import Document
from scrapers.front_matter import FrontMatter
from scrapers.front_matter import split
from scrapers.markdown import Block
from scrapers.markdown import blocks
from scrapers.markdown import plain
from scrapers.post import LinkChoice
from scrapers.post import Markup
from scrapers.post import RawPerson
from scrapers.post import RawPost
from scrapers.post import Scraped

NAME = "newsletter"

#: The level given to a bold line that serves as a heading: below all real ones.
_BOLD_LEVEL = 7
_NUMBER = re.compile(
    r"\s*(?:(?:No\.?|第)\s*)?(?:(\d{1,3})(?:\ufe0f?\u20e3|\s*(?:[、．,，:：)）]|\.(?!\d)))|([一二三四五六七八九十]{1,3})、|([①-⑳]))\s*"
)
_BOLD_LINE = re.compile(r"\s*(?:\*\*|__)(?P<words>[^*_\n].*?)(?:\*\*|__)\s*$")
_IMAGE = re.compile(r"!\[[^\]]*\]\(\s*<?([^\s)>]+)|<img\b[^>]*?\bsrc\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_SMALL = re.compile(r"<small>(.*?)</small>", re.IGNORECASE | re.DOTALL)
_FULL_DATE = re.compile(r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}\s*日?")
_LINK = re.compile(r"https?://|!\[|<img", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading with the lines of its own text: from `body` up to, not including, `end`."""

    level: int
    words: str
    number: str | None
    line: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class _Frame:
    """What stands before the first section."""

    cover: str | None = None
    lead: str | None = None
    publication: str | None = None
    date: str | None = None
    skips: tuple[Skip, ...] = ()


def recognise(document: Document) -> float:
    """How surely the document is an issue: numbered sections, a frame's words, a date, links in most sections."""
    front = split(document.text, document.name)
    lines = document.text.split("\n")
    title, headings = _parted(_headings(front))
    sections = _sections(lines, headings)
    if len(sections) < 2:
        return 0.0
    numbered = sum(h.number is not None for h in sections) / len(sections)
    linked = sum(_LINK.search("\n".join(lines[h.body - 1 : h.end - 1])) is not None for h in sections) / len(sections)
    framed = re.search(_knowledge()["frame"], "\n".join(lines[: sections[0].line]), re.IGNORECASE) is not None
    titles = [*front.words(*_keys("title")), *([title.words] if title else [])]
    titled = bool(titles) and _publication((), titles) is None
    dated = front.word(*_keys("date")) is not None
    score = 0.3 + 0.35 * (numbered > 0.5) + 0.2 * framed + 0.1 * dated + 0.2 * (linked > 0.6) - 0.25 * titled
    return max(0.0, min(0.95, score))


def scrape(document: Document) -> Scraped:
    """One post a section; the frame describes the issue."""
    front = split(document.text, document.name)
    lines = document.text.split("\n")
    title, headings = _parted(_headings(front))
    sections = _sections(lines, headings)
    frame = _frame(lines, front, headings, title)
    publication = front.word(*_keys("author")) or frame.publication
    posts, skips = _posts(lines, headings, sections, publication)
    return Scraped(
        posts=tuple(posts),
        skips=(*frame.skips, *skips),
        problems=front.problems,
        title=front.word(*_keys("title")) or (title.words if title else None),
        date=front.word(*_keys("date")) or frame.date,
        cover=frame.cover or front.word(*_keys("cover")),
        lead=frame.lead or front.word(*_keys("lead")),
        url=front.word(*_keys("url")),
        publication=publication,
        labels=front.words(*_keys("labels")),
    )


def _headings(front: FrontMatter) -> list[_Heading]:
    """All headings in order; bold lines only where the document has no headings to speak of."""
    document = blocks(front.body)
    found = [b for b in document if _is_heading(b)]
    if len(found) < 2:
        found = [b for b in document if b in found or (b.kind == "paragraph" and _bold_words(b))]
    if not found:
        return []
    total = front.body.count("\n") + 1
    ends = [*(b.first for b in found[1:]), total + 1]
    offset = front.first_line - 1
    return [_heading(block, end, offset) for block, end in zip(found, ends, strict=True)]


def _is_heading(block: Block) -> bool:
    """A line above `---` is meant as a paragraph with a rule below it, so only `#` and `=` make headings."""
    return block.kind == "heading" and block.mark != "-" and width(block.text) <= 160


def _bold_words(block: Block) -> str | None:
    found = _BOLD_LINE.match(block.text)
    return found["words"] if found and width(found["words"]) <= 100 else None


def _heading(block: Block, end: int, offset: int) -> _Heading:
    words = plain(_bold_words(block) or block.text) if block.kind == "paragraph" else plain(block.text)
    number = _NUMBER.match(words)
    level = block.level or _BOLD_LEVEL
    stripped = words[number.end() :] if number and words[number.end() :] else words
    found = next((g for g in number.groups() if g), None) if number else None
    return _Heading(level, _title(stripped), found, block.first + offset, block.last + 1 + offset, end + offset)


def _title(words: str) -> str:
    """A headline without the colon that led to its text."""
    return one_line(words).rstrip("：: ").strip()


def _parted(headings: list[_Heading]) -> tuple[_Heading | None, list[_Heading]]:
    """The issue's title, and the rest: the one heading of the first level is the title when it comes first."""
    if len(headings) > 1 and [h.level for h in headings].count(1) == 1 and headings[0].level == 1:
        return headings[0], headings[1:]
    return None, headings


def _sections(lines: Sequence[str], headings: Sequence[_Heading]) -> list[_Heading]:
    """The headings that are entries, each with the lines of its whole body."""
    level = _entry_level(lines, headings)
    sections = []
    for i, heading in enumerate(headings):
        if heading.level > level:
            continue
        following = headings[i + 1 :]
        deepest = level if heading.level == level else _BOLD_LEVEL + 1
        end = next((h.line for h in following if h.level <= deepest), following[-1].end if following else heading.end)
        if _has_text(lines, heading.body, end):
            sections.append(_Heading(heading.level, heading.words, heading.number, heading.line, heading.body, end))
    return sections


def _entry_level(lines: Sequence[str], headings: Sequence[_Heading]) -> int:
    """The level of the numbered headings; else the first at which most headings have text of their own."""
    numbered = Counter(h.level for h in headings if h.number is not None)
    if numbered and max(numbered.values()) >= 2:
        return numbered.most_common(1)[0][0]
    for level in sorted({h.level for h in headings}):
        own = [_has_text(lines, h.body, h.end) for h in headings if h.level == level]
        if sum(own) * 2 > len(own):
            return level
    return max((h.level for h in headings), default=0)


def _has_text(lines: Sequence[str], first: int, end: int) -> bool:
    return any(line.strip(" \t-*_") for line in lines[first - 1 : end - 1])


def _frame(
    lines: Sequence[str],
    front: FrontMatter,
    headings: Sequence[_Heading],
    title: _Heading | None,
) -> _Frame:
    """What the lines before the first section tell of the issue."""
    begins = min((h.line for h in headings), default=len(lines) + 1)
    own = range(title.line, title.body) if title else range(0)
    numbered = [
        (i, line) for i, line in enumerate(lines[front.first_line - 1 : begins - 1], front.first_line) if i not in own
    ]
    around = "\n".join(line for _, line in numbered)
    small = _SMALL.search(around)
    cover = _IMAGE.search(around)
    titles = [words for words in (front.word(*_keys("title")), title.words if title else None) if words]
    described = [
        plain(line) for _, line in numbered if line.strip() and not _IMAGE.search(line) and not _SMALL.search(line)
    ]
    date = next((found[0] for line in described if len(line) <= 40 and (found := _FULL_DATE.search(line))), None)
    return _Frame(
        cover=next((address for address in cover.groups() if address), None) if cover else None,
        lead=one_line(plain(small[1])) if small else None,
        publication=_publication(described, titles),
        date=date,
        skips=tuple(_frame_skips(front, numbered)),
    )


def _publication(lines: Sequence[str], titles: Sequence[str]) -> str | None:
    for kind, texts in (("self_descriptions", lines), ("titles", titles)):
        for pattern in _knowledge()[kind]:
            for text in texts:
                if (found := re.search(pattern, text)) is not None:
                    return str(found["name"]).strip()
    return None


def _frame_skips(front: FrontMatter, numbered: Sequence[tuple[int, str]]) -> Iterator[Skip]:
    if front.first_line > 1:
        yield Skip("front matter", 1)
    in_contents = False
    for number, line in numbered:
        words = plain(line)
        if not line.strip():
            continue
        if _IMAGE.search(line):
            yield Skip("cover image", number, words)
        elif _SMALL.search(line):
            yield Skip("lead", number, words[:200])
        elif re.search(_knowledge()["contents"], words, re.IGNORECASE) or in_contents:
            if not in_contents:
                yield Skip("table of contents", number, words)
            in_contents = True
        else:
            yield Skip("self-description", number, words[:200])


def _posts(
    lines: Sequence[str], headings: Sequence[_Heading], sections: Sequence[_Heading], publication: str | None
) -> tuple[list[RawPost], list[Skip]]:
    posts: list[RawPost] = []
    skips: list[Skip] = []
    by_line = {section.line: section for section in sections}
    level = min((section.level for section in sections), default=0)
    deepest = max((section.level for section in sections), default=0)
    category: str | None = None
    covered = 0
    for heading in headings:
        section = by_line.get(heading.line)
        if section is not None:
            covered = section.end
            part = category if section.level > level or category else None
            posts.append(_post(lines, section, part, publication, len(posts) + 1))
        elif heading.line >= covered and heading.level < max(deepest, 1):
            category = heading.words
            skips.append(Skip("category heading", heading.line, heading.words))
        elif heading.line >= covered:
            skips.append(Skip("a headline without text", heading.line, heading.words))
    return posts, skips


def _post(lines: Sequence[str], section: _Heading, part: str | None, publication: str | None, position: int) -> RawPost:
    first, end = section.body, section.end
    while first < end and not lines[first - 1].strip():
        first += 1
    while end > first and not lines[end - 2].strip(" -*_"):
        end -= 1
    return RawPost(
        title=section.words,
        body="\n".join(lines[first - 1 : end - 1]),
        markup=Markup.MARKDOWN,
        people=(RawPerson(publication),) if publication else (),
        link_choice=LinkChoice.LABEL_OR_FIRST,
        section=section.number or str(position),
        part=part,
        lines=(section.line, end - 1),
    )


def _keys(field: str) -> tuple[str, ...]:
    keys: Mapping[str, list[str]] = _knowledge()["front_matter"]
    return tuple(keys[field])


@cache
def _knowledge() -> Mapping[str, Any]:
    return tomllib.loads(resources.files("scrapers.formats").joinpath("newsletter.toml").read_text("utf-8"))
