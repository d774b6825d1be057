"""Headers of all answers, by what is asked for: a page, a feed, the API."""

from __future__ import annotations

import re
import uuid
from http import HTTPStatus

from flask import Flask
from flask import Response
from flask import request

from feeds.addresses import OPML
from feeds.addresses import STATIC
from feeds.formats import FORMATS
from feeds.formats import OPML_SUFFIX
from web.state import get_state

#: Pages show pictures and films of other sites, and run our one script.
_CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' https: http:; "
    "media-src https: http:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
#: Nothing of what a browser could be asked for; our script writes to the clipboard.
_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in "accelerometer autoplay camera display-capture geolocation gyroscope magnetometer microphone midi "
    "payment usb".split()
)
#: A year (RFC 6797, section 6.1.1).
_SECURE = "max-age=31536000"
#: What other sites may show: the icon, which readers put beside a feed, and the rest of what is the same for all.
_FOR_ALL = ("/favicon.ico", f"{STATIC}/")
#: What a script may read beside the body.
_EXPOSED = "ETag, Last-Modified, Link, Retry-After, X-Request-Id, Deprecation, Sunset"
_FEEDS = (*FORMATS, OPML_SUFFIX)
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


def register(app: Flask) -> None:
    """Have the application add them."""
    app.after_request(_add_headers)


def is_api() -> bool:
    """Whether the request is for the JSON API, which also answers errors in JSON."""
    return names_api(request.path)


def is_feed() -> bool:
    """Whether the request is for a feed, or a list of feeds."""
    return names_feed(request.path)


def names_api(path: str) -> bool:
    """Whether a path leads to the JSON API."""
    return path.startswith("/api/")


def names_feed(path: str) -> bool:
    """Whether a path leads to a feed, or a list of feeds."""
    return not names_api(path) and (path.endswith(_FEEDS) or path == OPML)


def _add_headers(response: Response) -> Response:
    if is_api() or is_feed():
        _share(response)
    if response.status_code != HTTPStatus.NOT_MODIFIED:  # the client has those of the body that it has
        _protect(response)
    if is_api():
        response.headers["X-Request-Id"] = _request_id()
    return response


def _protect(response: Response) -> None:
    response.headers["X-Content-Type-Options"] = "nosniff"
    if get_state().site.base_url.startswith("https://"):
        response.headers["Strict-Transport-Security"] = _SECURE
    if is_feed():  # no browser runs anything in one; each header that gunicorn checks costs a hundredth of a hot answer
        return
    response.headers["Content-Security-Policy"] = _CONTENT_POLICY
    response.headers["Referrer-Policy"] = "no-referrer"  # many picture hosts refuse requests that come from elsewhere
    if not is_api() and not request.path.startswith(_FOR_ALL):
        response.headers["Permissions-Policy"] = _PERMISSIONS
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"


def _share(response: Response) -> None:
    """CORS: anybody's script may read what anybody may read (https://fetch.spec.whatwg.org/#http-cors-protocol)."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    if is_api():
        response.headers["Access-Control-Expose-Headers"] = _EXPOSED
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
        response.headers["Access-Control-Allow-Headers"] = "If-None-Match, If-Modified-Since, X-Request-Id"
        response.headers["Access-Control-Max-Age"] = "86400"


def _request_id() -> str:
    given = request.headers.get("X-Request-Id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
