"""Answers with validators: 200 with a body, or 304 without one (RFC 9110, section 13)."""

from __future__ import annotations

import re
from collections.abc import Callable
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flask import Response
from flask import request
from werkzeug.datastructures import Headers
from werkzeug.http import http_date
from werkzeug.http import parse_date

from feeds.formats.items import MAX_AGE_SECONDS
from web.cache import Rendered
from web.state import get_state

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

#: A reader may keep a feed this long, may show the old one while it asks, and when we do not answer.
FEED_CACHING = f"public, max-age={MAX_AGE_SECONDS}, stale-while-revalidate=60, stale-if-error=86400"
#: What a closed archive document holds does not change any more, so who has it keeps it. Where an old text is withdrawn
#: after all, caches that serve many find out within a day.
ARCHIVE_CACHING = "public, max-age=31536000, s-maxage=86400, stale-if-error=86400, immutable"
#: Kept by anyone, asked for each time: a 304 costs little and nobody sees an old page.
REVALIDATE = "public, no-cache"

_ENTITY_TAG = re.compile(r'(?:W/)?"([^"]*)"|([^\s,"]+)')
#: What servers and CDNs hang onto the tag of a body that they compressed.
_ENCODED = re.compile(r"[-;](?:gzip|br|zstd|deflate)$")


def answer(rendered: Rendered, caching: str) -> Response:
    """The rendering, or 304 where the client has it."""
    headers = {"ETag": f'"{rendered.etag}"', "Cache-Control": caching, "Vary": "Accept-Encoding"}
    if rendered.modified is not None:
        headers["Last-Modified"] = http_date(rendered.modified)
    if is_fresh(request.headers, rendered):
        return _NotModified(status=304, headers=headers)
    return Response(rendered.body, headers=headers, content_type=rendered.content_type)


class _NotModified(Response):
    """Keeps Last-Modified, which werkzeug takes out of a 304: readers store the validators of the last answer."""

    def get_wsgi_headers(self, environ: WSGIEnvironment) -> Headers:
        headers = super().get_wsgi_headers(environ)
        if (modified := self.headers.get("Last-Modified")) is not None:
            headers["Last-Modified"] = modified
        return headers


def is_fresh(headers: Headers, rendered: Rendered) -> bool:
    """Whether the client has these bytes: If-None-Match decides, If-Modified-Since only where that is missing.

    The first compares weakly and takes lists, `*`, tags without quotes and tags of compressed bodies. The second takes
    any date that is not before ours: some readers send one of their own.
    """
    if (tags := headers.get("If-None-Match")) is not None:
        return _names(tags, rendered.etag)
    since = parse_date(headers.get("If-Modified-Since"))
    return since is not None and rendered.modified is not None and rendered.modified.replace(microsecond=0) <= since


def _names(tags: str, etag: str) -> bool:
    if tags.strip() == "*":
        return True
    found = (quoted or bare for quoted, bare in _ENTITY_TAG.findall(tags))
    return any(_ENCODED.sub("", tag) == etag for tag in found)


def known(address: str) -> Response | None:
    """The answer at an address that was answered before; what stands in the cache stands under canonical ones only."""
    state = get_state()
    rendered = state.cache.get(address, state.store.version())
    return None if rendered is None else answer(rendered, rendered.caching or FEED_CACHING)


def serve(address: str, scopes: Sequence[object], render: Callable[[], Rendered]) -> Response:
    """The answer at a canonical address, rendered only where the cache does not have it.

    The version is read before the entries: a rendering may be newer than its label, never older.
    """
    state = get_state()
    version = state.store.version()
    rendered = state.cache.get(address, version)
    if rendered is None:
        rendered = render()
        state.cache.put(address, version, rendered)
    return answer(rendered, rendered.caching or FEED_CACHING)
