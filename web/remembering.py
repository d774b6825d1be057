"""What is made of the whole store for pages that count everything: made once, and again when the store has changed."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any
from typing import TypeVar

from feeds.model import Scope
from feeds.store import Mark

_T = TypeVar("_T")


class Remembered:
    """Values by name, a few of them, each with how the store stood. Safe to share between threads.

    `look` is `feeds.store.Store.look`.
    """

    def __init__(self, look: Callable[[Sequence[Scope], Mark | None], Mark]) -> None:
        self._look = look
        self._kept: dict[str, tuple[Mark, Any]] = {}

    def get(self, name: str, make: Callable[[], _T]) -> _T:
        """The value of `name`, which `make` makes. Two threads may make it at once. Raises what `make` raises."""
        kept = self._kept.get(name)
        # Before anything is read: a value may be newer than its mark, never older.
        mark = self._look((), kept[0] if kept else None)
        if kept is not None and (mark.lineage, mark.store_version) == (kept[0].lineage, kept[0].store_version):
            return kept[1]  # type: ignore[no-any-return]
        value = make()
        self._kept[name] = mark, value
        return value
