"""A document: a name, its text, and where it came from. Bytes become text here and nowhere else."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime

from feeds.errors import DocumentError

#: Larger documents are refused: the largest real month-long log is about 0.4 MB.
MAX_BYTES = 16 * 1024 * 1024

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
#: Labels in the wild name the old subset; the text uses the superset (WHATWG Encoding Standard, section 4.2).
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs", "utf8": "utf-8"}
_DECLARED = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""")
#: Characters that real Chinese text is made of; everything else is evidence of a wrong guess.
_COMMON_HAN = frozenset(
    "的一是不了人在有我他这这這个個们們中来來上大为為和国國地到以说說时時要就出会會可也你对對生能而子那得于着著下自之年过過发發后後作里"
    "用道行所然家种種事成方多经經么麼去法学學如都同现現当當没沒动動面起看定天分还還进進好小部其些主样樣理心本前开開但因只从從想实實"
)


@dataclass(frozen=True, slots=True)
class Document:
    """What a scraper reads."""

    #: The file name, or the last segment of the address.
    name: str
    #: Decoded, without byte order mark, line ends as newline.
    text: str
    #: A path relative to the folder given, or an address.
    location: str
    encoding: str
    #: SHA-256 of the bytes, hexadecimal.
    digest: str
    #: When the bytes were last changed or fetched; None where nothing tells.
    modified: datetime | None = None


def make_document(
    name: str, data: bytes, location: str | None = None, modified: datetime | None = None, encoding: str | None = None
) -> Document:
    """Decode the bytes of a document.

    `encoding` is what a header or the user says; it is tried first. Raises `DocumentError` for what is empty, too large,
    binary, or in no encoding that fits without a wrong character.
    """
    if len(data) > MAX_BYTES:
        raise DocumentError(name, f"{len(data):,} bytes, more than the limit of {MAX_BYTES:,}; split the document")
    if not data.strip():
        raise DocumentError(name, "is empty")
    text, used = decode(name, data, encoding)
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise DocumentError(name, "is empty")
    return Document(name, text, location or name, used, hashlib.sha256(data).hexdigest(), modified)


def decode(name: str, data: bytes, said: str | None = None) -> tuple[str, str]:
    """The text of `data` and the encoding used: mark, what is said, declaration, UTF-8, then the likelier of GB18030 and Big5.

    Strict at each step, since a lenient decoder turns a wrong guess into mojibake that nobody can repair. Raises
    `DocumentError`.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(name, data[len(mark) :], encoding), encoding
    if (utf16 := _utf16_without_mark(data)) is not None:
        return _strict(name, data, utf16), utf16
    if (at := data.find(b"\0")) >= 0:
        raise DocumentError(name, f"is binary (a NUL byte at offset {at}); give a text document", _line(data, at))
    for candidate in (said, _declared(data), "utf-8"):
        if candidate and (text := _try(data, _SUPERSETS.get(candidate.lower(), candidate))) is not None:
            return text, _SUPERSETS.get(candidate.lower(), candidate).lower()
    guesses = [(text, e) for e in ("gb18030", "big5hkscs") if (text := _try(data, e)) is not None]
    best = max(guesses, key=lambda guess: _common_share(guess[0]), default=None)
    if best is not None and _common_share(best[0]) > 0.02:
        return best
    raise DocumentError(name, _why_not_utf8(data), _line(data, _utf8_error(data)))


def _strict(name: str, data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DocumentError(name, f"says {encoding} and is not: {error.reason} at byte {error.start}") from error


def _try(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None


def _declared(data: bytes) -> str | None:
    """What an XML declaration or an HTML meta element says; prose that mentions a charset is not one."""
    head = data[:4096].lstrip()
    if not head.startswith((b"<?xml", b"<!", b"<html", b"<HTML", b"<head", b"<meta")):
        return None
    found = _DECLARED.search(head)
    return found[1].decode("ascii") if found else None


def _utf16_without_mark(data: bytes) -> str | None:
    """Text in UTF-16 without a mark has its line ends and spaces as pairs with a zero byte."""
    sample = data[:4096]
    little, big = sample.count(b"\n\0") + sample.count(b" \0"), sample.count(b"\0\n") + sample.count(b"\0 ")
    if max(little, big) < 2 or len(data) % 2:
        return None
    encoding = "utf-16-le" if sample[1::2].count(0) >= sample[0::2].count(0) else "utf-16-be"
    text = _try(data, encoding)
    return encoding if text is not None and "\0" not in text else None


def _common_share(text: str) -> float:
    han = [c for c in text if "\u3400" <= c <= "\u9fff"]
    return sum(c in _COMMON_HAN for c in han) / len(han) if han else 0.0


def _utf8_error(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _why_not_utf8(data: bytes) -> str:
    at = _utf8_error(data)
    return f"is in no encoding we know: byte 0x{data[at]:02x} at offset {at} fits neither UTF-8, GB18030 nor Big5; save it as UTF-8"


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1
