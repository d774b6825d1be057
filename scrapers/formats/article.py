"""An article, one to a file: front matter or a title first, whose it is and where from, then Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import replace

from feeds.model import Problem
from feeds.model import Role
from feeds.model import Skip
from scrapers.document import Document
from scrapers.formats import bylines
from scrapers.formats.article_address import natural_key
from scrapers.formats.article_end import cut_end
from scrapers.formats.article_head import ATX
from scrapers.formats.article_head import FENCE
from scrapers.formats.article_head import UNDERLINE
from scrapers.formats.article_head import Head
from scrapers.formats.article_head import Line
from scrapers.formats.article_head import foreign
from scrapers.formats.article_head import is_signed
from scrapers.formats.article_head import without_foot
from scrapers.formats.article_head import without_head
from scrapers.formats.article_head import without_title
from scrapers.formats.bylines import words_of
from scrapers.formats.quotations import quoted
from scrapers.formats.template_marks import without_marks
from scrapers.front_matter import FrontMatter
from scrapers.front_matter import end_of_open_keys
from scrapers.front_matter import split
from scrapers.post import LinkChoice
from scrapers.post import Markup
from scrapers.post import RawPerson
from scrapers.post import RawPost
from scrapers.post import Scraped

NAME = "article"

_SAMPLE = 24 * 1024
#: Characters of a line in which the words of a head stand.
_LONGEST_HEAD = 400
_HAN = re.compile(r"[\u3400-\u9fff]")
_FRONT_TITLE = re.compile(r"(?im)^(?:title|headline|标题)\s*[:：=]\s*\S")
#: Chinese numerals number the sections of an article, Arabic ones those of an article or of an issue.
_NUMBERED = re.compile(r"#{1,4} *(?:第? *\d+ *[期条、.．:：)]|第 *[一二三四五六七八九十]+ *[期条])")
#: An article with numbered sections: an issue is as sure of itself, or surer.
_AS_NUMBERED = 0.6


def recognise(document: Document) -> float:
    """How sure it is that the document is one article: a title, then whose it is; not many numbered pieces."""
    sample = document.text[:_SAMPLE]
    lines = [line.strip() for line in sample.split("\n")]
    if any(_many().match(line[:_LONGEST_HEAD]) for line in lines):
        return 0.0
    front, body = _parted(lines)
    if not front and any(foreign().match(line[:_LONGEST_HEAD]) for line in body):
        return 0.0
    score = _front_score(front, body) if front else _title_score(body)
    if score == 0.0:
        return 0.0
    score += 0.35 * is_signed(body)
    numbered = sum(_NUMBERED.match(line) is not None for line in body) >= 2
    framed = any(_issue().match(line[:_LONGEST_HEAD]) for line in body)
    return min(_AS_NUMBERED if numbered else 0.95, score) * (0.5 if framed else 1.0)


def scrape(document: Document) -> Scraped:
    """The article as one post."""
    front = split(document.text, document.name)
    if _is_draft(front):
        return Scraped(posts=(), skips=(Skip("draft", 1),), problems=front.problems)
    body = without_marks(front.body.split("\n"))
    lines = [Line(front.first_line + i, text) for i, text in enumerate(body)]
    head = Head(title=front.word(*words_of("article", "title")))
    lines = without_title(lines, head)
    lines = without_head(lines, head)
    end = cut_end([line.text for line in lines])
    head.skips += [Skip(reason, lines[at].number, lines[at].text.strip()[:60]) for at, reason in end.dropped]
    lines = without_foot(lines[: end.stop], head)
    _from_front_matter(front, head)
    lines = _trimmed(lines)
    problems = front.problems
    if not lines:
        problems = (*problems, Problem("an article without text", front.first_line))
    post = _post(lines, head, front) if lines else None
    return Scraped(
        posts=(post,) if post else (),
        skips=tuple(head.skips),
        problems=problems,
        title=head.title,
        date=head.date,
        url=head.url,
        publication=head.publication,
        cover=front.word(*words_of("article", "cover")),
        lead=front.word(*words_of("article", "lead")),
        labels=_labels(front),
    )


def _is_draft(front: FrontMatter) -> bool:
    """Site generators do not publish it, and neither do we."""
    folded = {key.casefold(): value for key, value in front.values.items()}
    return folded.get("draft") is True or folded.get("published") is False


def _post(lines: Sequence[Line], head: Head, front: FrontMatter) -> RawPost:
    body = "\n".join(line.text for line in lines)
    named = any(person.role is Role.AUTHOR for person in head.people)
    people = head.people if named else [*head.fallback[:1], *head.people]
    keys = [key for key in front.words(*words_of("article", "key")) if len(key) >= 8]
    if head.own_url and head.url:
        keys.append(natural_key(head.url))
    return RawPost(
        title=head.title,
        body=body,
        markup=Markup.MARKDOWN,
        people=tuple(dict.fromkeys(people)),
        quoted=quoted(body),
        date=head.date,
        url=head.url,
        link_choice=LinkChoice.LABEL,
        natural_keys=tuple(dict.fromkeys(keys)),
        lines=(lines[0].number, lines[-1].number),
    )


def _parted(lines: Sequence[str]) -> tuple[list[str], list[str]]:
    """Front matter and body without reading YAML."""
    start = next((i for i, line in enumerate(lines) if line), 0)
    if (end := end_of_open_keys(lines)) is not None:
        return list(lines[start : end + 1]), [line for line in lines[end + 1 :] if line]
    if lines[start] not in {"---", "+++"}:
        return [], list(lines[start:])
    end = next((i for i in range(start + 1, min(len(lines), 120)) if lines[i] == lines[start]), None)
    if end is None:
        end = next((i for i in range(start + 1, len(lines)) if not lines[i]), len(lines))
    return list(lines[start : end + 1]), [line for line in lines[end + 1 :] if line]


def _front_score(front: Sequence[str], body: Sequence[str]) -> float:
    if not body or _FRONT_TITLE.search("\n".join(front)) is None:
        return 0.0
    return 0.6 if any(_is_prose(line) for line in body) else 0.0


def _title_score(body: Sequence[str]) -> float:
    """A heading of the highest level at the top and Chinese prose below, or a signed text."""
    lines = [line for line in body if line]
    if not lines or len(lines[0]) > 120:
        return 0.0
    underlined = len(lines) > 1 and UNDERLINE.match(lines[1]) is not None
    atx = ATX.match(lines[0])
    prose = "".join(line for line in lines[1:] if _is_prose(line))
    signed, han = is_signed(body), len(_HAN.findall(prose))
    if not (underlined or atx) or han < max(30 if signed else 100, len(prose) * 0.3):
        return 0.2 if han >= 100 and is_signed(lines[:3]) else 0.0
    single = underlined or (atx is not None and len(atx[1]) == 1)
    again = sum(line.startswith("# ") or UNDERLINE.match(line) is not None for line in lines[2:])
    code = sum(FENCE.match(line) is not None for line in lines)
    flat = not again and code < 4 and len(prose) * 2 >= sum(map(len, lines))
    return 0.55 if single and flat else 0.3


def _is_prose(line: str) -> bool:
    return len(line) >= 12 and not line.startswith(("#", "|", "![", "- ", "* ", "```", "{", "<", "//", "import "))


def _from_front_matter(front: FrontMatter, head: Head) -> None:
    """What the front matter says counts where the text says nothing; its date counts before the text's."""
    head.date = front.word(*words_of("article", "date")) or head.date
    authors = [p for name in front.words(*words_of("article", "author")) for p in _persons(name, Role.AUTHOR)]
    if authors and not any(person.role is Role.AUTHOR for person in head.people):
        head.people[:0] = authors
    for role in (Role.TRANSLATOR, Role.EDITOR):
        names = front.words(*words_of("article", role.value))
        head.people += [person for name in names for person in _persons(name, role)]
    if head.url is None:
        words = (word for key in words_of("article", "address") for word in front.words(key))
        head.url = next((word for word in words if word.startswith(("http://", "https://"))), None)
        head.own_url = head.url is not None


def _persons(names: str, role: Role) -> Iterator[RawPerson]:
    for name in re.split(r"\s*[、，,&＆;；]\s*", names):
        if (person := bylines.person_name(name)) is not None:
            yield replace(person, role=role)


def _labels(front: FrontMatter) -> tuple[str, ...]:
    found = [word for key in words_of("article", "labels") for word in front.words(key)]
    parts = [part.strip() for word in found for part in re.split(r"[,，、]", word)]
    return tuple(dict.fromkeys(part for part in parts if part))


def _trimmed(lines: Sequence[Line]) -> list[Line]:
    filled = [i for i, line in enumerate(lines) if line.text.strip()]
    return list(lines[filled[0] : filled[-1] + 1]) if filled else []


def _many() -> re.Pattern[str]:
    return re.compile("|".join(words_of("article", "many")))


def _issue() -> re.Pattern[str]:
    return re.compile("|".join(words_of("article", "issue")), re.IGNORECASE)
