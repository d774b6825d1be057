"""Fixtures that several tests share."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from hypothesis import HealthCheck
from hypothesis import settings

from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from tests.builders import NOW
from tests.postgres import NoServerError
from tests.postgres import SharedServer
from tests.postgres import create_database
from tests.postgres import drop_database
from tests.postgres import guarded_folder

if TYPE_CHECKING:
    from feeds.topics import Topics
    from tests.rules import LoadRules

_SHARED = pytest.StashKey[SharedServer]()


def pytest_configure(config: pytest.Config) -> None:
    """Choose a place for a server of PostgreSQL; workers of xdist are told the one that the first process chose.

    Property tests have no deadline.
    """
    told = getattr(config, "workerinput", {}).get("postgres")
    if told is None:
        stack = ExitStack()
        config.add_cleanup(stack.close)
        told = stack.enter_context(guarded_folder())
    config.stash[_SHARED] = SharedServer(Path(told))
    # No test depends on how fast a machine is.
    steady = settings(settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("steady", steady)
    settings.load_profile("steady")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist what it shares with the others."""
    node.workerinput["postgres"] = str(node.config.stash[_SHARED].folder)


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
def filled(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Path:
    """The file of a store with rows of all kinds, to be read and copied."""
    from tests.stores import fill_crawl  # with all parsers and rules, which most runs do not need
    from tests.stores import fill_store

    path = tmp_path_factory.mktemp("filled") / "store.db"
    shutil.copy(empty_store, path)
    with open_store(f"sqlite:///{path}") as store:
        fill_store(store)
    fill_crawl(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> str:
    """A PostgreSQL server on which tests may make databases: the one that TEST_DATABASE_URL names, else one of ours."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        return given
    try:
        return pytestconfig.stash[_SHARED].url
    except NoServerError as error:
        pytest.skip(f"there is no PostgreSQL (TEST_DATABASE_URL can name one): {error}")


@pytest.fixture(scope="session")
def template(postgres: str) -> Iterator[str]:
    """The name of a PostgreSQL database with the tables, to be copied."""
    name = f"feedwright_{uuid4().hex}"
    create_database(postgres, name)
    migrate(database_url(postgres, name))
    yield name
    drop_database(postgres, name)


@pytest.fixture(scope="module")
def shared_store(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Iterator[Store]:
    """An empty store on SQLite that the tests of a module share: one of its fixtures fills it, the tests only read."""
    path = tmp_path_factory.mktemp("shared") / "store.db"
    shutil.copy(empty_store, path)
    with open_store(f"sqlite:///{path}") as store:
        yield store


@pytest.fixture(scope="session")
def topics() -> Topics:
    """The topics that come with Feedwright."""
    from feeds.topics import load_topics  # with all rules, which most runs do not need

    return load_topics()


@pytest.fixture
def load(tmp_path: Path) -> LoadRules:
    """Reads topic rules from their text."""
    from feeds.topics import load_topics

    def load_rules(text: str) -> Topics:
        path = tmp_path / "rules.toml"
        path.write_text(text, encoding="utf-8")
        return load_topics(path)

    return load_rules


@pytest.fixture
def postgres_url(postgres: str) -> Iterator[str]:
    """The address of a PostgreSQL database without tables."""
    name = f"feedwright_{uuid4().hex}"
    create_database(postgres, name)
    yield database_url(postgres, name)
    drop_database(postgres, name)


@pytest.fixture
def postgres_store_url(postgres: str, template: str) -> Iterator[str]:
    """The address of an empty store with its tables on PostgreSQL."""
    name = f"feedwright_{uuid4().hex}"
    create_database(postgres, name, template)
    yield database_url(postgres, name)
    drop_database(postgres, name)


@pytest.fixture
def sqlite_store_url(tmp_path: Path, empty_store: Path) -> str:
    """The address of an empty store with its tables on SQLite."""
    path = tmp_path / "store.db"
    shutil.copy(empty_store, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty store with its tables, on each database."""
    name = "sqlite_store_url" if request.param == "sqlite" else "postgres_store_url"
    found: str = request.getfixturevalue(name)
    return found


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """An empty store."""
    with open_store(store_url) as opened:
        yield opened


def database_url(server: str, name: str) -> str:
    """The address of another database of a server."""
    return urlsplit(server)._replace(path=f"/{name}").geturl()
