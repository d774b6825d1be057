"""Text as the search sees it: one width, one case, one Chinese script, character by character.

A phrase converter reads a character differently in different company, so that a part of a text would not be found in
it; here every character has one form wherever it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from feeds.chinese import fold as fold_character
from feeds.text import nfkc


class _Forms(dict[int, str]):
    """The form of each character that was met, for `str.translate`."""

    def __init__(self) -> None:
        #: Those whose form is not one character.
        self.odd: set[str] = set()

    def __missing__(self, code: int) -> str:
        form = fold_character(chr(code))
        if len(form) != 1:
            self.odd.add(chr(code))
        self[code] = form
        return form


def fold(text: str) -> str:
    """`text` with every character in its one form."""
    if text.isascii():
        return text.lower()
    return nfkc(text).translate(_forms())


def fold_with_origins(text: str) -> tuple[str, Sequence[int]]:
    """`text` with the form of each character, and for each place in that, which character of `text` it comes from."""
    forms = _forms()
    folded = text.translate(forms)
    if forms.odd.isdisjoint(text):
        return folded, range(len(text))
    return folded, [at for at, character in enumerate(text) for _ in forms[ord(character)]]


@cache
def _forms() -> _Forms:
    """Filled as characters are met: every process needs a few thousand of them."""
    return _Forms()
