"""A document: a name, its text, and where it came from. Bytes become text here and nowhere else (see `decoding`)."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from pathlib import Path

from feeds.errors import DocumentError
from feeds.model import Problem
from feeds.text import stream_safe
from scrapers.characters import storable
from scrapers.charset import Reading
from scrapers.decoding import decoded

#: Larger documents are refused: the largest real month-long log is about 0.4 MB.
MAX_BYTES = 16 * 1024 * 1024

_LINE_END = re.compile("\r\n?|\x85")
#: Blanks in a row within a line, and before its first word; patterns that look for words try each of them.
_GAP, _INDENT = 80, 240
_BLANKS = re.compile(rf"(^)?[^\S\n]{{{_GAP + 1},}}", re.MULTILINE)
_CONTROL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Document:
    """What a scraper reads."""

    #: The file name, or the last segment of the address.
    name: str
    #: Decoded, without byte order mark and control characters, line ends as newline.
    text: str
    #: A path relative to the folder given, or an address.
    location: str
    encoding: str
    #: SHA-256 of the bytes, hexadecimal.
    digest: str
    #: When the bytes were last changed or fetched; None where nothing tells.
    modified: datetime | None = None
    #: What was wrong with the bytes and did not stop us.
    problems: tuple[Problem, ...] = ()


def read_document(path: Path, root: Path | None = None) -> Document:
    """Read a file; its location is relative to the folder `root` (without one, or outside of it, the file's name).

    Raises `DocumentError` for what is missing, unreadable, no file, or refused by `make_document`. A file over the
    limit is not read.
    """
    location = _location(path, root)
    name = location.rpartition("/")[2]
    try:
        data, changed = _file(path, location)
    except FileNotFoundError as error:
        raise DocumentError(location, "is not there") from error
    except (OSError, ValueError) as error:
        raise DocumentError(location, f"cannot be read ({getattr(error, 'strerror', None) or error})") from error
    return make_document(name, data, location, changed)


def make_document(
    name: str, data: bytes, location: str | None = None, modified: datetime | None = None, encoding: str | None = None
) -> Document:
    """Decode the bytes of a document.

    `encoding` is what a header or the user says; it is tried first. Broken bytes and control characters do not stop
    what can be read without them; a problem names their line. Raises `DocumentError` for what is empty, too large,
    binary, or in no encoding that fits.
    """
    where = storable(location or name)
    _check_size(where, len(data))
    if not data.strip():
        raise DocumentError(where, "is empty" if not data else "is empty: nothing but white space")
    reading, problems = decoded(where, data, encoding)
    text = stream_safe(_LINE_END.sub("\n", reading.text.removeprefix("\ufeff")))
    text = _BLANKS.sub(lambda run: run[0][: _INDENT if run[1] else _GAP], text)
    text, removed = _without_controls(where, text)
    if not text.strip():
        raise DocumentError(where, "is empty: nothing but white space")
    problems += _broken(text, reading) + removed
    return Document(storable(name), text, where, reading.encoding, hashlib.sha256(data).hexdigest(), modified, problems)


def decode(name: str, data: bytes, said: str | None = None) -> tuple[str, str]:
    """The text of `data` as it stands there, and the encoding used.

    The order: mark, what is said, declaration (each unless the text itself says otherwise), UTF-8, UTF-16, then the
    likeliest of what is in use for Chinese, Japanese, Korean and English. Raises `DocumentError`.
    """
    reading, _ = decoded(name, data, said)
    return reading.text, reading.encoding


def _location(path: Path, root: Path | None) -> str:
    full = Path(os.path.abspath(path))
    folder = full.parent if root is None else Path(os.path.abspath(root))
    relative = full.relative_to(folder) if folder in full.parents else Path(full.name)
    # A name that is not UTF-8 comes with surrogates, which nothing could store or send.
    return os.fsencode(relative.as_posix()).decode("utf-8", "replace")


def _file(path: Path, where: str) -> tuple[bytes, datetime | None]:
    status = path.stat()
    if path.is_dir():
        raise DocumentError(where, "is a folder, not a file")
    if not path.is_file():
        raise DocumentError(where, "is no regular file")
    _check_size(where, status.st_size)
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1), _time(status.st_mtime)


def _time(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _check_size(where: str, size: int) -> None:
    if size > MAX_BYTES:
        raise DocumentError(where, f"{size:,} bytes, more than the limit of {MAX_BYTES:,}; split the document")


def _broken(text: str, reading: Reading) -> tuple[Problem, ...]:
    if not reading.broken:
        return ()
    line = text.count("\n", 0, text.find("\ufffd")) + 1
    message = f"broken characters: {reading.broken} (not {reading.encoding}), shown as \ufffd from here on"
    return (Problem(message, line),)


def _without_controls(where: str, text: str) -> tuple[str, tuple[Problem, ...]]:
    """Raises `DocumentError` where they are so many that this is no text."""
    first = _CONTROL.search(text)
    if first is None:
        return text, ()
    clean, count = _CONTROL.subn("", text)
    line = text.count("\n", 0, first.start()) + 1
    if count > max(2, min(len(text) / 10, 8 + len(text) / 100)):
        raise DocumentError(where, f"is binary ({count} control characters, the first on line {line})", line)
    message = f"control characters removed: {count}, from here on (first U+{ord(first[0]):04X})"
    return clean, (Problem(message, line),)
