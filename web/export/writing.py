"""Files in a folder: each is replaced whole or not touched, and only those that an export made are removed."""

from __future__ import annotations

import fcntl
import filecmp
import os
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from feeds.errors import ExportError

#: What the export keeps for itself.
_OWN = ".feedwright"
_MADE = "files.txt"
_PART = "part"


class Folder:
    """A folder with an exported site, held by one export at a time. Every method raises `ExportError`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._own = path / _OWN
        with _told(path):
            self._own.mkdir(parents=True, exist_ok=True)
            #: The files that exports made. A name is noted before its file is written: nothing of ours is forgotten.
            self._notes = (self._own / _MADE).open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._notes, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._notes.close()
            raise ExportError(f"{path}: another export writes there; wait until it has ended") from error
        self._notes.seek(0)
        self._made = set(self._notes.read().splitlines())

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with suppress(FileNotFoundError):
            (self._own / _PART).unlink()
        self._notes.close()

    def write(self, name: str, chunks: Iterable[bytes]) -> bool:
        """Have a file hold these bytes; tell whether that took writing."""
        path, part = self._path / name, self._own / _PART
        with _told(path):
            with part.open("wb") as file:
                file.writelines(chunks)
            if path.is_file() and filecmp.cmp(part, path, shallow=False):
                self._note(name)
                return False
            if path.exists() and name not in self._made:
                raise ExportError(
                    f"{path}: the file is not from an export; move it away, or export into another folder"
                )
            self._note(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            os.replace(part, path)
        return True

    def keep_only(self, names: set[str]) -> int:
        """Remove what exports made and the site does not hold any more; tell how many files that were."""
        removed = 0
        for name in sorted(self._made - names):
            with _told(self._path / name):
                removed += self._remove(name)
        with _told(self._own):
            (self._own / _PART).write_text("".join(f"{name}\n" for name in sorted(names)), encoding="utf-8")
            os.replace(self._own / _PART, self._own / _MADE)
        return removed

    def _note(self, name: str) -> None:
        if name not in self._made:
            self._made.add(name)
            self._notes.write(f"{name}\n")
            self._notes.flush()

    def _remove(self, name: str) -> bool:
        """Its folder too, where nothing else is in it. A note that leads out of the folder is none of ours."""
        path = self._path / name
        if ".." in path.parts or not path.resolve().is_relative_to(self._path.resolve()):
            return False
        with suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()
            for folder in path.relative_to(self._path).parents[:-1]:
                if any((self._path / folder).iterdir()):
                    break
                (self._path / folder).rmdir()
            return True
        return False


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportError(f"{path}: {error.strerror or error}") from error
