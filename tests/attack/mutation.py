"""Real documents made hostile: cut, spliced, doubled, sprinkled with oddities, in other encodings. A seed tells all."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from pathlib import Path
from random import Random

#: What has broken parsers: characters that XML, PostgreSQL or a screen cannot hold, marks that open something.
ODDITIES = (
    "\0",
    "\x01",
    "\x0b",
    "\x1b[31m",
    "\x85",
    "\x9f",
    "\xad",
    "\u061c",
    "\u200b\u200c\u200d",
    "\u2028",
    "\u2029",
    "\u202e",
    "\u2066\u2067",
    "\ufdd0",
    "\ufeff",
    "\ufffe",
    "\uffff",
    "\U0001fffe",
    "\U000e0041",
    "a" + "\u0301" * 40,
    "👩\u200d👩\u200d👧\u200d👦",
    "🇨🇳",
    "２０２４－０５－０１",
    "²⁰٢٠٢٤१२",
    "ﷺ",
    "İıſß",
    "مرحبا بالعالم",
    "@раураl",
    "@ａｂｃ",
    "&#0;",
    "&#x1;",
    "&#xD800;",
    "&#xFFFF;",
    "&#1114112;",
    "&#99999999999999999999;",
    "&amp;#x1;",
    "\\u0000",
    "\\ud800",
    "\\udc00\\ud800",
    "\\uffff",
    "%00",
    "%ED%A0%80",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<!ENTITY x 'y'>",
    "<!DOCTYPE html>",
    "<html><body>",
    "<rss><channel><item>",
    "<svg/onload=x>",
    "<a href='http://[::1'>x</a>",
    "<a href='http://a:99999/'>x</a>",
    "<img src='//a' srcset=','>",
    "<img srcset='  '>",
    "<img data-srcset=', ,' src=''>",
    "<ol start='²'><li>x",
    "<ol start='99999999999999999999999999'><li>x",
    "<base href='javascript:x'>",
    "<table><tr><td colspan='999999999'>",
    "<time datetime='0000-00-00'>",
    "[a](http://[)",
    "[a](http://a]b/)",
    "https://[::1]/",
    "https://a.b:port/x",
    "https://xn--a.b/",
    "http://\u2100.example/",
    "https://x.com/a/status/" + "9" * 40,
    "https://x.com/a/status/1",
    "---\n",
    "+++\n",
    "```\n",
    "***",
    "\n- \n- \n",
    "\n> > > ",
    "\n# \n",
    "\n===\n",
    "\n|a|\n|-|\n",
    "\n    ",
    "\t",
    "\r",
    "\r\n",
    "0000-00-00",
    "9999-99-99",
    "2024-02-30 25:61",
    "99999999999999999999年1月1日",
    "2024年二月三十日",
    "1e999",
    "NaN",
    "-0",
    "!!binary |",
    "!!python/object:os.system",
    "!!timestamp 9999",
    "!!set {a, b}",
    "!!omap [a: b]",
    "!!int 0x" + "f" * 80,
    "<<: *a",
    "&a [*a]",
    "? ",
    "date: 2024-13-45\n",
    "title: [\n",
    "tags: {a: b}\n",
    "{",
    "}",
    "[",
    "]",
    '"',
    "'",
    ":",
    "：",
    "（",
    "「",
    "@",
    "@@",
    "#",
    "¹",
    "١.",
    "⑳",
    "第九九九九期",
    "\\",
    "\\u",
    "../../etc/passwd",
    "=cmd|x",
)
_ENCODINGS = (
    "utf-8-sig",
    "utf-16",
    "utf-16-le",
    "utf-16-be",
    "utf-32",
    "gb18030",
    "big5",
    "shift_jis",
    "euc-kr",
    "latin-1",
)
_LONGEST = 6_000


def read_documents(folder: Path) -> tuple[tuple[str, str], ...]:
    """Names and texts of all documents under a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return tuple((path.name, path.read_text("utf-8", "replace")) for path in files)


def hostile_document(seed: int, documents: Sequence[tuple[str, str]]) -> tuple[str, bytes]:
    """A name and the bytes of a document that `seed` makes of real ones."""
    random = Random(seed)
    name, text = random.choice(documents)
    text = _piece(random, text)
    for _ in range(random.choice((1, 1, 2, 3, 5, 8, 20))):
        text = random.choice(_CHANGES)(random, text, documents)
    return f"{seed}-{name}", _bytes(random, text)


def _piece(random: Random, text: str) -> str:
    """The beginning, which tells the format, and something behind it."""
    if len(text) <= _LONGEST:
        return text
    head = random.choice((200, 1_000, 2_000))
    at = random.randrange(head, max(head + 1, len(text) - _LONGEST))
    return text[:head] + text[at : at + _LONGEST - head]


def _bytes(random: Random, text: str) -> bytes:
    how = random.random()
    if how < 0.85:
        return text.encode("utf-8", "replace")
    if how < 0.95:
        return text.encode(random.choice(_ENCODINGS), random.choice(("replace", "ignore")))
    data = bytearray(text.encode("utf-8", "replace"))
    for _ in range(random.randrange(1, 12)):
        data[random.randrange(len(data))] = random.randrange(256)
    return bytes(data)


def _sprinkled(random: Random, text: str, documents: Sequence[tuple[str, str]]) -> str:
    at = random.randrange(len(text) + 1)
    return text[:at] + random.choice(ODDITIES) + text[at:]


def _replaced(random: Random, text: str, documents: Sequence[tuple[str, str]]) -> str:
    """An oddity in the place of a word, which is where values stand."""
    begin = random.randrange(len(text) + 1)
    end = begin + random.randrange(12)
    return text[:begin] + random.choice(ODDITIES) + text[end:]


def _cut(random: Random, text: str, documents: Sequence[tuple[str, str]]) -> str:
    begin = random.randrange(len(text) + 1)
    return text[:begin] + text[begin + random.randrange(400) :]


def _cut_off(random: Random, text: str, documents: Sequence[tuple[str, str]]) -> str:
    return text[: random.randrange(len(text) // 2, len(text) + 1)]


def _doubled(random: Random, text: str, documents: Sequence[tuple[str, str]]) -> str:
    begin = random.randrange(len(text) + 1)
    piece = text[begin : begin + random.randrange(1, 60)]
    return text[:begin] + piece * random.randrange(2, 20) + text[begin:]


def _moved(random: Random, text: str, documents: Sequence[tuple[str, str]]) -> str:
    lines = text.split("\n")
    lines.insert(random.randrange(len(lines)), lines.pop(random.randrange(len(lines))))
    return "\n".join(lines)


def _spliced(random: Random, text: str, documents: Sequence[tuple[str, str]]) -> str:
    _, other = random.choice(documents)
    at, begin = random.randrange(len(text) + 1), random.randrange(len(other) + 1)
    return text[:at] + other[begin : begin + 500] + text[at:]


def _character(random: Random, text: str, documents: Sequence[tuple[str, str]]) -> str:
    at = random.randrange(len(text) + 1)
    code = random.choice((random.randrange(0x3000), random.randrange(0x110000)))
    return text[:at] + ("\ufffd" if 0xD800 <= code <= 0xDFFF else chr(code)) + text[at:]


def _one_line(random: Random, text: str, documents: Sequence[tuple[str, str]]) -> str:
    return text.replace("\n", random.choice((" ", "", "\r", "\x85", "\u2028", "\r\n")))


_CHANGES: tuple[Callable[[Random, str, Sequence[tuple[str, str]]], str], ...] = (
    *(_sprinkled,) * 6,
    *(_replaced,) * 6,
    *(_cut,) * 3,
    _cut_off,
    *(_doubled,) * 2,
    *(_moved,) * 2,
    *(_spliced,) * 2,
    *(_character,) * 3,
    _one_line,
)
