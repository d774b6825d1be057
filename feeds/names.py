"""The name that an entry is about, where it says one that can be told from ordinary words: "Model 3", "tool.c". Pure.

Most posts and items of newsletters say what they are about without any link to it. Of all names only those count that
carry a version, a plus or the ending of a file: they are new with the thing they name. They make weak evidence, so an
entry has to be about the name, not merely to hold it.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from feeds.chinese import fold
from feeds.text import width

#: Columns of a sentence at the beginning of a text within which the name must stand.
OPENING = 80
#: Under a title without the name its mention counts from this share of the text on, told by the sentences and list
#: items that have it. Measured on real recaps: what only adds a detail to the news has 0.6 to 1.0, a list of several
#: things that begins with the name has at most 0.45.
SHARE = 0.5
#: Mentions that a name of the second sentence must have: fewer are an example, or what the news is compared with.
MANY = 3
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
#: The words before the last one of a name: "Word Word Name 3".
_BEFORE = re.compile(r"(?:[A-Z][A-Za-z]+ ){1,3}$")
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
    #: Its short form, where the entry has that too: "wn3" of "Word Name 3".
    short: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The name and its short form."""
        return (self.name,) if self.short is None else (self.name, self.short)


def subject(title: str | None, text: str, addresses: Sequence[str] = ()) -> Subject | None:
    """What the title names first or, failing that, the opening.

    An entry is about what its title names, and about what its first sentence names if it does so again. Where neither
    names anything, an entry without a title is about what its second sentence names, if that is what most of its names
    are: the first one told who did it. `addresses` are the entry's links: one that spells the name is such a mention.
    """
    body = _ADDRESS.sub(" ", text)
    first, second = _opening(body)
    found = next(_leading(title or ""), None)
    if found is not None:
        is_about: bool | None = not is_round_up(title)
    elif (found := next(_leading(first), None)) is not None:
        is_about = _is_about(found, _counted(body)[found] + _spelled(found, addresses), title, body)
    else:
        found = None if title else next((name for name in _leading(second) if name not in _names(first)), None)
        is_about = True if found and _is_mostly(found, _counted(body)) else None
    if found is None or is_about is None or found in _words("common"):
        return None
    return Subject(found, is_about, _short(found, f"{title or ''}\n{body}"))


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


def _is_about(found: str, mentions: int, title: str | None, body: str) -> bool | None:
    """None for a mention that says nothing: the title has another subject, and so has most of the text."""
    if mentions > 1:
        return True
    return False if title is None or _share(found, body) >= SHARE else None


def _counted(body: str) -> Counter[str]:
    return Counter(_names(body))


def _is_mostly(name: str, counted: Counter[str]) -> bool:
    return counted[name] >= MANY and 2 * counted[name] > counted.total()


def _share(name: str, body: str) -> float:
    pieces = [piece.strip() for piece in _SENTENCE.findall(body)]
    having = sum(len(piece) for piece in pieces if name in _names(piece))
    return having / max(1, sum(map(len, pieces)))


def _short(name: str, text: str) -> str | None:
    """The initials of the words that a name ends, with its version, if the text has them as a name of their own."""
    known = set(_names(text))
    for found in _NAME.finditer(text):
        word = found["word"]
        if not word or _key(found[0]) != name or (before := _BEFORE.search(text[: found.start()])) is None:
            continue
        words = [*before[0].split(), word]
        version = name.removeprefix(word.lower())
        made = ("".join(w[0] for w in words[start:]).lower() + version for start in range(len(words) - 1))
        if (short := next((one for one in made if one in known), None)) is not None:
            return short
    return None


def _opening(body: str) -> tuple[str, str]:
    """The first two sentences, cut where they are long."""
    first = _SENTENCE.match(body)
    second = _SENTENCE.match(body, first.end()) if first else None
    return _cut(first[0] if first else ""), _cut(second[0] if second else "")


def _cut(sentence: str) -> str:
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
