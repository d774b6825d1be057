"""The names that queries may use: those of the store and of the topics' rules."""

from __future__ import annotations

from feeds.errors import NotFoundError
from feeds.query import Directory
from web.state import State
from web.suggestions import suggest


def directory(state: State) -> Directory:
    """The names that queries may use."""
    return Directory(state.store, state.topics, dict(state.site.topics), lambda missing: _near(missing, state))


def _near(missing: NotFoundError, state: State) -> list[str]:
    return [suggestion.slug for suggestion in suggest(missing, state)]
