"""Bytes as text: what a byte order mark, a header, a declaration and the bytes themselves say, in that order."""

from __future__ import annotations

import re

from feeds.errors import DocumentError
from feeds.model import Problem
from scrapers.charset import GUESSES
from scrapers.charset import Reading
from scrapers.charset import guess
from scrapers.charset import likeliest
from scrapers.charset import read

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
#: Labels in the wild name the old subset; the text uses the superset (WHATWG Encoding Standard, section 4.2). Only what
#: stands here is believed: Python knows many more, among them some that are no encodings of text.
_CODECS = {
    "utf-8": ("utf-8", "utf8", "unicode-1-1-utf-8"),
    "gb18030": ("gb18030", "gb2312", "gbk", "x-gbk", "cp936", "gb_2312-80", "euc-cn", "chinese"),
    "big5hkscs": ("big5", "big5-hkscs", "big5hkscs", "cn-big5", "x-x-big5", "cp950"),
    "cp932": ("shift_jis", "shift-jis", "sjis", "x-sjis", "ms_kanji", "windows-31j", "cp932"),
    "euc_jp": ("euc-jp", "euc_jp", "x-euc-jp"),
    "cp949": ("euc-kr", "euc_kr", "ks_c_5601-1987", "windows-949", "cp949"),
    "cp1252": ("windows-1252", "cp1252", "iso-8859-1", "iso8859-1", "latin1", "latin-1", "ascii", "us-ascii"),
    "utf-16-le": ("utf-16", "utf-16le", "utf-16-le"),
    "utf-16-be": ("utf-16be", "utf-16-be"),
    "iso2022_jp": ("iso-2022-jp", "csiso2022jp"),
    "hz": ("hz-gb-2312", "hz"),
}
_LABELS = {label: codec for codec, labels in _CODECS.items() for label in labels}
#: A doubt between these is worth a guess; one between languages would publish nonsense.
_CHINESE = frozenset({"gb18030", "big5hkscs", "utf-8", "utf-16-le", "utf-16-be"})
#: Encodings of one byte for other scripts: they fit anything, so they are only used when said.
_ONE_BYTE = re.compile(r"(?:windows-|cp)125[0-8]|iso-8859-(?:[2-9]|1[013-6])|koi8-[ru]|tis-620|macintosh")
_DECLARED = re.compile(rb"""(?:encoding|charset)\s*=\s*["']?\s*([A-Za-z0-9_.:-]+)""")

#: What binary files begin with.
_MAGIC = (
    (0, b"\x89PNG\r\n\x1a\n", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"GIF87a", "a GIF picture"),
    (0, b"GIF89a", "a GIF picture"),
    (8, b"WEBPVP8", "a WebP picture"),
    (4, b"ftyp", "a film or a picture (MP4, HEIC)"),
    (0, b"PK\x03\x04", "a ZIP archive (or DOCX, XLSX, EPUB)"),
    (0, b"PK\x05\x06", "an empty ZIP archive"),
    (0, b"\x1f\x8b\x08", "compressed by gzip"),
    (0, b"\xfd7zXZ\0", "compressed by xz"),
    (0, b"\x28\xb5\x2f\xfd", "compressed by Zstandard"),
    (4, b"1AY&SY", "compressed by bzip2"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"SQLite format 3\0", "an SQLite database"),
    (0, b"%PDF-", "a PDF"),
    (0, b"{\\rtf1", "an RTF document"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document (DOC, XLS, PPT)"),
    (0, b"\x7fELF", "a program (ELF)"),
    (0, b"MZ\x90\0", "a program (Windows)"),
    (0, b"\xcf\xfa\xed\xfe", "a program (Mach-O)"),
    (0, b"\0asm", "a program (WebAssembly)"),
    (0, b"OggS\0", "a sound (Ogg)"),
    (0, b"ID3\x03\0", "a sound (MP3)"),
    (0, b"ID3\x04\0", "a sound (MP3)"),
    (8, b"WAVEfmt ", "a sound (WAV)"),
)


def decoded(where: str, data: bytes, said: str | None = None) -> tuple[Reading, tuple[Problem, ...]]:
    """What `data` says, and the doubts about it; `said` is the encoding that a header or the user names.

    A strict decoder first, always: a lenient one turns a wrong guess into mojibake that nobody can repair. Raises
    `DocumentError` with `where` for what is binary or in no encoding that fits.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _marked(where, data[len(mark) :], encoding), ()
    if (what := _magic(data)) is not None:
        raise DocumentError(where, f"is binary: {what}; give a text document", 1)
    named = [label.strip().lower() for label in (said, _declared(data)) if label]
    codecs = [codec for label in named if (codec := _codec(label)) is not None]
    reading = _unmarked(data, codecs)
    if reading is None:
        raise _refusal(where, data)
    if reading.rival is not None and not _CHINESE.issuperset({reading.encoding, reading.rival}):
        alike = f"fits {reading.encoding} and {reading.rival} alike"
        raise DocumentError(where, f"{alike}; save it as UTF-8", _line(data, _utf8_error(data)))
    return reading, _doubts(named, reading)


def _marked(where: str, data: bytes, encoding: str) -> Reading:
    reading = _nearly_utf8(data) if encoding == "utf-8" else read(data, encoding)
    if reading is None:
        raise DocumentError(where, f"has the byte order mark of {encoding}, and most of it is not; save it as UTF-8", 1)
    return reading


def _unmarked(data: bytes, labels: list[str]) -> Reading | None:
    seven_bits = [label for label in labels if label in {"iso2022_jp", "hz"}]
    if seven_bits and data.isascii() and (reading := read(data, seven_bits[0])) is not None:
        return reading
    if b"\0" in data:
        return guess(data, labels, ("utf-8", *GUESSES))
    if (utf8 := _strict(data, "utf-8")) is not None:
        return _unless_label(data, utf8, labels)
    if (nearly := _nearly_utf8(data)) is not None:
        return nearly
    return _one_byte(data, labels) or guess(data, labels)


def _unless_label(data: bytes, utf8: Reading, labels: list[str]) -> Reading:
    """A few characters of GBK can be UTF-8 by chance: where a label says GBK, the likelier text counts."""
    others = [c for c in labels if c not in {"utf-8", "cp1252"} and not c.startswith("utf-16") and not _is_one_byte(c)]
    if data.isascii() or not others or _strict(data, others[0]) is None:
        return utf8
    return likeliest(data, ("utf-8", others[0]), others[:1]) or utf8


def _one_byte(data: bytes, labels: list[str]) -> Reading | None:
    return next((read(data, label) for label in labels if _is_one_byte(label)), None)


def _is_one_byte(codec: str) -> bool:
    return codec != "cp1252" and _ONE_BYTE.fullmatch(codec) is not None


def _nearly_utf8(data: bytes) -> Reading | None:
    """UTF-8 but for a few broken bytes, such as the end of a file that was cut."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    sound = len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")
    few = broken * 20 <= sound or (broken <= 2 and broken * 3 <= sound)
    return Reading(text, "utf-8", broken) if few else None


def _strict(data: bytes, encoding: str) -> Reading | None:
    try:
        return Reading(data.decode(encoding), encoding)
    except UnicodeDecodeError:
        return None


def _codec(label: str) -> str | None:
    return _LABELS.get(label) or (label if _ONE_BYTE.fullmatch(label) else None)


def _declared(data: bytes) -> str | None:
    """What an XML declaration or an HTML meta element says; prose that mentions a charset is not one."""
    head = data[:4096].lstrip()
    if not head.lower().startswith((b"<?xml", b"<!", b"<html", b"<head", b"<meta")):
        return None
    found = _DECLARED.search(head)
    return found[1].decode("ascii") if found else None


def _magic(data: bytes) -> str | None:
    return next((what for at, mark, what in _MAGIC if data.startswith(mark, at)), None)


def _doubts(named: list[str], reading: Reading) -> tuple[Problem, ...]:
    problems = []
    wrong = [label for label in named if _codec(label) != reading.encoding]
    if wrong and not (reading.encoding == "utf-8" and reading.text.isascii()):
        problems.append(Problem(f"is said to be in {wrong[0]}, read as {reading.encoding}", 1))
    if reading.rival is not None:
        problems.append(Problem(f"read as {reading.encoding}, but {reading.rival} fits too; save it as UTF-8", 1))
    return tuple(problems)


def _refusal(where: str, data: bytes) -> DocumentError:
    if data[:4096].count(b"\0") > 2:
        return DocumentError(where, "is binary; give a text document", 1)
    at = _utf8_error(data)
    problem = (
        f"is in no encoding we know: byte 0x{data[at]:02x} at offset {at} fits neither UTF-8 nor any likely text in "
        "GB18030, Big5, Shift_JIS, EUC or windows-1252; save it as UTF-8"
    )
    return DocumentError(where, problem, _line(data, at))


def _utf8_error(data: bytes) -> int:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start
    return 0


def _line(data: bytes, offset: int) -> int:
    return data.count(b"\n", 0, offset) + 1
