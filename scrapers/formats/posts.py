"""A log of posts: numbered sections with a date, each with one post or several under a name and a @handle."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from itertools import islice

from feeds.model import Problem
from feeds.model import Role
from feeds.model import Skip
from feeds.text import nfkc
from scrapers.document import Document
from scrapers.formats.handles import SEPARATOR
from scrapers.formats.handles import Byline
from scrapers.formats.handles import alone
from scrapers.formats.handles import bare_line
from scrapers.formats.handles import find_bylines
from scrapers.formats.handles import mend_sentences
from scrapers.formats.handles import skip_blank
from scrapers.front_matter import split
from scrapers.post import LinkChoice
from scrapers.post import Markup
from scrapers.post import RawPerson
from scrapers.post import RawPost
from scrapers.post import Scraped

NAME = "posts"

_DAY = (
    r"(?:\d{4}\s*[-/.年]\s*\d{1,2}\s*[-/.月]\s*\d{1,2}(?!\d)\s*日?|\d{4}\d{2}\d{2}(?!\d)|\d{1,2}\s*月\s*\d{1,2}\s*日|\d{1,2}[-/]\d{1,2}(?!\d)"
    r"|[A-Z][a-z]{2,8}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4}|\d{1,2}\s+[A-Z][a-z]{2,8}\.?,?\s+\d{4})"
)
#: The number of a section, and its date where that stands in the same line.
_SECTION = re.compile(
    rf"(#{{1,4}})\s*\**\s*(?:No\.?|第|\\?#)?\s*(\d{{1,4}})\s*(?:条|條|篇|则|則)?\s*[.、．)）:：]?\s*\**\s*(?:[-–—|｜·(（]?\s*({_DAY}).{{0,12}})?$",
    re.IGNORECASE,
)
_HEADING = re.compile(r"#{1,6}\s")
#: So many sections are no accident.
_SEVERAL = 3
#: A date, a name, a handle, and one line more.
_LONGEST_HEAD = 4
_DATE = re.compile(rf"\s*[-*_>\s]*(?:(?:日期|时间|時間|Date)\s*[:：]\s*)?{_DAY}.{{0,20}}$")
_GAPS = re.compile(r"\s{2,}")
_STATUS = re.compile(
    r"https?://(?:www\.|mobile\.)?(?:twitter|x)\.com/([A-Za-z0-9_]{1,30})/\S{0,80}?status(?:es)?/(\d+)"
)
_PART_OF_THREAD = re.compile(r"\b\d{1,3}\s*/\s*(?:n|\d{1,3})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Section:
    number: str
    #: The lines of its heading, of its first words behind the date, and of the next heading.
    heading: int
    body: int
    end: int
    date: str | None


@dataclass(frozen=True, slots=True)
class _Piece:
    """The lines of one post's words: from `first` up to, not including, `end`."""

    first: int
    end: int
    byline: Byline | None


def recognise(document: Document) -> float:
    """How surely the document is a log: the share of its numbered sections that go on with a date or a byline."""
    lines = document.text.split("\n")
    sections = _headings(lines, 0)
    if not sections:
        return 0.0
    good = sum(_is_dated(lines, at) or _has_byline(lines, at) for at, _ in sections)
    return 0.9 * good / len(sections)


def is_certain(document: Document) -> bool:
    """Whether it can be nothing else: every section that says something begins with a handle, and most headings are no
    more than the numbers of these sections. Takes a tenth of the time that to ask all others takes.
    """
    lines = document.text.split("\n")
    sections = _headings(lines, 0)
    if len(sections) * 2 <= sum(_HEADING.match(line) is not None for line in lines):
        return False
    ends = [*(at for at, _ in sections), len(lines)][1:]
    said = [filter(str.strip, lines[at + 1 : end]) for (at, _), end in zip(sections, ends, strict=True)]
    telling = [head for words in said if len(head := list(islice(words, _LONGEST_HEAD))) > 1]
    return len(telling) >= _SEVERAL and all(any(alone(bare_line(line)) for line in some) for some in telling)


def scrape(document: Document) -> Scraped:
    """All posts of the log; empty slots are skipped and counted."""
    front = split(document.text, document.name)
    lines = document.text.split("\n")
    sections = list(_sections(lines, front.first_line - 1))
    bylines = find_bylines(lines, [(section.body, section.end) for section in sections])
    posts: list[RawPost] = []
    begin = sections[0].heading if sections else len(lines)
    skips = list(_preamble(lines, front.first_line - 1, begin))
    for section, found in zip(sections, bylines, strict=True):
        pieces = _pieces(lines, section, found)
        if not pieces:
            skips.append(Skip("empty", section.heading + 1, lines[section.heading].strip("# ").strip()))
        else:
            skips += _wordless(found, pieces)
        posts += _posts(lines, section, pieces, len(posts))
    return Scraped(
        posts=tuple(posts),
        skips=tuple(skips),
        problems=(*front.problems, *_problems(posts)),
        title=front.word("title") or _title(lines, front.first_line - 1, begin),
        date=front.word("date"),
        url=front.word("url", "link", "permalink"),
        labels=front.words("tags", "categories"),
    )


def _sections(lines: Sequence[str], first: int) -> Iterator[_Section]:
    headings = _headings(lines, first)
    ends = [*(at for at, _ in headings), len(lines)][1:]
    for (heading, found), end in zip(headings, ends, strict=True):
        at = skip_blank(lines, heading + 1, end)
        dated = at < end and _DATE.match(_narrow(lines[at])) is not None
        date = _narrow(lines[at]).strip(" \t*_>") if dated else found[3]
        yield _Section(str(int(found[2])), heading, skip_blank(lines, at + 1 if dated else at, end), end, date)


def _headings(lines: Sequence[str], first: int) -> list[tuple[int, re.Match[str]]]:
    """The numbered headings of the level that most have; of another level those with a date, as a slip of the hand."""
    found = [
        (i, hit)
        for i, line in enumerate(lines)
        if i >= first and line.startswith("#") and (hit := _SECTION.match(_narrow(line).rstrip())) is not None
    ]
    levels = Counter(hit[1] for _, hit in found)
    usual = levels.most_common(1)[0][0] if levels else ""
    return [(i, hit) for i, hit in found if hit[1] == usual or hit[3] or _is_dated(lines, i)]


def _is_dated(lines: Sequence[str], heading: int) -> bool:
    return any(_DATE.match(_narrow(line)) for line in _opening(lines, heading))


def _has_byline(lines: Sequence[str], heading: int) -> bool:
    return any(alone(bare_line(line)) for line in _opening(lines, heading))


def _opening(lines: Sequence[str], heading: int) -> list[str]:
    """The first two lines with words below a heading."""
    return [line for line in lines[heading + 1 : heading + 8] if line.strip()][:2]


def _narrow(line: str) -> str:
    """A line with the digits and signs of a wide font as plain ones, and a space where there are many."""
    return _GAPS.sub(" ", nfkc(line))


def _title(lines: Sequence[str], first: int, end: int) -> str | None:
    return next((line[2:].strip() for line in lines[first:end] if line.startswith("# ") and line[2:].strip()), None)


def _wordless(bylines: Sequence[Byline], pieces: Sequence[_Piece]) -> Iterator[Skip]:
    """Those who say nothing themselves: they passed on the post below."""
    speaking = {piece.byline.first for piece in pieces if piece.byline is not None}
    for byline in bylines:
        if byline.first not in speaking:
            yield Skip("a name without words", byline.first + 1, byline.name or byline.handle)


def _preamble(lines: Sequence[str], first: int, end: int) -> Iterator[Skip]:
    words = " ".join(line.strip() for line in lines[first:end] if line.strip())
    if words:
        yield Skip("text before the first section", first + 1, words[:200])


def _problems(posts: Sequence[RawPost]) -> Iterator[Problem]:
    for post in posts:
        if not post.people:
            yield Problem("a post without an author: put a name and a @handle above it", post.lines[0])
        if post.date is None:
            yield Problem("a post without a date: put one below the number of its section", post.lines[0])


def _pieces(lines: Sequence[str], section: _Section, bylines: Sequence[Byline]) -> list[_Piece]:
    ends = [*(byline.first for byline in bylines), section.end]
    pieces = [_Piece(section.body, ends[0], None)]
    pieces += [_Piece(byline.text, ends[i], byline) for i, byline in enumerate(bylines, 1)]
    trimmed = [_trim(lines, piece) for piece in pieces]
    return [piece for piece in trimmed if piece.first < piece.end]


def _trim(lines: Sequence[str], piece: _Piece) -> _Piece:
    """Without blank lines and separators at the ends."""
    first, end = skip_blank(lines, piece.first, piece.end), piece.end
    while end > first and (not lines[end - 1].strip() or SEPARATOR.match(lines[end - 1])):
        end -= 1
    return replace(piece, first=first, end=end)


def _posts(lines: Sequence[str], section: _Section, pieces: Sequence[_Piece], already: int) -> list[RawPost]:
    posts = []
    for i, piece in enumerate(pieces, 1):
        name = f"{section.number}.{i}" if len(pieces) > 1 else section.number
        posts.append(_post("\n".join(lines[piece.first : piece.end]), piece, section.date, name))
    return _with_quotes(_with_thread_author(posts), pieces, already)


def _post(text: str, piece: _Piece, date: str | None, section: str) -> RawPost:
    byline = piece.byline
    handle = byline.handle if byline else None
    own = _own_status(text, handle)
    return RawPost(
        body=mend_sentences(text),
        markup=Markup.POST,
        people=(RawPerson(byline.name, byline.handle),) if byline else (),
        quoted=tuple(_status_people(text, handle)),
        date=date,
        url=own,
        link_choice=LinkChoice.LABEL_OR_ONLY,
        natural_keys=(own,) if own else (),
        section=section,
        lines=(piece.first + 1, piece.end),
    )


def _with_thread_author(posts: list[RawPost]) -> list[RawPost]:
    """A thread copied from its second part on names its author only there; the part above is theirs too."""
    if len(posts) < 2 or posts[0].people or not _PART_OF_THREAD.search(posts[0].body):
        return posts
    handles = {person.handle for post in posts[1:] for person in post.people}
    if len(handles) != 1:
        return posts
    return [replace(posts[0], people=posts[1].people), *posts[1:]]


def _with_quotes(posts: list[RawPost], pieces: Sequence[_Piece], already: int) -> list[RawPost]:
    """The first post of a section quotes the second, a marked post is quoted by the one before it.

    Three posts or more of one author are a thread, not quotations; so are the numbered parts of one.
    """
    authors = {post.people[0].handle if post.people else None for post in posts}
    thread = len(authors) == 1 and (len(posts) > 2 or _PART_OF_THREAD.search(posts[0].body) is not None)
    for i in range(1, len(posts)):
        byline = pieces[i].byline
        if (byline is not None and byline.quoted) or (i == 1 and not thread):
            posts[i - 1] = _quoting(posts[i - 1], posts[i], already + i)
    return posts


def _quoting(post: RawPost, quoted: RawPost, index: int) -> RawPost:
    people = tuple(replace(person, role=Role.QUOTED, url=quoted.url) for person in quoted.people)
    handles = {person.handle for person in people}
    others = tuple(person for person in post.quoted if person.handle not in handles)
    return replace(post, quotes=(index,), quoted=people + others)


def _own_status(text: str, handle: str | None) -> str | None:
    """The post's own address where it ends with it."""
    last = text.rstrip().rsplit("\n", 1)[-1].strip()
    found = _STATUS.match(last)
    if found is None or handle is None or found[1].lower() != handle.lower():
        return None
    return found[0] if last.partition("?")[0] == found[0] else None


def _status_people(text: str, handle: str | None) -> Iterator[RawPerson]:
    """Those whose posts are linked."""
    seen = {(handle or "").lower(), "i"}
    for found in _STATUS.finditer(text):
        if found[1].lower() not in seen:
            seen.add(found[1].lower())
            yield RawPerson(None, found[1], Role.QUOTED, found[0])
