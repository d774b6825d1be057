"""Cursors of the API: those of the store, or keys, marked with the list and the filters that they belong to."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64decode
from base64 import urlsafe_b64encode

from feeds.errors import QueryError

_MARK = 10
_WORDS = re.compile(r"[A-Za-z0-9_-]+")


def seal(cursor: str, scope: str) -> str:
    """A cursor for clients. `scope` tells the list and the filters; what does not change the order is no part of it."""
    return _mark(scope) + cursor


def unseal(words: str, scope: str) -> str:
    """The cursor behind what a client gives back. Raises `QueryError` for one of another list, or of other filters."""
    if not _WORDS.fullmatch(words) or len(words) <= _MARK:
        raise QueryError("cursor", "is not one that this service gave; leave it out to begin with the first page")
    if not words.startswith(_mark(scope)):
        raise QueryError(
            "cursor", "belongs to another list or to other filters; leave it out to begin with the first page"
        )
    return words[_MARK:]


def key_cursor(key: str) -> str:
    """The cursor behind what has this key, in a list ordered by keys."""
    return urlsafe_b64encode(key.encode()).decode().rstrip("=")


def read_key(cursor: str) -> str:
    """The key of `key_cursor`. Raises `QueryError`."""
    try:
        key = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except ValueError as error:
        raise QueryError("cursor", "is none that this list gave") from error
    if "\0" in key:
        raise QueryError("cursor", "is none that this list gave")
    return key


def _mark(scope: str) -> str:
    return urlsafe_b64encode(hashlib.sha256(scope.encode()).digest()).decode()[:_MARK]
