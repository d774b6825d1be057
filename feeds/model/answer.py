"""Questions to the store and its answers: listings, stories, changes, counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from feeds.model.entry import Entry

if TYPE_CHECKING:
    from feeds.query.tree import Expression


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
    #: What else must hold: the tree of a query of `feeds.query`.
    where: Expression | None = None
    #: Published at that moment or later; at that moment or earlier.
    since: datetime | None = None
    until: datetime | None = None
    #: BCP 47 tags; "zh" means "zh-Hans" and "zh-Hant" too. Several mean any of them.
    languages: tuple[str, ...] = ()
    #: With a text, or a title, that is as it is since then or later.
    updated_since: datetime | None = None
    #: "-published", the newest first, or "relevance": the best of the newest 200 that have the words of `where`.
    sort: str = "-published"


@dataclass(frozen=True, slots=True)
class Page:
    """An answer to an `EntryQuery`: newest first, unless it asks for another order."""

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
    #: The entry that stands for it; in a list of stories without what no title is made of.
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
