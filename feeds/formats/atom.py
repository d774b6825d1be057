"""Atom 1.0 (RFC 4287)."""

from __future__ import annotations

from html import escape

from lxml import etree

from feeds.formats import ATOM
from feeds.formats.generator import Element
from feeds.formats.generator import Finisher
from feeds.formats.generator import Generator
from feeds.formats.generator import add_entry
from feeds.formats.generator import make_generator
from feeds.formats.items import Item
from feeds.formats.items import feed_id
from feeds.formats.items import items
from feeds.formats.items import rfc3339
from feeds.listing import Listing
from feeds.listing import Site

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def render(listing: Listing, site: Site) -> bytes:
    """The listing as Atom, UTF-8 with declaration."""
    feed = make_generator(listing, site, ATOM, Finisher)
    language = listing.language(site.language)
    feed.language(language)
    feed.updated(listing.updated.replace(microsecond=0))
    feed.finisher.finish = _write_dates_with_z
    own_id = feed_id(listing.path)
    for item in items(listing, site):
        _add_entry(feed, item, language, own_id)
    return bytes(feed.atom_str())


def _add_entry(feed: Generator, item: Item, feed_language: str, own_id: str) -> None:
    entry = add_entry(feed, item, lambda element: _finish(element, item, feed_language, own_id))
    entry.title(item.display_title)
    entry.updated(item.updated)
    entry.published(item.published)
    entry.author([{"name": author.name, "uri": author.url} for author in item.authors])
    entry.content(item.html or escape(item.display_title), type="html")
    entry.summary(item.summary, type="text")


def _finish(element: Element, item: Item, feed_language: str, own_id: str) -> None:
    """Links and source are ours: feedgen 1.0.0 drops `rel`, `type` and `title` of an entry's links (its issue 135)."""
    _write_dates_with_z(element)
    if item.language != feed_language:
        element.set(_LANG, item.language)
    _link(element, item.url, "alternate")
    for link in item.links:
        _link(element, link.url, link.rel, link.title)
    if item.source.id != own_id:
        _add_source(element, item)


def _add_source(element: Element, item: Item) -> None:
    """The feed that the entry stands in by itself. Its date is that of the entry: what it was when the entry came."""
    source = etree.SubElement(element, "source")
    etree.SubElement(source, "id").text = item.source.id
    etree.SubElement(source, "title").text = item.source.name
    etree.SubElement(source, "updated").text = rfc3339(item.updated)
    _link(source, item.source.atom, "self")
    _link(source, item.source.page, "alternate")


def _link(parent: Element, url: str, rel: str, title: str | None = None) -> None:
    link = etree.SubElement(parent, "link", href=url, rel=rel)
    if title:
        link.set("title", title)


def _write_dates_with_z(element: Element) -> None:
    for date in (*element.findall("updated"), *element.findall("published")):
        date.text = (date.text or "").replace("+00:00", "Z")
