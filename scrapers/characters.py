"""What scrapers give, without the characters that no feed and no database can hold.

Bytes lose them when they become text, but JSON, YAML, TOML and character references write them with others.
"""

from __future__ import annotations

import re
from dataclasses import fields
from dataclasses import is_dataclass
from dataclasses import replace
from enum import Enum
from functools import cache
from typing import Any
from typing import TypeVar

from feeds.text import without_forbidden

Value = TypeVar("Value")
#: How Python tells bytes of a file name that are no text.
_LONE = re.compile("[\ud800-\udfff]+")


def publishable(value: Value) -> Value:
    """A text, or a value of frozen dataclasses and tuples with all texts in it, without forbidden characters."""
    made: Value = _publishable(value)
    return made


def storable(name: str) -> str:
    """The name of a file or place as it may be kept and shown: what is no text in it is shown as such."""
    return without_forbidden(_LONE.sub("\ufffd", name)) or "\ufffd"


def _publishable(value: Any) -> Any:
    if isinstance(value, Enum):
        return value
    if isinstance(value, str):
        return without_forbidden(value)
    if isinstance(value, tuple):
        made = tuple(map(_publishable, value))
        return value if made == value else made
    if is_dataclass(value) and not isinstance(value, type):
        return _clean_fields(value)
    return value


def _clean_fields(value: Any) -> Any:
    changed = {}
    for name in _names(value.__class__):
        was = getattr(value, name)
        if was is not None and (made := _publishable(was)) is not was and made != was:
            changed[name] = made
    return replace(value, **changed) if changed else value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.init)
