"""RSS 2.0 (https://www.rssboard.org/rss-specification, with the advice of https://www.rssboard.org/rss-profile).

Titles are plain text there, descriptions are HTML: hence one is escaped once, the other twice.
"""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import format_datetime
from html import escape

from lxml import etree

from feeds.formats import RSS
from feeds.formats.generator import HISTORY
from feeds.formats.generator import Element
from feeds.formats.generator import Finisher
from feeds.formats.generator import Generator
from feeds.formats.generator import add_entry
from feeds.formats.generator import feed_links
from feeds.formats.generator import make_generator
from feeds.formats.generator import spell_out
from feeds.formats.items import MAX_AGE_SECONDS
from feeds.formats.items import Item
from feeds.formats.items import items
from feeds.listing import Listing
from feeds.listing import Site
from feeds.shapes import Shape

_ATOM = "http://www.w3.org/2005/Atom"
_DC = "http://purl.org/dc/elements/1.1/"
_MEDIA = "http://search.yahoo.com/mrss/"
_SPECIFICATION = "https://www.rssboard.org/rss-specification"
#: The names of the registry that RSS points to, which readers still compare with.
_LANGUAGES = {"zh-hans": "zh-cn", "zh-hant": "zh-tw", "zh": "zh-cn"}
#: What a reader that takes titles for HTML would swallow.
_TAG = re.compile(r"<(/?[A-Za-z][^<>]*)>")
#: The beginning of one that never ends, or ends only behind the title: the tag behind it would.
_OPEN = re.compile(r"<(?=[A-Za-z/!?])")


class _RssFinisher(Finisher):
    namespaces = {"dc": _DC, "media": _MEDIA}


def render(listing: Listing, site: Site, shape: Shape) -> bytes:
    """The listing as RSS, UTF-8 with declaration."""
    feed = make_generator(listing, site, RSS, shape, _RssFinisher)
    language = listing.language(site.language)
    feed.language(rss_language(language))
    feed.docs(_SPECIFICATION)
    feed.ttl(-(-MAX_AGE_SECONDS // 60))
    # feedgen's own date of a feed is the time of rendering, and it writes dates by switching the locale of the whole
    # process, which other threads see. So it gets no date to write; `_date` writes them all.
    feed._FeedGenerator__rss_lastBuildDate = None
    feed.finisher.finish = lambda rss: _finish_channel(rss[0], listing, site, shape)
    for item in items(listing, site, shape):
        _add_item(feed, item, language)
    return bytes(feed.rss_str())


def rss_language(tag: str) -> str:
    """A language tag as RSS readers know it: zh-Hans becomes zh-cn."""
    return _LANGUAGES.get(tag.lower(), tag.lower())


def _finish_channel(channel: Element, listing: Listing, site: Site, shape: Shape) -> None:
    _date(channel, "lastBuildDate", listing.updated)
    for rel, url in feed_links(listing, site, shape):
        etree.SubElement(channel, f"{{{_ATOM}}}link", href=url, rel=rel)
    if shape.archive:
        etree.SubElement(channel, f"{{{HISTORY}}}archive")
    _spell_out(channel, "title", "description")


def _add_item(feed: Generator, item: Item, feed_language: str) -> None:
    entry = add_entry(feed, item, lambda element: _finish(element, item, feed_language))
    if item.title:
        entry.title(item.title)
    entry.link(href=item.url, rel="alternate")
    entry.description(escape(item.summary, quote=False))
    if item.html:
        entry.content(item.html, type="html")
    entry.source(url=item.source.rss, title=item.source.name)


def _finish(element: Element, item: Item, feed_language: str) -> None:
    """What feedgen cannot say: names without an e-mail address, a date without the locale, media without a group."""
    for author in item.authors:
        etree.SubElement(element, f"{{{_DC}}}creator").text = author.name
    _date(element, "pubDate", item.published)
    if item.language and item.language != feed_language:
        etree.SubElement(element, f"{{{_DC}}}language").text = item.language
    for file in item.files[:1]:
        etree.SubElement(element, "enclosure", url=file.url, length="0", type=file.file_type or "")
    _add_media(element, item)
    _spell_out(element, "title", "category", "source")


def _add_media(element: Element, item: Item) -> None:
    """All of them: an item has one enclosure only, and none that is a picture."""
    for media in item.media:
        attributes = {"url": media.url, "medium": media.kind}
        if media.file_type:
            attributes["type"] = media.file_type
        etree.SubElement(element, f"{{{_MEDIA}}}content", attributes)
    for picture in item.pictures[:1]:
        etree.SubElement(element, f"{{{_MEDIA}}}thumbnail", url=picture)


def _spell_out(parent: Element, *names: str) -> None:
    """Texts that are plain by the specification, and that half of the readers take for HTML."""
    for name in names:
        for element in parent.findall(name):
            element.text = _OPEN.sub("‹", _TAG.sub(r"‹\1›", element.text or ""))
            spell_out(element)


def _date(parent: Element, name: str, moment: datetime) -> None:
    """RFC 822 with four digits of the year and English names, whatever the locale."""
    etree.SubElement(parent, name).text = format_datetime(moment)
