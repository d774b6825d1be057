"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/), written by ourselves: feedgen does not know it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from feeds.addresses import STATIC
from feeds.formats.items import Item
from feeds.formats.items import ItemAuthor
from feeds.formats.items import ItemMedia
from feeds.formats.items import feed_description
from feeds.formats.items import feed_title
from feeds.formats.items import hub
from feeds.formats.items import items
from feeds.formats.items import rfc3339
from feeds.listing import Listing
from feeds.listing import Site
from feeds.shapes import Shape

VERSION = "https://jsonfeed.org/version/1.1"


def render(listing: Listing, site: Site, shape: Shape) -> bytes:
    """The listing as JSON Feed; keys in the order of the specification, Chinese unescaped."""
    announced = hub(site, shape.address(listing.path))
    older = replace(shape.whole, cursor=listing.next).address(listing.path) if listing.next else None
    feed: dict[str, object] = {
        "version": VERSION,
        "title": feed_title(listing, site),
        "home_page_url": site.url(listing.path),
        "feed_url": site.url(shape.address(listing.path)),
        "description": feed_description(listing),
        "next_url": older and site.url(older),
        "favicon": site.url(f"{STATIC}/favicon.ico"),
        "authors": [{"name": site.name, "url": site.url("/")}],
        "language": listing.language(site.language),
        "hubs": [{"type": "WebSub", "url": announced}] if announced else None,
    }
    told = {key: value for key, value in feed.items() if value}
    told["items"] = [_item(item) for item in items(listing, site, shape)]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _item(item: Item) -> dict[str, object]:
    """Keys without a value are left out: the specification knows no null."""
    keys: dict[str, object] = {
        "id": item.id,
        "url": item.url,
        "title": item.title,
        "content_html": item.html,
        # One of the two must be there.
        "content_text": None if item.html else item.summary,
        "summary": item.summary,
        "image": next(iter(item.pictures), None),
        "date_published": rfc3339(item.published),
        "date_modified": rfc3339(item.updated),
        "authors": _authors(item.authors),
        "tags": [category.label for category in item.categories],
        "language": item.language,
        "attachments": _attachments(item.files),
    }
    return {key: value for key, value in keys.items() if value}


def _authors(authors: Iterable[ItemAuthor]) -> list[dict[str, str]]:
    return [{"name": author.name, "url": author.url} for author in authors]


def _attachments(files: Iterable[ItemMedia]) -> list[dict[str, str | None]]:
    return [{"url": file.url, "mime_type": file.file_type} for file in files]
