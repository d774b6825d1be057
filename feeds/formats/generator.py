"""What RSS and Atom share in using feedgen 1.0.0: one way to set up a feed, one way to add what feedgen leaves out.

feedgen calls `extend_rss` and `extend_atom` of an extension with each element that it has made.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Iterator
from typing import TypeAlias

import feedgen.feed  # before any other module of feedgen: feedgen.util needs lxml.etree to be loaded
from lxml import etree

from feeds.archives import read_part
from feeds.formats import FORMATS
from feeds.formats import Format
from feeds.formats.items import GENERATOR
from feeds.formats.items import Item
from feeds.formats.items import feed_description
from feeds.formats.items import feed_id
from feeds.formats.items import feed_title
from feeds.formats.items import hub
from feeds.listing import Listing
from feeds.listing import Site
from feeds.shapes import Shape

Element = etree._Element
Generator: TypeAlias = feedgen.feed.FeedGenerator
Finish = Callable[[Element], object]

#: RFC 5005, section 4.
HISTORY = "http://purl.org/syndication/history/1.0"

_MARK = re.compile("[&<]")
_REFERENCES = {"&": "#x26", "<": "#x3C"}


class Finisher:
    """An extension of feedgen that hands the finished element to a function of ours."""

    namespaces: dict[str, str] = {}

    def __init__(self) -> None:
        self.finish: Finish = lambda element: None
        self.more: dict[str, str] = {}

    def extend_ns(self) -> dict[str, str]:
        """Prefixes for the root element."""
        return {**self.namespaces, **self.more}

    def extend_rss(self, element: Element) -> Element:
        """Called with `rss` and with each `item`."""
        self.finish(element)
        return element

    def extend_atom(self, element: Element) -> Element:
        """Called with `feed` and with each `entry`."""
        self.finish(element)
        return element


def make_generator(listing: Listing, site: Site, form: Format, shape: Shape, finisher: type[Finisher]) -> Generator:
    """A feed of feedgen's with everything but its dates, language, entries and the links of its history."""
    feed = feedgen.feed.FeedGenerator()
    feed.register_extension("finisher", finisher, finisher)
    feed.finisher.more = {"fh": HISTORY} if shape.archive else {}
    feed.id(feed_id(listing.path, shape))
    feed.title(feed_title(listing, site))
    feed.description(feed_description(listing))
    feed.author(name=site.name, uri=site.url("/"))
    feed.generator(GENERATOR)
    feed.link(href=site.url(shape.address(listing.path)), rel="self", type=form.media_type)
    for other in FORMATS.values():
        if other is not form and not shape.is_part:
            address = _in(other, shape).address(listing.path)
            feed.link(href=site.url(address), rel="alternate", type=other.media_type, title=other.name)
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


def feed_links(listing: Listing, site: Site, shape: Shape) -> Iterator[tuple[str, str]]:
    """What the feed leads to beside itself and its other formats, as rel and address: its hub, its archives."""
    if announced := hub(site, shape.address(listing.path)):
        yield "hub", announced
    if shape.archive:
        yield "current", site.url(shape.whole.address(listing.path))
    for rel, name in (("prev-archive", listing.older), ("next-archive", listing.newer)):
        if name:
            yield rel, site.url(_archive(shape, name).address(listing.path))


def spell_out(element: Element) -> None:
    """Write `&` and `<` in a text as `&#x26;` and `&#x3C;`, which no reader takes for markup.

    Readers disagree on whether such texts are HTML (https://www.rssboard.org/rss-profile#data-types-characterdata).
    """
    text = element.text or ""
    marks = list(_MARK.finditer(text))
    if not marks:
        return
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    element.text = text[: marks[0].start()]
    for mark, end in zip(marks, ends, strict=True):
        reference = etree.Entity(_REFERENCES[mark[0]])
        reference.tail = text[mark.end() : end]
        element.append(reference)


def _in(form: Format, shape: Shape) -> Shape:
    return Shape(suffix=form.suffix, script=shape.script, summary=shape.summary, titles=shape.titles)


def _archive(shape: Shape, name: str) -> Shape:
    """Only such names as `feeds.archives` reads become addresses."""
    whole = shape.whole
    return Shape(
        suffix=whole.suffix,
        script=whole.script,
        summary=whole.summary,
        titles=whole.titles,
        archive=read_part(name).name,
    )
