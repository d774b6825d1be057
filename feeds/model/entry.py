"""An entry before and after it has an identity, the texts it has had, and what the store is told and tells."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from feeds.model.document import DocumentInfo
from feeds.model.document import DocumentRef
from feeds.model.document import Problem
from feeds.model.document import Skip
from feeds.model.document import Source
from feeds.model.parts import Link
from feeds.model.parts import Media
from feeds.model.parts import Person
from feeds.model.parts import Place
from feeds.model.parts import Published
from feeds.model.parts import Relation
from feeds.model.parts import TopicHit


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a reader gets of an entry, clean and complete."""

    #: None where the author gave none; see `feeds.titles.display_title`.
    title: str | None
    #: Sanitised, absolute addresses only.
    content_html: str
    #: The same as plain text; blank lines between blocks.
    content_text: str
    #: Plain text, short.
    summary: str
    #: A BCP 47 tag such as "zh-Hans", "zh-Hant" or "en".
    language: str
    #: The byline in the order found.
    people: tuple[Person, ...] = ()
    quoted: tuple[Person, ...] = ()
    #: The entry's own main link.
    url: str | None = None
    links: tuple[Link, ...] = ()
    media: tuple[Media, ...] = ()
    topics: tuple[TopicHit, ...] = ()
    #: Tags and categories that its author gave to this very entry, as found.
    labels: tuple[str, ...] = ()
    place: Place


@dataclass(frozen=True, kw_only=True)
class Draft(Content):
    """An entry before it has an identity: what a scraper and the normaliser make of a post."""

    #: None where the document does not tell.
    published: Published | None
    #: Identifiers that survive any edit, best first, such as the address of a status of its own.
    natural_keys: tuple[str, ...] = ()
    #: Positions (1…) of the entries of the same document that this one quotes.
    quotes: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Entry(Content):
    """A stored entry."""

    #: A `urn:uuid:`, minted once.
    id: str
    source: Source
    document: DocumentRef
    published: Published
    #: Moves only when the normalised title or text changes.
    updated: datetime
    first_seen: datetime
    relations: tuple[Relation, ...] = ()
    #: Counts the texts the entry has had, from 1.
    revision: int = 1


@dataclass(frozen=True, slots=True)
class Revision:
    """A text that an entry has, or once had."""

    #: Counts from 1; the entry's own `revision` is the present one.
    number: int
    title: str | None
    content_html: str
    content_text: str
    summary: str
    #: The entry's `updated` while it had this text.
    updated: datetime


@dataclass(frozen=True, kw_only=True)
class Batch:
    """One document read: all that the store is told of it."""

    source: Source
    document: DocumentInfo
    drafts: tuple[Draft, ...]
    skips: tuple[Skip, ...] = ()
    problems: tuple[Problem, ...] = ()
    #: When the document was last changed, as its file or its server tells; new entries were first seen then.
    seen: datetime | None = None
    #: Whether it does not say who publishes it: the byline is empty, or taken from its siblings.
    anonymous: bool = False
    #: The locations of known documents that are not there any more; None where nobody looked.
    gone: Container[str] | None = None
    #: Whether the document only shows the newest of what it had, as a feed does: what left it stays as it is.
    window: bool = False
    #: Stands for everything that this batch was made of: another reading with the same one would give the same. None
    #: where that is not known, or where the next reading may give something else.
    reading: str | None = None
    #: Other spellings of its people (`feeds.aliases`): the key of each author with that of a name or handle.
    spellings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Saved:
    """What the store did with a batch."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0
