"""The name that an entry is about, where it says one that can be told from ordinary words: "Model 3", "tool.c". Pure.

Most posts and items of newsletters say what they are about without any link to it. Of all names only those count that
carry a version, a plus or the ending of a file: they are new with the thing they name. They make weak evidence.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from feeds.chinese import fold
from feeds.text import width

#: Columns at the beginning of a text without a title within which the name must stand, and within its first sentence.
OPENING = 80
#: An address that contains the name counts like a mention where the name has so many letters.
_TELLING = 6

_ADDRESS = re.compile(r"(?:https?://|(?:[a-z0-9-]+\.)+[a-z]{2,}/)[^\s，。）)]*", re.IGNORECASE)
_VERSION = r"v?[0-9]{1,3}(?:\.[0-9]+)*(?:[xX][0-9]+[bB]?)?"
_END = r"(?![A-Za-z0-9]|\.[0-9])"
_NAME = re.compile(
    rf"(?<![A-Za-z0-9.@/_-])(?:(?P<word>[A-Z][A-Za-z]+)[ -]?{_VERSION}(?P<tail>[A-Za-z]{{0,3}}){_END}"
    rf"|(?P<lower>[a-z]{{2,}})-?{_VERSION}(?P<ending>[A-Za-z]{{0,3}}){_END}"
    r"|[A-Z][A-Za-z]+ [A-Z]\+(?!\+)"
    r"|[A-Za-z][A-Za-z0-9_-]*\.(?:c|cpp|js|py|rs|swift|zig)(?![A-Za-z0-9_/]))"
)
_SENTENCE = re.compile(r"\s*.+?(?:[。！？!?\n]|\.\s|$)", re.DOTALL)
#: A headline of several headlines.
_SEVERAL = re.compile(r"[;；|｜]\s*\S")
_TIMES = re.compile(r"[0-9][xX][0-9]")


@dataclass(frozen=True, slots=True)
class Subject:
    """What an entry names first."""

    #: Lower case, without spaces and hyphens.
    name: str
    #: The entry is about it; otherwise it only names it.
    is_about: bool


def subject(title: str | None, text: str, addresses: Sequence[str] = ()) -> Subject | None:
    """The first name in the title or, failing that, in the opening sentence.

    An entry is about what its title names, and about what its opening names if it does so again. `addresses` are the
    entry's links: one that spells the name is such a mention.
    """
    in_title = next(_leading(title or ""), None)
    body = _ADDRESS.sub(" ", text)
    found = in_title or next(_leading(_opening(body)), None)
    if found is None or found in _words("common"):
        return None
    mentions = sum(name == found for name in _names(body)) + _spelled(found, addresses)
    return Subject(found, mentions > 1 if in_title is None else not is_round_up(title))


def is_round_up(title: str | None) -> bool:
    """Whether a title is made of several headlines, or calls what follows a summary of many things."""
    if title is None:
        return False
    folded = fold(title)
    latin = set(re.findall(r"[a-z]+", folded))
    said = any(word in latin if word.isascii() else word in folded for word in _words("round_up"))
    return said or _SEVERAL.search(title) is not None


def is_name(word: str) -> bool:
    """Whether a word alone is a name in this sense."""
    found = _NAME.fullmatch(word)
    return found is not None and _is_name(found) and _key(found[0]) not in _words("common")


def name_key(word: str) -> str:
    """The form in which names are compared."""
    return _key(word)


def _opening(body: str) -> str:
    found = _SENTENCE.match(body)
    sentence = found[0] if found else ""
    while width(sentence) > OPENING:
        sentence = sentence[: len(sentence) * 3 // 4]
    return sentence


def _names(text: str) -> Iterator[str]:
    return (_key(found[0]) for found in _NAME.finditer(text) if _is_name(found))


def _leading(text: str) -> Iterator[str]:
    """The names that a sentence can be about: not those it compares with, makes use of or leaves aside."""
    for found in _NAME.finditer(text):
        before = text[max(0, found.start() - 16) : found.start()].lower().rstrip()
        words = re.search(r"[a-z.]+(?: [a-z.]+)?$", before)
        spoken = {words[0], words[0].rpartition(" ")[2]} if words else set()
        aside = _words("besides")
        if _is_name(found) and not (spoken & aside) and not before.endswith(_chinese(aside)):
            yield _key(found[0])


def _chinese(words: frozenset[str]) -> tuple[str, ...]:
    return tuple(word for word in words if not word.isascii())


def _is_name(found: re.Match[str]) -> bool:
    word = (found["word"] or found["lower"] or "").lower()
    tail = (found["tail"] or found["ending"] or "").lower()
    return word not in _words("counting") and not (tail in _words("amounts") and not _TIMES.search(found[0]))


def _key(name: str) -> str:
    return re.sub(r"(x\d+)b$", r"\1", re.sub(r"[ -]", "", name).lower())


def _spelled(name: str, addresses: Sequence[str]) -> int:
    plain = re.sub(r"[^a-z0-9]", "", name.replace("+", "plus"))
    if len(plain) < _TELLING:
        return 0
    return sum(plain in re.sub(r"[^a-z0-9]", "", address.lower()) for address in addresses)


def _words(of: str) -> frozenset[str]:
    return _data()[of]


@cache
def _data() -> Mapping[str, frozenset[str]]:
    table = tomllib.loads(resources.files("feeds").joinpath("names.toml").read_text("utf-8"))
    return {name: frozenset(words) for name, words in table.items()}
