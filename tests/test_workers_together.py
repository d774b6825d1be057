"""Three workers and two web processes on one PostgreSQL, one worker killed in mid-fetch."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from feeds.store import Store
from tests.benches import everything
from tests.benches import item
from tests.benches import rss
from tests.benches import source
from tests.servers import Asked
from tests.servers import Reply
from tests.servers import serving
from tests.worker_process import INTERVAL

ROOT = Path(__file__).parent.parent
STUCK = "f5"
#: Seconds; generous, since what is waited for are events.
PATIENCE = 90.0


class Feeds:
    """Twelve feeds; the first who asks for one of them waits until somebody is killed."""

    def __init__(self, number: int) -> None:
        self.stuck, self.killed, self.enough = threading.Event(), threading.Event(), threading.Event()
        self.victim = ""
        self._names = {f"/f{n}" for n in range(number)}
        self._asked: Counter[str] = Counter()
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Reply:
        if asked.path not in self._names:
            return Reply(404)
        with self._lock:
            self._asked[asked.path] += 1
            first = asked.path == f"/{STUCK}" and self._asked[asked.path] == 1
            if all(self._asked[name] >= 3 for name in self._names):
                self.enough.set()
        if first:
            self.victim = re.findall(r"https://(\w+)\.", asked.headers["user-agent"])[0]
            self.stuck.set()
            self.killed.wait(PATIENCE)
        name = asked.path[1:]
        text = f"今天在{name}的院子里看见一只小猫，它在窗台上睡了很久，醒来又去看雨。"
        return Reply(200, rss(item(f"{name}a", f"{name}甲", text), item(f"{name}b", f"{name}乙", text[::-1])))


@contextmanager
def running(command: list[str], **environment: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def titles(port: int, tries: int = 200) -> set[str]:
    for _ in range(tries):
        try:
            with urlopen(f"http://127.0.0.1:{port}/api/v1/entries?limit=100", timeout=10) as answer:
                return {entry["title"] for entry in json.load(answer)["data"]}
        except URLError:
            threading.Event().wait(0.1)
    raise AssertionError("the web processes do not answer")


@pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)
def test_every_source_is_fetched_once_an_interval_though_a_worker_is_killed(
    store_url: str, store: Store, tmp_path: Path
) -> None:
    feeds = Feeds(12)
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(feeds)) for _ in range(4)]
        toml = "".join(source(f"f{n}", "feed", f"{servers[n % 4].url}/f{n}") for n in range(12))
        path = tmp_path / "sources.toml"
        path.write_text(toml, "utf-8")
        port = free_port()
        web = [sys.executable, "feedwright.py", "serve", "--port", str(port)]
        stack.enter_context(running(web, DATABASE_URL=store_url, WEB_CONCURRENCY="2"))
        command = [sys.executable, "-m", "tests.worker_process", store_url, str(path)]
        workers = {name: stack.enter_context(running([*command, name])) for name in ("one", "two", "three")}
        assert feeds.stuck.wait(PATIENCE)
        workers[feeds.victim].send_signal(signal.SIGKILL)
        feeds.killed.set()
        assert feeds.enough.wait(PATIENCE)
        survivors = [process for name, process in workers.items() if name != feeds.victim]
        for process in survivors:
            process.send_signal(signal.SIGTERM)
        ended = [(*process.communicate(timeout=PATIENCE), process.returncode) for process in survivors]
        assert [code for _, _, code in ended] == [0, 0], ended
        log = [asked for server in servers for asked in server.log]
        shown = titles(port)
    expected = {f"f{n}{letter}" for n in range(12) for letter in "甲乙"}
    assert {entry.title for entry in everything(store)} == shown == expected
    assert all(health.state == "ok" and not health.being_fetched for health in store.source_health())
    for n in range(12):
        times = [asked.at for asked in log if asked.path == f"/f{n}"]
        gaps = [after - before for before, after in zip(times, times[1:], strict=False)]
        counted = gaps[1:] if f"f{n}" == STUCK else gaps
        assert all(gap > INTERVAL * 0.9 for gap in counted), (n, gaps)
