"""A dump of articles: a title line, the whole article as one line, the next title. See formats.md, 004."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field

from feeds.model import Problem
from feeds.model import Role
from feeds.model import Skip
from scrapers.document import Document
from scrapers.formats import bylines
from scrapers.formats import paragraphs
from scrapers.formats import promotion
from scrapers.formats.article_head import foreign
from scrapers.formats.bylines import Byline
from scrapers.formats.quotations import quoted
from scrapers.post import LinkChoice
from scrapers.post import Markup
from scrapers.post import RawPerson
from scrapers.post import RawPost
from scrapers.post import Scraped
from scrapers.urls import match_address

NAME = "dump"

#: A line of so many characters is a text, whatever it looks like.
_LONG = 200
#: Running text: an article as one line.
_RUNNING = 280
_SAMPLE = 16 * 1024
_HAN = re.compile(r"[\u3400-\u9fff]")
_MARKS = re.compile(r"^(?:#{1,6}\s+|[*_]{2}|\d{1,3}[、.．]\s*)|[*_]{2}$")
_STRUCTURE = re.compile(r"(?m)^(?:#{1,6} |={3,}|-{3,}$|\s*[-*+] |\s*```|@\w+$|[{}\[\]<])")
_ADDRESS_LINE = re.compile(r"\s*(?:[^\s:：]{1,12}[:：]\s*)?https?://\S+\s*$")
_NUMBERED = re.compile(r"\d{1,2}[.、．)）]\s*\D")
_SEMICOLON = re.compile(r"[；;]")
_DATE_LINE = re.compile(r"\s*(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?)\s*$")


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class _Article:
    title: _Line | None
    body: tuple[_Line, ...]
    date: str | None = None


@dataclass(slots=True)
class _Report:
    skips: list[Skip] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def skip(self, reason: str, line: int, words: str) -> None:
        self.skips.append(Skip(reason, line, words.strip()[:60]))


def recognise(document: Document) -> float:
    """How sure it is that short lines and articles in one line take turns."""
    sample = document.text[:_SAMPLE]
    lines = [line.strip() for line in sample.split("\n") if line.strip()]
    lines = [line for line in lines if bylines.whole_line(line) is None and not _DATE_LINE.match(line)]
    running = [line for line in lines if len(line) >= _RUNNING and not line.startswith(("{", "[", "<"))]
    share = sum(map(len, running)) / max(1, sum(map(len, lines)))
    if not running or share < 0.8 or len(_HAN.findall(sample)) < len(sample) * 0.2:
        return 0.0
    if len(_STRUCTURE.findall(sample)) > len(running) or not any("。" in line for line in running):
        return 0.0
    chapter = re.compile("|".join(bylines.words_of("article", "chapters")), re.IGNORECASE)
    if any(chapter.match(_MARKS.sub("", line)) for line in lines if _is_title(line)):
        return 0.0
    if any(foreign().match(line) for line in lines if len(line) < _LONG):
        return 0.0
    turns = sum(_is_title(a) and len(b) >= _RUNNING for a, b in zip(lines, lines[1:], strict=False))
    if turns * 4 < len(running) * 3:
        return 0.0
    signed = sum(bylines.leading(line[:300]).end > 0 for line in running)
    if turns == 1 and bylines.credit_label("origin", "image").match(running[0]):
        return 0.4  # a flattened repost, which has credits where a dump has bylines
    return min(0.95, 0.5 + 0.1 * turns + 0.1 * min(signed, 2))


def scrape(document: Document) -> Scraped:
    """One post an article; bylines, the original's link and promotion are taken out of the text."""
    report = _Report()
    lines = [_Line(i, text.strip()) for i, text in enumerate(document.text.split("\n"), 1) if text.strip()]
    posts = [post for article in _articles(lines, report) if (post := _post(article, report)) is not None]
    return Scraped(posts=tuple(posts), skips=tuple(report.skips), problems=tuple(report.problems))


def _articles(lines: Sequence[_Line], report: _Report) -> Iterator[_Article]:
    """Group the lines. Of several title lines the last one before a text is the title, the others have no text."""
    title: _Line | None = None
    date: str | None = None
    body: list[_Line] = []
    for line in lines:
        if body and _opens(line) and _has_text(body):
            yield _Article(title, tuple(body), date)
            title, date, body = line, None, []
        elif not _opens(line):
            if found := _DATE_LINE.match(line.text):
                date = found[1]
            else:
                body.append(line)
        else:
            if title is not None:
                report.skip("title without text", title.number, title.text)
                report.problems.append(Problem("a title line without text", title.number))
            title = line
    if body and _has_text(body):
        yield _Article(title, tuple(body), date)
    elif title is not None:
        report.skip("title without text", title.number, title.text)
        report.problems.append(Problem("a title line without text", title.number))


def _has_text(body: Sequence[_Line]) -> bool:
    return any(not bylines.whole_line(line.text) for line in body)


def _opens(line: _Line) -> bool:
    return _is_title(line.text)


def _is_title(text: str) -> bool:
    """A short line that ends like a title, and is neither a byline nor a credit nor promotion nor an address."""
    if len(text) >= _LONG or "。" in text or text.endswith(("；", ";", "：", ":", "，", ",", "、")):
        return False
    if _ADDRESS_LINE.match(text) or _DATE_LINE.match(text) or not re.search(r"\w", text):
        return False
    credited = bylines.credit_label("original").match(text)
    return not (credited or bylines.whole_line(text) or promotion.is_promotion(text))


def _post(article: _Article, report: _Report) -> RawPost | None:
    text, line = " ".join(part.text for part in article.body), article.body[0].number
    text, people = _without_bylines(text, line, report)
    text, original = _without_original(text, line, report)
    cuts = promotion.cuts(text)
    for cut in cuts:
        report.skip(cut.reason, line, text[cut.start : cut.end])
    text = promotion.without(text, cuts).strip()
    text, more = _without_last_byline(text, line, report)
    if not text:
        report.problems.append(Problem("an article without text", line))
        return None
    if article.title is None:
        report.problems.append(Problem("an article without a title", line))
    people = _people((*people, *more), text)
    parts = paragraphs.paragraphs(text)
    return RawPost(
        title=_MARKS.sub("", article.title.text).strip() if article.title else None,
        body="\n\n".join(parts),
        markup=Markup.TEXT,
        people=people,
        quoted=quoted(text),
        date=article.date,
        url=original or _paper(text),
        link_choice=LinkChoice.NONE if _is_roundup(article, text, parts) else LinkChoice.LABEL_OR_FIRST,
        lines=((article.title or article.body[0]).number, article.body[-1].number),
    )


def _without_bylines(text: str, line: int, report: _Report) -> tuple[str, tuple[RawPerson, ...]]:
    """The text behind its bylines, and the people; they may stand behind a summary on a line of its own."""
    found = bylines.leading(text)
    if found.end:
        report.skip("byline", line, text[: found.end])
    return text[found.end :], _of(found)


def _without_last_byline(text: str, line: int, report: _Report) -> tuple[str, tuple[RawPerson, ...]]:
    found = bylines.trailing(text)
    if found.start < len(text):
        report.skip("byline", line, text[found.start :])
    return text[: found.start].rstrip(" \t\xa0(（【["), _of(found)


def _of(byline: Byline) -> tuple[RawPerson, ...]:
    named = any(person.role is Role.AUTHOR for person in byline.people)
    return byline.people if named else (*bylines.origins(byline.credits), *byline.people)


def _people(people: tuple[RawPerson, ...], text: str) -> tuple[RawPerson, ...]:
    if any(person.role is Role.AUTHOR for person in people):
        return tuple(dict.fromkeys(people))
    return tuple(dict.fromkeys((*bylines.inside(text), *people)))


def _without_original(text: str, line: int, report: _Report) -> tuple[str, str | None]:
    """The text without `原文链接：…`, and that address."""
    address: str | None = None
    for label in reversed(list(bylines.credit_label("original").finditer(text))):
        if (matched := match_address(text, label.end())) is None:
            continue
        end = label.end() + matched[1]
        report.skip("original link", line, text[label.start() : end])
        address, text = matched[0], f"{text[: label.start()].rstrip()} {text[end:].lstrip()}"
    return text.strip(), address


def _paper(text: str) -> str | None:
    for label in bylines.credit_label("paper").finditer(text):
        if (matched := match_address(text, label.end())) is not None:
            return matched[0]
    return None


def _is_roundup(article: _Article, text: str, parts: Sequence[str]) -> bool:
    """Many short items: sections numbered 01, 02 with the heads of a news page, an emoji before every item, or
    numbered items below a title that promises them.
    """
    heads = paragraphs.sections(text)
    named = sum(map(_names_roundup, heads))
    if heads and named * 2 >= len(heads):
        return True
    items = [part for part in parts if paragraphs.begins_item(part) and not part.startswith("🔗")]
    if len(items) >= 4 and paragraphs.begins_item(text):
        return True
    title = article.title.text if article.title else ""
    promised = _names_roundup(title) or len(_SEMICOLON.findall(title)) > 1
    return promised and len(items) + sum(_NUMBERED.match(part) is not None for part in parts) >= 3


def _names_roundup(words: str) -> bool:
    return any(word in words for word in bylines.words_of("promotion", "roundup"))
