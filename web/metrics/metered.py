"""A layer of WSGI (PEP 3333) that counts requests and times answers; there is none without METRICS_TOKEN."""

from __future__ import annotations

from collections.abc import Iterable
from time import perf_counter
from typing import TYPE_CHECKING
from typing import Any

from feeds.addresses import PROBES
from feeds.addresses import STATIC
from web.conditional import FOUND
from web.headers import names_api
from web.headers import names_feed
from web.hot import HOT
from web.metrics.cells import KINDS
from web.metrics.cells import Meter

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse
    from _typeshed.wsgi import WSGIApplication
    from _typeshed.wsgi import WSGIEnvironment

    from web.cache import Cache

_FEED, _PAGE, _API, _STATIC, _PROBE = range(len(KINDS))


class Metered:
    """The application `app`, counted."""

    def __init__(self, app: WSGIApplication, meter: Meter, cache: Cache) -> None:
        self._app = app
        self._meter = meter
        self._cache = cache

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Have the application answer."""
        status = "500"

        def start(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status
            status = line
            return start_response(line, headers, exc_info) if exc_info else start_response(line, headers)

        path, began = environ.get("PATH_INFO", ""), perf_counter()
        try:
            return self._app(environ, start)
        finally:
            self._meter.answered(kind_of(path), int(status[:3]), perf_counter() - began)
            if HOT in environ:
                self._meter.hot()
            else:
                self._meter.cache_holds(self._cache.size, self._cache.entries)
                if FOUND in environ:
                    self._meter.kept()


def kind_of(path: str) -> int:
    """The number in `KINDS` of what a path asks for."""
    if names_api(path):
        return _API
    if names_feed(path):
        return _FEED
    if path.startswith(f"{STATIC}/"):
        return _STATIC
    return _PROBE if path in PROBES else _PAGE
