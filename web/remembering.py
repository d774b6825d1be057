"""What is made of the whole store for pages that count everything: made once, and again when the store has changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any
from typing import TypeVar

from feeds.model import Scope
from feeds.store import Mark

#: Seconds from which on making a value takes long, and for how many times as long it is given then, where it may lag.
#: Of a hundred thousand entries nothing takes so long; of a million, figures may be minutes old.
LONG, LAG = 1.0, 20

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Kept:
    #: How the store stood.
    mark: Mark
    value: Any
    #: Seconds of the clock: when it was made, and how long that took.
    made: float
    took: float

    def is_of(self, mark: Mark) -> bool:
        return (mark.lineage, mark.store_version) == (self.mark.lineage, self.mark.store_version)


class Remembered:
    """Values by name, a few of them, each with how the store stood. Safe to share between threads.

    `look` is `feeds.store.Store.look`; `clock` tells seconds.
    """

    def __init__(self, look: Callable[[Sequence[Scope], Mark | None], Mark], clock: Callable[[], float] = monotonic):
        self._look = look
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._making: defaultdict[str, Lock] = defaultdict(Lock)

    def get(self, name: str, make: Callable[[], _T], *, may_lag: bool = False) -> _T:
        """The value of `name`, which `make` makes; one thread does, the others wait for it. Raises what `make` raises.

        One that `may_lag` and took `LONG` stays for `LAG` times as long, and others get it while the next one is made.
        """
        kept = self._kept.get(name)
        lags = False
        if kept is not None:
            mark = self._mark(kept)
            lags = may_lag and kept.took >= LONG and mark.lineage == kept.mark.lineage
            if kept.is_of(mark) or (lags and self._clock() < kept.made + LAG * kept.took):
                return kept.value  # type: ignore[no-any-return]
        making = self._making[name]
        if not making.acquire(blocking=not lags):
            return kept.value  # type: ignore[no-any-return, union-attr]
        try:
            return self._made(name, make)
        finally:
            making.release()

    def _made(self, name: str, make: Callable[[], _T]) -> _T:
        kept = self._kept.get(name)
        mark = self._mark(kept)  # before anything is read: a value may be newer than its mark, never older
        if kept is not None and kept.is_of(mark):
            return kept.value  # type: ignore[no-any-return]
        began = self._clock()
        value = make()
        ended = self._clock()
        self._kept[name] = _Kept(mark, value, ended, ended - began)
        return value

    def _mark(self, kept: _Kept | None) -> Mark:
        return self._look((), kept.mark if kept else None)
