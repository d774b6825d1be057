"""Documents into the store, one at a time: what goes wrong with one is recorded and never stops the others."""

from __future__ import annotations

import glob
import hashlib
import logging
import os
from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Protocol

from feeds.aliases import Aliases
from feeds.errors import DocumentError
from feeds.errors import ReadOnlyError
from feeds.errors import UnavailableError
from feeds.model import Batch
from feeds.model import DocumentInfo
from feeds.model import DocumentReport
from feeds.model import Problem
from feeds.model import Receipt
from feeds.model import Saved
from feeds.model import Skip
from feeds.model import Source
from feeds.model import Upload
from feeds.topics import Topics
from scrapers.document import MAX_BYTES
from scrapers.document import Document
from scrapers.document import make_document
from scrapers.document import read_document
from scrapers.formats import Format
from scrapers.formats import detect
from scrapers.formats import named
from scrapers.normalise import Context
from scrapers.normalise import Normalised
from scrapers.normalise import normalise
from scrapers.post import Scraped
from scrapers.sources import SourceRule
from scrapers.sources import source_for

log = logging.getLogger(__name__)

#: Where documents lie that were sent; no file does.
_SENT = "sent:"


class Keeper(Protocol):
    """What ingest needs of a store."""

    def save(self, batch: Batch, now: datetime) -> Saved: ...

    def record_failure(self, document: DocumentInfo, problem: Problem, now: datetime) -> None: ...

    def publications(self, source: str, folder: str | None = None) -> tuple[str, ...]: ...

    def anonymous(self, source: str) -> tuple[str, ...]: ...

    def locations(self) -> tuple[str, ...]: ...

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
    gone: frozenset[str] | None = None
    #: Topics that all entries are about, as the configuration of their source says.
    labels: tuple[str, ...] = ()
    #: When what is stored came to be known, where that is not `now`: a file in a repository was known at its commit.
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document."""

    name: str
    location: str
    format: str | None = None
    saved: Saved = field(default=Saved())
    skips: tuple[Skip, ...] = ()
    problems: tuple[Problem, ...] = ()
    #: Why the document gave nothing; None where it was read.
    failure: Problem | None = None

    @property
    def entries(self) -> int:
        """The entries that the document holds now."""
        return self.saved.new + self.saved.changed + self.saved.unchanged


@dataclass(frozen=True, slots=True)
class Scraping:
    """A document read, before anything of it is stored."""

    document: Document
    format: Format
    rule: SourceRule
    scraped: Scraped


def find_documents(paths: Iterable[str]) -> list[Path]:
    """The files of paths, folders (with their folders) and shell patterns, each once, in one order; no hidden ones.

    A path that leads nowhere stays in the list, so that reading it says so.
    """
    found: dict[Path, None] = {}
    for given in paths:
        matches = [given] if Path(given).exists() else sorted(glob.glob(given, recursive=True)) or [given]
        for match in matches:
            for path in _files(Path(match)):
                found[path] = None
    return sorted(found)


def ingest(paths: Sequence[Path], store: Keeper, plan: Plan) -> Iterator[Outcome]:
    """Read, scrape, normalise and save each document; give what became of it.

    Documents that do not say who publishes them wait until their siblings have been read, which may; those of earlier
    runs are read again then, so that the order in which documents come does not show.

    Documents are read by name, then by their bytes: where they lie and how they are given does not show either.

    Raises `ReadOnlyError` and `UnavailableError`, which no document can help; those that were given are kept.
    """
    plan = replace(plan, gone=_gone(store))
    paths = _in_order(paths)
    named: set[str] = set()
    waiting: list[tuple[Path, Scraping]] = []
    for path in paths:
        try:
            scraped = _scrape(path, plan)
        except Exception as error:
            yield _failed(path, error, store, plan)
            continue
        if _is_anonymous(scraped):
            waiting.append((path, scraped))
            continue
        outcome = _kept(path, scraped, store, plan)
        if scraped.scraped.publication and outcome.saved.new + outcome.saved.changed:
            named.add(scraped.rule.source.slug)
        yield outcome
    for path, scraped in waiting:
        yield _kept(path, scraped, store, plan)
    yield from _read_again(named, {_location(path) for path in paths}, store, plan)


def receive(upload: Upload, store: Keeper, plan: Plan) -> Receipt:
    """Read, scrape, normalise and save a document that was sent.

    Its place is its name in its source, so that what is sent later under both replaces it. Raises `DocumentError` for
    what cannot be read, `ConfigError` for a format that is none; then nothing is kept.
    """
    plan = replace(plan, format=upload.format, source=upload.source)
    document = make_document(upload.name, upload.data, f"{_SENT}/{upload.name}", encoding=upload.encoding)
    read = scrape_document(document, plan)
    location = f"{_SENT}/{read.rule.source.slug}/{upload.name}"
    read = replace(read, document=replace(document, location=location))
    is_new = store.document_at(read.rule.source.slug, location) is None
    outcome = keep(read, store, plan)
    return Receipt(read.rule.source.slug, location, outcome.saved, outcome.skips, outcome.problems, is_new)


def _in_order(paths: Iterable[Path]) -> list[Path]:
    """What is read first mints the ids of texts that begin alike and the slugs of people who share one."""
    given = list(paths)
    names = Counter(path.name for path in given)
    return sorted(given, key=lambda path: (path.name, _hash(path) if names[path.name] > 1 else "", path))


def _hash(path: Path) -> str:
    """Of the bytes; empty for what cannot be read, which reading it will tell."""
    try:
        return hashlib.sha256(path.read_bytes() if path.stat().st_size <= MAX_BYTES else b"").hexdigest()
    except (OSError, ValueError):
        return ""


def _gone(store: Keeper) -> frozenset[str]:
    """Only of files can we tell: what has another address than a path may well be there."""
    files = (location for location in store.locations() if os.path.isabs(location))
    return frozenset(location for location in files if not os.path.exists(location))


def _location(path: Path) -> str:
    """Whole, since two folders can hold files of one name; it is nobody's business outside and never published."""
    return os.fsencode(path.absolute()).decode("utf-8", "replace")


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for child in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in child.relative_to(path).parts)
        if child.is_file() and not hidden:
            yield child


def scrape_document(document: Document, plan: Plan) -> Scraping:
    """Read a document that came from anywhere; nothing is stored. Raises `DocumentError` where it gives no posts."""
    format = named(plan.format) if plan.format else detect(document)
    scraped = format.scrape(document)
    if not scraped.posts:
        raise DocumentError(document.name, _nothing(format, scraped))
    return Scraping(document, format, _rule(document, format, plan), scraped)


def keep(read: Scraping, store: Keeper, plan: Plan) -> Outcome:
    """Store what `scrape_document` gave. Raises `StoreError`."""
    return _save(read, _series(read, store) if _is_anonymous(read) else None, store, plan)


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


def _scrape(path: Path, plan: Plan) -> Scraping:
    return scrape_document(replace(read_document(path), location=_location(path)), plan)


def _rule(document: Document, format: Format, plan: Plan) -> SourceRule:
    if plan.source is None:
        return source_for(document.location, format.name, plan.sources)
    known = next((rule for rule in plan.sources if rule.source.slug == plan.source), None)
    return known or SourceRule(Source(slug=plan.source, name=plan.source))


def _nothing(format: Format, scraped: Scraped) -> str:
    reasons = Counter(skip.reason for skip in scraped.skips)
    skipped = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return f"has no entries, read as {format.name}" + (f" (skipped: {skipped})" if skipped else "")


def _is_anonymous(scraped: Scraping) -> bool:
    needs_author = any(not post.people for post in scraped.scraped.posts)
    return scraped.format.by_publication and scraped.scraped.publication is None and needs_author


def _series(scraped: Scraping, store: Keeper) -> str | None:
    """The name that the siblings use: the commonest in the folder, else the only one in the source."""
    if scraped.rule.author:
        return scraped.rule.author
    source = scraped.rule.source.slug
    if siblings := store.publications(source, scraped.document.location.rpartition("/")[0]):
        return siblings[0]
    known = store.publications(source)
    return known[0] if len(known) == 1 else None


def _read_again(sources: Iterable[str], but: set[str], store: Keeper, plan: Plan) -> Iterator[Outcome]:
    """The documents that do not say who publishes them, where a sibling now may; those of which more is known."""
    for source in sorted(sources):
        for path in [Path(location) for location in store.anonymous(source) if location not in but]:
            if path.is_file() and (outcome := _again(path, source, store, plan)) is not None:
                yield outcome


def _again(path: Path, source: str, store: Keeper, plan: Plan) -> Outcome | None:
    """None where that tells nothing new; what is wrong with the document shows when its own turn comes."""
    try:
        scraped = _scrape(path, plan)
    except Exception:
        return None
    if scraped.rule.source.slug != source or not _is_anonymous(scraped):
        return None
    outcome = _kept(path, scraped, store, plan)
    return outcome if outcome.saved.new + outcome.saved.changed else None


def _kept(path: Path, read: Scraping, store: Keeper, plan: Plan) -> Outcome:
    try:
        return _save(read, _series(read, store) if _is_anonymous(read) else None, store, plan)
    except (ReadOnlyError, UnavailableError):
        raise
    except Exception as error:
        return _failed(path, error, store, plan)


def _save(read: Scraping, series: str | None, store: Keeper, plan: Plan) -> Outcome:
    author = (read.scraped.publication or series) if read.format.by_publication else read.rule.author
    if read.format.window and read.rule.author:  # a feed's title names it, its configuration knows who writes it
        author = read.rule.author
    normalised = normalise(
        read.document,
        read.scraped,
        Context(read.rule.source, plan.topics, plan.aliases, plan.now, author, plan.labels),
    )
    if read.format.by_publication and author is None and _is_anonymous(read):
        unnamed = Problem("names no publication, and no sibling does: set `author` for its source", 1)
        normalised = replace(normalised, problems=(*normalised.problems, unnamed))
    saved = store.save(_batch(read, normalised, plan), plan.at or plan.now)
    return Outcome(
        name=read.document.name,
        location=read.document.location,
        format=read.format.name,
        saved=saved,
        skips=normalised.skips,
        problems=normalised.problems,
    )


def _batch(read: Scraping, normalised: Normalised, plan: Plan) -> Batch:
    dates = [draft.published.date for draft in normalised.drafts if draft.published and draft.published.date]
    info = DocumentInfo(
        name=read.document.name,
        location=read.document.location,
        format=read.format.name,
        digest=read.document.digest,
        encoding=read.document.encoding,
        title=read.scraped.title,
        url=read.scraped.url,
        lead=read.scraped.lead,
        cover=read.scraped.cover,
        published=max(dates, default=None),
    )
    source = read.rule.source
    if read.rule.origin is not None and read.format.window and source.url is None:
        source = replace(source, url=read.scraped.url)  # a feed knows its home
    return Batch(
        source=source,
        document=info,
        drafts=normalised.drafts,
        skips=normalised.skips,
        problems=normalised.problems,
        seen=read.document.modified,
        anonymous=_is_anonymous(read),
        gone=plan.gone,
        window=read.format.window,
        spellings=plan.aliases.spellings(p for d in normalised.drafts for p in (*d.people, *d.quoted)),
    )


def _failed(path: Path, error: Exception, store: Keeper, plan: Plan) -> Outcome:
    return failed(path.name, _location(path), error, store, plan)


def failed(name: str, location: str, error: Exception, store: Keeper, plan: Plan) -> Outcome:
    """Record a document that gave nothing; what an earlier reading gave stays published."""
    if isinstance(error, DocumentError):
        problem = Problem(error.problem, error.line)
    else:
        log.exception("%s: unexpected error", name)
        problem = Problem(f"unexpected {type(error).__name__}: {error}; this is a bug of ours, please report it")
    info = DocumentInfo(name=name, location=location, format=plan.format or "unknown", digest="")
    store.record_failure(info, problem, plan.now)
    return Outcome(name=name, location=location, format=plan.format, failure=problem)
