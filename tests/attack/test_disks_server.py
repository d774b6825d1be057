"""A PostgreSQL server that is restarted, full of connections or locked, while it is read and written to."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from random import Random

import psycopg
import pytest
from flask.testing import FlaskClient

from feeds.store import migrate
from feeds.store import open_store
from tests.attack import writings
from tests.attack.conftest import Told
from tests.attack.sites import ASKED
from tests.attack.sites import WELL
from tests.attack.sites import add_token
from tests.attack.sites import ask
from tests.attack.sites import check_refusal
from tests.attack.sites import environ
from tests.attack.sites import ingest
from tests.attack.sites import send
from tests.attack.sites import site
from tests.attack.stores import differences
from tests.attack.stores import seen
from tests.postgres import NoServerError
from tests.postgres import Server
from tests.postgres import own_server

SEED = 20261122
LOGS = {f"log-{n:02}.md": writings.log(f"log-{n}", 5, date(2026, 1, 1 + n)) for n in range(8)}


#: That the role of the tests may have at once.
CONNECTIONS = 12


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """Running, with a role that is no superuser and its database."""
    with ExitStack() as stack:
        try:
            found = stack.enter_context(own_server())
        except NoServerError as error:
            pytest.skip(f"there is no PostgreSQL: {error}")
        administer(found, f"CREATE ROLE fw LOGIN PASSWORD 'fw' CONNECTION LIMIT {CONNECTIONS}")
        administer(found, "CREATE DATABASE fw OWNER fw")
        migrate(address(found))
        add_token(address(found))
        yield found


def address(server: Server, database: str = "fw") -> str:
    return f"postgresql://fw:fw@127.0.0.1:{server.port}/{database}"


def administer(server: Server, statement: str) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(statement.encode())


def test_a_restart_in_mid_request_is_told_and_got_over(
    server: Server, tmp_path: Path, rounds: Callable[[int, int], int], tell: Told
) -> None:
    number, statuses = rounds(2, 20), list[int]()
    with site(environ(address(server), tmp_path)) as client:
        assert ask(client) == WELL
        assert send(client, "sent.md", LOGS["log-00.md"]).status_code in {200, 201}
        for turn in range(number):
            stop = threading.Event()
            reader = threading.Thread(target=_ask_on, args=(client, stop, statuses))
            reader.start()
            server.stop("immediate" if turn % 2 else "fast")
            assert ask(client) == [503] * len(ASKED)
            with send(client, "other.md", LOGS["log-01.md"]) as answer:
                check_refusal(answer, "/api/")
            server.start()
            stop.set()
            reader.join()
            assert ask(client) == WELL
            assert send(client, f"sent-{turn}.md", LOGS["log-02.md"]).status_code in {200, 201}
    assert set(statuses) <= {200, 503}
    tell(f"PostgreSQL restarted {number} times in mid-request", f"{len(statuses)} answers, 200 or 503 with Retry-After")


def _ask_on(client: FlaskClient, stop: threading.Event, statuses: list[int]) -> None:
    other = client.application.test_client()
    while not stop.is_set():
        statuses += ask(other)


def test_a_restart_in_mid_ingest_loses_nothing(
    server: Server, tmp_path: Path, rounds: Callable[[int, int], int], tell: Told
) -> None:
    chance, number, stopped = Random(SEED), rounds(2, 15), 0
    documents = writings.write(tmp_path / "documents", LOGS)
    administer(server, "CREATE DATABASE empty OWNER fw")
    migrate(address(server, "empty"))
    administer(server, "CREATE DATABASE usual TEMPLATE empty OWNER fw")
    usual = address(server, "usual")
    begun = time.monotonic()
    assert ingest(environ(usual, tmp_path), documents, tmp_path)[0] == 0
    taken, wanted = time.monotonic() - begun, seen(usual)
    for turn in range(number):
        administer(server, f"CREATE DATABASE turn{turn} TEMPLATE empty OWNER fw")
        url = address(server, f"turn{turn}")
        told = environ(url, tmp_path)
        with ThreadPoolExecutor(1) as aside:
            reading = aside.submit(ingest, told, documents, tmp_path)
            threading.Event().wait(chance.uniform(0, taken))
            server.stop("immediate" if turn % 2 else "fast")
            status, said = reading.result()
        server.start()
        assert status in {0, 1} and "Traceback" not in said, said
        assert status == 0 or ("the store:" in said and "; " in said), said
        stopped += status
        with open_store(url) as store:
            assert {(report.failure, report.entries) for report in store.documents()} <= {(None, 5)}
        assert ingest(told, documents, tmp_path)[0] == 0
        assert differences(seen(url), wanted) == []
    tell(
        f"PostgreSQL restarted {number} times in mid-ingest",
        f"{stopped} runs ended by it, and say so; no half document",
    )


def test_a_server_that_takes_no_more_connections_is_told_and_got_over(
    server: Server, tmp_path: Path, tell: Told
) -> None:
    told = environ(address(server), tmp_path)
    documents = writings.write(tmp_path / "documents", LOGS)
    with site(told) as client:
        with ExitStack() as stack:
            for _ in range(CONNECTIONS):
                stack.enter_context(psycopg.connect(address(server)))
            assert ask(client) == [503] * len(ASKED)
            status, said = ingest(told, documents, tmp_path)
            assert status == 1 and "more connections" in said and "Traceback" not in said, said
        assert ask(client) == WELL
    tell("PostgreSQL without a connection left", "503 with Retry-After, then well again; ingest says what to do")


def test_who_reads_does_not_wait_for_a_lock_for_ever(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tell: Told
) -> None:
    monkeypatch.setattr("feeds.store.engine.READ_TIMEOUT", 200)
    with site(environ(address(server), tmp_path)) as client, psycopg.connect(address(server)) as other:
        other.execute("LOCK TABLE entry, state IN ACCESS EXCLUSIVE MODE")
        assert ask(client) == [503] * len(ASKED)
        other.rollback()
        assert ask(client) == WELL
    tell("PostgreSQL with its tables locked", "503 after a while, no thread held; then well again")
