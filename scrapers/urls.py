"""Addresses in running text: where one begins and, harder, where it ends."""

from __future__ import annotations

import re

#: Characters of an address; what runs on for longer leads nowhere.
LONGEST = 4000
#: RFC 3986's characters and no others: in Chinese text the sentence goes on right behind an address, without a space.
_ADDRESS = re.compile(
    r"https?://(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]|\\(?=[&_*~#\-.!()\[\]])){1,4001}", re.IGNORECASE
)
_ESCAPE = re.compile(r"\\([&_*~#\-.!()\[\]])")
_CLOSING = {")": "(", "]": "["}
_TRAILING = ".,;:!?'*_~\\"


def match_address(text: str, at: int = 0) -> tuple[str, int] | None:
    """The address that begins at `at`, and the number of characters it takes; None where there is none.

    The two differ where Markdown's escapes stand in it (`a\\_b`). Full stops and unbalanced brackets at the end belong
    to the sentence. An address cut off with an ellipsis leads nowhere and is none.
    """
    found = _ADDRESS.match(text, at)
    if found is None:
        return None
    if len(found[0]) > LONGEST:
        return None
    raw = _without_trailing(found[0])
    if text.startswith("…", at + len(raw)) or "." not in raw.partition("://")[2]:
        return None
    return _ESCAPE.sub(r"\1", raw), len(raw)


def addresses(text: str) -> list[tuple[str, int]]:
    """All addresses of a plain text with the offset where each begins."""
    found = []
    for hit in re.finditer(r"https?://", text, re.IGNORECASE):
        if (matched := match_address(text, hit.start())) is not None:
            found.append((matched[0], hit.start()))
    return found


def _without_trailing(raw: str) -> str:
    counts = {bracket: raw.count(bracket) for bracket in "()[]"}
    end = len(raw)
    while end:
        last = raw[end - 1]
        unbalanced = last in _CLOSING and counts[last] > counts[_CLOSING[last]]
        if last not in _TRAILING and not unbalanced:
            break
        end -= 1
        if last in counts:
            counts[last] -= 1
    return raw[:end]


def shown(address: str) -> str:
    """A bare address as a reader sees it: without its scheme, like timelines and browsers show it."""
    return re.sub(r"^https?://", "", address, flags=re.IGNORECASE)
