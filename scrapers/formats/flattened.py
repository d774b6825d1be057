"""A flattened repost of an article: credits run into the text, which may stand twice. See formats.md, 003."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from functools import partial

from feeds.model import Problem
from feeds.model import Role
from feeds.model import Skip
from feeds.text import letters
from scrapers.document import Document
from scrapers.formats import bylines
from scrapers.formats import promotion
from scrapers.formats.bylines import Credit
from scrapers.formats.mending import listed
from scrapers.formats.mending import mended
from scrapers.formats.paragraphs import paragraphs
from scrapers.formats.quotations import quoted
from scrapers.formats.two_versions import merged
from scrapers.formats.two_versions import one_line_version
from scrapers.post import Markup
from scrapers.post import RawPerson
from scrapers.post import RawPost
from scrapers.post import Scraped
from scrapers.urls import match_address

NAME = "flattened"

_SAMPLE = 48 * 1024
_HAN = re.compile(r"[\u3400-\u9fff]")
_MARKS = re.compile(r"^(?:#{1,6}\s+|\*\*)|\*\*$")
_STRUCTURE = re.compile(r"(?m)^(?:#{2,6} |={3,}|-{3,}$|\s*```|@\w+$|!\[|[ \t]*[{}<])")
_LONGEST_TITLE = 90
#: A line so long is the text in one line.
_RUNNING = 280
_LONGEST_VALUE = 24
_KINDS = ("origin", "original", "title", "image")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str


@dataclass(slots=True)
class _Read:
    """What was found on the way."""

    skips: list[Skip] = field(default_factory=list)
    people: list[RawPerson] = field(default_factory=list)
    origins: list[RawPerson] = field(default_factory=list)
    title: str | None = None
    url: str | None = None
    first_line: int = 0

    def skip(self, reason: str, line: int | None, words: str) -> None:
        self.skips.append(Skip(reason, line, words.strip()[:60]))


def recognise(document: Document) -> float:
    """How sure it is that credits open the text or that the text stands twice."""
    sample = document.text[:_SAMPLE]
    if len(_HAN.findall(sample)) < len(sample) * 0.2 or _STRUCTURE.search(sample):
        return 0.0
    lines = _lines(sample)
    credited = any(_credit_at_start(line.text) for line in lines[:4])
    twice = one_line_version([line.text for line in lines]) is not None
    if twice:
        return 0.95 if credited else 0.85
    running = [line for line in lines if len(line.text) >= _RUNNING]
    return 0.7 if credited and len(running) <= 1 else 0.0


def scrape(document: Document) -> Scraped:
    """The article, once."""
    read = _Read()
    lines = _lines(document.text)
    at = one_line_version([line.text for line in lines])
    long = lines[at] if at is not None else None
    rest = [line for line in lines if line is not long]
    body_lines = _without_credits(rest, read, document.text)
    title = _title(body_lines, long, read)
    if long is not None:
        whole = _without_leading_credits(long, read, document.text, body_lines)
        read.skip("the whole text again in one line", long.number, whole)
        caption = partial(read.skip, "caption without its picture", long.number)
        parts = merged(_after_title(whole, title), [line.text for line in body_lines], caption)
    else:
        parts = _from_one_version(body_lines)
    parts = _without_promotion(parts, read)
    if not parts:
        problem = Problem("a flattened article without text", lines[0].number if lines else 1)
        return Scraped(posts=(), skips=tuple(read.skips), problems=(problem,))
    body = "\n\n".join(listed([mended(part) for part in parts]))
    post = RawPost(
        title=title,
        body=body,
        markup=Markup.MARKDOWN,
        people=_people(read),
        quoted=quoted(body),
        url=read.url,
        lines=(lines[0].number, lines[-1].number),
    )
    publication = read.origins[0].name if read.origins else None
    return Scraped(posts=(post,), skips=tuple(read.skips), title=title, publication=publication)


def _lines(text: str) -> list[_Line]:
    return [_Line(i, line.strip()) for i, line in enumerate(text.split("\n"), 1) if line.strip()]


def _credit_at_start(text: str) -> bool:
    return bylines.credit_label(*_KINDS).match(_MARKS.sub("", text)) is not None


def _without_credits(lines: Sequence[_Line], read: _Read, document: str) -> list[_Line]:
    """The lines without those that are credits, and without the credits that open a line."""
    kept = []
    for line in lines:
        rest = _read_credits(line, read, document, ())
        if rest.strip():
            kept.append(_Line(line.number, rest))
    return kept


def _without_leading_credits(line: _Line, read: _Read, document: str, body: Sequence[_Line]) -> str:
    return _read_credits(line, read, document, [letters(other.text) for other in body])


def _read_credits(line: _Line, read: _Read, document: str, starts: Sequence[str]) -> str:
    """The line without the credits and bylines at its beginning."""
    text = line.text
    while True:
        credit = _credit(text, document, starts)
        if credit is not None:
            _note(credit, read)
            end = credit.end
        else:
            byline = bylines.leading(text)
            read.people += [person for person in byline.people if person not in read.people]
            end = byline.end
        if not end:
            return text
        read.skip("credit", line.number, text[:end])
        text = text[end:].lstrip(" \t\xa0　*")


def _credit(text: str, document: str, starts: Sequence[str]) -> Credit | None:
    label = bylines.credit_label(*_KINDS).match(text)
    if label is None:
        return None
    kind = next(kind for kind in _KINDS if label["label"] in bylines.words_of("credits", kind))
    if (matched := match_address(text, label.end())) is not None:
        return Credit(kind, matched[0], 0, label.end() + matched[1])
    end = _value_end(text, label.end(), kind, document, starts)
    return Credit(kind, text[label.end() : end].strip(), 0, end)


def _value_end(text: str, start: int, kind: str, document: str, starts: Sequence[str]) -> int:
    """Where a credit's value ends: before the next credit, where the text is known to begin, or after few words."""
    limit = len(text)
    following = bylines.credit_label(*_KINDS).search(text, start, start + 120)
    if following is not None:
        limit = following.start()
    if (byline := bylines.next_label(text, start + 1, min(limit, start + 120))) is not None:
        limit = byline
    if kind == "title":
        quote = re.compile(r"《[^》]{1,80}》").match(text, start)
        return quote.end() if quote else limit
    if limit - start <= _LONGEST_VALUE:
        return limit
    for at in range(start, min(limit, start + 60)):
        opening = letters(text[at : at + 24])[:8]
        if len(opening) == 8 and any(begin.startswith(opening) for begin in starts):
            return at
    return _end_of_words(text, start, limit, document)


def _end_of_words(text: str, start: int, limit: int, document: str) -> int:
    """Without a second version: `由…生成`, words that the document uses again, or the words before a space."""
    closing = "|".join(bylines.words_of("credits", "closing"))
    made = re.compile(rf"[^，。,]{{1,16}}?(?:{closing})").match(text, start, limit)
    if made is not None:
        return made.end()
    space = re.compile(r"\S{1,24}(?=\s)").match(text, start, limit)
    for length in range(12, 1, -1):
        words = text[start : start + length]
        beyond = space is not None and space.end() < start + length
        if not beyond and re.fullmatch(r"[\w·]+", words) and document.count(words) > 1:
            return start + length
    return space.end() if space else min(limit, start)


def _note(credit: Credit, read: _Read) -> None:
    if credit.kind == "origin":
        value = re.sub(r"^(?:微信)?(?:公众号|公眾號)\s*[:：]?\s*", "", credit.value)
        value = re.sub(r"^[「『“]|[」』”]$", "", value)
        person = bylines.person_name(value)
        if person is not None and person not in read.origins:
            read.origins.append(person)
    elif credit.kind == "original" and credit.value.startswith("http"):
        read.url = read.url or credit.value
    elif credit.kind == "title" and credit.value:
        read.title = read.title or credit.value.strip("《》")


def _people(read: _Read) -> tuple[RawPerson, ...]:
    named = any(person.role is Role.AUTHOR for person in read.people)
    return tuple(dict.fromkeys(read.people if named else [*read.origins, *read.people]))


def _title(body: list[_Line], long: _Line | None, read: _Read) -> str | None:
    """The title, taken out of the lines: the first line that can be one and is not the first sentence of the text."""
    for index, line in enumerate(body[:4]):
        bare = _MARKS.sub("", line.text).strip()
        if len(bare) > _LONGEST_TITLE or "。" in bare or bare.endswith(("，", ",", "；", "：", ":")):
            break
        behind = body[index + 1 :]
        if long is None and not behind:
            break
        del body[index]
        return bare
    return read.title


def _after_title(whole: str, title: str | None) -> str:
    """The one-line version without the title, where it opens with it."""
    if title is None:
        return whole
    want, at, seen = letters(title), 0, ""
    while at < len(whole) and len(seen) < len(want):
        seen += letters(whole[at])
        at += 1
    return whole[at:].lstrip(" *，。") if seen == want else whole


def _from_one_version(body: Sequence[_Line]) -> list[str]:
    """Paragraphs of the only version: its lines, or where it is one line, what can be told apart."""
    found: list[str] = []
    for line in body:
        running = len(line.text) >= _RUNNING or len(body) == 1
        found += paragraphs(mended(line.text)) if running else [line.text]
    return found


def _without_promotion(parts: list[str], read: _Read) -> list[str]:
    while parts and promotion.is_promotion(parts[-1]):
        read.skip("promotion", None, parts.pop())
    return parts
