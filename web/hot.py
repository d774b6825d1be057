"""A layer of WSGI (PEP 3333) in front of Flask: feeds that are in the cache are answered here, by look-ups only.

The headers are those with which Flask answered the same thing first, so the two never differ: a feed's headers must
depend on nothing but its address and what `web.conditional` negotiates.
"""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING
from typing import Any
from urllib.parse import urlsplit

from feeds.errors import StoreError
from web.cache import Cache
from web.cache import Kept
from web.compression import choose
from web.conditional import FOUND
from web.conditional import SERVED
from web.conditional import is_fresh
from web.parameters import FEED_PARAMETERS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse
    from _typeshed.wsgi import WSGIApplication
    from _typeshed.wsgi import WSGIEnvironment

_READS = frozenset({"GET", "HEAD"})
#: What a client can say of our own address; it is in the settings.
_CLAIMS = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PREFIX",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_SERVER",
)


#: Left in the environment of a request that was answered here.
HOT = "feedwright.hot"


class HotFeeds:
    """The application `app` with its cached feeds in front."""

    def __init__(self, app: WSGIApplication, cache: Cache, base_url: str) -> None:
        self._app = app
        self._cache = cache
        base = urlsplit(base_url)
        self._scheme, self._host = base.scheme, base.netloc

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer, or have the application answer."""
        if "HTTP_HOST" not in environ and environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
            return _bad_request(start_response)
        method = environ["REQUEST_METHOD"]
        if method in _READS and (kept := self._find(environ)) is not None:
            coding = choose(environ.get("HTTP_ACCEPT_ENCODING"), kept.is_large)
            known = _is_known(environ, kept)
            if coding is not None and (head := kept.heads.get((coding, known))) is not None:
                environ[HOT] = True
                start_response(head[0], head[1].copy())
                return () if known or method == "HEAD" else (kept.bodies[coding],)
            environ[FOUND] = kept
        return self._ask(environ, start_response)

    def _find(self, environ: WSGIEnvironment) -> Kept | None:
        try:
            query = environ.get("QUERY_STRING", "")
            return self._cache.find((environ.get("PATH_INFO", ""), "" if query and _means_nothing(query) else query))
        except StoreError:
            return None  # the application finds it too, and says so

    def _ask(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Nothing behind this line learns by what name, or through which proxies, the client believes to reach us."""
        for claim in _CLAIMS:
            environ.pop(claim, None)
        environ["HTTP_HOST"] = self._host
        environ["wsgi.url_scheme"] = self._scheme

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            if (served := environ.get(SERVED)) is not None and status.startswith(("200", "304")):
                kept, coding, known = served
                kept.heads[coding, known] = status, headers.copy()
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        return self._app(environ, start)


def _means_nothing(query: str) -> bool:
    """Whether feeds ignore all of its parameters, such as those with which readers get around caches."""
    names = {part.partition("=")[0] for part in query.split("&")}
    return FEED_PARAMETERS.isdisjoint(names) and not any("%" in name for name in names)


def _is_known(environ: WSGIEnvironment, kept: Kept) -> bool:
    tags, since = environ.get("HTTP_IF_NONE_MATCH"), environ.get("HTTP_IF_MODIFIED_SINCE")
    if tags is None and since is None:
        return False
    return tags in kept.tags or is_fresh(tags, since, kept.rendered.etag, kept.rendered.modified)


def _bad_request(start_response: StartResponse) -> Iterable[bytes]:
    """HTTP/1.1 demands a Host header (RFC 9112, section 3.2)."""
    body = b"The Host header is missing.\n"
    status = HTTPStatus.BAD_REQUEST
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    headers.append(("X-Content-Type-Options", "nosniff"))
    start_response(f"{status.value} {status.phrase}", headers)
    return (body,)
