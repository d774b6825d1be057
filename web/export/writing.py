"""Files in a folder: each is replaced whole or not touched, and only those that an export made are removed."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import time
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from contextlib import suppress
from dataclasses import asdict
from dataclasses import astuple
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TextIO

from feeds.errors import ExportError
from web.export.files import Leaving
from web.export.freshness import Stand

#: What the export keeps for itself.
_OWN = ".feedwright"
_MADE = "files.txt"
_STAND = "stand.json"
_PART = "part"
#: Seconds that who holds the folder is waited for: the processes of an export that was killed take a moment to end.
_PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Made:
    """A file as an export left it."""

    sha256: str
    size: int
    #: Nanoseconds.
    modified: int


class Folder:
    """A folder with an exported site, held by one export at a time. Every method raises `ExportError`.

    Processes that are forked while it is held may write into it as well; the one that opened it ends the export.
    """

    def __init__(self, path: Path, patience: float = _PATIENCE) -> None:
        """`patience` is in seconds."""
        self._path = path
        self._own = path / _OWN
        with _told(path):
            self._own.mkdir(parents=True, exist_ok=True)
            #: The files that exports made. A name is noted before its file is written: nothing of ours is forgotten.
            self._notes = (self._own / _MADE).open("a+", encoding="utf-8", newline="\n")
        if not _locked(self._notes, patience):
            self._notes.close()
            raise ExportError(f"{path}: another export writes there; wait until it has ended")
        with _told(self._own / _MADE):
            self._notes.seek(0)
            self._made = dict(_note(line) for line in self._notes.read().split("\n") if line)
        self.stand, self.left = self._read_stand()

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for part in self._own.glob(f"{_PART}*"):
            with suppress(FileNotFoundError):
                part.unlink()
        self._notes.close()

    @property
    def names(self) -> Sequence[str]:
        """The files that exports made."""
        return tuple(self._made)

    def intact(self, name: str) -> Made | None:
        """A file that is as an export left it, going by size and time; None for any other."""
        made = self._made.get(name)
        if made is None:
            return None
        try:
            found = (self._path / name).stat()
        except OSError:
            return None
        return made if (found.st_size, found.st_mtime_ns) == (made.size, made.modified) else None

    def write(self, name: str, chunks: Iterable[bytes]) -> tuple[Made, bool]:
        """Have a file hold these bytes; tell whether that took writing."""
        path, part = self._path / name, self._own / f"{_PART}{os.getpid()}"
        with _told(path):
            digest = _write(part, chunks)
            is_same = path.is_file() and digest == _digest(path)
            if not is_same:
                self._put(name, part, path)
            self._note(name)
            found = path.stat()
        return Made(digest, found.st_size, found.st_mtime_ns), not is_same

    def finish(self, files: Mapping[str, Made], stand: Stand, left: Sequence[Leaving]) -> int:
        """Remove what exports made and the site does not hold any more; tell how many files that were.

        `files` is what it holds, made at this `stand`.
        """
        removed = 0
        for name in sorted(self._made.keys() - files):
            with _told(self._path / name):
                removed += self._remove(name)
        lines = ("\t".join((name, *map(str, astuple(made)))) for name, made in sorted(files.items()))
        noted = {"stand": asdict(stand), "left": [astuple(leaving) for leaving in left]}
        self._keep(_STAND, json.dumps(noted, ensure_ascii=False, indent=1))
        self._keep(_MADE, "".join(f"{line}\n" for line in lines))
        return removed

    def _keep(self, name: str, text: str) -> None:
        with _told(self._own):
            part = self._own / _PART
            part.write_text(text, encoding="utf-8", newline="\n")
            os.replace(part, self._own / name)

    def _read_stand(self) -> tuple[Stand | None, tuple[Leaving, ...]]:
        """How it stood when the last export ended; None where that is not known, or was told in another way."""
        try:
            noted = json.loads((self._own / _STAND).read_text(encoding="utf-8"))
            return Stand(**noted["stand"]), tuple(Leaving(*one) for one in noted["left"])
        except (OSError, ValueError, TypeError, KeyError):
            return None, ()

    def _put(self, name: str, part: Path, path: Path) -> None:
        if path.exists() and name not in self._made:
            raise ExportError(f"{path}: the file is not from an export; move it away, or export into another folder")
        self._note(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(part, path)

    def _note(self, name: str) -> None:
        if name not in self._made:
            self._made[name] = None
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


def _locked(file: TextIO, patience: float) -> bool:
    """Whether nobody else held the file within so many seconds."""
    until = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(0.05)
        else:
            return True


def _note(line: str) -> tuple[str, Made | None]:
    """A name alone was noted by an export that did not end."""
    match line.split("\t"):
        case [name, digest, size, modified] if size.isdecimal() and modified.isdecimal():
            return name, Made(digest, int(size), int(modified))
        case [name, *_]:
            return name, None
    raise AssertionError(line)


def _write(path: Path, chunks: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    with path.open("wb") as file:
        for chunk in chunks:
            file.write(chunk)
            whole.update(chunk)
    return whole.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ExportError(f"{path}: {error.strerror or error}") from error
