"""What an entry is: frozen values, no input or output, no imports of ours.

All datetimes are aware and in UTC. A stage has its own word, so that a type tells how far a text has come:
`Document` → `RawPost` (both in `scrapers`) → `Draft` → `Entry` → `Listing` → bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What a person did for an entry. All but `QUOTED` stand in the byline."""

    AUTHOR = "author"
    TRANSLATOR = "translator"
    EDITOR = "editor"
    INTERVIEWEE = "interviewee"
    PLANNER = "planner"
    QUOTED = "quoted"


class Precision(StrEnum):
    """How exactly the time of publication is known."""

    INSTANT = "instant"
    DAY = "day"
    UNKNOWN = "unknown"


class Basis(StrEnum):
    """How the time of publication is known."""

    STATED = "stated"
    INFERRED = "inferred"
    FIRST_SEEN = "first_seen"


class Rel(StrEnum):
    """What a link of an entry leads to."""

    ORIGINAL = "original"
    TRANSLATION = "translation"
    SOURCE = "source"
    VIDEO = "video"
    PROJECT = "project"
    PAPER = "paper"
    RELATED = "related"


class RelationKind(StrEnum):
    """How one entry relates to another."""

    QUOTES = "quotes"
    QUOTED_BY = "quoted_by"
    TRANSLATION_OF = "translation_of"
    TRANSLATED_BY = "translated_by"
    PART_OF = "part_of"
    HAS_PART = "has_part"
    DUPLICATE_OF = "duplicate_of"
    HAS_DUPLICATE = "has_duplicate"
    SAME_STORY = "same_story"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a role in an entry."""

    #: The author's address, one for all sources; empty in a `Draft`, given by the store.
    slug: str
    #: The name to show; the handle where no name is known.
    name: str
    #: Without the @, spelled as found; None where there is none.
    handle: str | None
    role: Role
    #: Where the person's words stand (a quoted status), else None.
    url: str | None = None
    #: The key of the author that this is another name of (`feeds.aliases`); None for everybody else.
    known_as: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A link that the author gave, with what it leads to."""

    url: str
    rel: Rel = Rel.RELATED
    #: The words of the link, None where they are the address itself.
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Media:
    """A picture, film or sound inside the content."""

    url: str
    #: "image", "video" or "audio".
    kind: str = "image"
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why an entry is in a topic: which rule hit which words where."""

    rule: str
    words: str
    #: "title", "opening", "body", "link" or "label".
    place: str


@dataclass(frozen=True, slots=True)
class TopicHit:
    """An entry's place in a topic."""

    slug: str
    #: The sum of the weights that hit, over the topic's threshold: about 1.0 or more.
    score: float
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """A directed relation to another entry."""

    kind: RelationKind
    #: The id of the other entry.
    entry: str


@dataclass(frozen=True, slots=True)
class Published:
    """When something was published, as exactly as is known and no more."""

    #: The instant; for a day its first moment in the source's zone; for unknown the moment it was first seen.
    at: datetime
    precision: Precision
    basis: Basis
    #: The calendar date in the source's zone; None where unknown.
    date: date | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where in its document an entry stands."""

    #: Counts the entries of the document from 1.
    position: int
    #: The document's own name for the place, such as "46.2" or "reddit/3".
    section: str | None = None
    #: The headings above, such as "AI Twitter Recap › Misc".
    part: str | None = None
    #: The first and the last line, counted from 1.
    lines: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """A series of documents: what is published under one name."""

    slug: str
    name: str
    #: An IANA name; dates without an offset are read in it.
    zone: str = "Asia/Shanghai"
    #: A BCP 47 tag.
    language: str = "zh-Hans"
    url: str | None = None


@dataclass(frozen=True, slots=True)
class DocumentInfo:
    """What is known of a document beside its entries."""

    #: The file name or the last segment of the address.
    name: str
    #: Where it came from: a path relative to the folder given, or an address.
    location: str
    #: The scraper that read it.
    format: str
    #: SHA-256 of the bytes, hexadecimal.
    digest: str
    encoding: str = "utf-8"
    title: str | None = None
    #: The public address of the document itself.
    url: str | None = None
    lead: str | None = None
    cover: str | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Skip:
    """A piece of a document that is not an entry, and why."""

    reason: str
    line: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a document that is wrong but did not stop it."""

    message: str
    line: int | None = None


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


@dataclass(frozen=True, slots=True)
class DocumentRef:
    """The document of a stored entry."""

    #: A URN, stable as long as the document is known.
    id: str
    name: str
    title: str | None
    url: str | None


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
    gone: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """What the store did with a batch."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    withdrawn: int = 0


@dataclass(frozen=True, kw_only=True)
class EntryQuery:
    """Which entries; several authors or topics mean any of them, authors and topics together mean both."""

    authors: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    source: str | None = None
    #: The name of the document.
    document: str | None = None
    #: "byline", "quoted" or "any": which of a person's entries an author query holds.
    role: str = "byline"
    limit: int = 50
    #: Opaque, from a `Page`.
    cursor: str | None = None
    #: Of the entries that belong to one story only the earliest one that the query holds.
    collapse: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """An answer to an `EntryQuery`: newest first."""

    entries: tuple[Entry, ...]
    #: None on the last page.
    next: str | None


@dataclass(frozen=True, slots=True)
class Telling:
    """An entry in a story."""

    entry: Entry
    #: What joins it: "url", "status", "arxiv", "repo", "video" and the like, "name", "text" or "translation".
    how: str
    #: What it has in common with others; the id of the other entry for "text" and "translation".
    key: str
    #: Joined by no exact key.
    is_weak: bool
    #: About other things too, or naming this one only in passing.
    hangs: bool


@dataclass(frozen=True, slots=True)
class Story:
    """Entries about the same thing."""

    #: A `urn:uuid:`.
    id: str
    #: The entry that stands for it.
    lead: Entry
    entries: int
    #: When the first and the last entry was published.
    first: datetime
    last: datetime
    #: What at least two of its entries have in common.
    keys: tuple[str, ...]
    #: The first one first, those that hang on it last; empty where only the story was asked for.
    tellings: tuple[Telling, ...] = ()


@dataclass(frozen=True, slots=True)
class StoryPage:
    """Some stories, those that began last first."""

    stories: tuple[Story, ...]
    #: None on the last page.
    next: str | None


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an entry: it is as `entry` says, or, without one, it was withdrawn."""

    id: str
    at: datetime
    entry: Entry | None


@dataclass(frozen=True, slots=True)
class Changes:
    """A part of the changes, the oldest first."""

    items: tuple[Change, ...]
    #: Opaque: what comes behind these, now or later.
    cursor: str
    #: Whether there is more already.
    more: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """A listing with the number of its entries: an author, a topic, a source."""

    slug: str
    name: str
    entries: int
    #: Of the newest entry; None where there is none.
    newest: datetime | None
    handle: str | None = None
    #: Other names that lead here.
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentReport:
    """What the last reading of a document gave, kept with the document."""

    id: str
    info: DocumentInfo
    #: The slug; None for a document that was never read.
    source: str | None
    entries: int
    skips: tuple[Skip, ...]
    problems: tuple[Problem, ...]
    first_seen: datetime
    read: datetime
    #: Why the document could not be read at all; None where it could.
    failure: str | None = None
