"""What a scraper gives: posts as found, and a report of what it left out. No dates read, nothing cleaned."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field
from enum import StrEnum

from feeds.model import Link
from feeds.model import Problem
from feeds.model import Role
from feeds.model import Skip


class Markup(StrEnum):
    """In what a body is written."""

    #: Markdown as people write it, with HTML in it.
    MARKDOWN = "markdown"
    #: A post: Markdown's inline marks and lists, every line break kept, no HTML, no headings by underline.
    POST = "post"
    #: Plain text: blank lines between paragraphs, addresses made links, nothing else is a mark.
    TEXT = "text"
    HTML = "html"


class LinkChoice(StrEnum):
    """How the main link is chosen among the links of the body, where the scraper names none."""

    #: The best labelled one (the original before a translation or a demo), else the first of the text.
    LABEL_OR_FIRST = "label-or-first"
    #: The best labelled one, else the only one of the text, else none.
    LABEL_OR_ONLY = "label-or-only"
    FIRST = "first"
    #: The best labelled one, else none.
    LABEL = "label"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class RawPerson:
    """Somebody as the document names them."""

    name: str | None = None
    #: Without the @.
    handle: str | None = None
    role: Role = Role.AUTHOR
    url: str | None = None


@dataclass(frozen=True, kw_only=True)
class RawPost:
    """One post as found."""

    body: str
    markup: Markup
    title: str | None = None
    people: tuple[RawPerson, ...] = ()
    quoted: tuple[RawPerson, ...] = ()
    #: The words that tell the date; None: the document's date counts.
    date: str | None = None
    #: The main link where the format names it; it need not stand in the body.
    url: str | None = None
    #: Links that stand in the headline and so not in the body.
    headline_links: tuple[str, ...] = ()
    link_choice: LinkChoice = LinkChoice.LABEL_OR_FIRST
    #: What relative addresses in the body start from; None: the document's own address.
    base: str | None = None
    #: Links that the format gives beside the body, with what they lead to.
    links: tuple[Link, ...] = ()
    #: Topics, tags and categories that its author gave to this very post.
    labels: tuple[str, ...] = ()
    #: Identifiers of the post that survive any edit, such as its own status address.
    natural_keys: tuple[str, ...] = ()
    section: str | None = None
    part: str | None = None
    #: First and last line in the document, counted from 1.
    lines: tuple[int, int]
    #: Indexes (from 0) of the posts of the same document that this one quotes.
    quotes: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Scraped:
    """All that one document gave."""

    posts: tuple[RawPost, ...]
    skips: tuple[Skip, ...] = ()
    problems: tuple[Problem, ...] = ()
    #: The document's own title, date as found, cover picture, lead and public address.
    title: str | None = None
    date: str | None = None
    cover: str | None = None
    lead: str | None = None
    url: str | None = None
    #: The name under which the series appears, where the document tells it.
    publication: str | None = None
    #: Whether the document tells the news of its day, so that the newest post it cites dates it.
    of_its_day: bool = False
    #: Topics, tags and categories that the document itself gives.
    labels: tuple[str, ...] = field(default=())
