"""The first bytes of SQLite's WAL index, mapped: other bytes stand there after every commit of anybody.

They are the header by which every reader of SQLite learns of commits, in two copies
(https://www.sqlite.org/walformat.html#the_wal_index_file_format). To compare them takes no lock and no system call, and
threads that look at them do not hand the interpreter around. What they mean does not matter here: where they differ,
SQLite is asked.
"""

from __future__ import annotations

import mmap
import os
from threading import Lock

_HEADER = 96


class WalIndexes:
    """The mapped files of a process. They stay open while any connection to their store may be:

    when a process closes a file it loses all its locks on it, also those that SQLite has there.
    """

    def __init__(self) -> None:
        self._mapped: dict[tuple[int, int], tuple[int, mmap.mmap]] = {}
        self._lock = Lock()

    def find(self, path: str) -> WalIndex | None:
        """The index of a store that a connection has open in WAL mode; None where it cannot be mapped."""
        try:
            with self._lock:
                found = os.stat(f"{path}-shm")
                identity = found.st_dev, found.st_ino
                if identity not in self._mapped:
                    self._mapped[identity] = _map(f"{path}-shm")
                return WalIndex(self._mapped[identity][1])
        except (OSError, ValueError):
            return None

    def close(self) -> None:
        """Let go of the files; no connection of this process may be open any more."""
        with self._lock:
            for descriptor, mapped in self._mapped.values():
                mapped.close()
                os.close(descriptor)
            self._mapped.clear()


class WalIndex:
    """One of them."""

    def __init__(self, mapped: mmap.mmap) -> None:
        self._mapped = mapped

    def header(self) -> bytes:
        """Equal to an earlier one only if nobody committed between the two."""
        return self._mapped[:_HEADER]


def _map(path: str) -> tuple[int, mmap.mmap]:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    return descriptor, mmap.mmap(descriptor, _HEADER, access=mmap.ACCESS_READ)
