"""An issue of a newsletter: front matter, a frame (cover, lead, contents), then sections that are entries.

Issues of one series differ in how they mark a section: numbered or not, at any heading level, or as a bold line. What
counts is the level at which headings have text of their own; a heading above it without text is a category.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass

from feeds.model import Skip
from feeds.text import one_line
from scrapers.document import Document
from scrapers.formats.newsletter_headings import Heading
from scrapers.formats.newsletter_outline import Outline
from scrapers.formats.newsletter_outline import knowledge
from scrapers.formats.newsletter_outline import make_outline
from scrapers.formats.newsletter_outline import matches
from scrapers.formats.newsletter_outline import publication_in
from scrapers.formats.newsletter_outline import without_footer
from scrapers.front_matter import FrontMatter
from scrapers.front_matter import split
from scrapers.markdown import plain
from scrapers.post import LinkChoice
from scrapers.post import Markup
from scrapers.post import RawPerson
from scrapers.post import RawPost
from scrapers.post import Scraped

NAME = "newsletter"

_IMAGE = re.compile(r"!\[[^\]]*\]\(\s*<?([^\s)>]+)|<img\b[^>]*?\bsrc\s*=\s*[\"']?([^\"'\s>]+)", re.IGNORECASE)
_SMALL = re.compile(r"<small>(.*?)</small>", re.IGNORECASE | re.DOTALL)
_FULL_DATE = re.compile(
    r"\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}(?!\d)\s*日?"
    r"|\b[A-Z][a-z]{2,8}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}\b|\b\d{1,2} [A-Z][a-z]{2,8} \d{4}\b"
)
_LINK = re.compile(r"https?://|!\[|<img", re.IGNORECASE)


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
    outline = make_outline(front, lines)
    sections = outline.sections
    if len(sections) < 2:
        return 0.0
    numbered = sum(h.number is not None for h in sections) / len(sections)
    linked = sum(bool(h.links) or _has_link(lines, h) for h in sections) / len(sections)
    titles = _titles(front, outline)
    foreign = bool(titles) and publication_in((), titles) is None
    around = "\n".join(lines[: min(h.line for h in outline.headings)])
    framed = bool(titles) and not foreign or re.search(knowledge()["frame"], around, re.IGNORECASE) is not None
    listed = not titles and any(matches("contents", plain(line)) for line in around.split("\n") if len(line) <= 80)
    dated = front.word(*_keys("date")) is not None or any(_FULL_DATE.search(title) for title in titles)
    score = (
        0.3 + 0.35 * (numbered > 0.5) + 0.2 * (framed or listed) + 0.1 * dated + 0.2 * (linked > 0.6) - 0.25 * foreign
    )
    return max(0.0, min(0.95, score))


def scrape(document: Document) -> Scraped:
    """One post a section; the frame describes the issue."""
    front = split(document.text, document.name)
    lines = document.text.split("\n")
    outline = make_outline(front, lines)
    frame = _frame(lines, front, outline)
    publication = _named(front) or frame.publication or front.word(*_keys("author"))
    posts, skips = _posts(lines, outline, publication)
    return Scraped(
        posts=tuple(posts),
        skips=(*frame.skips, *skips),
        problems=front.problems,
        title=front.word(*_keys("title")) or (outline.title.words if outline.title else None),
        date=front.word(*_keys("date")) or frame.date,
        cover=frame.cover or front.word(*_keys("cover")),
        lead=frame.lead or front.word(*_keys("lead")),
        url=front.word(*_keys("url")),
        publication=publication,
        labels=front.words(*_keys("labels")),
    )


def _named(front: FrontMatter) -> str | None:
    """The publication by its key; a series that is a tag as well is a shelf and no name."""
    labels = front.words(*_keys("labels"))
    return next((name for key in _keys("publication") if (name := front.word(key)) and name not in labels), None)


def _titles(front: FrontMatter, outline: Outline) -> list[str]:
    return [*front.words(*_keys("title")), *([outline.title.words] if outline.title else [])]


def _has_link(lines: Sequence[str], heading: Heading) -> bool:
    return _LINK.search("\n".join(lines[heading.body - 1 : heading.end - 1])) is not None


def _frame(lines: Sequence[str], front: FrontMatter, outline: Outline) -> _Frame:
    """What the lines before the first section tell of the issue."""
    begins = min((h.line for h in outline.headings), default=len(lines) + 1)
    title = outline.title
    own = range(title.line, title.body) if title else range(0)
    numbered = [
        (i, line) for i, line in enumerate(lines[front.first_line - 1 : begins - 1], front.first_line) if i not in own
    ]
    around = "\n".join(line for _, line in numbered)
    small = _SMALL.search(around)
    cover = _IMAGE.search(around)
    titles = _titles(front, outline)
    described = [
        plain(line) for _, line in numbered if line.strip() and not _IMAGE.search(line) and not _SMALL.search(line)
    ]
    dating = [*(line for line in described if len(line) <= 40), *titles]
    return _Frame(
        cover=next((address for address in cover.groups() if address), None) if cover else None,
        lead=one_line(plain(small[1])) if small else None,
        publication=publication_in(described, titles),
        date=next((found[0] for line in dating if (found := _FULL_DATE.search(line))), None),
        skips=tuple(_frame_skips(front, numbered)),
    )


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
        elif re.search(knowledge()["contents"], words, re.IGNORECASE) or in_contents:
            if not in_contents:
                yield Skip("table of contents", number, words)
            in_contents = True
        else:
            yield Skip("self-description", number, words[:200])


def _posts(lines: Sequence[str], outline: Outline, publication: str | None) -> tuple[list[RawPost], list[Skip]]:
    posts: list[RawPost] = []
    skips: list[Skip] = []
    last = outline.sections[-1] if outline.sections else None
    sections = {section.line: section for section in outline.sections}
    dropped = {heading.line: reason for heading, reason in outline.dropped}
    deepest = max((section.level for section in outline.sections), default=0)
    category: Heading | None = None
    covered = 0
    for heading in outline.headings:
        if heading.line < covered:
            continue
        if category is not None and heading.level <= category.level:
            category = None
        section = sections.get(heading.line)
        if section is not None:
            covered = section.end
            if section is last:
                section, footer = without_footer(lines, section)
                skips += footer
            posts.append(_post(lines, section, category, publication, len(posts) + 1))
        elif heading.line in dropped:
            skips.append(Skip(dropped[heading.line], heading.line, heading.words))
        elif heading.level < max(deepest, 1):
            category = heading
            skips.append(Skip("category heading", heading.line, heading.words))
        else:
            skips.append(Skip("a headline without text", heading.line, heading.words))
    return posts, skips


def _post(
    lines: Sequence[str], section: Heading, category: Heading | None, publication: str | None, position: int
) -> RawPost:
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
        url=section.links[0] if section.links else None,
        headline_links=section.links,
        link_choice=LinkChoice.LABEL_OR_FIRST,
        section=section.number or str(position),
        part=category.words if category else None,
        lines=(section.line, end - 1),
    )


def _keys(field: str) -> tuple[str, ...]:
    keys: Mapping[str, list[str]] = knowledge()["front_matter"]
    return tuple(keys[field])
