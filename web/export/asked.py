"""Answers to questions that are asked again soon, so that the store gives each once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from functools import partial
from typing import Any
from typing import cast

#: Files that stand beside each other ask the same few questions. An answer may be two hundred entries with their texts.
_MOST = 48


class AskedOnce:
    """Stands for another object and remembers the last answers of some of its methods.

    Their arguments must be hashable, and their answers values that nobody changes. What they raise is not remembered.
    """

    def __init__(self, inner: object, methods: Collection[str]) -> None:
        self._inner = inner
        self._methods = frozenset(methods)
        self._known: OrderedDict[tuple[object, ...], object] = OrderedDict()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        return partial(self._ask, name, found) if name in self._methods else found

    def __iter__(self) -> Iterator[Any]:
        return iter(cast("Iterable[Any]", self._inner))

    def _ask(self, name: str, method: Callable[..., object], *given: object, **named: object) -> object:
        question = (name, given, *sorted(named.items()))
        if question not in self._known:
            self._known[question] = method(*given, **named)
            if len(self._known) > _MOST:
                self._known.popitem(last=False)
        self._known.move_to_end(question)
        return self._known[question]
