"""The processes of the Procfile as a platform runs them: release, web and worker, until they are told to stop."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from feeds.model import EntryQuery
from feeds.model import Permission
from feeds.model import Token
from feeds.store import open_store
from feeds.tokens import digest
from feeds.tokens import new_token
from tests.benches import item
from tests.benches import rss
from tests.benches import source
from tests.builders import NOW
from tests.servers import Asked
from tests.servers import Reply
from tests.servers import serving

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "scrapers" / "samples"
DOCUMENT = SAMPLES / "posts-202603.md"
#: Seconds; generous, since what is waited for are events.
PATIENCE = 120.0
#: Platforms wait 30 seconds after SIGTERM, honcho only 5.
HONCHO = "import honcho.command, honcho.manager; honcho.manager.KILL_WAIT = 30; honcho.command.main()"
_T = TypeVar("_T")


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def poll(found: Callable[[], _T]) -> _T:
    """What is found, as soon as it is something."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if result := found():
            return result
        time.sleep(0.05)
    raise AssertionError("it did not happen")


@contextmanager
def running(command: list[str], log: Path, folder: Path, **environ: str) -> Iterator[subprocess.Popen[bytes]]:
    """A Python that runs something, with the commands of this environment on its path; nothing of it is left."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, *command],
            cwd=folder,
            env=os.environ | {"PATH": path, "PYTHONUNBUFFERED": "1"} | environ,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def titles(port: int) -> set[str]:
    try:
        with urlopen(f"http://127.0.0.1:{port}/api/v1/entries?limit=100", timeout=PATIENCE) as answer:
            return {entry["title"] for entry in json.load(answer)["data"]}
    except URLError:
        return set()


def is_refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
    except ConnectionError:
        return True
    return False


class Upload:
    """A document on its way to the API: the server has begun with it and waits for the rest."""

    def __init__(self, port: int, token: str) -> None:
        body = DOCUMENT.read_bytes()
        self._rest = body[100:]
        self._connection = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        head = f"POST /api/v1/documents?name={DOCUMENT.name} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n"
        head += f"Content-Type: text/markdown\r\nContent-Length: {len(body)}\r\nExpect: 100-continue\r\n\r\n"
        self._connection.sendall(head.encode())
        assert b"100 Continue" in self._connection.recv(1024)
        self._connection.sendall(body[:100])

    def finish(self) -> bytes:
        """The status line of the answer."""
        self._connection.sendall(self._rest)
        with self._connection, self._connection.makefile("rb") as answer:
            return answer.readline()


def test_release_web_and_worker_run_and_stop_without_losing_a_request(store_url: str, tmp_path: Path) -> None:
    port, log, token = free_port(), tmp_path / "log", new_token()
    if store_url.startswith("sqlite:"):
        Path(store_url.removeprefix("sqlite:///")).unlink()
    shutil.copy(SAMPLES / "article.md", tmp_path)

    def script(asked: Asked) -> Reply:
        text = "昨天把旧书架修好了，木板换了三块，漆还是原来的颜色。"
        return Reply(200, rss(item("a", "修书架", text))) if asked.path == "/feed" else Reply(404)

    with serving(script) as far:
        sources = tmp_path / "sources.toml"
        near = source("near", "files", "").replace('address = ""', 'files = ["*.md"]')
        sources.write_text(source("far", "feed", f"{far.url}/feed") + near, "utf-8")
        environ = {
            "PORT": str(port),
            "DATABASE_URL": store_url,
            "SOURCES": str(sources),
            "FETCH_NETWORKS": "127.0.0.0/8",
            "WEB_CONCURRENCY": "2",
            "DATABASE_CONNECTIONS": "9",  # the fewest that do
        }
        honcho = ["-c", HONCHO, "--no-colour", "start"]
        with running([*honcho, "release"], log, ROOT, **environ) as release:
            assert release.wait(PATIENCE) == 0, log.read_text()
        with open_store(store_url) as store:
            assert store.add_token(Token("press", digest(token), frozenset(Permission), NOW))
        with running([*honcho, "web", "worker"], log, ROOT, **environ) as processes:
            poll(lambda: titles(port) >= {"修书架", "给山区小学修一台会讲故事的机器"})
            upload = Upload(port, token)
            processes.send_signal(signal.SIGTERM)
            poll(lambda: is_refused(port))
            assert upload.finish().split()[1] in {b"200", b"201"}, log.read_text()
            processes.wait(PATIENCE)
    told = log.read_text()
    assert set(re.findall(r"(web|worker)\.1 stopped", told)) == {"web", "worker"} and "SIGKILL" not in told, told
    assert "Shutting down: Master" in told and "Traceback" not in told, told
    with open_store(store_url, read_only=True) as store:
        found = {entry.document.name for entry in store.entries(EntryQuery(limit=100)).entries if entry.document}
    assert DOCUMENT.name in found


def test_too_few_connections_end_the_start_with_one_line(tmp_path: Path) -> None:
    environ = {"DATABASE_URL": "postgres://db.example/n", "DATABASE_CONNECTIONS": "5", "WEB_CONCURRENCY": "2"}
    command = ["-m", "gunicorn", "--config", "python:web.server", "feedwright:application()"]
    with running(command, tmp_path / "log", ROOT, **environ) as process:
        assert process.wait(PATIENCE) == 1
    told = (tmp_path / "log").read_text()
    assert "Error: DATABASE_CONNECTIONS: 5 connections are too few for WEB_CONCURRENCY=2" in told
    assert "Traceback" not in told


@pytest.mark.parametrize("process", ["release", "web", "worker"])
def test_the_procfile_needs_nothing_installed_but_the_packages(process: str) -> None:
    """A buildpack installs requirements.txt and not the project, so the command `feedwright` is not there."""
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text("utf-8").splitlines())
    assert lines[process].split()[0] in {"python", "gunicorn"}
