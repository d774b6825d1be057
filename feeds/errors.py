"""Every error that Feedwright raises on purpose; catch `FeedwrightError` to catch them all.

    FeedwrightError
    ├── ConfigError            a setting or a rules file is wrong            (name)
    ├── DocumentError          a document cannot be read                     (document, line)
    │   └── UnknownFormatError no scraper recognises it                      (document)
    ├── FetchError             an address cannot be fetched, or gave no document  (url, status, retry_after)
    │   ├── RefusedError       we do not ask it: where it leads, or robots.txt    (url)
    │   └── BusyHostError      its host is not to be asked for a while            (url, retry_after)
    ├── StoppedError           the process was asked to end while it waited
    ├── DateError              words name a date that cannot be              (words, why)
    ├── StoreError             the store cannot be opened, read or written
    │   ├── SchemaError        the store's tables are older or newer than the code
    │   ├── ReadOnlyError      the store can be read and not written
    │   └── UnavailableError   the database is away, busy, full or damaged, whatever is asked of it
    ├── ExportError            the site cannot be written as files
    ├── NotFoundError          no such entry, author, topic, source          (kind, key)
    │   └── GoneError          there was one, and it was withdrawn           (kind, key)
    └── QueryError             a query or cursor that cannot be answered     (parameter, allowed)

Messages say what happened, where, and what to do about it.
"""

from __future__ import annotations

from collections.abc import Sequence


class FeedwrightError(Exception):
    """The root of the tree."""


class ConfigError(FeedwrightError, ValueError):
    """A setting or a rules file has a value that cannot be used."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        #: The variable, or the file with the line.
        self.name = name


class DocumentError(FeedwrightError, ValueError):
    """A document cannot be read; the others go on."""

    def __init__(self, document: str, problem: str, line: int | None = None) -> None:
        where = document if line is None else f"{document}:{line}"
        super().__init__(f"{where}: {problem}")
        self.document = document
        self.line = line
        #: The message without the place.
        self.problem = problem


class UnknownFormatError(DocumentError):
    """No scraper recognises the document, so nothing was guessed."""


class FetchError(FeedwrightError):
    """An address cannot be fetched, or what came is not what it should be. The message names no query and no user."""

    def __init__(self, url: str, why: str, *, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(f"{url}: {why}")
        #: As it may be shown: without query and user.
        self.url = url
        #: The message without the address.
        self.why = why
        self.status = status
        #: Seconds for which the server wants to be left alone; None where it did not say.
        self.retry_after = retry_after


class RefusedError(FetchError):
    """We do not ask this address: it leads into a private network, or its robots.txt says no."""


class BusyHostError(FetchError):
    """The host wants to be left alone for longer than anybody waits; nothing was asked, and nothing is wrong."""


class StoppedError(FeedwrightError):
    """The process was asked to end while it waited for its turn; nothing is wrong."""


class DateError(FeedwrightError, ValueError):
    """Words name a date that does not exist, or one that nothing can have been published on."""

    def __init__(self, words: str, why: str) -> None:
        super().__init__(f"{words!r}: {why}")
        self.words = words
        self.why = why


class StoreError(FeedwrightError):
    """The store cannot be opened, read or written; the cause is chained."""


class SchemaError(StoreError):
    """The tables of the store do not fit the code; `feedwright migrate` mends older ones."""


class ReadOnlyError(StoreError):
    """The store can be read and not written: it was opened so, or the file or the server allows no more."""


class UnavailableError(StoreError):
    """The database is away, busy, full or damaged. Nothing is wrong with what was asked; it may go well later."""


class ExportError(FeedwrightError):
    """The site cannot be written as files; those that are there are whole, and none was removed."""


class NotFoundError(FeedwrightError, LookupError):
    """Nothing has this key."""

    def __init__(self, kind: str, key: str) -> None:
        super().__init__(f"no {kind} {key!r}")
        #: "entry", "author", "topic", "source" or "document".
        self.kind = kind
        self.key = key


class GoneError(NotFoundError):
    """What has this key was withdrawn; only its id is left."""


class QueryError(FeedwrightError, ValueError):
    """A parameter has a value that cannot be answered."""

    def __init__(self, parameter: str, problem: str, allowed: Sequence[str] = ()) -> None:
        hint = f"; allowed: {', '.join(allowed)}" if allowed else ""
        super().__init__(f"{parameter}: {problem}{hint}")
        self.parameter = parameter
        self.allowed = tuple(allowed)
