"""Fixtures that several tests share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from tests.builders import NOW


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


@pytest.fixture
def store_url(empty_store: Path, tmp_path: Path) -> str:
    """The address of an empty store with its tables."""
    path = tmp_path / "store.db"
    shutil.copy(empty_store, path)
    return f"sqlite:///{path}"


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store in a SQLite file."""
    with open_store(store_url) as opened:
        yield opened
