"""Where things stand on our site: every path is made here, by pages, feeds and API alike.

Paths are canonical: percent-encoded ASCII, slugs in one order, without suffix and without a slash at the end.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote
from urllib.parse import urlsplit
from urllib.parse import urlunsplit

HOME = "/"
ENTRIES = "/entries"
AUTHORS = "/authors"
TOPICS = "/topics"
SOURCES = "/sources"
DOCUMENTS = "/documents"
STORIES = "/stories"
API = "/api/v1"
STATIC = "/static"
SEARCH = "/search"
ABOUT = "/about"
SITEMAP = "/sitemap.xml"
SITEMAPS = "/sitemaps"
PICTURES = "/pictures"

_URN = "urn:uuid:"
#: All that may stand in an address as it is (RFC 3986, section 2), and the sign of what is encoded already.
_SAFE = "!#$%&'()*+,/:;=?@[]~"


def entry_path(entry_id: str) -> str:
    """The page of an entry: its id without `urn:uuid:`."""
    return f"{ENTRIES}/{entry_id.removeprefix(_URN)}"


def story_path(story_id: str) -> str:
    """The page of a story: its id without `urn:uuid:`."""
    return f"{STORIES}/{story_id.removeprefix(_URN)}"


def author_path(slug: str) -> str:
    """The listing of an author."""
    return listing_path(AUTHORS, (slug,))


def topic_path(slug: str) -> str:
    """The listing of a topic."""
    return listing_path(TOPICS, (slug,))


def source_path(slug: str) -> str:
    """The listing of a source."""
    return listing_path(SOURCES, (slug,))


def listing_path(kind: str, slugs: Iterable[str]) -> str:
    """The listing of any of `slugs`, in the one order that counts as canonical; `kind` is such as `AUTHORS`."""
    return f"{kind}/{','.join(quote(slug, safe='') for slug in sorted(set(slugs)))}"


def ascii_url(url: str) -> str | None:
    """An address that every reader can follow: http or https, percent-encoded; None where it is none.

    Readers differ in what they do with other characters (RFC 3987, section 3.1, says how they become these).
    """
    parts = urlsplit("".join(c for c in url if c.isprintable()).strip())
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return None
    host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    return quote(urlunsplit(parts._replace(netloc=host)), safe=_SAFE)
