"""A recap of the day: an opening story, then parts by where the news come from, with headings and headlined bullets.

One rule reads old and new layouts: headings nest, a headlined bullet is an entry, and bullets without one are an entry
under the words of the heading above them. What is known of such documents is in `recap.toml`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass

from feeds.model import Problem
from feeds.model import Role
from feeds.model import Skip
from feeds.text import excerpt
from feeds.text import letters
from feeds.text import one_line
from scrapers.document import Document
from scrapers.formats.recap_page import Found
from scrapers.formats.recap_page import Page
from scrapers.formats.recap_parts import Group
from scrapers.formats.recap_parts import begins_part
from scrapers.formats.recap_parts import entries
from scrapers.formats.recap_parts import groups
from scrapers.formats.recap_parts import has_channel
from scrapers.formats.recap_parts import is_bold_line
from scrapers.formats.recap_parts import is_heading
from scrapers.formats.recap_rules import load_rules
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

NAME = "recap"

#: How far into a document its newsletter names itself, in characters.
_BEGINNING = 20_000
#: How many comments an editor may leave at the top, and how many lines stand above a credit line.
_COMMENTS, _ABOVE_CREDIT = 20, 40

_IMAGE = re.compile(r"!\[[^\]\n]{0,300}\]\(<?(https?://[^\s<>]{1,2000}?)>?(?:[ \t]+\"[^\"\n]{0,300}\")?\)")
_LINK = re.compile(r"https?://")
_CHANNEL = re.compile(r"(?:#+ |\*\*).*(?:▷ ?#|discord(?:app)?\.com/channels/)")
_HEADING = re.compile(r"(?:#{1,3}[ \t]+|\*\*)?(.{1,100}?)[ \t]*(?:\*\*)?")
_BULLET = re.compile(r"[ \t]*(?:[-*+]|\d+\.)[ \t]+(\*\*[^\n*]{2,120}\*\*[ \t]*[:：]|\*\*[^\n*]{2,120}[:：]\*\*)?")


@dataclass(frozen=True, slots=True)
class _Divided:
    """A document taken apart."""

    title: str | None
    #: The address that the document was taken from.
    credit: str | None
    #: The blocks of the opening story, and those from the first part on.
    opening: Sequence[Block]
    parts: Sequence[Block]


def recognise(document: Document) -> float:
    """How surely the document is a recap: parts named after their origin, channels, a known name, headlined bullets."""
    rules = load_rules()
    lines = [line.rstrip()[:300] for line in document.text.split("\n")]
    short = [line for line in lines if 0 < len(line) <= 200]
    headings = [
        line
        for line, below in zip(lines, [*lines[1:], ""], strict=True)
        if 0 < len(line) <= 200 and (line.startswith(("#", "**")) or below.startswith(("=", "-")))
    ]
    named = {key for line in headings if (m := _HEADING.fullmatch(line)) and (key := rules.part_key(m[1]))}
    page = Page(lines, rules)
    credit = next((address for line in lines[:_ABOVE_CREDIT] if (address := page.credit(line))), None)
    publication = rules.publication(split(document.text, document.name), credit, document.text[:_BEGINNING])
    channels = sum(_CHANNEL.match(line) is not None for line in short)
    parts = 0.3 * min(len(named), 3) + 0.3 * ((channels > 0) + (channels > 3))
    known = 0.35 if rules.is_known(publication) else 0.3 if parts and rules.is_newsletter(credit) else 0.0
    evidence = parts + known
    return min(0.95, evidence + 0.15 * (_headlined_share(lines) >= 0.5))


def scrape(document: Document) -> Scraped:
    """The opening story, the headlined bullets, and one entry for each heading over bullets without headlines."""
    front = split(document.text, document.name)
    text, comments = _without_comments("\n" * (front.first_line - 1) + front.body)
    page = Page(text.split("\n"), load_rules(), comments)
    divided = _divide(page, blocks(text), front)
    publication = page.rules.publication(front, divided.credit, document.text[:_BEGINNING])
    story = _story(page, divided)
    parts = groups(page, divided.parts)
    found = sorted((f for group in parts for f in entries(page, group)), key=lambda f: f.lines[0])
    _skip_empty(page, parts, found)
    posts = _posts(page, [*story, *found], _byline(front, publication))
    nothing = () if posts else (Problem("no opening story and no bullet under a heading was found", 1),)
    return Scraped(
        of_its_day=True,
        posts=posts,
        skips=tuple(sorted(page.skips, key=lambda skip: skip.line or 0)),
        problems=(*front.problems, *nothing),
        title=divided.title,
        date=front.word("date", "published", "pubdate"),
        cover=front.word("cover", "image") or next((m[1] for f in story if (m := _IMAGE.search(f.body))), None),
        lead=front.word("description", "summary", "lead"),
        url=divided.credit or next((u for u in front.words("canonical", "url", "link") if _LINK.match(u)), None),
        publication=publication,
        labels=tuple(dict.fromkeys(word for key in page.rules.topic_keys for word in front.words(key))),
    )


def _headlined_share(lines: Sequence[str]) -> float:
    """The share of the bullets that begin with bold words and a colon; 0 where there are too few to tell."""
    bullets = [m for line in lines if (m := _BULLET.match(line))]
    return sum(m[1] is not None for m in bullets) / len(bullets) if len(bullets) >= 5 else 0.0


def _without_comments(text: str) -> tuple[str, list[Skip]]:
    """`text` without the comments that an editor leaves at its top, its lines where they were.

    An HTML block lasts to the end of its line (CommonMark section 4.6): words behind a comment would be no Markdown.
    """
    skips: list[Skip] = []
    for _ in range(_COMMENTS):
        start = len(text) - len(text.lstrip())
        end = text.find("-->", start) + 3
        if not text.startswith("<!--", start) or end < 3:
            break
        comment = text[start:end]
        skips.append(Skip("comment", text.count("\n", 0, start) + 1, excerpt(comment, 60)))
        text = text[:start] + "\n" * comment.count("\n") + text[end:].lstrip(" \t")
    return text, skips


def _divide(page: Page, found: Sequence[Block], front: FrontMatter) -> _Divided:
    stated = front.word("title")
    at = _title_at(page, found)
    heading = one_line(plain(found[at].text)) if at is not None else None
    if at is not None and stated is not None and letters(stated) != letters(heading or ""):
        at = None
    start = _first_part(page, found, 0 if at is None else at + 1)
    before = [block for index, block in enumerate(found[:start]) if index != at]
    credits = [address for block in before if (address := _credit(page, block))]
    return _Divided(stated or heading, credits[0] if credits else None, before, found[start:])


def _title_at(page: Page, found: Sequence[Block]) -> int | None:
    """Where the title stands: the first heading if only a credit stands above it, or a line right above the credit."""
    for index, block in enumerate(found):
        if is_heading(block):
            return None if begins_part(page, block) else index
        following = found[index + 1] if index + 1 < len(found) else None
        if block.kind == "paragraph" and block.first == block.last and following and _credit(page, following):
            return index
        if block.kind != "rule" and _credit(page, block) is None:
            return None
    return None


def _first_part(page: Page, found: Sequence[Block], start: int) -> int:
    """Where the opening story ends: at the first heading of a part, else the first one, else a bold line over a list.

    A notice such as "Table of Contents" ends nothing.
    """
    heading = over_list = None
    for index in range(start, len(found)):
        block = found[index]
        if block.kind not in {"heading", "paragraph"} or page.notice(block):
            continue
        if begins_part(page, block):
            return index
        if is_heading(block):
            heading = heading or index
        elif over_list is None and found[index + 1 : index + 2] and found[index + 1].kind == "list":
            over_list = index if is_bold_line(page, block) else None
    return heading or over_list or len(found)


def _credit(page: Page, block: Block) -> str | None:
    """The address that a quote or paragraph of nothing but credit lines gives."""
    if block.kind not in {"quote", "paragraph"} or block.last - block.first > 9:
        return None
    lines = [line for line in page.lines[block.first - 1 : block.last] if line.strip(" >")]
    found = [page.credit(line) for line in lines]
    return found[0] if found and all(found) else None


def _story(page: Page, divided: _Divided) -> list[Found]:
    """The opening story, if there is one: all before the first part but credit, notices and the rules at both ends."""
    kept: list[Block] = []
    for block in divided.opening:
        if reason := "credit line" if _credit(page, block) else page.notice(block):
            page.skip(reason, block.first, block.last)
        elif block.kind == "rule" and not kept:
            page.skip("separator", block.first, block.last)
        else:
            kept.append(block)
    while kept and kept[-1].kind == "rule":
        rule = kept.pop()
        page.skip("separator", rule.first, rule.last)
    texts = [(block.first, block.last, "\n".join(page.lines[block.first - 1 : block.last])) for block in kept]
    return [Found(divided.title, (), texts)] if texts else []


def _skip_empty(page: Page, parts: Iterable[Group], found: Iterable[Found]) -> None:
    """Count the headings with no entry below them."""
    used = {heading for f in found for heading in (*f.path, f.heading)}
    for group in parts:
        if group.path and group.path[-1] not in used:
            page.skip("heading with nothing below it", *group.path[-1].lines)


def _byline(front: FrontMatter, publication: str | None) -> tuple[RawPerson, ...]:
    name = publication or front.word("author", "authors")
    return (RawPerson(name=name, role=Role.AUTHOR),) if name else ()


def _posts(page: Page, found: Sequence[Found], byline: tuple[RawPerson, ...]) -> tuple[RawPost, ...]:
    counts: Counter[str] = Counter()
    posts = []
    for entry in found:
        key = _key(entry)
        counts[key] += 1
        posts.append(_post(page, entry, f"{key}/{counts[key]}", byline))
    return tuple(posts)


def _key(entry: Found) -> str:
    above = (*entry.path, entry.heading) if entry.heading else entry.path
    return next((h.key for h in above if h and h.key), "part") if above else "opening"


def _post(page: Page, entry: Found, section: str, byline: tuple[RawPerson, ...]) -> RawPost:
    body = entry.body
    in_heading = _in_heading(entry, body)
    return RawPost(
        title=entry.title,
        body=body,
        markup=Markup.MARKDOWN,
        people=byline,
        quoted=tuple(_quoted(page, f"{entry.headline}\n{body}")),
        url=entry.url or (in_heading[0] if in_heading else None),
        headline_links=(entry.url,) if entry.url else in_heading,
        link_choice=LinkChoice.FIRST,
        section=section,
        part=" › ".join(heading.words for heading in entry.path) or None,
        lines=entry.lines,
    )


def _in_heading(entry: Found, body: str) -> tuple[str, ...]:
    """The links of a heading that is the title; that of a channel says no more than where, if the text has others."""
    if entry.heading is None or (has_channel(" ".join(entry.heading.urls)) and _LINK.search(_IMAGE.sub("", body))):
        return ()
    return entry.heading.urls


def _quoted(page: Page, text: str) -> Iterator[RawPerson]:
    """The people cited with a status, each with the first one.

    `[@one on this](…/two/status/1)` names somebody beside the status of another; `[@one](…)` alone cites one.
    """
    seen: set[str] = set()
    for found in page.rules.status.finditer(text):
        handle = found["handle"]
        cited = not found["more"].strip() or found["owner"].casefold() == handle.casefold()
        if cited and handle.casefold() not in seen:
            seen.add(handle.casefold())
            yield RawPerson(handle=handle, role=Role.QUOTED, url=found["url"])
