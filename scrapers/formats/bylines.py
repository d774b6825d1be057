"""Who made an article: bylines (`作者丨… 译者丨…`) and credits (`原文来源：…`). The labels are in bylines.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from feeds.model import Role
from scrapers.post import RawPerson

_SEPARATOR = r"[ \t\xa0]*[丨|｜︱∣┃│:：/／][ \t\xa0]*"
_HAN = r"[\u3400-\u9fff]"
_WORD = r"[A-Z][A-Za-z\u00c0-\u024f.'’\-]*"
_PARTICLE = r"(?:van|von|de|der|da|di|bin|la|le)"
_LATIN = re.compile(rf"{_WORD}(?: (?:{_PARTICLE} )?{_WORD})?(?: {_WORD}(?=\s*(?:[、，,&＆;；(（]|et al|$)))?")
_HAN_NAME = re.compile(rf"{_HAN}[\u3400-\u9fff·•・]{{1,11}}(?![\u3400-\u9fff·•・])")
_MIXED = re.compile(r"[\w·.\-]{2,20}(?=[\s、，,&＆;；(（]|$)")
_BRACKETS = re.compile(r"\s*[(（\[【]([^()（）\[\]【】]{0,120})[)）\]】]")
_OTHERS = re.compile(r"\s*(?:et al\.?|等人?)(?=[\s、，,&＆;；。]|$)")
_COMMA = re.compile(r"\s*(?:[、，,&＆;；+]|/|\band\b)\s*")
_HANDLE = re.compile(r"@([A-Za-z0-9_]{2,30})")
_AROUND = " \t\xa0·、，,;；:：。|丨｜*_\"'“”"
_LINK = re.compile(r"\[([^\[\]\n]{1,60})\]\([^()\s]{1,300}\)")
_MARKS = re.compile(r"^[\s>*_#]+|[\s*_\\]+$")
#: How far a byline's names reach before the next label.
_REACH = 160


@dataclass(frozen=True, slots=True)
class Credit:
    """A label with what stands behind it."""

    #: "origin", "original", "title", "image" or "paper".
    kind: str
    value: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Byline:
    """People and credits found side by side, and the characters that they take."""

    people: tuple[RawPerson, ...] = ()
    credits: tuple[Credit, ...] = ()
    start: int = 0
    end: int = 0


def leading(text: str) -> Byline:
    """The bylines and origins at the beginning of a running text, which goes on behind them after a space."""
    people: list[RawPerson] = []
    credits: list[Credit] = []
    at = 0
    while (label := _label().match(text, at)) is not None:
        read = _read_names(text, label)
        if read is None:
            break
        names, at = read
        if label["origin"]:
            credits += [Credit("origin", name.name or name.handle or "", label.start(), at) for name in names]
        people += _with_roles(label, names)
    return Byline(_unique(people), tuple(credits), 0, at)


def trailing(text: str) -> Byline:
    """The bylines that end a running text: `… 责任编辑：某某`."""
    begin = max(0, len(text) - _REACH)
    for label in _label().finditer(text, begin):
        rest = leading(text[label.start() :])
        if (rest.people or rest.credits) and not text[label.start() + rest.end :].strip(" \t\xa0。)）】]"):
            return Byline(rest.people, rest.credits, label.start(), len(text))
    return Byline(start=len(text), end=len(text))


def inside(text: str) -> tuple[RawPerson, ...]:
    """The authors named by a list in the opening of a text: `… 作者：甲（单位），乙（单位） 单位：…`."""
    for label in _label().finditer(text, 0, min(len(text), 2000)):
        if "author" not in _kinds(label):
            continue
        read = _read_names(text, label, least_separator=True)
        if read is not None:
            return _unique(_with_roles(label, read[0]))
    return ()


def whole_line(line: str) -> Byline | None:
    """The byline or origin that a line is, with or without bold marks; None where the line is anything else."""
    bare = _MARKS.sub("", _LINK.sub(r"\1", line[: 8 * _REACH]).replace("**", " ")).strip()
    if not bare or len(bare) > _REACH or _label().match(bare) is None:
        return None
    found = leading(bare)
    return found if found.end and not bare[found.end :].strip(" \t\xa0。丨|｜\\") else None


def next_label(text: str, start: int, end: int) -> int | None:
    """Where the next label of a byline stands between two offsets."""
    found = _label().search(text, start, end)
    return found.start("label") if found else None


def origins(credits: tuple[Credit, ...]) -> tuple[RawPerson, ...]:
    """The credited origins as authors."""
    return _unique([RawPerson(name=credit.value) for credit in credits if credit.kind == "origin" and credit.value])


def words_of(table: str, key: str) -> tuple[str, ...]:
    """The words of a list in bylines.toml."""
    return tuple(_tables()[table][key])


def kept_parameters(host: str) -> tuple[str, ...]:
    """The parameters that name an article on `host`; empty where its path does."""
    return tuple(_tables()["article"]["kept"].get(host, ()))


def credit_label(*kinds: str) -> re.Pattern[str]:
    """A pattern for the labels of these kinds of credit with their colon, at the beginning of a word."""
    return _credit_label(kinds)


def person_name(words: str) -> RawPerson | None:
    """One person: `宝玉（@dotey）`, `王某（某大学）`, `晚点LatePost`. None where nobody is named."""
    handle = _HANDLE.search(words)
    bare = _BRACKETS.sub(" ", words)
    bare = re.sub(r"(?:^|\s)(?:et al\.?|等人?)\s*$", "", _HANDLE.sub(" ", bare)).strip(_AROUND)
    name = " ".join(bare.split())
    if not name and handle is None or name.casefold() in words_of("names", "nobody"):
        return None
    return RawPerson(name=name or None, handle=handle[1] if handle else None)


def is_name(words: str) -> bool:
    """Whether Chinese words can be a person's name by length and first character."""
    return re.fullmatch(rf"{_HAN}{{2,4}}", words) is not None and words[0] in _surnames()


def _with_roles(label: re.Match[str], names: list[RawPerson]) -> Iterator[RawPerson]:
    for kind in _kinds(label):
        if kind not in {"none", "origin"}:
            yield from (RawPerson(person.name, person.handle, Role(kind), person.url) for person in names)


def _unique(people: Iterable[RawPerson]) -> tuple[RawPerson, ...]:
    return tuple(dict.fromkeys(people))


def _read_names(text: str, label: re.Match[str], least_separator: bool = False) -> tuple[list[RawPerson], int] | None:
    """The names behind a label and where the text goes on; None where there is no name."""
    if not least_separator:
        following = _label().search(text, label.end(), label.end() + _REACH)
        bounded = _bounded(text[label.end() : following.start()]) if following else None
        if bounded and following:
            return bounded, following.start()
    return _open_ended(text, label.end())


def _bounded(words: str) -> list[RawPerson] | None:
    """The names between two labels, where all words are names."""
    words = words.strip(" \t\xa0丨|｜\n*")
    if not words:
        return None
    names: list[RawPerson] = []
    for part in _COMMA.split(_hide_commas(words)):
        for one in _apart(part.replace("\0", ",")):
            if len(_BRACKETS.sub("", one)) > 40 or re.search(r"[。！？!?：:]", _BRACKETS.sub("", one)):
                return None
            person = person_name(one)
            names += [person] if person else []
    return names or None


def _hide_commas(words: str) -> str:
    return _BRACKETS.sub(lambda m: re.sub(r"[、，,&＆;；+/]|\band\b", "\0", m[0]), words)


def _apart(words: str) -> list[str]:
    """`张三 李四` are two; `Eugene Yan`, `AI 前线` and `老章 mlpy` are one."""
    bare = _BRACKETS.sub("", words).split()
    if len(bare) > 1 and all(re.fullmatch(rf"{_HAN}{{2,4}}", part) for part in bare):
        return bare
    return [words]


def _open_ended(text: str, at: int) -> tuple[list[RawPerson], int] | None:
    """The names at `at`, where running text goes on behind the last one."""
    names: list[RawPerson] = []
    while (found := _one_name(text, at)) is not None:
        raw, at = found
        person = person_name(raw)
        names += [person] if person else []
        others = _OTHERS.match(text, at)
        at = others.end() if others else at
        comma = _COMMA.match(text, at)
        if comma is not None and _one_name(text, comma.end()):
            at = comma.end()
            continue
        beside = re.compile(rf"[ \t\xa0]+({_HAN}{{2,3}})(?=[ \t\xa0]|$)").match(text, at)
        if beside is None or not is_name(beside[1]):
            break
        at = beside.start(1)
    if not names:
        return None
    return names, at + len(text[at:]) - len(text[at:].lstrip(" \t\xa0"))


def _one_name(text: str, at: int) -> tuple[str, int] | None:
    handle = re.compile(r"@[A-Za-z0-9_]{2,30}").match(text, at)
    found = handle or _latin(text, at) or _HAN_NAME.match(text, at) or _MIXED.match(text, at)
    if found is None:
        return None
    brackets = _BRACKETS.match(text, found.end())
    end = brackets.end() if brackets else found.end()
    if found.re is _HAN_NAME and not re.compile(r"[\s、，,&＆;；+/。]|$").match(text, end):
        return None  # the first words of a sentence
    return text[at:end], end


def _latin(text: str, at: int) -> re.Match[str] | None:
    found = _LATIN.match(text, at)
    if found is None or not re.compile(r"[\s、，,&＆;；(（。]|$").match(text, found.end()):
        return None
    return found


def _kinds(label: re.Match[str]) -> list[str]:
    """The roles of a label such as `策划&编辑丨`, each once."""
    parts = re.split(r"\s*[&＆、/+和]\s*", label["label"])
    return list(dict.fromkeys(_kind_of()[part] for part in parts if part in _kind_of()))


@cache
def _kind_of() -> dict[str, str]:
    kinds = {word: role for role, words in _tables()["roles"].items() for word in words}
    return kinds | {word: "origin" for word in words_of("credits", "origin")}


@cache
def _label() -> re.Pattern[str]:
    labels = "|".join(re.escape(word) for word in sorted(_kind_of(), key=len, reverse=True))
    origin = "|".join(re.escape(word) for word in sorted(words_of("credits", "origin"), key=len, reverse=True))
    return re.compile(
        rf"(?:(?<=^)|(?<=[\s。！？；;）)】\]>*丨|｜]))[【\[(（*\s]{{0,6}}"
        rf"(?P<label>(?P<origin>{origin})(?={_SEPARATOR})|(?:{labels})(?:\s*[&＆、/+和]\s*(?:{labels}))*)(?:{_SEPARATOR})(?!/)",
        re.MULTILINE,
    )


@cache
def _credit_label(kinds: tuple[str, ...]) -> re.Pattern[str]:
    words = [word for kind in kinds for word in words_of("credits", kind)]
    labels = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?:^|(?<=[^\w])|(?<=[。！？]))(?P<label>{labels})[ \t\xa0]*[:：丨|｜][ \t\xa0]*", re.MULTILINE)


@cache
def _surnames() -> frozenset[str]:
    return frozenset("".join(str(_tables()["names"]["surnames"]).split()))


@cache
def _tables() -> dict[str, dict[str, Any]]:
    return tomllib.loads(resources.files("scrapers.formats").joinpath("bylines.toml").read_text("utf-8"))
