"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), written by ourselves: feedgen does not know it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from feeds.formats import JSON_FEED
from feeds.formats.items import Item
from feeds.formats.items import ItemAuthor
from feeds.formats.items import feed_description
from feeds.formats.items import feed_title
from feeds.formats.items import items
from feeds.formats.items import rfc3339
from feeds.listing import Listing
from feeds.listing import Site

VERSION = "https://jsonfeed.org/version/1.1"


def render(listing: Listing, site: Site) -> bytes:
    """The listing as JSON Feed; keys in the order of the specification, Chinese unescaped."""
    feed = {
        "version": VERSION,
        "title": feed_title(listing, site),
        "home_page_url": site.url(listing.path),
        "feed_url": site.url(JSON_FEED.path(listing.path)),
        "description": feed_description(listing),
        "authors": [{"name": site.name, "url": site.url("/")}],
        "language": listing.language(site.language),
        "items": [_item(item) for item in items(listing, site)],
    }
    return json.dumps(feed, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _item(item: Item) -> dict[str, object]:
    """Keys without a value are left out: the specification knows no null."""
    pictures = [media.url for media in item.media if media.kind == "image"]
    keys: dict[str, object] = {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_html": item.html,
        # Only what has no markup at all may stand without content_html.
        "content_text": None if item.html else item.summary,
        "summary": item.summary,
        "image": pictures[0] if pictures else None,
        "date_published": rfc3339(item.published),
        "date_modified": rfc3339(item.updated),
        "authors": _authors(item.authors),
        "tags": [category.label for category in item.categories],
        "language": item.language,
    }
    return {key: value for key, value in keys.items() if value}


def _authors(authors: Iterable[ItemAuthor]) -> list[dict[str, str]]:
    return [{"name": author.name, "url": author.url} for author in authors]
