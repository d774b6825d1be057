"""Marks of Markdown that a copy has broken: bold marks, and the items of lists that lost their list."""

from __future__ import annotations

import re
from collections.abc import Sequence

_ITEM = re.compile(r"\s*(?:([\u2460-\u2473])|[（(](\d{1,2})[）)]|(\d{1,2})(?:[.、．)）](?!\d))|([-•·▪◦*])(?=\s))\s*")


def mended(text: str) -> str:
    """Bold marks that hold: `**…。 **` loses its space, a mark without a partner goes."""
    parts = re.split(r"\*\*+", text)
    if len(parts) % 2 == 0:  # an odd number of marks: the last one has no partner
        parts[-2:] = [parts[-2] + parts[-1]]
    out = []
    for index, part in enumerate(parts):
        if index % 2 == 0:
            out.append(part)
        elif part.strip():
            out.append(f"**{part.strip()}**")
    return "".join(out).strip()


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
