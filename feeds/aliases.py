"""Who is the same person under another name or handle: data (`authors.toml`), never a guess."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from feeds.authors import key_for
from feeds.authors import slug_for
from feeds.authors import slugify
from feeds.errors import ConfigError
from feeds.model import Person
from feeds.model import Role

_KEYS = frozenset({"handle", "name", "handles", "names"})


@dataclass(frozen=True, slots=True)
class Aliases:
    """Names and handles, each with the person it belongs to."""

    #: By the key of a spelling (`feeds.authors.key_for`): the person under the main handle and name.
    people: Mapping[str, Person]

    def known_as(self, person: Person) -> Person | None:
        """The main handle and name of somebody who is known under several; None for everybody else."""
        return self.people.get(key_for(person) or "")

    def slug(self, name: str) -> str | None:
        """The slug of the author whom an address made of `name` means, where that is not its own."""
        words = name.strip()
        by_handle = self.people.get(f"@{words.lstrip('@＠').lower()}")
        known = by_handle or (None if words.startswith(("@", "＠")) else self.people.get(slugify(words) or ""))
        return slug_for(known) if known else None


def load_aliases(path: Path | None = None) -> Aliases:
    """The people of a user's file, then the shipped ones.

    Raises `ConfigError` with the file and the author that is wrong, also for a spelling that two authors claim.
    """
    shipped = _people(resources.files("feeds").joinpath("authors.toml").read_text("utf-8"), "authors.toml")
    if path is None:
        return Aliases(shipped)
    try:
        own = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"cannot be read: {error}") from error
    return Aliases({**shipped, **_people(own, str(path))})


def _people(text: str, file: str) -> dict[str, Person]:
    try:
        tables = tomllib.loads(text).get("author", [])
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(file, str(error)) from error
    if not isinstance(tables, list):
        raise ConfigError(file, "write each author as [[author]]")
    people: dict[str, Person] = {}
    for number, table in enumerate(tables, 1):
        where = f"{file}, author {number}"
        main, spellings = _author(table, where)
        for key in spellings:
            if key in people:
                raise ConfigError(where, f"{key!r} belongs to {people[key].name!r} already")
        people |= dict.fromkeys(spellings, main)
    return people


def _author(table: Mapping[str, Any], where: str) -> tuple[Person, set[str]]:
    unknown = sorted(set(table) - _KEYS)
    if unknown:
        raise ConfigError(where, f"does not know {', '.join(unknown)}; known: {', '.join(sorted(_KEYS))}")
    handles, names = list(_words(table, "handle", "handles", where)), list(_words(table, "name", "names", where))
    if not handles and not names:
        raise ConfigError(where, "needs a handle or a name")
    main = Person("", names[0] if names else handles[0], handles[0] if handles else None, Role.AUTHOR)
    spelled = [*(Person("", handle, handle, Role.AUTHOR) for handle in handles)]
    spelled += [Person("", name, None, Role.AUTHOR) for name in names]
    return main, {key for person in spelled if (key := key_for(person))}


def _words(table: Mapping[str, Any], one: str, more: str, where: str) -> Iterator[str]:
    found = [table[one]] if one in table else []
    others = table.get(more, [])
    if not isinstance(others, list) or not all(isinstance(word, str) and word.strip() for word in [*found, *others]):
        raise ConfigError(where, f"{one} must be a text in quotes, {more} a list of such")
    yield from (word.strip().lstrip("@＠") if one == "handle" else word.strip() for word in [*found, *others])
