"""WebSub (https://www.w3.org/TR/websub/): a hub is told which feeds changed, and tells those who subscribed.

How a publisher tells it is left open there (section 6); `hub.mode=publish` with a `hub.url` for each feed is what hubs
have taken since PubSubHubbub 0.3. The network is passed in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from urllib.parse import urljoin
from urllib.parse import urlsplit

from feeds.addresses import AUTHORS
from feeds.addresses import DOCUMENTS
from feeds.addresses import ENTRIES
from feeds.addresses import SOURCES
from feeds.addresses import TOPICS
from feeds.addresses import listing_path
from feeds.formats import FORMATS
from feeds.listing import Site
from feeds.model import Scope
from feeds.shapes import SCRIPTS
from feeds.shapes import Shape

#: Feeds in one request.
MOST = 100
#: How often one request is sent, and the seconds to wait before it is sent again.
ATTEMPTS = 3
PAUSES = (1.0, 4.0)
#: Requests that a hub may send on to another address.
_REDIRECTS = 3
_KINDS = {"author": AUTHORS, "topic": TOPICS, "source": SOURCES, "document": DOCUMENTS}
#: What is told of: the feeds that `feeds.formats.items.hub` names the hub in.
_SHAPES = tuple(Shape(suffix=suffix, script=script) for suffix in FORMATS for script in (None, *SCRIPTS))

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a hub answered."""

    status: int
    #: Of a redirect.
    location: str | None = None


#: Sends a form to an address; raises `OSError` where nothing was answered in time.
Post = Callable[[str, bytes], Answer]


def changed_feeds(scopes: Iterable[Scope], site: Site) -> tuple[str, ...]:
    """The addresses of the feeds of listings that changed, in all formats and scripts."""
    paths = [_path(scope) for scope in sorted(scopes)]
    return tuple(site.url(shape.address(path)) for path in paths if path is not None for shape in _SHAPES)


def publish(hub: str, feeds: Sequence[str], post: Post, sleep: Callable[[float], object]) -> int:
    """Tell the hub of these feeds, some at a time; gives how many it was told of.

    Failure is harmless: what cannot be told becomes a warning, and a hub that fails is not asked for the rest.
    """
    for start in range(0, len(feeds), MOST):
        form = urlencode([("hub.mode", "publish"), *(("hub.url", url) for url in feeds[start : start + MOST])])
        problem = _tell(hub, form.encode("ascii"), post, sleep)
        if problem is not None:
            _log.warning("the WebSub hub %s was not told of %d feeds: %s", hub, len(feeds) - start, problem)
            return start
    return len(feeds)


def _path(scope: Scope) -> str | None:
    if scope.kind == "all":
        return ENTRIES
    return listing_path(_KINDS[scope.kind], (scope.key,)) if scope.kind in _KINDS else None


def _tell(hub: str, form: bytes, post: Post, sleep: Callable[[float], object]) -> str | None:
    """What went wrong in the end; None where nothing did."""
    problem = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            sleep(PAUSES[attempt - 1])
        try:
            url, answer = _follow(hub, form, post)
        except OSError as error:
            problem = str(error) or type(error).__name__
            continue
        if 200 <= answer.status < 300:
            return None
        if 300 <= answer.status < 400:
            return f"it redirects ({answer.status}); set WEBSUB_HUB to where it is now: {url}"
        problem = f"it answered {answer.status}"
        if answer.status < 500 and answer.status != 429:
            break
    return problem


def _follow(hub: str, form: bytes, post: Post) -> tuple[str, Answer]:
    """The last answer behind the redirects that keep a POST what it is (RFC 9110, 15.4.8 and 15.4.9), and its place."""
    url = hub
    for _ in range(_REDIRECTS + 1):
        answer = post(url, form)
        if not 300 <= answer.status < 400:
            break
        url = urljoin(url, answer.location or "")
        if answer.status not in {307, 308} or urlsplit(url).scheme not in {"http", "https"}:
            break
    return url, answer
