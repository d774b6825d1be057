"""How commands answer."""

from __future__ import annotations

import json
from collections.abc import Container
from collections.abc import Iterator
from collections.abc import Sequence
from typing import Any

import click

from feeds.text import width
from feeds.visible import visible

#: Exit status where the command ran and part of the work failed; click uses 1 for errors and 2 for wrong usage.
SOME_FAILED = 3


def as_text(value: Any) -> str:
    """JSON for a machine that a person can read too."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def echo(text: str, *, err: bool = False) -> None:
    """A line, on standard error if `err`; what strangers wrote is shown and commands no terminal."""
    click.echo(visible(text), err=err)


def columns(rows: Sequence[Sequence[str]], right: Container[int] = ()) -> Iterator[str]:
    """Rows of cells as lines, one cell below the other; columns with the numbers `right` end together."""
    widths = [max(map(width, cells)) for cells in zip(*rows, strict=True)]
    for row in rows:
        cells = [(cell, " " * (wide - width(cell))) for cell, wide in zip(row, widths, strict=True)]
        line = "  ".join(gap + cell if i in right else cell + gap for i, (cell, gap) in enumerate(cells))
        yield line.rstrip()


def placed(name: str, line: int | None) -> str:
    """A document with the line, where it is known."""
    return name if line is None else f"{name}:{line}"
