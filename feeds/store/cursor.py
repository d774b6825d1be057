"""The cursor of a page: where the last entry stood, so that the next page begins behind it whatever came meanwhile."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import TypeAlias

from feeds.errors import QueryError
from feeds.store.columns import instant
from feeds.store.columns import micros

_VERSION = 1
_RANKED = 2
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


def write_ranked_cursor(newest: Position, offset: int) -> str:
    """The cursor behind `offset` entries in the order of relevance, of those behind the position `newest`."""
    at, order_key, entry_id = newest
    packed = json.dumps([_RANKED, micros(at), order_key, entry_id, offset], separators=(",", ":"))
    return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


def read_ranked_cursor(cursor: str) -> tuple[Position, int]:
    """What `write_ranked_cursor` was given. Raises `QueryError`."""
    match _unpacked(cursor):
        case [2, int() as at, str() as order_key, str() as entry_id, int() as offset] if abs(at) < _FARTHEST:
            if "\0" not in order_key + entry_id and 0 <= offset < _FARTHEST:
                return (instant(at), order_key, entry_id), offset
    raise QueryError("cursor", "is not one that this service gave for this order; leave it out to begin with the best")


def _unpacked(cursor: str) -> object:
    if len(cursor) > _LONGEST:
        return None
    try:
        return json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (ValueError, binascii.Error, RecursionError):
        return None
