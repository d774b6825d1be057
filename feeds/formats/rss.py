"""RSS 2.0 (https://www.rssboard.org/rss-specification, with the advice of https://www.rssboard.org/rss-profile).

Titles are plain text there, descriptions are HTML: hence one is escaped once, the other twice.
"""

from __future__ import annotations

from datetime import datetime
from email.utils import format_datetime
from html import escape

from lxml import etree

from feeds.formats import RSS
from feeds.formats.generator import Element
from feeds.formats.generator import Finisher
from feeds.formats.generator import Generator
from feeds.formats.generator import add_entry
from feeds.formats.generator import make_generator
from feeds.formats.items import MAX_AGE_SECONDS
from feeds.formats.items import Item
from feeds.formats.items import items
from feeds.listing import Listing
from feeds.listing import Site

_DC = "http://purl.org/dc/elements/1.1/"
_MEDIA = "http://search.yahoo.com/mrss/"
_SPECIFICATION = "https://www.rssboard.org/rss-specification"
#: The names of the registry that RSS points to, which readers still compare with.
_LANGUAGES = {"zh-hans": "zh-cn", "zh-hant": "zh-tw", "zh": "zh-cn"}


class _RssFinisher(Finisher):
    namespaces = {"dc": _DC, "media": _MEDIA}


def render(listing: Listing, site: Site) -> bytes:
    """The listing as RSS, UTF-8 with declaration."""
    feed = make_generator(listing, site, RSS, _RssFinisher)
    language = listing.language(site.language)
    feed.language(rss_language(language))
    feed.docs(_SPECIFICATION)
    feed.ttl(-(-MAX_AGE_SECONDS // 60))
    # feedgen's own date of a feed is the time of rendering, and it writes dates by switching the locale of the whole
    # process, which other threads see. So it gets no date to write; `_date` writes them all.
    feed._FeedGenerator__rss_lastBuildDate = None
    feed.finisher.finish = lambda rss: _date(rss[0], "lastBuildDate", listing.updated)
    for item in items(listing, site):
        _add_item(feed, item, language)
    return bytes(feed.rss_str())


def rss_language(tag: str) -> str:
    """A language tag as RSS readers know it: zh-Hans becomes zh-cn."""
    return _LANGUAGES.get(tag.lower(), tag.lower())


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
    if item.language != feed_language:
        etree.SubElement(element, f"{{{_DC}}}language").text = item.language
    for media in item.media:
        etree.SubElement(element, f"{{{_MEDIA}}}content", url=media.url, medium=media.kind)


def _date(parent: Element, name: str, moment: datetime) -> None:
    """RFC 822 with four digits of the year and English names, whatever the locale."""
    etree.SubElement(parent, name).text = format_datetime(moment)
