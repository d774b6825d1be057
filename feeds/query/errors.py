"""The mistake in a query, with its place."""

from __future__ import annotations

from collections.abc import Sequence

from feeds.errors import QueryError
from feeds.text import width

_PARAMETER = "q"
#: Of the query, in front of the mistake and behind it, that a message shows.
_AROUND = 20


class QuerySyntaxError(QueryError):
    """A query that cannot be read; `query[start:end]` is where it goes wrong."""

    def __init__(self, query: str, start: int, end: int, problem: str, allowed: Sequence[str] = ()) -> None:
        shown = _shown(query, start, end)
        super().__init__(_PARAMETER, f"{problem} (character {start + 1}: {shown})", allowed)
        self.query = query
        self.start = start
        self.end = end
        #: The message without the place.
        self.problem = problem

    @property
    def caret(self) -> str:
        """The query, and under it a mark at the mistake, for a screen with letters of one width."""
        line = "".join(c if c.isprintable() else " " for c in self.query)
        return f"{line}\n{' ' * width(line[: self.start])}{'^' * max(1, width(line[self.start : self.end]))}"


def _shown(query: str, start: int, end: int) -> str:
    before, mistake, behind = query[max(0, start - _AROUND) : start], query[start:end], query[end : end + _AROUND]
    words = f"{before}>>>{mistake[: 2 * _AROUND]}<<<{behind}"
    return "".join(c if c.isprintable() else " " for c in words)
