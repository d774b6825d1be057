"""The forms that a listing can be written in, besides a page: RSS 2.0, Atom 1.0, JSON Feed 1.1.

All of them are made from the same items, so that they tell the same: see `feeds.formats.items`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from feeds.listing import Listing
from feeds.listing import Site


@dataclass(frozen=True, slots=True)
class Format:
    """A form of a listing."""

    #: Behind the listing's path, with the dot.
    suffix: str
    name: str
    #: Without parameters.
    media_type: str
    #: Gives the bytes, UTF-8, the same for the same listing.
    render: Callable[[Listing, Site], bytes]

    @property
    def content_type(self) -> str:
        """The header's value."""
        return f"{self.media_type}; charset=utf-8"

    def path(self, listing_path: str) -> str:
        """Where this form of a listing stands."""
        path, mark, query = listing_path.partition("?")
        return path + self.suffix + mark + query


# The writers are imported when the first feed is written: a process that serves none need not load feedgen and lxml.


def _rss(listing: Listing, site: Site) -> bytes:
    from feeds.formats.rss import render

    return render(listing, site)


def _atom(listing: Listing, site: Site) -> bytes:
    from feeds.formats.atom import render

    return render(listing, site)


def _json_feed(listing: Listing, site: Site) -> bytes:
    from feeds.formats.jsonfeed import render

    return render(listing, site)


RSS = Format(".rss", "RSS", "application/rss+xml", _rss)
ATOM = Format(".atom", "Atom", "application/atom+xml", _atom)
JSON_FEED = Format(".json", "JSON Feed", "application/feed+json", _json_feed)

#: By suffix, in the order in which they are offered.
FORMATS = {form.suffix: form for form in (RSS, ATOM, JSON_FEED)}
