"""The files that are meant by what was given, and the order in which they are read."""

from __future__ import annotations

import glob
from collections import Counter
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path

from scrapers.unchanged import digest_of


def find_documents(paths: Iterable[str]) -> list[Path]:
    """The files of paths, folders (with their folders) and shell patterns, each once, in one order; no hidden ones.

    A path that leads nowhere stays in the list, so that reading it says so.
    """
    found: dict[Path, None] = {}
    for given in paths:
        matches = [given] if Path(given).exists() else sorted(glob.glob(given, recursive=True)) or [given]
        for match in matches:
            for path in _files(Path(match)):
                found[path] = None
    return sorted(found)


def in_order(paths: Iterable[Path]) -> list[Path]:
    """What is read first mints the ids of texts that begin alike and the slugs of people who share one.

    Documents are read by name, then by their bytes: where they lie and how they are given does not show.
    """
    given = list(paths)
    names = Counter(path.name for path in given)
    return sorted(given, key=lambda path: (path.name, (digest_of(path) or "") if names[path.name] > 1 else "", path))


def _files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    for child in sorted(path.rglob("*")):
        hidden = any(part.startswith(".") for part in child.relative_to(path).parts)
        if child.is_file() and not hidden:
            yield child
