"""The cursor of a page: where the last entry stood, so that the next page begins behind it whatever came meanwhile."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from feeds.errors import QueryError
from feeds.store.columns import instant
from feeds.store.columns import micros
from feeds.store.packed import pack
from feeds.store.packed import unpack

_VERSION = 1
_RANKED = 2

#: What entries are sorted by, all descending: published, order key, id.
Position: TypeAlias = tuple[datetime, str, str]


def write_cursor(position: Position) -> str:
    """An opaque word for `position`, fit for an address."""
    at, order_key, entry_id = position
    return pack(_VERSION, micros(at), order_key, entry_id)


def read_cursor(cursor: str) -> Position:
    """The position behind a cursor. Raises `QueryError` for what `write_cursor` did not write."""
    match unpack(cursor):
        case (1, int() as at, str() as order_key, str() as entry_id):
            return instant(at), order_key, entry_id
    raise QueryError("cursor", "is not one that this service gave; leave it out to begin with the newest")


def write_ranked_cursor(newest: Position, offset: int) -> str:
    """The cursor behind `offset` entries in the order of relevance, of those behind the position `newest`."""
    at, order_key, entry_id = newest
    return pack(_RANKED, micros(at), order_key, entry_id, offset)


def read_ranked_cursor(cursor: str) -> tuple[Position, int]:
    """What `write_ranked_cursor` was given. Raises `QueryError`."""
    match unpack(cursor):
        case (2, int() as at, str() as order_key, str() as entry_id, int() as offset) if offset >= 0:
            return (instant(at), order_key, entry_id), offset
    raise QueryError("cursor", "is not one that this service gave for this order; leave it out to begin with the best")
