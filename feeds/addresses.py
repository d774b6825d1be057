"""Where things stand on our site: every path is made here, by pages, feeds and API alike.

Paths are canonical: percent-encoded ASCII, slugs in one order, without suffix and without a slash at the end.
"""

from __future__ import annotations

import re
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
FEEDS = "/feeds"
SEARCH = "/search"
OPML = "/opml"
API = "/api/v1"
STATIC = "/static"
ABOUT = "/about"
SITEMAP = "/sitemap.xml"
SITEMAPS = "/sitemaps"
PICTURES = "/pictures"
#: Asked for by machines that watch over us.
HEALTHZ, READYZ, METRICS = PROBES = ("/healthz", "/readyz", "/metrics")

_URN = "urn:uuid:"
#: What may stand in a path as it is (RFC 3986, section 3.3), and the sign of what is encoded already.
_IN_PATH = "!$%&'()*+,/:;=@~"
_IN_QUERY = _IN_PATH + "?"
#: A percent sign that encodes nothing.
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")


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


def refined_path(path: str, query: str, role: str | None = None) -> str:
    """A listing with a query in its canonical form, and with a role that is not the usual one."""
    parameters = [(name, value) for name, value in (("q", query), ("role", role)) if value]
    return path + "".join(f"{'&' if n else '?'}{name}={quote(v, safe='')}" for n, (name, v) in enumerate(parameters))


def ascii_url(url: str) -> str | None:
    """An address that every reader can follow: http or https, percent-encoded; None where it is none.

    Readers differ in what they do with other characters (RFC 3987, section 3.1, says how they become these), and with
    brackets, which only a host may have (RFC 3986, section 3.2.2).
    """
    try:
        parts = urlsplit("".join(c for c in url if c.isprintable()).strip())
        host = parts.netloc if parts.netloc.isascii() else parts.netloc.encode("idna").decode("ascii")
    except ValueError:  # a bracket in the host that closes nothing, a label that is too long
        return None
    if parts.scheme not in {"http", "https"} or not host:
        return None
    path, query, fragment = _encoded(parts.path, _IN_PATH), _encoded(parts.query, _IN_QUERY), parts.fragment
    return urlunsplit((parts.scheme, _encoded(host, "[]:@%!$&'()*+,;=~"), path, query, _encoded(fragment, _IN_QUERY)))


def _encoded(part: str, safe: str) -> str:
    return quote(_STRAY.sub("%25", part), safe=safe)
