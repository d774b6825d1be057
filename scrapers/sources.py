"""Which source a document belongs to: `sources.toml`, and a user's own file before it."""

from __future__ import annotations

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

_KEYS = frozenset({"slug", "name", "zone", "language", "url", "author", "formats", "paths"})
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

    def fits(self, location: str, format: str) -> bool:
        """Whether a document of this place and format belongs to the source."""
        of_format = not self.formats or format in self.formats
        return of_format and (
            not self.paths or any(fnmatchcase(location, p) or fnmatchcase(location, f"*/{p}") for p in self.paths)
        )


def load_sources(path: Path | None = None) -> tuple[SourceRule, ...]:
    """The rules of a user's file, then the shipped ones.

    Raises `ConfigError` with the file and the source that is wrong.
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
    return tuple(_rule(table, f"{file}, source {i}") for i, table in enumerate(tables, 1))


def _rule(table: Mapping[str, Any], where: str) -> SourceRule:
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise ConfigError(where, f"does not know {', '.join(unknown)}; known: {', '.join(sorted(_KEYS))}")
    slug = _words(table, "slug", where)
    if slug is None or not set(slug) <= _SLUG_CHARACTERS:
        raise ConfigError(where, "needs a slug of small letters, digits and hyphens")
    zone = _words(table, "zone", where) or "Asia/Shanghai"
    _check_zone(zone, where)
    source = Source(
        slug=slug,
        name=_words(table, "name", where) or slug,
        zone=zone,
        language=_words(table, "language", where) or "zh-Hans",
        url=_words(table, "url", where),
    )
    return SourceRule(
        source, _words(table, "author", where), _list(table, "formats", where), _list(table, "paths", where)
    )


def _words(table: Mapping[str, Any], key: str, where: str) -> str | None:
    value = table.get(key)
    if value is not None and not (isinstance(value, str) and value.strip()):
        raise ConfigError(where, f"{key} must be a text in quotes")
    return value


def _list(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(where, f'{key} must be a list of texts, such as ["a", "b"]')
    return tuple(value)


def _check_zone(zone: str, where: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise ConfigError(where, f"zone {zone!r} is no IANA time zone, such as Asia/Shanghai") from error
