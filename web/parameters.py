"""Parameters of pages and feeds."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from feeds.errors import QueryError

COLLAPSE = "story"


def read_collapse(given: MultiDict[str, str]) -> bool:
    """Whether only one entry of each story is asked for. Raises `QueryError`."""
    words = given.get("collapse", "")
    if words not in {"", COLLAPSE}:
        raise QueryError("collapse", f"{words!r} is nothing to collapse by", (COLLAPSE,))
    return bool(words)
