"""Rendered feeds in memory, bounded in bytes, exact: what was made of another version of the store is never given."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from threading import Lock

#: Enough for a hundred feeds of the usual size; a process holds no more than this.
MAX_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Rendered:
    """A body with all that its headers need."""

    body: bytes
    content_type: str
    #: When the data last changed; None where nothing tells.
    modified: datetime | None = None
    #: The Cache-Control header, where it is not that of every feed.
    caching: str | None = None
    #: Strong, without quotes: a hash of the body.
    etag: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "etag", hashlib.sha256(self.body).hexdigest()[:32])


class Cache:
    """The latest rendering of each path; those not asked for longest go first. Safe to share between threads."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[str, tuple[int, Rendered]] = OrderedDict()
        self._lock = Lock()

    def get(self, path: str, version: int) -> Rendered | None:
        """The rendering of this version of the store, None where there is none."""
        with self._lock:
            if path not in self._entries or self._entries[path][0] != version:
                return None
            self._entries.move_to_end(path)
            return self._entries[path][1]

    def put(self, path: str, version: int, rendered: Rendered) -> None:
        """Keep a rendering in the place of any other of its path. `version` was read before the entries were."""
        with self._lock:
            self._drop(path)
            self._entries[path] = (version, rendered)
            self._bytes += len(rendered.body)
            while self._bytes > self._max_bytes:
                self._drop(next(iter(self._entries)))

    def _drop(self, path: str) -> None:
        if path in self._entries:
            self._bytes -= len(self._entries.pop(path)[1].body)
