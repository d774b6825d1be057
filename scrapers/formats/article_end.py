"""Where an article in Markdown ends: before the promotion and the furniture of the site that it was taken from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scrapers.formats.promotion import is_furniture
from scrapers.formats.promotion import is_promotion

_NOTHING = re.compile(r"[\s>*_\-+~=，,.。|·\\]*$")
_BREAK = re.compile(r"\s*<br\s*/?>\s*$", re.IGNORECASE)
_IMAGE = re.compile(r"(?:\[?!\[[^\]]*\]\(.*\)\s*)+$")
_LINKS = re.compile(r"(?:[-*+>\s]|\d+\.)*(?:\[[^\]]*\]\([^)\s]*\)[\s，、|·]*)+$")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_SENTENCE = re.compile(r"[。！？!?]")
_SHORT = 24
#: Further up nobody promotes anything.
_MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class End:
    """The index behind the last line of the text, and what was dropped there."""

    stop: int
    #: Index and reason of every line dropped.
    dropped: tuple[tuple[int, str], ...]


def cut_end(lines: Sequence[str]) -> End:
    """Drop from the end what is promotion, and what stands between promotion and the end.

    Pictures, links and short words alone are the text's own; they go only with promotion or furniture above them.
    """
    stop = len(lines)
    at = stop - 1
    while at >= max(0, len(lines) - _MOST_LINES):
        kind = _kind(lines[at])
        if kind == "own":
            break
        if kind in {"promotion", "furniture"}:
            stop = at
        at -= 1
    while stop > 0 and _NOTHING.match(lines[stop - 1]) and not _FENCE.match(lines[stop - 1]):
        stop -= 1
    dropped = [(i, _reason(lines[i])) for i in range(stop, len(lines)) if not _NOTHING.match(lines[i])]
    return End(stop, tuple(dropped))


def _kind(line: str) -> str:
    """ "promotion" or "furniture", "weak" where only its neighbours tell, or "own"."""
    text = line.strip()
    if _FENCE.match(text):
        return "own"
    if is_furniture(text):
        return "furniture"
    if is_promotion(text):
        return "promotion"
    if _NOTHING.match(text) or _BREAK.match(text) or _IMAGE.match(text) or _LINKS.match(text):
        return "weak"
    return "weak" if len(text) <= _SHORT and not _SENTENCE.search(text) and not text.startswith("#") else "own"


def _reason(line: str) -> str:
    return "promotion" if is_promotion(line) and not is_furniture(line) else "furniture"
