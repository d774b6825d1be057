"""The forms that a listing can be written in, besides a page: RSS 2.0, Atom 1.0, JSON Feed 1.1; and OPML.

All feeds are made from the same items, so that they tell the same: see `feeds.formats.items`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import replace

from feeds.listing import Listing
from feeds.listing import Site
from feeds.shapes import Shape


@dataclass(frozen=True, slots=True)
class Format:
    """A form of a listing."""

    #: Behind the listing's path, with the dot.
    suffix: str
    name: str
    #: Without parameters.
    media_type: str
    _write: Callable[[Listing, Site, Shape], bytes]

    @property
    def content_type(self) -> str:
        """The header's value."""
        return f"{self.media_type}; charset=utf-8"

    def path(self, listing_path: str) -> str:
        """Where this form of a listing stands."""
        return Shape(suffix=self.suffix).address(listing_path)

    def render(self, listing: Listing, site: Site, shape: Shape | None = None) -> bytes:
        """The bytes, UTF-8, the same for the same listing; the suffix of `shape` does not count."""
        return self._write(listing, site, replace(shape or Shape(), suffix=self.suffix))


# The writers are imported when the first feed is written: a process that serves none need not load feedgen and lxml.


def _rss(listing: Listing, site: Site, shape: Shape) -> bytes:
    from feeds.formats.rss import render

    return render(listing, site, shape)


def _atom(listing: Listing, site: Site, shape: Shape) -> bytes:
    from feeds.formats.atom import render

    return render(listing, site, shape)


def _json_feed(listing: Listing, site: Site, shape: Shape) -> bytes:
    from feeds.formats.jsonfeed import render

    return render(listing, site, shape)


RSS = Format(".rss", "RSS", "application/rss+xml", _rss)
ATOM = Format(".atom", "Atom", "application/atom+xml", _atom)
JSON_FEED = Format(".json", "JSON Feed", "application/feed+json", _json_feed)

#: By suffix, in the order in which they are offered.
FORMATS = {form.suffix: form for form in (RSS, ATOM, JSON_FEED)}
#: Those with archive documents (RFC 5005); JSON Feed has `next_url`.
ARCHIVED = {form.suffix: form for form in (RSS, ATOM)}

#: A list of feeds, no feed: see `feeds.formats.opml`.
OPML_SUFFIX = ".opml"
OPML_TYPE = "text/x-opml; charset=utf-8"
