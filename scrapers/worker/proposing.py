"""Looking at an address: what kind of source it is, the entry to write, and what it would publish. Stores nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from feeds.aliases import load_aliases
from feeds.errors import ConfigError
from feeds.errors import DocumentError
from feeds.errors import FetchError
from feeds.errors import UnknownFormatError
from feeds.model import Batch
from feeds.model import DocumentInfo
from feeds.model import LastReading
from feeds.model import Problem
from feeds.model import Saved
from feeds.settings import Settings
from feeds.store.prepare import Prepared
from feeds.text import excerpt
from feeds.topics import load_topics
from scrapers.document import Document
from scrapers.fetch import Fetcher
from scrapers.formats import detect
from scrapers.kinds import feed
from scrapers.kinds import page
from scrapers.pipeline import Plan
from scrapers.post import Scraped
from scrapers.sources import SourceRule
from scrapers.sources import load_sources
from scrapers.trees import tree
from scrapers.worker.listing import feeds_of
from scrapers.worker.listing import guessed_items
from scrapers.worker.memory import Memory
from scrapers.worker.sickness import check_document
from scrapers.worker.visit import Visit
from scrapers.worker.visit import document_of
from scrapers.worker.visit import visit
from scrapers.worker.worker import fetched

_TITLE_COLUMNS = 60
_GIT_HOSTS = re.compile(r"https?://(?:github|gitlab|gitee|codeberg)\.(?:com|org)/[^/]+/[^/]+?(?:\.git)?/?")
_PROFILE = re.compile(r"https?://[^/]+/@[\w.]+(?:@[\w.-]+)?/?")
_RAW = re.compile(r"https://github\.com/([^/]+/[^/]+)/blob/(.+)")


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry for `sources.toml`, and why."""

    toml: str
    #: What was found, a sentence each.
    found: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry that would be published."""

    date: str
    author: str
    title: str
    url: str


class Notebook:
    """Takes the place of a store where nothing is to be stored."""

    def __init__(self) -> None:
        #: The last one of each document, by its location.
        self.batches: dict[str, Batch] = {}

    def save(self, batch: Batch, now: datetime, prepared: Prepared | None = None) -> Saved:
        """Note what would be stored; every post counts as new."""
        self.batches[batch.document.location] = batch
        return Saved(new=len(batch.drafts))

    def record_failure(self, document: DocumentInfo, problem: Problem, now: datetime) -> None:
        """Nothing is kept."""

    def publications(self, source: str, folder: str | None = None) -> tuple[str, ...]:
        """Nothing is known."""
        return ()

    def anonymous(self, source: str) -> tuple[str, ...]:
        """Nothing is known."""
        return ()

    def document_at(self, source: str, location: str) -> None:
        """Nothing is known."""

    def last_readings(self, locations: Iterable[str]) -> dict[str, LastReading]:
        """Nothing is known."""
        return {}


def propose(url: str, fetcher: Fetcher) -> Proposal:
    """Look at an address. Raises `FetchError`, `DocumentError`."""
    if (raw := _RAW.fullmatch(url)) is not None:
        return propose(f"https://raw.githubusercontent.com/{raw[1]}/{raw[2]}", fetcher)
    if _GIT_HOSTS.fullmatch(url) or url.endswith(".git"):
        return _proposal("git", url, _slug(url), ("the address of a git repository",), glob="**/*.md")
    if _PROFILE.fullmatch(url) and (found := _profile(url, fetcher)) is not None:
        return found
    answer = fetcher.get(url)
    document = document_of(answer, answer.url, dated=True)
    moved = (f"the address has moved for good to {answer.moved}",) if answer.moved else ()
    if page.recognise(document) and not feed.recognise(document):
        check_document(document, wants_page=True)
        return _of_page(document, answer.moved or url, fetcher, moved)
    return _of_document(document, answer.moved or url, moved)


def preview(rule: SourceRule, fetcher: Fetcher, plan: Plan, folder: Path) -> Iterator[Shown]:
    """What a source would publish if it were fetched now. Raises `FetchError`, `DocumentError`."""
    notebook = Notebook()
    known = [*([rule] if rule not in plan.sources else []), *plan.sources]
    with TemporaryDirectory() as cache:
        one = Visit(rule, fetcher, notebook, replace(plan, sources=known), Memory(), folder, Path(cache))
        visit(one)
    for batch in notebook.batches.values():
        for draft in batch.drafts:
            date = draft.published.date.isoformat() if draft.published and draft.published.date else "undated"
            names = ", ".join(person.name for person in draft.people)
            yield Shown(date, names, draft.title or excerpt(draft.content_text, _TITLE_COLUMNS), draft.url or "")


def _profile(url: str, fetcher: Fetcher) -> Proposal | None:
    try:
        answer = fetcher.get(f"{url.rstrip('/')}.rss")
        document = document_of(answer, answer.url, dated=False)
    except (FetchError, DocumentError):
        return None
    if not feed.recognise(document):
        return None
    told = feed.scrape(document)
    why = (f"a Mastodon profile with {len(told.posts)} posts in its feed",)
    return _proposal("mastodon", url.rstrip("/"), _slug(url), why, name=told.title)


def _of_document(document: Document, url: str, found: tuple[str, ...]) -> Proposal:
    try:
        format = detect(document)
    except UnknownFormatError as error:
        raise DocumentError(document.name, f"is in no format that we know: {error.problem}") from error
    told = format.scrape(document)
    kind = "feed" if format.window else "url"
    sentence = f"a document in the format {format.name} with {_posts(told)}"
    named = None if kind == "feed" else format.name
    name = told.publication or told.title
    return _proposal(kind, url, _slug(url), (*found, sentence), name=name, format=named, home=told.url)


def _of_page(document: Document, url: str, fetcher: Fetcher, found: tuple[str, ...]) -> Proposal:
    for address in feeds_of(document.text, url):
        try:
            answer = fetcher.get(address)
            proposal = _of_document(document_of(answer, answer.url, dated=False), address, found)
        except (FetchError, DocumentError):
            continue
        return replace(proposal, found=("a page that announces a feed", *proposal.found))
    facts = page.read_facts(tree(document.text), url)
    items = guessed_items(document.text)
    if items is not None and not facts.article:
        why = (*found, f"a page that lists documents: {items!r} finds them")
        return _proposal("listing", url, _slug(url), why, name=facts.site or facts.title, items=items)
    told = page.scrape(document)
    return _proposal("url", url, _slug(url), (*found, f"a page with one article: {told.title}"), name=told.publication)


def _proposal(
    kind: str,
    url: str,
    slug: str,
    found: Sequence[str],
    *,
    name: str | None = None,
    home: str | None = None,
    **more: str | None,
) -> Proposal:
    told = {"slug": slug, "name": name or slug, "kind": kind, "address": url, "url": home, **more}
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in told.items() if value]
    return Proposal("\n".join(["[[source]]", *lines, ""]), tuple(found))


def _posts(told: Scraped) -> str:
    return f"{len(told.posts)} {'entry' if len(told.posts) == 1 else 'entries'}"


def _slug(url: str) -> str:
    parts = urlsplit(url)
    host = re.sub(r"^(?:www|blog|feeds?)\.", "", parts.hostname or "")
    shared = _GIT_HOSTS.fullmatch(url) or _PROFILE.fullmatch(url) or host.endswith(("githubusercontent.com",))
    words = f"{host} {parts.path}" if shared else host
    return re.sub(r"[^a-z0-9]+", "-", words.lower().removesuffix(".git")).strip("-")[:60] or "source"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a check."""

    text: str
    failed: bool = False


def check_lines(settings: Settings, fetcher: Fetcher, slugs: Sequence[str], now: datetime) -> Iterator[Line]:
    """What the sources (all that are fetched, or those named) would publish, as lines. Raises `ConfigError`."""
    sources = load_sources(settings.sources)
    plan = Plan(load_topics(settings.topics), load_aliases(settings.authors), sources, now)
    known = fetched(sources)
    if unknown := sorted(set(slugs) - known.keys()):
        raise ConfigError("sources", f"none that is fetched is called {unknown[0]!r}")
    if not known:
        yield Line("No source is fetched: add one to the file that SOURCES names, or ask `feedwright sources add URL`.")
    folder = settings.sources.absolute().parent if settings.sources else Path.cwd()
    for slug in slugs or sorted(known):
        try:
            shown = list(preview(known[slug], fetcher, plan, folder))
        except (FetchError, DocumentError) as error:
            yield Line(f"{slug}: {error}", failed=True)
            continue
        yield Line(f"{slug}: {len(shown)} entries")
        yield from (Line(f"  {one.date}  {one.author or 'nobody named'}  {one.title}  {one.url}") for one in shown)


def append(proposal: Proposal, path: Path | None) -> None:
    """Add a proposed entry to a file, which must still be right with it. Raises `ConfigError`."""
    if path is None:
        raise ConfigError("SOURCES", "names no file to write to")
    before = path.read_text("utf-8")
    path.write_text(f"{before.rstrip()}\n\n{proposal.toml}" if before.strip() else proposal.toml, "utf-8")
    try:
        load_sources(path)
    except ConfigError:
        path.write_text(before, "utf-8")
        raise
