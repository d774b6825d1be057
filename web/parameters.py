"""Parameters of pages and feeds."""

from __future__ import annotations

from collections.abc import Mapping

from feeds.errors import QueryError

#: All that a feed looks at; it ignores every other parameter.
FEED_PARAMETERS = frozenset({"q", "role", "collapse", "titles", "mode", "cursor"})
COLLAPSE = "story"
ROLES = ("byline", "quoted", "any")


def read_collapse(given: Mapping[str, str]) -> bool:
    """Whether only one entry of each story is asked for. Raises `QueryError`."""
    words = given.get("collapse", "")
    if words not in {"", COLLAPSE}:
        raise QueryError("collapse", f"{words!r} is nothing to collapse by", (COLLAPSE,))
    return bool(words)
