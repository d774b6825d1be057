"""Stores to be broken: copies of one that was made once, and all that anybody can see of one."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from itertools import count
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from tests.conftest import database_url
from tests.postgres import create_database
from tests.postgres import drop_database
from tests.rebuild import ids
from tests.rebuild import paths
from web import create_app

BASE = "https://feeds.example.org"
SUFFIXES = (".rss", ".atom", ".json")
_API = ("entries", "authors", "topics", "sources", "documents", "stories", "changes")


class Stores(Protocol):
    """Where copies come from."""

    def make(self, fill: Callable[[str], None]) -> str:
        """A store that `fill` has filled, by its address; to be copied."""

    def copy(self, made: str) -> str:
        """The address of a copy."""

    def drop(self, url: str) -> None:
        """A copy that nobody needs."""

    def check(self, url: str) -> None:
        """Have the database say that it is well."""


@dataclass
class Files:
    """SQLite."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=count)

    def make(self, fill: Callable[[str], None]) -> str:
        url = f"sqlite:///{self.folder / f'made{next(self.numbers)}.db'}"
        migrate(url)
        fill(url)
        return url

    def copy(self, made: str) -> str:
        path = self.folder / f"copy{next(self.numbers)}" / "store.db"
        path.parent.mkdir()
        shutil.copy(made.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        shutil.rmtree(Path(url.removeprefix("sqlite:///")).parent)

    def check(self, url: str) -> None:
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        try:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        finally:
            connection.close()


@dataclass
class Databases:
    """PostgreSQL."""

    server: str
    made: list[str] = field(default_factory=list)

    def make(self, fill: Callable[[str], None]) -> str:
        url = self._new()
        migrate(url)
        fill(url)
        return url

    def copy(self, made: str) -> str:
        return self._new(made.rpartition("/")[2])

    def drop(self, url: str) -> None:
        name = url.rpartition("/")[2]
        drop_database(self.server, name)
        self.made.remove(name)

    def check(self, url: str) -> None:
        """It tells so by itself."""

    def close(self) -> None:
        for name in list(self.made):
            self.drop(f"/{name}")

    def _new(self, *template: str) -> str:
        name = f"feedwright_{uuid4().hex}"
        create_database(self.server, name, *template)
        self.made.append(name)
        return database_url(self.server, name)


def seen(url: str, **environ: str) -> dict[str, str]:
    """All that anybody can see of a store: ids, and digests of each feed and each answer of the API."""
    settings = load_settings({"DATABASE_URL": url, "PUBLIC_BASE_URL": BASE, **environ})
    with open_store(settings.database_url) as store:
        client = create_app(settings, store).test_client()
        asked = [*(f"{path}{suffix}" for path in paths(store) for suffix in SUFFIXES), *_api(client, store)]
        found = {"ids": "\n".join(ids(store))}
        for path in asked:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.text)
            found[path] = hashlib.sha256(answer.data).hexdigest()
    return found


def differences(one: dict[str, str], other: dict[str, str]) -> list[str]:
    """What differs, a few of it."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))[:10]


def _api(client: object, store: Store) -> Iterator[str]:
    for name in _API:
        path: str | None = f"/api/v1/{name}?limit=100"
        while path:
            yield path
            answer = json.loads(client.get(path).data)  # type: ignore[attr-defined]
            path = None if name == "changes" or answer.get("next") is None else answer["next"].removeprefix(BASE)
