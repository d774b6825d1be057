"""The cursor of a page: where the last entry stood, so that the next page begins behind it whatever came meanwhile."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import TypeAlias

from feeds.errors import QueryError
from feeds.store.schema import instant
from feeds.store.schema import micros

_VERSION = 1
_LONGEST = 400
#: Microseconds around 1970 that a datetime can hold.
_FARTHEST = 2**55

#: What entries are sorted by, all descending: published, order key, id.
Position: TypeAlias = tuple[datetime, str, str]


def write_cursor(position: Position) -> str:
    """An opaque word for `position`, fit for an address."""
    at, order_key, entry_id = position
    packed = json.dumps([_VERSION, micros(at), order_key, entry_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Position:
    """The position behind a cursor. Raises `QueryError` for what `write_cursor` did not write."""
    match _unpacked(cursor):
        case [1, int() as at, str() as order_key, str() as entry_id] if abs(at) < _FARTHEST:
            if "\0" not in order_key + entry_id:
                return instant(at), order_key, entry_id
    raise QueryError("cursor", "is not one that this service gave; leave it out to begin with the newest")


def _unpacked(cursor: str) -> object:
    if len(cursor) > _LONGEST:
        return None
    try:
        return json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        return None
