"""Reads and checks a rules file. A mistake is refused with the file, the line and the reason.

The shipped `feeds/topics.toml` explains the format in its first lines.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

from feeds.errors import ConfigError
from feeds.topics.rules import SHAPES
from feeds.topics.rules import Company
from feeds.topics.rules import Rule
from feeds.topics.rules import RuleBook
from feeds.topics.rules import Topic
from feeds.topics.rules import Weights
from feeds.topics.rules import is_latin
from feeds.topics.rules import shape_key
from feeds.topics.topics import Topics

SHIPPED = Path(__file__).parent.parent / "topics.toml"

_TOP_LISTS = ("comparisons", "comparisons_behind", "no_speakers")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TOP_KEYS = ("extends", "weights", "bars", *_TOP_LISTS, "lists", "company", "topic")
_TOPIC_KEYS = ("slug", "zh", "en", "description", "threshold", "labels", "exclude", "rules")
_COMPANY_KEYS = ("name", "topic", "names", "people", "products", "models", "open_models", "hints")
_KINDS = ("words", "near", "all", "links", "shape")
_RULE_KEYS = (*_KINDS, "weight", "why", "within", "in", "anywhere", "unless", "names", "once")
_PLACES = ("title", "opening", "body", "link")
#: How close the words of `near` stand where the rule does not say.
_WITHIN = 12
_AT_LEAST_ONE = ("opening_columns", "body_hits", "body_columns", "link_columns", "crowd")
_WHY = {"words": "word", "near": "words close together", "all": "words together", "links": "address", "shape": "form"}
#: Lists that the companies make; `<models>` in a rule means all of them.
_COMPANY_LISTS = ("names", "people", "products", "models", "open_models")

Lists = dict[str, tuple[str, ...]]


def load_topics(path: Path | None = None) -> Topics:
    """The topics of a rules file; without a path, the shipped one.

    A file with `extends = "default"` adds to the shipped rules: a topic, company or list of the same name replaces the
    shipped one. Raises `ConfigError` that names file and line.
    """
    return Topics(read_rules(path or SHIPPED))


def read_rules(path: Path) -> RuleBook:
    """A rules file as values. Raises `ConfigError` that names file and line."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), f"is not UTF-8 (byte {error.start}); save it as UTF-8") from error
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        raise ConfigError(f"{path}:{line[1] if line else 1}", f"is not TOML: {error}") from error
    return _RulesFile(path, text, data).book()


class _RulesFile:
    """One file while it is being checked: knows where each part stands."""

    def __init__(self, path: Path, text: str, data: dict[str, Any]) -> None:
        self._path = path
        self._lines = text.splitlines()
        self._data = data
        self._base = self._read_base()

    def book(self) -> RuleBook:
        """The file as values, with what it extends."""
        self._known_keys(self._data, _TOP_KEYS, 1, "the file")
        companies = _replaced(self._base.companies, self._companies(), "name")
        lists = self._lists(companies)
        topics = _replaced(self._base.topics, self._topics(lists), "slug")
        self._check_topics_exist(topics)
        given = {key: self._strings(self._data, key, self._line_of(key)) for key in _TOP_LISTS}
        top = {key: words or getattr(self._base, key) for key, words in given.items()}
        return RuleBook(topics, companies, self._weights(), bars=self._bars(), **top)

    def _read_base(self) -> RuleBook:
        extends = self._data.get("extends")
        if extends is None:
            return RuleBook(())
        if extends != "default" or self._path == SHIPPED:
            self._refuse(self._line_of("extends"), f'extends = {extends!r}: only "default" can be extended')
        return read_rules(SHIPPED)

    def _weights(self) -> Weights:
        given = self._data.get("weights", {})
        line = self._line_of("[weights]")
        if not isinstance(given, dict):
            self._refuse(line, "weights is a table: write [weights]")
        self._known_keys(given, tuple(f.name for f in fields(Weights)), line, "weights")
        values = {f.name: getattr(self._base.weights, f.name) for f in fields(Weights)}
        for key in given:
            values[key] = self._number(given, key, self._line_of(key, line), 1.0 if key in _AT_LEAST_ONE else 0.0)
        return Weights(**values)

    def _bars(self) -> tuple[float, ...]:
        given, line = self._data.get("bars", list(self._base.bars)), self._line_of("bars")
        if not isinstance(given, list) or not given:
            self._refuse(line, "bars is a list of numbers: bars = [0.9, 1.0]")
        return tuple(self._number({"bars": bar}, "bars", line, 0.01) for bar in given)

    def _lists(self, companies: tuple[Company, ...]) -> Lists:
        lists: Lists = {
            key: tuple(word for company in companies for word in getattr(company, key)) for key in _COMPANY_LISTS
        }
        line = self._line_of("[lists]")
        if not isinstance(self._data.get("lists", {}), dict):
            self._refuse(self._line_of("lists"), "lists is a table: write [lists]")
        shipped = tomllib.loads(SHIPPED.read_text(encoding="utf-8")).get("lists", {}) if "extends" in self._data else {}
        for key in (given := {**shipped, **self._data.get("lists", {})}):
            if key in _COMPANY_LISTS:
                self._refuse(self._line_of(key, line), f"the companies make the list {key!r}; name yours otherwise")
            lists[key] = self._strings(given, key, self._line_of(key, line))
        return lists

    def _companies(self) -> Iterator[Company]:
        seen: set[str] = set()
        for table, line in self._tables("company"):
            self._known_keys(table, _COMPANY_KEYS, line, "a company")
            name = self._string(table, "name", line)
            if name in seen:
                self._refuse(self._line_of("name", line), f"the company {name!r} stands twice in this file")
            seen.add(name)
            words = {key: self._words(table, key, line) for key in _COMPANY_KEYS[2:]}
            yield Company(name, self._optional(table, "topic", line), **words)

    def _topics(self, lists: Lists) -> Iterator[Topic]:
        seen: set[str] = set()
        for table, line in self._tables("topic"):
            self._known_keys(table, _TOPIC_KEYS, line, "a topic")
            slug = self._string(table, "slug", line)
            if not _SLUG.fullmatch(slug):
                self._refuse(self._line_of("slug", line), f"slug {slug!r}: small letters, digits, single hyphens")
            if slug in seen:
                self._refuse(self._line_of("slug", line), f"the topic {slug!r} stands twice in this file")
            seen.add(slug)
            yield Topic(
                slug=slug,
                name_zh=self._string(table, "zh", line),
                name_en=self._string(table, "en", line),
                description=self._optional(table, "description", line) or "",
                threshold=self._number(table, "threshold", line, 0.01) if "threshold" in table else 1.0,
                labels=self._strings(table, "labels", line),
                exclude=self._words(table, "exclude", line),
                rules=tuple(self._rules(table, line, lists)),
            )

    def _rules(self, table: dict[str, Any], line: int, lists: Lists) -> Iterator[Rule]:
        rules = table.get("rules", [])
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            self._refuse(self._line_of("rules", line), "rules is a list of tables: [{ words = […], weight = 1.0 }]")
        at = self._line_of("rules", line) - 1
        for rule in rules:
            at = self._line_of(_first_key(rule), at + 1)
            yield self._rule(rule, at, lists)

    def _rule(self, rule: dict[str, Any], line: int, lists: Lists) -> Rule:
        self._known_keys(rule, _RULE_KEYS, line, "a rule")
        kinds = [kind for kind in _KINDS if kind in rule]
        if len(kinds) != 1:
            self._refuse(line, f"a rule has one of {', '.join(_KINDS)}, this one has {', '.join(kinds) or 'none'}")
        kind = kinds[0]
        elements = self._elements(rule, kind, line, lists)
        places = frozenset(self._strings(rule, "in", line))
        if unknown := sorted(places.difference(_PLACES)):
            self._refuse(line, f"unknown place {unknown[0]!r}; places are {', '.join(_PLACES)}")
        return Rule(
            kind=kind,
            elements=elements,
            weight=self._number(rule, "weight", line),
            why=self._optional(rule, "why", line) or _why(kind, self._strings(rule, kind, line)),
            within=int(self._number(rule, "within", line, 0)) if "within" in rule else _WITHIN,
            places=places,
            anywhere=self._flag(rule, "anywhere", line),
            unless=tuple(w for word in self._strings(rule, "unless", line) for w in self._expand(word, line, lists)),
            names=self._flag(rule, "names", line),
            once=self._flag(rule, "once", line),
        )

    def _elements(self, rule: dict[str, Any], kind: str, line: int, lists: Lists) -> tuple[tuple[str, ...], ...]:
        """What is looked for. In `near` and `all` each string is one thing, with `|` between its alternatives."""
        given = self._strings(rule, kind, line)
        if not given:
            self._refuse(line, f"{kind} is empty")
        for text in given:
            self._check_word(text, line)
        if kind == "shape":
            return (tuple(self._shape(name, line) for name in given),)
        split = [tuple(self._expand(part.strip(), line, lists)) for text in given for part in text.split("|")]
        if kind in ("words", "links"):
            return (tuple(word for words in split for word in words),)
        if len(given) < 2:
            self._refuse(line, f"{kind} needs two things at least; write alternatives as 'one|other'")
        parts = iter(split)
        return tuple(tuple(word for _ in text.split("|") for word in next(parts)) for text in given)

    def _shape(self, name: str, line: int) -> str:
        if name not in SHAPES:
            self._refuse(line, f"unknown shape {name!r}; shapes are {', '.join(SHAPES)}")
        return shape_key(name)

    def _expand(self, word: str, line: int, lists: Lists) -> tuple[str, ...]:
        if not (word.startswith("<") and word.endswith(">")):
            self._check_word(word, line)
            return (word,)
        if (name := word[1:-1]) not in lists:
            self._refuse(line, f"there is no list {name!r}; there are {', '.join(sorted(lists))}")
        return lists[name]

    def _words(self, table: dict[str, Any], key: str, line: int) -> tuple[str, ...]:
        words = self._strings(table, key, line)
        at = self._line_of(key, line) if words else line
        for word in words:
            self._check_word(word, at)
        return words

    def _check_word(self, word: str, line: int) -> None:
        if not word or word != word.strip():
            self._refuse(line, f"the word {word!r} is empty or has spaces at an end")
        if len(word) == 1 and is_latin(word):
            self._refuse(line, f"the word {word!r} is a single letter, which stands in every text")

    def _check_topics_exist(self, topics: tuple[Topic, ...]) -> None:
        known = {topic.slug for topic in topics}
        for table, line in self._tables("company"):
            if (slug := table.get("topic")) is not None and slug not in known:
                self._refuse(self._line_of("topic", line), f"the company's topic {slug!r} does not exist")

    def _tables(self, kind: str) -> Iterator[tuple[dict[str, Any], int]]:
        tables = self._data.get(kind, [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self._refuse(self._line_of(f"[{kind}]"), f"write each {kind} under [[{kind}]]")
        heads = [number for number, text in enumerate(self._lines, 1) if re.match(rf"\s*\[\[\s*{kind}\s*]]", text)]
        yield from zip(tables, heads or [1] * len(tables), strict=False)

    def _strings(self, table: dict[str, Any], key: str, line: int) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            self._refuse(self._line_of(key, line), f'{key} is a list of texts: {key} = ["one", "other"]')
        return tuple(dict.fromkeys(value))

    def _string(self, table: dict[str, Any], key: str, line: int) -> str:
        if key not in table:
            self._refuse(line, f"{key} is missing")
        return self._optional(table, key, line) or self._refuse(self._line_of(key, line), f"{key} is empty")

    def _optional(self, table: dict[str, Any], key: str, line: int) -> str | None:
        value = table.get(key)
        if value is not None and not isinstance(value, str):
            self._refuse(self._line_of(key, line), f'{key} is a text: {key} = "…"')
        return value.strip() if isinstance(value, str) else None

    def _number(self, table: dict[str, Any], key: str, line: int, least: float | None = None) -> float:
        value = table.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return float(self._refuse(self._line_of(key, line), f"{key} is a number: {key} = 1.0"))
        if least is not None and value < least:
            self._refuse(self._line_of(key, line), f"{key} is {value}, at least {least:g} is needed")
        return float(value)

    def _flag(self, table: dict[str, Any], key: str, line: int) -> bool:
        value = table.get(key, False)
        if not isinstance(value, bool):
            self._refuse(self._line_of(key, line), f"{key} is true or false")
        return bool(value)

    def _known_keys(self, table: dict[str, Any], known: Iterable[str], line: int, what: str) -> None:
        if unknown := [key for key in table if key not in known]:
            self._refuse(self._line_of(unknown[0], line), f"{what} has no {unknown[0]!r}; it has {', '.join(known)}")

    def _line_of(self, key: str, start: int = 1) -> int:
        """The line from `start` on that gives `key`; `start` itself where none does before the next table."""
        wanted = re.compile(rf"^\s*{re.escape(key)}" if key.startswith("[") else rf"(?:^|[{{,\s]){re.escape(key)}\s*=")
        for number in range(start, len(self._lines) + 1):
            line = self._lines[number - 1]
            if wanted.search(line):
                return number
            if number > start and start > 1 and re.match(r"\s*\[\[?\s*[a-z]+\s*]", line):
                break
        return start

    def _refuse(self, line: int, problem: str) -> Any:
        raise ConfigError(f"{self._path}:{line}", problem)


def _replaced(old: tuple[Any, ...], new: Iterable[Any], key: str) -> tuple[Any, ...]:
    """`old` with what `new` gives under the same key, then what is only new."""
    named = {getattr(item, key): item for item in old}
    named.update({getattr(item, key): item for item in new})
    return tuple(named.values())


def _first_key(rule: dict[str, Any]) -> str:
    return next(iter(rule), "{")


def _why(kind: str, given: tuple[str, ...]) -> str:
    words = ", ".join(given[:3]) + (", …" if len(given) > 3 else "")
    return f"{_WHY[kind]}: {words}"
