"""One document's way into the store: bytes to posts, posts to drafts, drafts to entries. Runs over files: `ingest`."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Container
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from typing import Protocol
from typing import TypeVar

from feeds.aliases import Aliases
from feeds.errors import DocumentError
from feeds.errors import ReadOnlyError
from feeds.errors import UnavailableError
from feeds.model import Batch
from feeds.model import DocumentInfo
from feeds.model import DocumentReport
from feeds.model import LastReading
from feeds.model import Problem
from feeds.model import Receipt
from feeds.model import Saved
from feeds.model import Skip
from feeds.model import Source
from feeds.model import Upload
from feeds.store.prepare import Prepared
from feeds.topics import Topics
from scrapers.characters import publishable
from scrapers.characters import storable
from scrapers.document import Document
from scrapers.document import make_document
from scrapers.formats import Format
from scrapers.formats import detect
from scrapers.formats import named
from scrapers.html import leads_to_web
from scrapers.normalise import Context
from scrapers.normalise import Normalised
from scrapers.normalise import normalise
from scrapers.outcome import Outcome as Outcome
from scrapers.post import Scraped
from scrapers.sources import SourceRule
from scrapers.sources import source_for
from scrapers.unchanged import key_of
from scrapers.unchanged import key_with_series
from scrapers.unchanged import series
from scrapers.unchanged import way_of
from scrapers.weight import affordable
from scrapers.weight import check_weight

log = logging.getLogger(__name__)

#: Where documents lie that were sent; no file does.
_SENT = "sent:"
#: Skips and problems of a document that are kept.
_MOST_TOLD = 2000

Told = TypeVar("Told", Skip, Problem)


class Keeper(Protocol):
    """What ingest needs of a store."""

    def last_readings(self, locations: Iterable[str]) -> dict[str, LastReading]: ...

    def save(self, batch: Batch, now: datetime, prepared: Prepared | None = None) -> Saved: ...

    def record_failure(self, document: DocumentInfo, problem: Problem, now: datetime) -> None: ...

    def publications(self, source: str, folder: str | None = None) -> tuple[str, ...]: ...

    def anonymous(self, source: str) -> tuple[str, ...]: ...

    def document_at(self, source: str, location: str) -> DocumentReport | None: ...


@dataclass(frozen=True, slots=True)
class Plan:
    """How to read: everything but the documents."""

    topics: Topics
    aliases: Aliases
    sources: Sequence[SourceRule]
    now: datetime
    #: Names of a format and a source to use for all documents; None: detected, and by the rules.
    format: str | None = None
    source: str | None = None
    #: The locations of known documents that are not there any more; `ingest` looks.
    gone: Container[str] | None = None
    #: Topics that all entries are about, as the configuration of their source says.
    labels: tuple[str, ...] = ()
    #: When what is stored came to be known, where that is not `now`: a file in a repository was known at its commit.
    at: datetime | None = None
    #: Of the program and of the rules above (`scrapers.fingerprint`): what was read by the same ones and is as it was
    #: need not be read. None: not known.
    fingerprint: str | None = None
    #: Read it all the same.
    again: bool = False


@dataclass(frozen=True, slots=True)
class Scraping:
    """A document read, before anything of it is stored."""

    document: Document
    format: Format
    rule: SourceRule
    scraped: Scraped


@dataclass(frozen=True, slots=True)
class Finished:
    """A document that is read to the end; what is left is to store it."""

    batch: Batch
    skips: tuple[Skip, ...]
    problems: tuple[Problem, ...]
    #: The name that it gives its series, if it does.
    publication: str | None
    #: What the store makes of the batch, where that is done already.
    prepared: Prepared | None = None


def scrape_document(document: Document, plan: Plan) -> Scraping:
    """Read a document that came from anywhere; nothing is stored. Raises `DocumentError` where it gives no posts."""
    format = named(plan.format) if plan.format else detect(document)
    if format.prose:
        check_weight(document.name, document.text)
    scraped = publishable(affordable(format.scrape(document)))
    if not scraped.posts:
        raise DocumentError(document.name, _nothing(format, scraped))
    return Scraping(document, format, _rule(document, format, plan), scraped)


def keep(read: Scraping, store: Keeper, plan: Plan, *, is_file: bool = False) -> Outcome:
    """Store what `scrape_document` gave. Raises `StoreError`.

    Of the bytes of a file, and of nothing but those, it can be told later whether they are the same.
    """
    return save(finish(read, siblings_of(read, store), plan, is_file=is_file), store, plan)


def finish(read: Scraping, siblings: str | None, plan: Plan, *, is_file: bool = False) -> Finished:
    """Make entries of what `scrape_document` gave, as `keep` does; nothing is stored.

    `siblings` is the name that the other documents of the series use, where this one has none (`is_anonymous`).
    """
    normalised = _normalised(read, siblings, plan)
    key = _key(read, siblings, plan) if is_file and normalised.is_settled else None
    batch = _batch(read, normalised, plan, key)
    return Finished(batch, normalised.skips, normalised.problems, read.scraped.publication)


def save(finished: Finished, store: Keeper, plan: Plan) -> Outcome:
    """Store what `finish` gave. Raises `StoreError`."""
    told = finished.batch.document
    saved = store.save(finished.batch, plan.at or plan.now, finished.prepared)
    return Outcome(told.name, told.location, told.format, saved, finished.skips, finished.problems)


def ingest_document(document: Document, store: Keeper, plan: Plan) -> Outcome:
    """Read and store one document that came from anywhere; what is wrong with it is recorded and never raised.

    Raises `ReadOnlyError` and `UnavailableError`, which no document can help.
    """
    try:
        return keep(scrape_document(document, plan), store, plan)
    except (ReadOnlyError, UnavailableError):
        raise
    except Exception as error:
        return failed(document.name, document.location, error, store, plan)


def receive(upload: Upload, store: Keeper, plan: Plan) -> Receipt:
    """Read, scrape, normalise and save a document that was sent.

    Its place is its name in its source, so that what is sent later under both replaces it. Raises `DocumentError` for
    what cannot be read, `ConfigError` for a format that is none; then nothing is kept.
    """
    plan = replace(plan, format=upload.format, source=upload.source)
    upload = replace(upload, name=storable(upload.name))
    document = make_document(upload.name, upload.data, f"{_SENT}/{upload.name}", encoding=upload.encoding)
    read = scrape_document(document, plan)
    location = f"{_SENT}/{read.rule.source.slug}/{upload.name}"
    read = replace(read, document=replace(document, location=location))
    is_new = store.document_at(read.rule.source.slug, location) is None
    outcome = keep(read, store, plan)
    return Receipt(read.rule.source.slug, location, outcome.saved, outcome.skips, outcome.problems, is_new)


def failed(name: str, location: str, error: Exception, store: Keeper, plan: Plan) -> Outcome:
    """Record a document that gave nothing; what an earlier reading gave stays published."""
    return record(problem_of(name, error), name, location, store, plan)


def problem_of(name: str, error: Exception) -> Problem:
    """What is told of an error in reading a document; our own go into the log too."""
    if isinstance(error, DocumentError):
        return publishable(Problem(error.problem, error.line))
    log.error("%s: unexpected error", name, exc_info=error)
    return publishable(Problem(f"unexpected {type(error).__name__}: {error}; this is a bug of ours, please report it"))


def record(problem: Problem, name: str, location: str, store: Keeper, plan: Plan) -> Outcome:
    """Record why a document gave nothing; see `failed`."""
    info = DocumentInfo(name=storable(name), location=storable(location), format=plan.format or "unknown", digest="")
    store.record_failure(info, problem, plan.now)
    return Outcome(name=info.name, location=info.location, format=plan.format, failure=problem)


def is_anonymous(read: Scraping) -> bool:
    """Whether a document of a series says of no entry who wrote it: its siblings may."""
    needs_author = any(not post.people for post in read.scraped.posts)
    return read.format.by_publication and read.scraped.publication is None and needs_author


def siblings_of(read: Scraping, store: Keeper) -> str | None:
    """The name that the siblings use, where nothing else says it."""
    if not is_anonymous(read):
        return None
    return read.rule.author or series(read.rule.source.slug, read.document.location, store)


def _rule(document: Document, format: Format, plan: Plan) -> SourceRule:
    if plan.source is None:
        return source_for(document.location, format.name, plan.sources)
    known = next((rule for rule in plan.sources if rule.source.slug == plan.source), None)
    return known or SourceRule(Source(slug=plan.source, name=plan.source))


def _nothing(format: Format, scraped: Scraped) -> str:
    reasons = Counter(skip.reason for skip in scraped.skips)
    skipped = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return f"has no entries, read as {format.name}" + (f" (skipped: {skipped})" if skipped else "")


def _normalised(read: Scraping, siblings: str | None, plan: Plan) -> Normalised:
    author = (read.scraped.publication or siblings) if read.format.by_publication else read.rule.author
    if read.format.window and read.rule.author:  # a feed's title names it, its configuration knows who writes it
        author = read.rule.author
    context = Context(read.rule.source, plan.topics, plan.aliases, plan.now, author, plan.labels)
    normalised = normalise(read.document, read.scraped, context)
    if read.format.by_publication and author is None and is_anonymous(read):
        unnamed = Problem("names no publication, and no sibling does: set `author` for its source", 1)
        return replace(normalised, problems=(*normalised.problems, unnamed))
    return normalised


def _key(read: Scraping, name: str | None, plan: Plan) -> str | None:
    """The key of the reading; `name` is the one that its siblings gave it."""
    if (way := way_of(plan.fingerprint, plan.format, plan.source, plan.labels)) is None:
        return None
    key = key_of(way, read.document.location, read.document.digest)
    return key_with_series(key, name) if is_anonymous(read) and not read.rule.author else key


def _batch(read: Scraping, normalised: Normalised, plan: Plan, key: str | None) -> Batch:
    dates = [draft.published.date for draft in normalised.drafts if draft.published and draft.published.date]
    info = DocumentInfo(
        name=read.document.name,
        location=read.document.location,
        format=read.format.name,
        digest=read.document.digest,
        encoding=read.document.encoding,
        title=read.scraped.title,
        url=_web(read.scraped.url),
        lead=read.scraped.lead,
        cover=_web(read.scraped.cover),
        published=max(dates, default=None),
    )
    source = read.rule.source
    if read.rule.origin is not None and read.format.window and source.url is None:
        source = replace(source, url=_web(read.scraped.url))  # a feed knows its home
    return Batch(
        source=source,
        document=info,
        drafts=normalised.drafts,
        skips=_told(normalised.skips),
        problems=_told(normalised.problems),
        seen=read.document.modified,
        anonymous=is_anonymous(read),
        gone=plan.gone,
        window=read.format.window,
        reading=key,
        spellings=plan.aliases.spellings(p for d in normalised.drafts for p in (*d.people, *d.quoted)),
    )


def _told(found: tuple[Told, ...]) -> tuple[Told, ...]:
    """As many as somebody will read; the store keeps them with the document."""
    return found[:_MOST_TOLD]


def _web(address: str | None) -> str | None:
    return address if address and leads_to_web(address) else None
