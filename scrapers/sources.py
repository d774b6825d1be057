"""Which source a document belongs to: `sources.toml`, and a user's own file before it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from feeds.errors import ConfigError
from feeds.model import Source
from scrapers.origins import KEYS
from scrapers.origins import Origin
from scrapers.origins import WrongOriginError
from scrapers.origins import read_origin

_KEYS = frozenset({"slug", "name", "zone", "language", "url", "author", "formats", "paths", *KEYS})
_SLUG_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


@dataclass(frozen=True, slots=True)
class SourceRule:
    """A source and the documents that belong to it."""

    source: Source
    #: Who writes it, where a document does not say.
    author: str | None = None
    #: The formats and the paths (shell patterns) that fit; empty means all.
    formats: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    #: How it is fetched; None for a source of documents that are handed in.
    origin: Origin | None = None

    def fits(self, location: str, format: str) -> bool:
        """Whether a document of this place and format belongs to the source.

        What is fetched for a source is told that it belongs to it, and nothing else does without a word.
        """
        if self.origin is not None and not (self.formats or self.paths):
            return False
        of_format = not self.formats or format in self.formats
        return of_format and (
            not self.paths or any(fnmatchcase(location, p) or fnmatchcase(location, f"*/{p}") for p in self.paths)
        )


def load_sources(path: Path | None = None) -> tuple[SourceRule, ...]:
    """The rules of a user's file, then the shipped ones.

    Raises `ConfigError` with the file, the line and the source that is wrong.
    """
    shipped = resources.files("scrapers").joinpath("sources.toml").read_text("utf-8")
    rules = _rules(shipped, "sources.toml")
    if path is None:
        return rules
    try:
        own = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"cannot be read: {error}") from error
    return _rules(own, str(path)) + rules


def source_for(location: str, format: str, rules: Sequence[SourceRule]) -> SourceRule:
    """The first rule that fits; a source named after the format where none does."""
    fitting = next((rule for rule in rules if rule.fits(location, format)), None)
    return fitting or SourceRule(Source(slug=format, name=format.capitalize()))


def _rules(text: str, file: str) -> tuple[SourceRule, ...]:
    try:
        tables = tomllib.loads(text).get("source", [])
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file, str(error)) from error
    if not isinstance(tables, list):
        raise ConfigError(file, "write each source as [[source]]")
    blocks = _blocks(text)
    found: list[SourceRule] = []
    for number, table in enumerate(tables):
        where = _Where(file, number + 1, blocks[number] if number < len(blocks) else {})
        rule = _rule(table, where)
        if rule.origin and any(other.origin and other.source.slug == rule.source.slug for other in found):
            raise where.wrong("slug", f"{rule.source.slug!r} is another source already")
        found.append(rule)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Where:
    """A place in the file, for messages."""

    file: str
    number: int
    #: The line of each key of the source, and of its head as the empty key.
    lines: Mapping[str, int]

    def wrong(self, key: str, problem: str) -> ConfigError:
        line = self.lines.get(key, self.lines.get(""))
        place = f"{self.file}, source {self.number}" + (f", line {line}" if line else "")
        return ConfigError(place, f"{key}: {problem}" if key else problem)


def _blocks(text: str) -> list[dict[str, int]]:
    """The lines of the keys of each source: tomllib does not tell them."""
    blocks: list[dict[str, int]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if re.match(r"\s*\[\[\s*source\s*\]\]", line):
            blocks.append({"": number})
        elif blocks and (key := re.match(r"\s*[\"']?(\w+)[\"']?\s*=", line)):
            blocks[-1].setdefault(key[1], number)
    return blocks


def _rule(table: Mapping[str, Any], where: _Where) -> SourceRule:
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise where.wrong(unknown[0], f"is not known; known: {', '.join(sorted(_KEYS))}")
    slug = _words(table, "slug", where)
    if slug is None or not set(slug) <= _SLUG_CHARACTERS:
        raise where.wrong("slug", "needs a slug of small letters, digits and hyphens")
    zone = _words(table, "zone", where) or "Asia/Shanghai"
    _check_zone(zone, where)
    source = Source(
        slug=slug,
        name=_words(table, "name", where) or slug,
        zone=zone,
        language=_words(table, "language", where) or "zh-Hans",
        url=_words(table, "url", where),
    )
    author, formats, paths = (
        _words(table, "author", where),
        _list(table, "formats", where),
        _list(table, "paths", where),
    )
    return SourceRule(source, author, formats, paths, _origin(table, where))


def _origin(table: Mapping[str, Any], where: _Where) -> Origin | None:
    from scrapers.formats import NAMES  # the formats need no rules, and rules only their names

    try:
        return read_origin(table, NAMES)
    except WrongOriginError as error:
        raise where.wrong(error.key, error.problem) from error


def _words(table: Mapping[str, Any], key: str, where: _Where) -> str | None:
    value = table.get(key)
    if value is not None and not (isinstance(value, str) and value.strip()):
        raise where.wrong(key, "must be a text in quotes")
    return value


def _list(table: Mapping[str, Any], key: str, where: _Where) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise where.wrong(key, 'must be a list of texts, such as ["a", "b"]')
    return tuple(value)


def _check_zone(zone: str, where: _Where) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise where.wrong("zone", f"{zone!r} is no IANA time zone, such as Asia/Shanghai") from error
