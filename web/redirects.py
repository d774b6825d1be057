"""One address for everything: what stands elsewhere, or with a slash at the end, moves for ever."""

from __future__ import annotations

from urllib.parse import quote

from flask import Flask
from flask import redirect
from flask import request
from werkzeug.wrappers import Response

from web.state import get_state


def register(app: Flask) -> None:
    """Have the application send requests with a slash at the end on."""
    app.before_request(_without_slash)


def moved(path: str) -> Response:
    """A redirect for ever to a path of `feeds.addresses`; what stands behind the question mark is kept."""
    query = request.query_string.decode("latin-1")
    return redirect(get_state().site.local(path) + (f"?{query}" if query else ""), 301)


def _without_slash() -> Response | None:
    """Slashes in front are dropped too: `//host/` would lead to another site."""
    if request.path.endswith("/") and (name := request.path.strip("/")) and request.method in {"GET", "HEAD"}:
        return moved(f"/{quote(name)}")
    return None
