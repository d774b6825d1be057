"""Which documents need not be read, since reading them would give what it gave before. Loads no parser.

A reading is a function of the bytes, of where they lie, of the program and its rules, of what siblings are called, and
of the moment for some dates. The key of a reading stands for all but the moment; a reading whose dates depend on the
moment gets none (see `scrapers.normalise.Normalised.is_settled`).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from feeds.model import LastReading
from feeds.model import Saved
from scrapers.outcome import Outcome

#: Between the parts of a key.
_APART = "."


class Remembering(Protocol):
    """What is asked of a store."""

    def last_readings(self, locations: Iterable[str]) -> dict[str, LastReading]: ...

    def publications(self, source: str, folder: str | None = None) -> tuple[str, ...]: ...


class Unchanged:
    """The documents among some that are as they were when they were read last."""

    def __init__(self, paths: Iterable[Path], store: Remembering, way: str | None, now: datetime) -> None:
        """`way` is that of `way_of`; without one no document is as it was. `now` is when they would be read."""
        self._store = store
        self._way = way
        self._now = now
        #: None where the store must be asked for each document.
        self._known: dict[str, LastReading] | None = self._last_readings([location_of(path) for path in paths])
        self._keys: dict[Path, str] = {}
        self._found: dict[Path, LastReading | None] = {}

    def look_anew(self) -> None:
        """The store is written to: that can make other documents be read that are the same as ever.

        Those that had to be read before still do.
        """
        self._known = None
        self._found = {path: found for path, found in self._found.items() if found is None}

    def waits(self, path: Path) -> bool:
        """Whether the document is as it was, and what its siblings are called decides whether it must be read."""
        known = self._find(path)
        return known is not None and _APART in known.key

    def outcome(self, path: Path) -> Outcome | None:
        """What reading the document would give; None where it must be read."""
        location, known = location_of(path), self._find(path)
        if known is None or (_APART in known.key and known.key != self._key_with_series(path, known.source)):
            return None
        saved = Saved(unchanged=known.entries)
        return Outcome(location.rpartition("/")[2], location, known.format, saved, known.skips, known.problems)

    def all(self, paths: Sequence[Path]) -> list[Outcome] | None:
        """What reading the documents would give, those that wait last, where none of them must be read."""
        found = []
        for path in sorted(paths, key=self.waits):
            if (outcome := self.outcome(path)) is None:
                return None
            found.append(outcome)
        return found

    def _find(self, path: Path) -> LastReading | None:
        """The last reading, where all but the siblings is the same."""
        if path not in self._found:
            self._found[path] = self._look(path)
        return self._found[path]

    def _look(self, path: Path) -> LastReading | None:
        location = location_of(path)
        known = (self._last_readings([location]) if self._known is None else self._known).get(location)
        if known is None or known.read > self._now:
            return None
        return known if known.key.partition(_APART)[0] == self._key(path) else None

    def _last_readings(self, locations: Sequence[str]) -> dict[str, LastReading]:
        return {} if self._way is None else self._store.last_readings(locations)

    def _key(self, path: Path) -> str:
        if path not in self._keys:
            self._keys[path] = key_of(self._way or "", location_of(path), digest_of(path) or "")
        return self._keys[path]

    def _key_with_series(self, path: Path, source: str) -> str:
        return key_with_series(self._key(path), series(source, location_of(path), self._store))


def way_of(fingerprint: str | None, format: str | None, source: str | None, labels: Sequence[str] = ()) -> str | None:
    """What documents are read by: a fingerprint of the program, and what was said of all of them.

    None where the fingerprint is not known.
    """
    return None if fingerprint is None else _hash(fingerprint, repr((format, source, tuple(labels))))


def key_of(way: str, location: str, digest: str) -> str:
    """The key of a reading in which siblings had no part; `digest` is that of the bytes."""
    return _hash(way, location, digest)


def key_with_series(key: str, name: str | None) -> str:
    """The key of a reading for which the siblings' name was looked up."""
    return f"{key}{_APART}{_hash(repr(name))}"


def series(source: str, location: str, store: Remembering) -> str | None:
    """The name that the siblings of a document use: the commonest in the folder, else the only one in the source."""
    if siblings := store.publications(source, location.rpartition("/")[0]):
        return siblings[0]
    known = store.publications(source)
    return known[0] if len(known) == 1 else None


def location_of(path: Path) -> str:
    """Whole, since two folders can hold files of one name; it is nobody's business outside and never published."""
    return os.fsencode(path.absolute()).decode("utf-8", "replace")


def digest_of(path: Path) -> str | None:
    """SHA-256 of the bytes, hexadecimal; None for what cannot be read, which reading it will tell."""
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (OSError, ValueError):
        return None


def _hash(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8", "surrogatepass")).hexdigest()
