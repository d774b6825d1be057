"""Addresses that people and readers try, as a table: what other publishers call a feed, an author, a topic.

WordPress has `/feed/` and `/author/NAME/feed/`, Ghost `/tag/NAME/rss/`, Hugo `/index.xml`, Jekyll `/feed.xml`.
"""

from __future__ import annotations

from feeds.addresses import AUTHORS
from feeds.addresses import ENTRIES
from feeds.addresses import OPML
from feeds.addresses import SOURCES
from feeds.addresses import TOPICS
from feeds.formats import ATOM
from feeds.formats import FORMATS
from feeds.formats import JSON_FEED
from feeds.formats import OPML_SUFFIX
from feeds.formats import RSS
from feeds.shapes import SCRIPTS

#: What the feed of the site, or behind a slash that of a listing, is called elsewhere: the suffix.
FEEDS = {
    "feed": RSS.suffix,
    "rss": RSS.suffix,
    "rss2": RSS.suffix,
    "feed/rss": RSS.suffix,
    "feed/rss2": RSS.suffix,
    "rss.xml": RSS.suffix,
    "feed.xml": RSS.suffix,
    "index.xml": RSS.suffix,
    "index.rss": RSS.suffix,
    "feed.rss": RSS.suffix,
    "rss/index.xml": RSS.suffix,
    "atom": ATOM.suffix,
    "feed/atom": ATOM.suffix,
    "atom.xml": ATOM.suffix,
    "feed.atom": ATOM.suffix,
    "index.atom": ATOM.suffix,
    "json": JSON_FEED.suffix,
    "feed/json": JSON_FEED.suffix,
    "feed.json": JSON_FEED.suffix,
    "index.json": JSON_FEED.suffix,
    "jsonfeed": JSON_FEED.suffix,
}
#: What a kind of listing is called elsewhere; all in the plural stand for themselves.
KINDS = {
    "author": AUTHORS,
    "authors": AUTHORS,
    "user": AUTHORS,
    "users": AUTHORS,
    "people": AUTHORS,
    "topic": TOPICS,
    "topics": TOPICS,
    "tag": TOPICS,
    "tags": TOPICS,
    "category": TOPICS,
    "categories": TOPICS,
    "source": SOURCES,
    "sources": SOURCES,
}
#: Whole addresses.
PLACES = {
    "opml": OPML,
    "opml.xml": OPML,
    "index.opml": OPML,
    "subscriptions.opml": OPML,
    "all": ENTRIES,
    "posts": ENTRIES,
    "blog": ENTRIES,
    "latest": ENTRIES,
}
#: What can stand behind the name of a listing, in lower case.
_ENDINGS = {
    f"{script}{suffix}".lower(): f"{script}{suffix}"
    for script in ("", *(f".{script}" for script in SCRIPTS))
    for suffix in (*FORMATS, OPML_SUFFIX)
}


def canonical(words: str) -> str | None:
    """The path that an alias means, not percent-encoded and with a slash in front; None where it is none.

    `words` is a path without slashes around it. Names of authors and topics keep their case here; the listing knows
    whether they have another.
    """
    low = words.lower()
    if low in FEEDS:
        return ENTRIES + FEEDS[low]
    if low in PLACES:
        return PLACES[low]
    first, slash, rest = words.partition("/")
    kind, dot, ending = first.lower().partition(".")
    listing = ENTRIES if kind == ENTRIES.strip("/") else KINDS.get(kind)
    if listing is None or dot + ending not in {"", *_ENDINGS} or (dot and slash):
        return None
    if not slash:
        return _of_kind(listing, dot + ending)
    if listing == ENTRIES:
        return ENTRIES + FEEDS[rest.lower()] if rest.lower() in FEEDS else f"{ENTRIES}/{rest}"
    return f"{listing}/{_with_suffix(rest)}"


def _of_kind(listing: str, ending: str) -> str:
    """All entries are a listing; all authors are a list of listings."""
    if ending == OPML_SUFFIX and listing == ENTRIES:
        return OPML
    return listing + _ENDINGS.get(ending, "")


def _with_suffix(rest: str) -> str:
    """`NAME/feed/atom` and `NAME/topics/OTHER/rss` end with a feed; `NAME` alone does not."""
    segments = rest.split("/")
    for length in (2, 1):
        ending = "/".join(segments[-length:]).lower()
        if len(segments) > length and ending in FEEDS:
            return "/".join(segments[:-length]) + FEEDS[ending]
    return rest
