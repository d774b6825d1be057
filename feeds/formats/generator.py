"""What RSS and Atom share in using feedgen 1.0.0: one way to set up a feed, one way to add what feedgen leaves out.

feedgen calls `extend_rss` and `extend_atom` of an extension with each element that it has made.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import feedgen.feed  # before any other module of feedgen: feedgen.util needs lxml.etree to be loaded
from lxml import etree

from feeds.formats import FORMATS
from feeds.formats import Format
from feeds.formats.items import GENERATOR
from feeds.formats.items import Item
from feeds.formats.items import feed_description
from feeds.formats.items import feed_id
from feeds.formats.items import feed_title
from feeds.listing import Listing
from feeds.listing import Site

Element = etree._Element
Generator: TypeAlias = feedgen.feed.FeedGenerator
Finish = Callable[[Element], object]


class Finisher:
    """An extension of feedgen that hands the finished element to a function of ours."""

    namespaces: dict[str, str] = {}

    def __init__(self) -> None:
        self.finish: Finish = lambda element: None

    def extend_ns(self) -> dict[str, str]:
        """Prefixes for the root element."""
        return self.namespaces

    def extend_rss(self, element: Element) -> Element:
        """Called with `rss` and with each `item`."""
        self.finish(element)
        return element

    def extend_atom(self, element: Element) -> Element:
        """Called with `feed` and with each `entry`."""
        self.finish(element)
        return element


def make_generator(listing: Listing, site: Site, form: Format, finisher: type[Finisher]) -> Generator:
    """A feed of feedgen's with everything but its dates, language and entries."""
    feed = feedgen.feed.FeedGenerator()
    feed.register_extension("finisher", finisher, finisher)
    feed.id(feed_id(listing.path))
    feed.title(feed_title(listing, site))
    feed.description(feed_description(listing))
    feed.author(name=site.name, uri=site.url("/"))
    feed.generator(GENERATOR)
    feed.link(href=site.url(form.path(listing.path)), rel="self", type=form.media_type)
    for other in FORMATS.values():
        if other is not form:
            feed.link(href=site.url(other.path(listing.path)), rel="alternate", type=other.media_type, title=other.name)
    # Last: feedgen takes the last link of all for the link of an RSS channel.
    feed.link(href=site.url(listing.path), rel="alternate", type="text/html")
    return feed


def add_entry(feed: Generator, item: Item, finish: Finish) -> feedgen.entry.FeedEntry:
    """An entry with what RSS and Atom write alike, behind the others: feedgen puts it in front unless told."""
    entry = feed.add_entry(order="append")
    entry.finisher.finish = finish
    entry.id(item.id)
    for category in item.categories:
        entry.category(term=category.term, scheme=category.scheme, label=category.label)
    return entry
