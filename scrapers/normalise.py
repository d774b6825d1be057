"""A post as found becomes a draft of an entry: cleaned, dated, its links sorted, its topics found."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from itertools import islice
from typing import TypeVar
from zoneinfo import ZoneInfo

from bs4 import Tag

from feeds.aliases import Aliases
from feeds.chinese import detect_language
from feeds.errors import DateError
from feeds.model import Basis
from feeds.model import Draft
from feeds.model import Media
from feeds.model import Person
from feeds.model import Place
from feeds.model import Precision
from feeds.model import Problem
from feeds.model import Published
from feeds.model import Skip
from feeds.model import Source
from feeds.text import clean_text
from feeds.text import excerpt
from feeds.text import one_line
from feeds.topics import Topics
from scrapers.characters import publishable
from scrapers.dates import date_in_name
from scrapers.dates import parse_date
from scrapers.document import Document
from scrapers.html import absolute
from scrapers.html import elements
from scrapers.html import from_text
from scrapers.html import leads_to_web
from scrapers.html import parse
from scrapers.html import sanitised
from scrapers.links import find_links
from scrapers.links import in_headline
from scrapers.links import main_link
from scrapers.markdown import to_html
from scrapers.post import Markup
from scrapers.post import RawPerson
from scrapers.post import RawPost
from scrapers.post import Scraped
from scrapers.reading import read
from scrapers.statuses import newest_status

#: Columns of a summary: about three lines of a reader's list.
SUMMARY_COLUMNS = 240
#: People, links, pictures and labels that an entry has of each: a long day of news has some hundred links.
MOST_PARTS = 1000
#: What is said of a date as of now is said for good, if it would be said then as well.
_LATER = timedelta(days=365 * 1000)

_MEDIA = frozenset({"img", "video", "audio"})

Part = TypeVar("Part")


@dataclass(frozen=True, slots=True)
class Context:
    """What a post's meaning depends on besides its own words."""

    source: Source
    topics: Topics
    aliases: Aliases
    #: No date is later than this.
    now: datetime
    #: Who wrote a post that names nobody; None where posts must name their authors.
    author: str | None = None
    #: Topics that every entry of the source is about, as its configuration says.
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Normalised:
    """The drafts of one document, with what was wrong in it."""

    drafts: tuple[Draft, ...]
    skips: tuple[Skip, ...]
    problems: tuple[Problem, ...]
    #: Whether the document would say the same at any later moment: no date is told from now, and none is too late.
    is_settled: bool


def normalise(document: Document, scraped: Scraped, context: Context) -> Normalised:
    """All drafts of a document, in its order; a post in which nothing can be read is skipped."""
    of_document, of_posts = dates = _dates(document, scraped, context)
    problems = [*document.problems, *scraped.problems, *of_document.problems]
    skips = list(scraped.skips)
    drafts: list[Draft] = []
    positions: dict[int, int] = {}
    for index, (post, dated) in enumerate(zip(scraped.posts, of_posts, strict=True)):
        draft = _draft(post, scraped, dated.published, len(drafts) + 1, context)
        problems += dated.problems
        if not (draft.content_text or draft.media or draft.title):
            skips.append(Skip("nothing to read", post.lines[0], post.section or ""))
            continue
        positions[index] = len(drafts) + 1
        drafts.append(draft)
    is_settled = dates == _dates(document, scraped, replace(context, now=context.now + _LATER))
    return Normalised(_with_quotes(drafts, scraped.posts, positions), tuple(skips), tuple(problems), is_settled)


@dataclass(frozen=True, slots=True)
class _Dated:
    published: Published | None
    problems: tuple[Problem, ...] = ()


def _dates(document: Document, scraped: Scraped, context: Context) -> tuple[_Dated, list[_Dated]]:
    """The date of the document, and that of each post."""
    of_document = _document_date(document, scraped, context)
    return of_document, [_post_date(post, of_document.published, context) for post in scraped.posts]


def _document_date(document: Document, scraped: Scraped, context: Context) -> _Dated:
    """The date that the document states, else the one in its name, else that of the news it tells."""
    stated = _dated(scraped.date, 1, context)
    if stated.published is not None:
        return stated
    named = date_in_name(document.name, context.source.zone, context.now)
    return _Dated(named or (_day_of_news(document, context) if scraped.of_its_day else None), stated.problems)


def _day_of_news(document: Document, context: Context) -> Published | None:
    newest = newest_status(document.text, context.now)
    if newest is None:
        return None
    midnight = newest.astimezone(ZoneInfo(context.source.zone)).replace(hour=0, minute=0, second=0, microsecond=0)
    return Published(midnight.astimezone(UTC), Precision.DAY, Basis.INFERRED, midnight.date())


def _post_date(post: RawPost, of_document: Published | None, context: Context) -> _Dated:
    """The post's own date; the document's where it has none. A wrong one is not replaced by a guess."""
    return _dated(post.date, post.lines[0], context) if post.date else _Dated(of_document)


def _dated(words: str | None, line: int, context: Context) -> _Dated:
    if not words:
        return _Dated(None)
    try:
        published = parse_date(words, context.source.zone, context.now)
    except DateError as error:
        return _Dated(None, (Problem(str(error), line),))
    if published is None:
        return _Dated(None, (Problem(f"{words[:60]!r} is no date that we can read; write YYYY-MM-DD", line),))
    return _Dated(published)


def _draft(post: RawPost, scraped: Scraped, published: Published | None, position: int, context: Context) -> Draft:
    root = parse(_html(post), post.base or scraped.url)
    reading = read(root)
    links = find_links(
        [
            *(in_headline(found) for link in post.headline_links if (found := absolute(link, scraped.url))),
            *reading.anchors,
        ]
    )
    all_links = (*post.links, *(found.link for found in links))
    named = absolute(post.url, scraped.url) if post.url else main_link(links, post.link_choice)
    title = one_line(clean_text(post.title or "")) or None
    text = clean_text(reading.text)
    language = detect_language(f"{title or ''}\n{text}")
    labels = _first(dict.fromkeys((*_labels(post, scraped), *context.labels)))
    return publishable(
        Draft(
            title=title,
            content_html=sanitised(root),
            content_text=text,
            summary=_summary(text),
            language=context.source.language if language == "und" else language,
            people=_first(_people(post.people, context.author, context.aliases)),
            quoted=_first(_people(post.quoted, None, context.aliases)),
            url=named if named and leads_to_web(named) else None,
            links=_first(link for link in dict.fromkeys(all_links) if leads_to_web(link.url)),
            media=_first(_media(root)),
            topics=context.topics.classify(title, text, labels=labels, links=[found.link.url for found in links]),
            labels=labels,
            place=Place(position, post.section, post.part, post.lines),
            published=published,
            natural_keys=post.natural_keys,
        )
    )


def _first(found: Iterable[Part]) -> tuple[Part, ...]:
    """No more than anybody looks at: all of them are written, compared and sent with the entry."""
    return tuple(islice(found, MOST_PARTS))


def _labels(post: RawPost, scraped: Scraped) -> Iterator[str]:
    """The post's own, and the document's where the post is all of it: they say nothing of one entry among many."""
    given = (*post.labels, *(scraped.labels if len(scraped.posts) == 1 else ()))
    yield from dict.fromkeys(label for found in given if (label := one_line(clean_text(found))))


def _html(post: RawPost) -> str:
    if post.markup is Markup.HTML:
        return post.body
    if post.markup is Markup.TEXT:
        return from_text(post.body)
    return to_html(post.body, post.markup)


def _summary(text: str) -> str:
    return excerpt(text, SUMMARY_COLUMNS)


def _people(raw: Sequence[RawPerson], default: str | None, aliases: Aliases) -> Iterator[Person]:
    seen = set()
    for person in raw or ((RawPerson(default),) if default else ()):
        name = one_line(clean_text(person.name or person.handle or ""))
        if name and (name, person.handle, person.role) not in seen:
            seen.add((name, person.handle, person.role))
            where = person.url if person.url and leads_to_web(person.url) else None
            yield aliases.named(Person("", name, person.handle, person.role, where))


def _media(root: Tag) -> Iterator[Media]:
    for element in elements(root, _MEDIA):
        source = element.find("source")
        address = element.get("src") or (source.get("src") if isinstance(source, Tag) else None)
        if address:
            kind = "image" if element.name == "img" else element.name
            yield Media(str(address), kind, str(element.get("alt") or "") or None)


def _with_quotes(drafts: Sequence[Draft], posts: Sequence[RawPost], positions: dict[int, int]) -> tuple[Draft, ...]:
    """Indexes of posts as positions of drafts: a post that gave no draft is quoted by none."""
    quotes = {
        positions[i]: tuple(positions[q] for q in post.quotes if q in positions)
        for i, post in enumerate(posts)
        if i in positions
    }
    return tuple(replace(draft, quotes=quotes[draft.place.position]) for draft in drafts)
