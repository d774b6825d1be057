"""How commands answer."""

from __future__ import annotations

import json
from typing import Any

import click

from feeds.visible import visible

#: Exit status where the command ran and part of the work failed; click uses 1 for errors and 2 for wrong usage.
SOME_FAILED = 3


def as_text(value: Any) -> str:
    """JSON for a machine that a person can read too."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def echo(text: str, *, err: bool = False) -> None:
    """A line, on standard error if `err`; what strangers wrote is shown and commands no terminal."""
    click.echo(visible(text), err=err)


def placed(name: str, line: int | None) -> str:
    """A document with the line, where it is known."""
    return name if line is None else f"{name}:{line}"
