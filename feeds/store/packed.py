"""A few values as one word that is fit for an address; what comes back may be anybody's."""

from __future__ import annotations

import base64
import binascii
import json

_LONGEST = 400
#: Numbers beyond it were never packed: microseconds around 1970 that a datetime can hold.
_FARTHEST = 2**55

Value = int | str


def pack(*values: Value) -> str:
    """An opaque word for the values."""
    packed = json.dumps(values, separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def unpack(word: str) -> tuple[Value, ...]:
    """The values of a word: numbers and text that any database takes. Nothing for a word that `pack` never gave."""
    if len(word) > _LONGEST:
        return ()
    try:
        values = json.loads(base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        return ()
    return tuple(values) if isinstance(values, list) and all(map(_is_value, values)) else ()


def _is_value(value: object) -> bool:
    """To Python truth values are numbers, to JSON lone surrogates are text; to a database neither is."""
    if type(value) is int:
        return abs(value) < _FARTHEST
    return type(value) is str and value.isascii() and "\0" not in value
