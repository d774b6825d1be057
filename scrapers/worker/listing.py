"""A page whose items lead to documents: by CSS selectors, by JSON-LD, or by the feed that it announces."""

from __future__ import annotations

import json
from collections.abc import Iterator
from collections.abc import Mapping
from datetime import datetime
from datetime import timedelta
from urllib.parse import urljoin
from urllib.parse import urlsplit

from bs4 import BeautifulSoup
from bs4 import Tag
from soupsieve.util import SelectorSyntaxError

from feeds.errors import BusyHostError
from feeds.errors import DocumentError
from feeds.errors import FetchError
from scrapers.fetch import Validators
from scrapers.kinds import feed
from scrapers.pipeline import failed
from scrapers.pipeline import keep
from scrapers.pipeline import scrape_document
from scrapers.trees import tree
from scrapers.worker.sickness import check_document
from scrapers.worker.sickness import check_size
from scrapers.worker.visit import Visit
from scrapers.worker.visit import document_of
from scrapers.worker.visit import fresh
from scrapers.worker.visit import plan_for
from scrapers.worker.visit import read_answer
from scrapers.worker.visit import validators_of

_FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
#: A document that is still listed is looked at again after so long, so many in a round: people mend what they wrote.
_AGAIN, _AGAIN_AT_ONCE = timedelta(days=1), 5
_GUESSES = tuple(f"{where} a[href]" for where in ("article h1", "article h2", "article header", "h2", "h3", "article"))


def visit_listing(one: Visit) -> None:
    """Fetch the list, then the documents that are new in it, then those that were not looked at for long."""
    assert one.rule.origin is not None
    origin, memory = one.rule.origin, one.memory
    answer = one.fetcher.get(memory.moved or origin.address, memory.validators)
    one.fresh = fresh(answer)
    if not answer.unchanged:
        document = document_of(answer, answer.url, dated=False)
        if feed.recognise(document):
            read_answer(one, answer, origin.address)
        else:
            check_document(document, wants_page=True)
            _note_pages(one, find_items(document.text, answer.url, origin.items, origin.item_link))
        memory.keep(answer.validators)
        memory.moved = answer.moved or memory.moved
    _visit_pages(one)
    one.unchanged = one.unchanged or (answer.unchanged and not one.outcomes)


def find_items(html: str, url: str, items: str | None, link: str) -> list[str]:
    """The addresses of the documents that a page lists, in its order. Raises `DocumentError` for a wrong selector."""
    soup = tree(html)
    if items is not None:
        try:
            found = [_first_link(item, link) for item in soup.select(items)]
        except SelectorSyntaxError as error:
            raise DocumentError(url, f"{items!r} or {link!r} is no CSS selector") from error
    else:
        found = list(_by_json_ld(soup)) or list(_by_guess(soup))
    addresses = (_absolute(address, url) for address in found if address)
    return list(dict.fromkeys(a for a in addresses if a is not None and a.rstrip("/") != url.rstrip("/")))


def feeds_of(html: str, url: str) -> list[str]:
    """The feeds that a page announces (https://www.rssboard.org/rss-autodiscovery)."""
    soup = tree(html)
    tags = [tag for tag in soup.select("link[rel~=alternate][href]") if str(tag.get("type", "")).lower() in _FEED_TYPES]
    addresses = [_absolute(str(tag["href"]), url) for tag in tags]
    return [a for a in dict.fromkeys(addresses) if a is not None]


def guessed_items(html: str) -> str | None:
    """The selector that finds a list on a page of which nothing is known; None where none does."""
    soup = tree(html)
    return next((guess for guess in _GUESSES if len(soup.select(guess)) >= 3), None)


def _note_pages(one: Visit, found: list[str]) -> None:
    if not found:
        raise DocumentError(one.rule.source.slug, "lists nothing any more" if one.memory.pages else "lists nothing")
    before = one.memory.entries
    try:
        check_size(one.rule.source.slug, len(found), before, one.memory.shrunk)
    except DocumentError:
        one.memory.shrunk += 1
        raise
    one.memory.entries, one.memory.shrunk = len(found), 0
    known = one.memory.pages
    one.memory.pages = {url: known.get(url, [None, None, None]) for url in found} | {
        url: told for url, told in known.items() if url not in found
    }


def _visit_pages(one: Visit) -> None:
    assert one.rule.origin is not None
    now = one.plan.now
    new = [url for url, told in one.memory.pages.items() if told[2] is None]
    listed = list(one.memory.pages.items())[: one.memory.entries]
    old = sorted((str(told[2]), url) for url, told in listed if told[2] is not None)
    stale = [url for at, url in old if now - datetime.fromisoformat(at) >= _AGAIN][:_AGAIN_AT_ONCE]
    failures: list[str] = []
    for url in [*reversed(new[: one.rule.origin.limit]), *stale][: one.rule.origin.limit]:
        one.alive(one.memory)
        try:
            _visit_page(one, url, now)
        except BusyHostError:
            raise
        except (FetchError, DocumentError) as error:
            failures.append(str(error))
            if getattr(error, "retry_after", None) is not None:
                raise
            failed(url, url, error if isinstance(error, DocumentError) else _as_document(error), one.store, one.plan)
            one.memory.pages[url][2] = now.isoformat()
    if failures and not one.outcomes and len(failures) == len(new):
        raise DocumentError(one.rule.source.slug, f"none of its documents can be read; the first: {failures[0]}")


def _as_document(error: FetchError) -> DocumentError:
    return DocumentError(error.url, error.why)


def _visit_page(one: Visit, url: str, now: datetime) -> None:
    told = one.memory.pages[url]
    answer = one.fetcher.get(url, validators_of(told))
    if not answer.unchanged:
        document = document_of(answer, url, dated=True)
        check_document(document, wants_page=True)
        plan = plan_for(one.rule, one.plan)
        one.outcomes.append(keep(scrape_document(document, plan), one.store, plan))
    given: Validators = answer.validators
    one.memory.pages[url] = [given.etag, given.last_modified, now.isoformat()]


def _first_link(item: Tag, link: str) -> str | None:
    found = item if item.name == "a" and item.get("href") else item.select_one(link)
    return str(found.get("href") or "") or None if found is not None else None


def _by_json_ld(soup: BeautifulSoup) -> Iterator[str | None]:
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            told = json.loads(script.get_text(), strict=False)
        except (ValueError, RecursionError):
            continue
        for one in [*(told if isinstance(told, list) else [told])]:
            if isinstance(one, Mapping):
                yield from _listed(one)


def _listed(told: Mapping[str, object]) -> Iterator[str | None]:
    for key in ("itemListElement", "blogPost", "hasPart"):
        for item in _list(told.get(key)):
            inner = item.get("item", item)
            address = inner.get("url") or inner.get("@id") if isinstance(inner, Mapping) else inner
            yield str(address) if address else None


def _list(value: object) -> list[Mapping[str, object]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _by_guess(soup: BeautifulSoup) -> Iterator[str | None]:
    for guess in _GUESSES:
        found = soup.select(guess)
        if len(found) >= 3:
            yield from (str(tag["href"]) for tag in found)
            return


def _absolute(address: str, url: str) -> str | None:
    try:
        joined = urljoin(url, address.strip()).partition("#")[0]
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if parts.scheme in {"http", "https"} and parts.hostname else None
