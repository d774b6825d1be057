"""The parts of an entry: people, links, pictures, evidence, time and place."""

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
