"""Answers with validators: 200 with a body, or 304 without one (RFC 9110, section 13), in the coding that is wanted."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response
from flask import request
from werkzeug.datastructures import Headers
from werkzeug.http import http_date
from werkzeug.http import parse_date

from feeds.formats.items import MAX_AGE_SECONDS
from feeds.formats.items import hub
from feeds.model import Scope
from web.cache import Kept
from web.cache import Rendered
from web.compression import IDENTITY
from web.compression import choose
from web.compression import coded_tag
from web.compression import compress
from web.state import get_state

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse
    from _typeshed.wsgi import WSGIEnvironment

#: A reader may keep a feed this long, may show the old one while it asks, and when we do not answer.
FEED_CACHING = f"public, max-age={MAX_AGE_SECONDS}, stale-while-revalidate=60, stale-if-error=86400"
#: What a closed archive document holds does not change any more, so who has it keeps it. Where an old text is withdrawn
#: after all, caches that serve many find out within a day.
ARCHIVE_CACHING = "public, max-age=31536000, s-maxage=86400, stale-if-error=86400, immutable"
#: Kept by anyone, asked for each time: a 304 costs little and nobody sees an old page.
REVALIDATE = "public, no-cache"
#: What was answered from the cache: in which coding, and whether without a body; and where an answer leaves it in the
#: environment of the request.
Served = tuple[Kept, str, bool]
SERVED = "feedwright.served"
#: Where who stands in front leaves what it found in the cache.
FOUND = "feedwright.found"

_ENTITY_TAG = re.compile(r'(?:W/)?"([^"]*)"|([^\s,"]+)')
#: What we, servers and CDNs hang onto the tag of a body that is compressed.
_ENCODED = re.compile(r"(?:[-;](?:gzip|gz|br|zstd|deflate))+$")


def serve(address: str, scopes: Sequence[Scope], render: Callable[[], Rendered]) -> Response:
    """The feed at a canonical address, from the cache where it has the present version of the listing.

    `scopes` are those of the listing; `render` is called where the cache has nothing. Whatever else the answer depends
    on must be part of the address. Raises `StoreError`, and what `render` raises.
    """
    return _of(get_state().cache.fetch(address, scopes, render))


def serve_kept() -> Response | None:
    """What the layer in front found in the cache, in a form that was not asked for yet; the store is not read again."""
    kept = request.environ.get(FOUND)
    return None if kept is None else _of(kept)


def _of(kept: Kept) -> Response:
    state = get_state()
    coding = choose(request.headers.get("Accept-Encoding"), kept.is_large)
    if coding is None:
        return _not_acceptable()
    headers = _headers(kept.rendered, coding, kept.rendered.caching or FEED_CACHING)
    if announced := hub(state.site, kept.address):
        headers["Link"] = f'<{announced}>; rel="hub", <{state.site.url(kept.address)}>; rel="self"'
    known = _is_known(kept.rendered)
    body = None if known else state.cache.body(kept, coding)
    response = _response(body, coding, kept.rendered.content_type, headers)
    response.served = kept, coding, known
    return response


def answer(rendered: Rendered, caching: str) -> Response:
    """A rendering that is not kept, or 304 where the client has it."""
    coding = choose(request.headers.get("Accept-Encoding"), rendered.is_large)
    if coding is None:
        return _not_acceptable()
    headers = _headers(rendered, coding, caching)
    body = None if _is_known(rendered) else compress(rendered.body, coding)
    return _response(body, coding, rendered.content_type, headers)


def is_fresh(tags: str | None, since: str | None, etag: str, modified: datetime | None) -> bool:
    """Whether the client has the bytes: If-None-Match (`tags`) decides, If-Modified-Since only where that is missing.

    The first compares weakly and takes lists, `*`, tags without quotes and tags of compressed bodies. The second takes
    any date that is not before ours: some readers send one of their own.
    """
    if tags is not None:
        return _names(tags, etag)
    if since is None or modified is None:
        return False
    date = parse_date(since)
    return date is not None and modified.replace(microsecond=0) <= date


def _is_known(rendered: Rendered) -> bool:
    tags, since = (request.headers.get(name) for name in ("If-None-Match", "If-Modified-Since"))
    return is_fresh(tags, since, rendered.etag, rendered.modified)


def _names(tags: str, etag: str) -> bool:
    if tags.strip() == "*":
        return True
    found = (quoted or bare for quoted, bare in _ENTITY_TAG.findall(tags))
    return any(_ENCODED.sub("", tag) == etag for tag in found)


def _headers(rendered: Rendered, coding: str, caching: str) -> dict[str, str]:
    headers = {"ETag": coded_tag(rendered.etag, coding), "Cache-Control": caching, "Vary": "Accept-Encoding"}
    if rendered.modified is not None:
        headers["Last-Modified"] = http_date(rendered.modified)
    return headers


def _response(body: bytes | None, coding: str, content_type: str, headers: dict[str, str]) -> _Validated:
    """304 where there is no body."""
    if body is None:
        return _Validated(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    if coding != IDENTITY:
        headers["Content-Encoding"] = coding
    return _Validated(body, headers=headers, content_type=content_type)


def _not_acceptable() -> Response:
    return Response(
        "The client accepts neither br nor gzip, and refuses the body without them.\n",
        HTTPStatus.NOT_ACCEPTABLE,
        headers={"Cache-Control": "no-store", "Vary": "Accept-Encoding"},
        content_type="text/plain; charset=utf-8",
    )


class _Validated(Response):
    """Keeps Last-Modified, which werkzeug takes out of a 304: readers store the validators of the last answer."""

    #: Left in the environment of the request, for who stands in front of Flask.
    served: Served | None = None

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        headers = super().get_wsgi_headers(environ)
        if (modified := self.headers.get("Last-Modified")) is not None:
            headers["Last-Modified"] = modified
        return headers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[SERVED] = self.served
        return super().__call__(environ, start_response)
