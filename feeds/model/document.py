"""Sources and documents: what is known of them beside their entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from datetime import datetime


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
class DocumentRef:
    """The document of a stored entry."""

    #: A URN, stable as long as the document is known.
    id: str
    name: str
    title: str | None
    url: str | None


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


@dataclass(frozen=True, slots=True)
class LastReading:
    """What the last reading of a document was made of and gave, where it need not be repeated for its own sake."""

    #: See `feeds.model.Batch.reading`.
    key: str
    #: The slug.
    source: str
    format: str
    entries: int
    skips: tuple[Skip, ...]
    problems: tuple[Problem, ...]
    read: datetime
