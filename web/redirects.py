"""One address for everything: what stands elsewhere, in other letters or with a slash at the end, moves for ever."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask
from flask import redirect
from flask import request
from werkzeug.wrappers import Response

from feeds.addresses import API
from web.aliases import canonical
from web.state import get_state

#: What may stand unencoded in the addresses that `feeds.addresses` makes.
_SAFE = "/,"


def register(app: Flask) -> None:
    """Have the application send on requests for aliases, and those with a slash at the end.

    Werkzeug's own redirect, for slashes that follow each other, would lead to whatever host the request names.
    """
    app.url_map.merge_slashes = False
    app.before_request(_to_the_one_address)


def moved(path: str) -> Response:
    """A redirect for ever to a path of `feeds.addresses`; what stands behind the question mark is kept."""
    query = request.query_string.decode("latin-1")
    mark = "&" if "?" in path else "?"
    return redirect(get_state().site.local(path) + (f"{mark}{query}" if query else ""), 301)


def _to_the_one_address() -> Response | None:
    """Slashes in front are dropped too: `//host/` would lead to another site.

    Whatever comes out begins with one slash and no other, and is encoded: no address that somebody made up leads away.
    """
    name = request.path.strip("/")
    if not name or request.method not in {"GET", "HEAD"} or f"/{name}/".startswith(f"{API}/"):
        return moved(f"/{quote(name)}") if name and request.path.endswith("/") and request.method != "POST" else None
    path = canonical(name) or f"/{name}"
    return moved(quote(path, safe=_SAFE)) if path != request.path else None
