"""Text as the search sees it: one width, one case, one Chinese script, character by character.

A phrase converter reads a character differently in different company, so that a part of a text would not be found in
it; here every character has one form wherever it stands.
"""

from __future__ import annotations

import unicodedata
from functools import cache

from feeds.chinese import fold as fold_character


class _Forms(dict[int, str]):
    """The form of each character that was met, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        form = fold_character(chr(code))
        self[code] = form
        return form


def fold(text: str) -> str:
    """`text` with every character in its one form."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).translate(_forms())


def folded_pieces(text: str) -> list[str]:
    """The form of each character of `text`: none, one or several characters, for finding the way back."""
    forms = _forms()
    return [forms[ord(character)] for character in text]


@cache
def _forms() -> _Forms:
    """Filled as characters are met: every process needs a few thousand of them."""
    return _Forms()
