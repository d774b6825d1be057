"""Marks of Markdown that a copy has broken: bold marks, and the items of lists that lost their list."""

from __future__ import annotations

import re
from collections.abc import Sequence

#: The end of a sentence with more behind it.
_INNER_END = re.compile(r"[。！？!?](?=.*\w)")
_ITEM = re.compile(r"\s*(?:([\u2460-\u2473])|[（(](\d{1,2})[）)]|(\d{1,2})(?:[.、．)）](?!\d))|([-•·▪◦*])(?=\s))\s*")


def mended(text: str) -> str:
    """Bold marks that hold: `**…。 **` loses its space, a mark without a partner goes."""
    if "**" not in text:
        return text.strip()
    first, *parts = re.split(r"\*\*+", text)
    out = [first]
    opened = True
    for index, part in enumerate(parts):
        if not opened:
            out.append(part)
            opened = True
        elif index + 1 == len(parts) or _goes_too_far(part):
            out.append(part)
        else:
            opened = False
            out += [f"**{part.strip()}**"] if part.strip() else []
    return "".join(out).strip()


def _goes_too_far(part: str) -> bool:
    """Whether words are no bold ones: the mark before them has lost its partner, and the next one opens."""
    ends = len(_INNER_END.findall(part.rstrip()))
    return ends > 2 or (ends > 0 and part.rstrip().endswith(("，", ",", "、", "：", ":")))


def listed(parts: Sequence[str]) -> list[str]:
    """Runs of numbered or bulleted lines as Markdown lists."""
    out: list[str] = []
    run: list[str] = []
    for part in parts:
        item = _as_item(part, len(run) + 1)
        if item is None and run and (item := _as_item(part, 1)) is None:
            out.append(_list(run))
            run = []
        if item is None:
            out.append(part)
        elif run and item.startswith("1. "):
            out.append(_list(run))
            run = [item]
        else:
            run.append(item)
    return [*out, _list(run)] if run else out


def _as_item(part: str, expected: int) -> str | None:
    """A line as an item of a list, where its number is the one expected."""
    mark = _ITEM.match(part)
    if mark is None or mark.end() == len(part):
        return None
    if mark[4]:
        return f"- {part[mark.end() :]}"
    number = ord(mark[1]) - 0x245F if mark[1] else int(mark[2] or mark[3])
    return f"{number}. {part[mark.end() :]}" if number == expected else None


def _list(run: Sequence[str]) -> str:
    """A single item is no list; its number stays as text."""
    return "\n".join(run) if len(run) > 1 or run[0].startswith("- ") else run[0].replace(". ", "\\. ", 1)
