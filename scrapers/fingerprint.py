"""What a reading depends on beside the document: the program, the libraries it uses and the rules, as one digest.

It tells whether a document must be read again. It is taken from the files, not from a number that somebody has to
remember to raise: a change of a scraper counts from the next run on.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterable
from collections.abc import Iterator
from pathlib import Path

from feeds.settings import Settings

_ROOT = Path(__file__).parents[1]
#: The packages that make drafts of documents; commands, which only call them, and migrations have no part in it.
_PACKAGES = ("feeds", "scrapers")
_ASIDE = frozenset({"__pycache__", "commands", "migrations", "samples"})
_KINDS = (".py", ".toml")


def fingerprint(settings: Settings, root: Path = _ROOT, path: Iterable[str] | None = None) -> str | None:
    """Of the program under `root`, of the libraries on `path` (that of this process), and of the rules of the settings.

    None where the program does not lie in files, so that nobody can tell; then every document is read.
    """
    program = [file for package in _PACKAGES for file in _files(root / package)]
    if not program:
        return None
    digest = hashlib.sha256(repr((sys.version_info[:3], _libraries(sys.path if path is None else path))).encode())
    for name, file in [(str(file.relative_to(root)), file) for file in program] + _rules(settings):
        data = _bytes(file)
        digest.update(f"\0{name}\0{len(data)}\0".encode("utf-8", "surrogateescape") + data)
    return digest.hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(set(folders) - _ASIDE)
        yield from (Path(parent, name) for name in sorted(names) if name.endswith(_KINDS))


def _libraries(path: Iterable[str]) -> list[str]:
    """Names with versions, as installers leave them beside each library."""
    return sorted({name for folder in path for name in _names(folder) if name.endswith((".dist-info", ".egg-info"))})


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:  # an archive, or nothing
        return []


def _rules(settings: Settings) -> list[tuple[str, Path]]:
    """Each with what it is, and not with where it lies."""
    given = {"topics": settings.topics, "authors": settings.authors, "sources": settings.sources}
    return [(f"own {what}", file) for what, file in given.items() if file is not None]


def _bytes(file: Path) -> bytes:
    """Of a file that cannot be read whoever uses it will tell."""
    try:
        return file.read_bytes()
    except OSError:
        return b""
