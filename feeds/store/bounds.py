"""Cursors that stand at a moment: what comes behind one was published before it."""

from __future__ import annotations

from datetime import datetime

from feeds.store.cursor import write_cursor


def cursor_at(moment: datetime) -> str:
    """The cursor behind which the entries come that were published before `moment`, and none of that very moment."""
    return write_cursor((moment, "", ""))
