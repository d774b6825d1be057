"""The few small files that all pages share, out of memory, so that no answer holds an open file.

Pages name them with a hash of what is in them: who has one keeps it and never asks again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from flask import Blueprint
from flask import Response
from flask import request

from feeds.addresses import STATIC
from feeds.errors import NotFoundError
from web.cache import Rendered
from web.conditional import REVALIDATE
from web.conditional import answer
from web.state import get_state

bp = Blueprint("assets", __name__)

_FOLDER = Path(__file__).with_name("static")
#: A year, without asking: another content has another address.
_FOR_GOOD = "public, max-age=31536000, immutable"
#: RFC 9239 names the type of scripts.
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml; charset=utf-8",
}
_DIGITS = 8


def address(name: str) -> str:
    """Where a file stands, seen from the host's root. Raises `NotFoundError`."""
    return f"{get_state().site.local(f'{STATIC}/{name}')}?v={_version(_read(name))}"


@bp.get(f"{STATIC}/<name>")
def asset(name: str) -> Response:
    """One file. Raises `NotFoundError`."""
    found = _read(name)
    return answer(found, _FOR_GOOD if request.args.get("v") == _version(found) else REVALIDATE)


def names() -> list[str]:
    """All that there are, in order."""
    return sorted(_files())


def _read(name: str) -> Rendered:
    if (found := _files().get(name)) is None:
        raise NotFoundError("page", name)
    return found


@cache
def _files() -> Mapping[str, Rendered]:
    paths = (path for path in _FOLDER.iterdir() if path.suffix in _TYPES)
    return {path.name: Rendered(path.read_bytes(), _TYPES[path.suffix]) for path in paths}


def _version(found: Rendered) -> str:
    return found.etag[:_DIGITS]
