"""One visit to one source: what is there, whether it can be believed, and what of it is stored."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote
from urllib.parse import urlsplit

from feeds.errors import DocumentError
from scrapers.document import Document
from scrapers.document import make_document
from scrapers.fetch import Answer
from scrapers.fetch import Fetcher
from scrapers.fetch import Validators
from scrapers.ingest import ingest
from scrapers.outcome import Outcome
from scrapers.paths import find_documents
from scrapers.pipeline import Keeper
from scrapers.pipeline import Plan
from scrapers.pipeline import keep
from scrapers.pipeline import scrape_document
from scrapers.sources import SourceRule
from scrapers.worker.memory import Memory
from scrapers.worker.sickness import ShrunkError
from scrapers.worker.sickness import check_document
from scrapers.worker.sickness import check_size
from scrapers.worker.sickness import without_error_items

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age=(\d{1,8})")
_PAGES = frozenset({None, "page"})
#: Formats of a source that shows pages.
_FEEDS = frozenset({"feed", "json-feed"})


@dataclass(slots=True)
class Visit:
    """What came of a visit so far."""

    rule: SourceRule
    fetcher: Fetcher
    store: Keeper
    plan: Plan
    memory: Memory
    #: Paths of files are relative to it.
    folder: Path
    #: Where repositories are kept between visits.
    cache: Path
    #: Keep the lease; raises `StoppedError` where the source is somebody else's by now, or the process is to end.
    alive: Callable[[Memory], None] = lambda memory: None
    outcomes: list[Outcome] = field(default_factory=list)
    unchanged: bool = False
    #: For how long the server says that its answer holds.
    fresh: timedelta = timedelta()

    @property
    def new(self) -> int:
        """Entries that were not known before."""
        return sum(outcome.saved.new for outcome in self.outcomes)

    @property
    def entries(self) -> int | None:
        """Posts that the source shows; None where nothing was read."""
        return sum(outcome.entries for outcome in self.outcomes) if self.outcomes else None


def visit(one: Visit) -> None:
    """Visit the source and store what it has. Raises `FetchError`, `DocumentError`, `StoreError`, `StoppedError`."""
    assert one.rule.origin is not None
    kind = one.rule.origin.kind
    if kind == "git":
        from scrapers.worker.repository import visit_repository  # dulwich takes its time to import

        visit_repository(one)
    elif kind == "listing":
        from scrapers.worker.listing import visit_listing

        visit_listing(one)
    elif one.rule.origin.files:
        visit_files(one)
    else:
        visit_address(one)


def plan_for(rule: SourceRule, plan: Plan) -> Plan:
    """The plan for documents of a source that is fetched."""
    assert rule.origin is not None
    formats = {"mastodon": None if rule.origin.address else "mastodon", "twitter": "twitter"}
    format = rule.origin.format or formats.get(rule.origin.kind)
    return replace(plan, source=rule.source.slug, format=format, labels=rule.origin.topics)


def visit_files(one: Visit) -> None:
    """Read the files of the source; those that have not changed cost next to nothing."""
    assert one.rule.origin is not None
    patterns = [str(one.folder / pattern) for pattern in one.rule.origin.files]
    paths = [path for path in find_documents(patterns) if path.is_file()]
    if not paths:
        raise DocumentError(", ".join(one.rule.origin.files), "matches no file")
    check_size(one.rule.source.slug, len(paths), one.memory.entries, one.memory.shrunk)
    one.outcomes += ingest(paths, one.store, plan_for(one.rule, one.plan))
    one.memory.entries, one.memory.shrunk = len(paths), 0
    if all(outcome.failure for outcome in one.outcomes):
        first = one.outcomes[0]
        raise DocumentError(first.name, first.failure.message if first.failure else "cannot be read")


def visit_address(one: Visit) -> None:
    """Fetch one document: a feed, a page, a text."""
    assert one.rule.origin is not None
    address = _address(one.rule)
    answer = one.fetcher.get(one.memory.moved or address, one.memory.validators)
    one.fresh = fresh(answer)
    if answer.unchanged:
        one.unchanged = True
        one.memory.keep(answer.validators)
        return
    read_answer(one, answer, address)
    one.memory.keep(answer.validators)
    one.memory.moved = answer.moved or one.memory.moved


def read_answer(one: Visit, answer: Answer, location: str) -> None:
    """Believe what came, or raise `DocumentError`; only then is anything stored or remembered."""
    document = document_of(answer, location, dated=one.rule.origin is not None and one.rule.origin.kind == "url")
    if document.digest == one.memory.digest:
        one.unchanged = True
        return
    check_document(document, wants_page=_wants_page(one))
    plan = plan_for(one.rule, one.plan)
    read = without_error_items(scrape_document(document, plan))
    if one.rule.origin and one.rule.origin.kind in {"feed", "mastodon"} and not read.format.window:
        raise DocumentError(document.name, f"is no feed (it was read as {read.format.name})")
    _check_shrinking(one, document.name, len(read.scraped.posts))
    one.outcomes.append(keep(read, one.store, plan))
    one.memory.digest, one.memory.format = document.digest, read.format.name
    one.memory.entries, one.memory.shrunk = len(read.scraped.posts), 0


def document_of(answer: Answer, location: str, *, dated: bool) -> Document:
    """The document of an answer; its location is the address as configured, so that a move changes nothing."""
    name = unquote(urlsplit(location).path.rstrip("/").rpartition("/")[2]) or str(urlsplit(location).hostname)
    return make_document(name, answer.body, location, answer.modified if dated else None, answer.charset)


def fresh(answer: Answer) -> timedelta:
    """For how long an answer holds (RFC 9111, section 5.2.2.1)."""
    found = _MAX_AGE.search(answer.headers.get("cache-control", "").lower())
    return timedelta(seconds=int(found[1])) if found else timedelta()


def _address(rule: SourceRule) -> str:
    assert rule.origin is not None
    if rule.origin.kind == "mastodon" and not rule.origin.address.endswith((".rss", ".json")):
        return f"{rule.origin.address.rstrip('/')}.rss"  # what every Mastodon profile has, without a key
    return rule.origin.address


def _wants_page(one: Visit) -> bool:
    """Whether a page is what the source is made of: never for a feed, and not for what was a text so far."""
    if one.rule.origin is None or one.rule.origin.kind in {"feed", "mastodon"}:
        return False
    return (one.rule.origin.format or one.memory.format) in _PAGES


def _check_shrinking(one: Visit, name: str, found: int) -> None:
    try:
        check_size(name, found, one.memory.entries, one.memory.shrunk)
    except ShrunkError:
        one.memory.shrunk += 1
        raise


def validators_of(told: list[str | None]) -> Validators:
    """What is remembered of a document of a listing."""
    return Validators(told[0], told[1])
