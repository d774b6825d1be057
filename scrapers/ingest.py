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
from feeds.model import Batch
from feeds.model import DocumentInfo
from feeds.model import Problem
from feeds.model import Saved
from feeds.model import Skip
from feeds.model import Source
from feeds.topics import Topics
from scrapers.document import MAX_BYTES
from scrapers.document import Document
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


class Keeper(Protocol):
    """What ingest needs of a store."""

    def save(self, batch: Batch, now: datetime) -> Saved: ...

    def record_failure(self, document: DocumentInfo, problem: Problem, now: datetime) -> None: ...

    def publications(self, source: str, folder: str | None = None) -> tuple[str, ...]: ...

    def anonymous(self, source: str) -> tuple[str, ...]: ...

    def locations(self) -> tuple[str, ...]: ...


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
class _Scraped:
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
    """
    plan = replace(plan, gone=_gone(store))
    paths = _in_order(paths)
    named: set[str] = set()
    waiting: list[tuple[Path, _Scraped]] = []
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


def _scrape(path: Path, plan: Plan) -> _Scraped:
    document = replace(read_document(path), location=_location(path))
    format = named(plan.format) if plan.format else detect(document)
    scraped = format.scrape(document)
    if not scraped.posts:
        raise DocumentError(document.name, _nothing(format, scraped))
    return _Scraped(document, format, _rule(document, format, plan), scraped)


def _rule(document: Document, format: Format, plan: Plan) -> SourceRule:
    if plan.source is None:
        return source_for(document.location, format.name, plan.sources)
    known = next((rule for rule in plan.sources if rule.source.slug == plan.source), None)
    return known or SourceRule(Source(slug=plan.source, name=plan.source))


def _nothing(format: Format, scraped: Scraped) -> str:
    reasons = Counter(skip.reason for skip in scraped.skips)
    skipped = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
    return f"has no entries, read as {format.name}" + (f" (skipped: {skipped})" if skipped else "")


def _is_anonymous(scraped: _Scraped) -> bool:
    needs_author = any(not post.people for post in scraped.scraped.posts)
    return scraped.format.by_publication and scraped.scraped.publication is None and needs_author


def _series(scraped: _Scraped, store: Keeper) -> str | None:
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


def _kept(path: Path, read: _Scraped, store: Keeper, plan: Plan) -> Outcome:
    try:
        return _save(read, _series(read, store) if _is_anonymous(read) else None, store, plan)
    except Exception as error:
        return _failed(path, error, store, plan)


def _save(read: _Scraped, series: str | None, store: Keeper, plan: Plan) -> Outcome:
    author = (read.scraped.publication or series) if read.format.by_publication else read.rule.author
    normalised = normalise(
        read.document, read.scraped, Context(read.rule.source, plan.topics, plan.aliases, plan.now, author)
    )
    if read.format.by_publication and author is None and _is_anonymous(read):
        unnamed = Problem("names no publication, and no sibling does: set `author` for its source", 1)
        normalised = replace(normalised, problems=(*normalised.problems, unnamed))
    saved = store.save(_batch(read, normalised, plan), plan.now)
    return Outcome(
        name=read.document.name,
        location=read.document.location,
        format=read.format.name,
        saved=saved,
        skips=normalised.skips,
        problems=normalised.problems,
    )


def _batch(read: _Scraped, normalised: Normalised, plan: Plan) -> Batch:
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
    return Batch(
        source=read.rule.source,
        document=info,
        drafts=normalised.drafts,
        skips=normalised.skips,
        problems=normalised.problems,
        seen=read.document.modified,
        anonymous=_is_anonymous(read),
        gone=plan.gone,
        spellings=plan.aliases.spellings(p for d in normalised.drafts for p in (*d.people, *d.quoted)),
    )


def _failed(path: Path, error: Exception, store: Keeper, plan: Plan) -> Outcome:
    """Record a document that gave nothing; what an earlier reading gave stays published."""
    if isinstance(error, DocumentError):
        problem = Problem(error.problem, error.line)
    else:
        log.exception("%s: unexpected error", path)
        problem = Problem(f"unexpected {type(error).__name__}: {error}; this is a bug of ours, please report it")
    location = _location(path)
    info = DocumentInfo(name=path.name, location=location, format=plan.format or "unknown", digest="")
    store.record_failure(info, problem, plan.now)
    return Outcome(name=path.name, location=location, format=plan.format, failure=problem)
