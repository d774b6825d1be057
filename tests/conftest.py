"""Fixtures that several tests share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest

from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from tests.builders import NOW

#: A PostgreSQL server on which tests may make databases, such as postgresql://user:password@127.0.0.1/postgres.
SERVER = os.environ.get("TEST_DATABASE_URL", "")
DATABASES = ["sqlite", "postgresql"] if SERVER else ["sqlite"]


@pytest.fixture
def now() -> datetime:
    """A fixed moment."""
    return NOW


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a store with its tables, to be copied: migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("empty") / "store.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def template() -> Iterator[str]:
    """The name of a PostgreSQL database with the tables, to be copied."""
    name = f"feedwright_{uuid4().hex}"
    _administer(f"CREATE DATABASE {name}")
    migrate(_named(name))
    yield name
    _administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=DATABASES)
def store_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty store with its tables, on each database."""
    if request.param == "sqlite":
        path = request.getfixturevalue("tmp_path") / "store.db"
        shutil.copy(request.getfixturevalue("empty_store"), path)
        yield f"sqlite:///{path}"
        return
    name = f"feedwright_{uuid4().hex}"
    _administer(f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('template')}")
    yield _named(name)
    _administer(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store."""
    with open_store(store_url) as opened:
        yield opened


def _named(database: str) -> str:
    return urlsplit(SERVER)._replace(path=f"/{database}").geturl()


def _administer(statement: str) -> None:
    with psycopg.connect(SERVER, autocommit=True) as connection:
        connection.execute(statement.encode())
