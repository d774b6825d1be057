"""Who is the same person under another name or handle: data (`authors.toml`), never a guess."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

from feeds.authors import key_for
from feeds.errors import ConfigError
from feeds.model import Person
from feeds.model import Role

_FIELDS = frozenset({"handle", "name", "handles", "names"})


@dataclass(frozen=True, slots=True)
class Aliases:
    """Names and handles, each with the person it belongs to."""

    #: By the key of a spelling the key of the author (both `feeds.authors.key_for`).
    keys: Mapping[str, str]

    def named(self, person: Person) -> Person:
        """The person, marked as the author that one of several names or handles means."""
        key = key_for(person)
        main = self.keys.get(key or "")
        return person if main is None or main == key else replace(person, known_as=main)

    def spellings(self, people: Iterable[Person]) -> tuple[tuple[str, str], ...]:
        """For each of the people who has several names or handles: the key of the author with each of the others."""
        wanted = {key for person in people if (key := key_for(person)) is not None}
        return tuple(sorted((main, key) for key, main in self.keys.items() if main in wanted and key != main))


def load_aliases(path: Path | None = None) -> Aliases:
    """The people of a user's file, then the shipped ones.

    Raises `ConfigError` with the file and the author that is wrong, also for a spelling that two authors claim.
    """
    shipped = _keys(resources.files("feeds").joinpath("authors.toml").read_text("utf-8"), "authors.toml")
    if path is None:
        return Aliases(shipped)
    try:
        own = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"cannot be read: {error}") from error
    return Aliases({**shipped, **_keys(own, str(path))})


def _keys(text: str, file: str) -> dict[str, str]:
    try:
        tables = tomllib.loads(text).get("author", [])
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file, str(error)) from error
    if not isinstance(tables, list):
        raise ConfigError(file, "write each author as [[author]]")
    keys: dict[str, str] = {}
    for number, table in enumerate(tables, 1):
        where = f"{file}, author {number}"
        main, spellings = _author(table, where)
        for key in spellings:
            if key in keys:
                raise ConfigError(where, f"{key!r} belongs to {keys[key]!r} already")
        keys |= dict.fromkeys(spellings, main)
    return keys


def _author(table: Mapping[str, Any], where: str) -> tuple[str, list[str]]:
    """The key of the author, and those of all spellings, that one first."""
    unknown = sorted(set(table) - _FIELDS)
    if unknown:
        raise ConfigError(where, f"does not know {', '.join(unknown)}; known: {', '.join(sorted(_FIELDS))}")
    handles, names = list(_words(table, "handle", "handles", where)), list(_words(table, "name", "names", where))
    if not handles and not names:
        raise ConfigError(where, "needs a handle or a name")
    spelled = [Person("", handle, handle, Role.AUTHOR) for handle in handles]
    spelled += [Person("", name, None, Role.AUTHOR) for name in names]
    keys = list(dict.fromkeys(key for person in spelled if (key := key_for(person))))
    return keys[0], keys


def _words(table: Mapping[str, Any], one: str, more: str, where: str) -> Iterator[str]:
    found = [table[one]] if one in table else []
    others = table.get(more, [])
    if not isinstance(others, list) or not all(isinstance(word, str) and word.strip() for word in [*found, *others]):
        raise ConfigError(where, f"{one} must be a text in quotes, {more} a list of such")
    yield from (word.strip().lstrip("@＠") if one == "handle" else word.strip() for word in [*found, *others])
