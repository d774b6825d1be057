"""Saved queries: listings with a name of their own, as data in a TOML file (the setting FEEDS).

[[feed]]
name = "small-models"            # stands in the address: /feeds/small-models
title = "Small models"
description = "What runs on a laptop."
query = "小模型 OR topic:on-device -lang:en"
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from feeds.errors import ConfigError
from feeds.errors import QueryError
from feeds.query import QuerySyntaxError
from feeds.query import parse

_TABLE = "feed"
_FIELDS = ("name", "title", "description", "query")
_NAME = re.compile(r"\w+(?:-+\w+)*")


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """One entry of the file."""

    #: Lower case; stands in the address.
    name: str
    title: str
    #: None where the query speaks for itself.
    description: str | None
    #: As written; whom and what it names is looked up when it is asked for.
    query: str


def load_saved(path: Path | None) -> dict[str, SavedQuery]:
    """The saved queries by name; none without a file. Raises `ConfigError` with file, line and reason."""
    if path is None:
        return {}
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"cannot be read: {error}") from error
    return read_saved(text, str(path))


def read_saved(text: str, file: str) -> dict[str, SavedQuery]:
    """The saved queries of a file's text; see `load_saved`."""
    try:
        whole = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file, str(error)) from error
    tables = whole.get(_TABLE, [])
    if set(whole) - {_TABLE} or not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise ConfigError(file, f"write each saved query as [[{_TABLE}]], and nothing else")
    found: dict[str, SavedQuery] = {}
    for number, table in enumerate(tables):
        where = _Where(file, text, number)
        saved = _saved(table, where)
        if saved.name in found:
            raise where.wrong("name", f"{saved.name!r} is the name of another one above")
        found[saved.name] = saved
    return found


@dataclass(frozen=True, slots=True)
class _Where:
    """The place of an entry in the file."""

    file: str
    text: str
    number: int

    def wrong(self, key: str | None, problem: str) -> ConfigError:
        """What is wrong with a key of the entry, with the line of the key, else of the entry."""
        return ConfigError(f"{self.file}:{self._line(key)}", problem)

    def _line(self, key: str | None) -> int:
        lines = self.text.splitlines()
        starts = [at for at, line in enumerate(lines, 1) if re.match(rf"\s*\[\[\s*{_TABLE}\s*\]\]", line)]
        if self.number >= len(starts):  # written in another way, such as feed = [{…}]
            return 1
        first = starts[self.number]
        last = starts[self.number + 1] if self.number + 1 < len(starts) else len(lines) + 1
        inside = range(first + 1, last)
        return next((at for at in inside if key and re.match(rf'\s*"?{re.escape(key)}"?\s*=', lines[at - 1])), first)


def _saved(table: Mapping[str, Any], where: _Where) -> SavedQuery:
    for key in table:
        if key not in _FIELDS:
            raise where.wrong(key, f"there is no {key!r}; known: {', '.join(_FIELDS)}")
    name, query = _words(table, "name", where), _words(table, "query", where)
    if name is None or query is None:
        raise where.wrong(None, f"a saved query needs a {'name' if name is None else 'query'}")
    if not _NAME.fullmatch(name) or name != name.casefold():
        raise where.wrong("name", f"{name!r} cannot stand in an address; use small letters, digits and hyphens")
    try:
        parse(query)
    except QueryError as error:
        shown = f"{error}\n{error.caret}" if isinstance(error, QuerySyntaxError) else str(error)
        raise where.wrong("query", shown) from error
    return SavedQuery(name, _words(table, "title", where) or name, _words(table, "description", where), query)


def _words(table: Mapping[str, Any], key: str, where: _Where) -> str | None:
    value = table.get(key)
    if value is not None and not (isinstance(value, str) and value.strip() and value.isprintable()):
        raise where.wrong(key, f"{key} must be one line of text in quotes")
    return value.strip() if value else None
