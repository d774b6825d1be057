"""The tree of HTML by Beautiful Soup and lxml, never deeper than what walks it by recursion can bear."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any

from bs4 import BeautifulSoup
from bs4.builder._lxml import LXMLTreeBuilder

#: Elements within elements; pages of the wild have some thirty. Deeper ones are left out, and their words stay.
DEEPEST = 120


def tree(html: str) -> BeautifulSoup:
    """The tree of a page or of a piece of one. Never fails: what is broken is read as browsers read it."""
    # A line without a tag may look like the name of a file, of which Beautiful Soup warns; two lines never do.
    return BeautifulSoup(html if "<" in html else f"{html}\n", builder=_Shallow)


class _Shallow(LXMLTreeBuilder):
    """Counts the elements that are open, and passes on no more of them than `DEEPEST`."""

    def initialize_soup(self, soup: BeautifulSoup) -> None:
        super().initialize_soup(soup)
        self._depth = 0

    def prepare_markup(self, markup: Any, *_: Any, **__: Any) -> Iterator[tuple[str, None, None, bool]]:
        """Text is no question of encodings; nor does it matter here that what looks like XML is read as HTML."""
        yield markup, None, None, False

    def start(self, tag: str | bytes, attrib: dict[str | bytes, str | bytes], nsmap: Mapping[Any, Any] = {}) -> None:
        self._depth += 1
        if self._depth <= DEEPEST:
            super().start(tag, attrib, dict(nsmap))

    def end(self, tag: str | bytes) -> None:
        self._depth -= 1
        if self._depth < DEEPEST:
            super().end(tag)
