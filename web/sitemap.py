"""What search engines are told: robots.txt, and site maps in parts of bounded size (https://www.sitemaps.org)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from html import escape
from itertools import product

from flask import Blueprint
from flask import Response

from feeds.addresses import ABOUT
from feeds.addresses import API
from feeds.addresses import AUTHORS
from feeds.addresses import ENTRIES
from feeds.addresses import FEEDS
from feeds.addresses import HOME
from feeds.addresses import SEARCH
from feeds.addresses import SITEMAP
from feeds.addresses import SITEMAPS
from feeds.addresses import SOURCES
from feeds.addresses import STORIES
from feeds.addresses import TOPICS
from feeds.addresses import author_path
from feeds.addresses import entry_path
from feeds.addresses import source_path
from feeds.addresses import topic_path
from feeds.errors import NotFoundError
from web.cache import Rendered
from web.conditional import REVALIDATE
from web.conditional import answer
from web.interface import LANGUAGES
from web.selections import saved_listings
from web.state import State
from web.state import get_state

bp = Blueprint("sitemap", __name__)

#: Addresses that one part holds on average; 50 000 are allowed.
_PART = 20_000
_DIGITS = "0123456789abcdef"
_LISTINGS = "listings"
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XML = "application/xml; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"


@bp.get("/robots.txt")
def robots() -> Response:
    """Everything may be read; what is the same under another address, or is endless, need not be."""
    site = get_state().site
    closed = [*(f"/{language}/" for language in LANGUAGES), SEARCH, f"{API}/", "/*?cursor="]
    lines = ["User-agent: *", *(f"Disallow: {site.local(path)}" for path in closed)]
    return _answer("\n".join([*lines, "", f"Sitemap: {site.url(SITEMAP)}", ""]), _TEXT)


@bp.get(SITEMAP)
def index() -> Response:
    """The parts: one or more of listings, and of entries as many as there are entries for."""
    state = get_state()
    parts = [f"<sitemap><loc>{escape(state.site.url(path))}</loc></sitemap>" for path in part_paths(state)]
    return _answer(_document("sitemapindex", parts), _XML)


@bp.get(f"{SITEMAPS}/<name>.xml")
def part(name: str) -> Response:
    """One part. Raises `NotFoundError` for one that the index does not name."""
    state = get_state()
    if name in (parts := _listing_parts(state)):
        at = parts.index(name) * _PART
        urls = [_url(state.site.url(path)) for path in _listings(state)[at : at + _PART]]
    elif name in (beginnings := _entry_parts(state)):
        urls = [_url(state.site.url(entry_path(id)), at) for id, at in state.store.ids(beginnings[name])]
    else:
        raise NotFoundError("site map", name)
    return _answer(_document("urlset", urls), _XML)


def part_paths(state: State) -> list[str]:
    """Where the parts stand."""
    return [f"{SITEMAPS}/{name}.xml" for name in (*_listing_parts(state), *_entry_parts(state))]


def _entry_parts(state: State) -> dict[str, str]:
    """How the UUIDs of a part begin. They are hashes, so the parts are of one size, and each keeps its entries."""
    entries = sum(tally.entries for tally in state.store.sources())
    digits = 0
    while entries > _PART * len(_DIGITS) ** digits:
        digits += 1
    beginnings = map("".join, product(_DIGITS, repeat=digits))
    return {f"entries-{beginning}" if beginning else "entries": beginning for beginning in beginnings}


def _listing_parts(state: State) -> list[str]:
    count = -(-len(_listings(state)) // _PART)
    return [_LISTINGS if number == 1 else f"{_LISTINGS}-{number}" for number in range(1, count + 1)]


def _listings(state: State) -> list[str]:
    return state.remembered.get("site map", lambda: _listing_paths(state))


def _listing_paths(state: State) -> list[str]:
    store = state.store
    return [
        *(HOME, ENTRIES, TOPICS, AUTHORS, STORIES, SOURCES, ABOUT),
        *([FEEDS] if state.saved else []),
        *(selection.path for selection in saved_listings(state)[0]),
        *(topic_path(slug) for slug in sorted(tally.slug for tally in store.topics())),
        *(source_path(tally.slug) for tally in store.sources()),
        *(author_path(slug) for slug in sorted(tally.slug for tally in store.authors())),
    ]


def _url(url: str, updated: datetime | None = None) -> str:
    changed = f"<lastmod>{updated.strftime('%Y-%m-%dT%H:%M:%SZ')}</lastmod>" if updated else ""
    return f"<url><loc>{escape(url)}</loc>{changed}</url>"


def _document(name: str, parts: Iterable[str]) -> str:
    body = "\n".join(parts)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} xmlns="{_NAMESPACE}">\n{body}\n</{name}>\n'


def _answer(text: str, content_type: str) -> Response:
    return answer(Rendered(text.encode(), content_type), REVALIDATE)
