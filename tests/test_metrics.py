"""Figures of several workers, added up."""

from __future__ import annotations

import os
import random
import signal
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from tests.test_platforms import ROOT
from tests.test_processes import PATIENCE
from tests.test_processes import free_port
from tests.test_processes import poll
from tests.test_processes import running
from web.metrics.cells import BOUNDS
from web.metrics.cells import KINDS
from web.metrics.cells import STATUSES
from web.metrics.cells import Board
from web.metrics.cells import Meter

TOKEN = "m" * 32


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.sampled_from(range(len(KINDS))), st.sampled_from(STATUSES[:-1]), st.floats(0, 100)
        )
    )
)
def test_the_totals_are_what_all_workers_counted(seen: list[tuple[int, int, int, float]]) -> None:
    board = Board(4)
    meters = [Meter(float(number)) for number in range(4)]
    for meter in meters:
        row = board.take()
        assert row is not None
        meter.join(board, row)
    for worker, kind, status, seconds in seen:
        meters[worker].answered(kind, status, seconds)
    totals = random.choice(meters).totals()
    for number, kind_name in enumerate(KINDS):
        mine = [one for one in seen if one[1] == number]
        for status in set(STATUSES[:-1]):
            assert totals.requests(kind_name, status) == sum(one[2] == status for one in mine)
        within = [sum(one[3] <= bound for one in mine) for bound in BOUNDS]
        assert totals.buckets(kind_name) == [*within, len(mine)]
        assert totals.seconds(kind_name) == pytest.approx(sum(one[3] for one in mine))
    assert totals.count("alive") == 4 and totals.started() == 0.0


def test_counts_stay_when_a_worker_ends_and_what_it_held_does_not() -> None:
    board = Board(1)
    for expected in (1, 2, 3):
        meter = Meter(100.0)
        row = board.take()
        assert row is not None and board.take() is None
        meter.join(board, row)
        meter.answered(0, 999, 0.1)
        meter.cache_holds(70, 7)
        assert meter.totals().requests("feed", 0) == expected, "an unknown status is counted as other"
        board.give_back(row)
        assert meter.totals().count("cache_bytes") == meter.totals().count("alive") == 0


def test_threads_lose_no_count() -> None:
    meter = Meter(0.0)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: [meter.answered(0, 200, 0.1) for _ in range(500)], range(8)))
    assert meter.totals().requests("feed", 200) == 4000


def test_two_gunicorn_workers_tell_the_same_sum_also_after_one_was_killed(tmp_path: Path, empty_store: Path) -> None:
    port = free_port()
    environ = {
        "DATABASE_URL": f"sqlite:///{empty_store}",
        "WEB_CONCURRENCY": "2",
        "PORT": str(port),
        "METRICS_TOKEN": TOKEN,
    }
    command = ["-m", "gunicorn", "--config", "python:web.server", "feedwright:application()"]
    with running(command, tmp_path / "log", ROOT, **environ) as process:
        poll(lambda: ask(port, "/healthz"))
        poll(lambda: figure(port, "feedwright_workers") == 2)
        before = counted(port)
        for _ in range(40):
            assert ask(port, "/entries.rss")
        assert counted(port) - before == 40
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        if not children.exists():
            pytest.skip("the system does not tell the children of a process")
        victim = int(children.read_text().split()[0])
        os.kill(victim, signal.SIGKILL)
        poll(lambda: str(victim) not in children.read_text().split() and figure(port, "feedwright_workers") == 2)
        assert counted(port) - before == 40
        for _ in range(10):
            assert ask(port, "/entries.rss")
        assert counted(port) - before == 50
        process.terminate()
        assert process.wait(PATIENCE) == 0


def counted(port: int) -> float:
    return figure(port, "feedwright_requests_total", kind="feed", status="200")


def figure(port: int, name: str, **labels: str) -> float:
    for family in text_string_to_metric_families(ask(port, "/metrics", Authorization=f"Bearer {TOKEN}").decode()):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return sample.value
    return 0.0


def ask(port: int, path: str, **headers: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        return body if answer.status == 200 else b""
    except ConnectionError:
        return b""
    finally:
        connection.close()
