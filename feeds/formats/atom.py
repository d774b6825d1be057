"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

import re
import zlib
from datetime import datetime
from datetime import timedelta
from html import escape

from lxml import etree

from feeds.addresses import STATIC
from feeds.addresses import source_path
from feeds.formats import ATOM
from feeds.formats.generator import HISTORY
from feeds.formats.generator import Element
from feeds.formats.generator import Finisher
from feeds.formats.generator import Generator
from feeds.formats.generator import add_entry
from feeds.formats.generator import feed_links
from feeds.formats.generator import make_generator
from feeds.formats.generator import spell_out
from feeds.formats.items import Item
from feeds.formats.items import feed_id
from feeds.formats.items import items
from feeds.formats.items import rfc3339
from feeds.listing import Listing
from feeds.listing import Site
from feeds.shapes import Shape

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
#: What makes a text look like HTML, whatever its type says.
_TAG = re.compile(r"<[A-Za-z/!?]")


def render(listing: Listing, site: Site, shape: Shape) -> bytes:
    """The listing as Atom, UTF-8 with declaration."""
    feed = make_generator(listing, site, ATOM, shape, Finisher)
    language = listing.language(site.language)
    told = list(items(listing, site, shape))
    feed.language(language)
    feed.updated(max(map(_updated, told), default=listing.updated.replace(microsecond=0)))
    feed.icon(site.url(f"{STATIC}/favicon.ico"))
    feed.finisher.finish = lambda element: _finish_feed(element, listing, site, shape)
    own = feed_id(listing.path) if listing.path.startswith(source_path("")) else ""
    for item in told:
        _add_entry(feed, item, language, own)
    return bytes(feed.atom_str())


def _finish_feed(element: Element, listing: Listing, site: Site, shape: Shape) -> None:
    _write_dates_with_z(element)
    for rel, url in feed_links(listing, site, shape):
        _link(element, url, rel)
    if shape.archive:
        etree.SubElement(element, f"{{{HISTORY}}}archive")
    for name in ("title", "subtitle"):
        _declare(element, name)


def _add_entry(feed: Generator, item: Item, feed_language: str, own_id: str) -> None:
    entry = add_entry(feed, item, lambda element: _finish(element, item, feed_language, own_id))
    entry.title(item.display_title)
    entry.updated(_updated(item))
    entry.published(item.published)
    entry.author([{"name": author.name, "uri": author.url} for author in item.authors])
    if item.html:
        entry.content(item.html, type="html")
    else:
        entry.link(href=item.url, rel="alternate")  # feedgen demands a content or a link; `_finish` writes them anew
    entry.summary(item.summary, type="text")


def _updated(item: Item) -> datetime:
    """With a fraction of a second that is the entry's own, for ever.

    The entries of a day share one second, and the W3C validator holds two equal dates in one feed for a mistake
    (DuplicateUpdated): a client that asks for what came after the last date it saw would miss one of them.
    """
    return item.updated + timedelta(microseconds=zlib.crc32(item.id.encode()) % 1_000_000)


def _finish(element: Element, item: Item, feed_language: str, own_id: str) -> None:
    """Links and source are ours: feedgen 1.0.0 drops `rel`, `type` and `title` of an entry's links (its issue 135)."""
    _write_dates_with_z(element)
    if item.language and item.language != feed_language:
        element.set(_LANG, item.language)
    for made in element.findall("link"):
        element.remove(made)
    _link(element, item.url, "alternate")
    for link in item.links:
        _link(element, link.url, link.rel, link.title)
    for file in item.files:
        etree.SubElement(element, "link", href=file.url, rel="enclosure", type=file.file_type or "", length="0")
    if item.source.id != own_id:
        _add_source(element, item)
    for name in ("title", "summary"):
        _declare(element, name)


def _add_source(element: Element, item: Item) -> None:
    """The feed that the entry stands in by itself. Its date is that of the entry: what it was when the entry came."""
    source = etree.SubElement(element, "source")
    etree.SubElement(source, "id").text = item.source.id
    etree.SubElement(source, "title").text = item.source.name
    etree.SubElement(source, "updated").text = rfc3339(item.updated)
    _link(source, item.source.atom, "self")
    _link(source, item.source.page, "alternate")
    _declare(source, "title")


def _link(parent: Element, url: str, rel: str, title: str | None = None) -> None:
    link = etree.SubElement(parent, "link", href=url, rel=rel)
    if title and not _TAG.search(title):
        link.set("title", title)


def _declare(parent: Element, name: str) -> None:
    """Plain text is of the type "text"; where it looks like markup it is escaped, and said to be."""
    for element in parent.findall(name):
        if _TAG.search(element.text or ""):
            element.set("type", "html")
            element.text = escape(element.text or "", quote=False)
        else:
            spell_out(element)


def _write_dates_with_z(element: Element) -> None:
    for date in (*element.findall("updated"), *element.findall("published")):
        date.text = (date.text or "").replace("+00:00", "Z")
