"""How the connections of a database's plan are shared."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.connections import RESERVED
from feeds.connections import WORKER
from feeds.connections import Connections
from feeds.connections import web_share
from feeds.errors import ConfigError
from feeds.model import EntryQuery
from feeds.model import Scope
from feeds.settings import Settings
from feeds.settings import load_settings
from feeds.store import open_store


def make_settings(connections: int, processes: int, url: str = "postgres://db.example/n") -> Settings:
    return load_settings(
        {"DATABASE_URL": url, "DATABASE_CONNECTIONS": str(connections), "WEB_CONCURRENCY": str(processes)}
    )


@given(connections=st.integers(4, 500), processes=st.integers(1, 64), threads=st.integers(1, 64))
def test_all_processes_together_never_have_more_than_the_plan_gives(
    connections: int, processes: int, threads: int
) -> None:
    try:
        share = web_share(make_settings(connections, processes), threads)
    except ConfigError:
        assert connections < processes * 3 + RESERVED
        return
    reader, writer = share.reader, share.writer
    each = reader.asking + reader.looking + writer.asking + writer.looking
    assert processes * each + WORKER.asking + WORKER.looking <= connections
    assert min(reader.asking, reader.looking, writer.asking) >= 1
    assert max(reader.asking, reader.looking) <= threads


def test_too_few_connections_are_refused_with_what_to_do() -> None:
    with pytest.raises(ConfigError, match=r"^DATABASE_CONNECTIONS: 20 .* WEB_CONCURRENCY=8.* at least 27 "):
        web_share(make_settings(20, 8), 8)


def test_a_file_has_as_many_as_there_are_threads() -> None:
    share = web_share(make_settings(4, 64, "sqlite:///x.sqlite3"), 8)
    assert share.reader == share.writer == Connections(8, 8)


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_many_threads_share_the_connections_that_a_store_may_have(store_url: str) -> None:
    start, counting = threading.Barrier(16), threading.Lock()
    most: list[int] = []
    with open_store(store_url, connections=Connections(2, 1)) as store, ThreadPoolExecutor(16) as threads:

        def ask(number: int) -> None:
            start.wait()
            for _ in range(10):
                store.entries(EntryQuery(limit=1))
                store.look((Scope("all", ""),))
            with counting:
                most.append(connected(store_url))

        list(threads.map(ask, range(16)))
    assert len(most) == 16 and max(most) <= 3


def connected(url: str) -> int:
    """The connections there are, without the one that counts them."""
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ).fetchone()
    assert row is not None
    return int(row[0])
