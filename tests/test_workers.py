"""What another process writes is in the next answer of every worker of a real gunicorn, on both databases."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import IO
from urllib.parse import quote

import pytest

from feeds.store import Store
from feeds.store import open_store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_person
from tests.builders import make_topics

ROOT = Path(__file__).parent.parent
WORKERS = 2
CONNECTIONS = 16


class Server:
    """A gunicorn that tells which of its workers answered."""

    def __init__(self, port: int, log: IO[bytes]) -> None:
        self._port = port
        self._log = log

    def await_all(self) -> None:
        """Until each worker has answered."""
        seen: set[bytes] = set()
        for _ in range(500):
            seen |= self.ask("/healthz")[1]
            if len(seen) == WORKERS:
                return
        raise AssertionError("a worker does not answer")

    def send(self, target: str) -> bytes:
        """What is answered to a target as it is, but for the date."""
        with socket.create_connection(("127.0.0.1", self._port), timeout=60) as connection:
            connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            with connection.makefile("rb") as answer:
                return b"".join(line for line in answer if not line.startswith(b"Date:"))

    def ask(self, path: str, **headers: str) -> tuple[set[tuple[int, str | None, bytes]], set[bytes]]:
        """What they answer, asked at once, so that one that is busy leaves work to the other; and who answered."""
        connections = [HTTPConnection("127.0.0.1", self._port, timeout=60) for _ in range(CONNECTIONS)]
        for connection in connections:
            connection.request("GET", path, headers=headers)
        answers = [connection.getresponse() for connection in connections]
        found = {(answer.status, answer.headers["ETag"], answer.read()) for answer in answers}
        for connection in connections:
            connection.close()
        return found, {self._log.readline() for _ in connections}


@contextmanager
def serving(url: str, *options: str) -> Iterator[Server]:
    """gunicorn with two workers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        environment = os.environ | {"DATABASE_URL": url, "WEB_CONCURRENCY": str(WORKERS)}
        command = [sys.executable, "-m", "gunicorn", "--config", "python:web.server", *options]
        command += ["--bind", f"fd://{listener.fileno()}", "--access-logfile", "-", "--access-logformat", "%(p)s"]
        process = subprocess.Popen(
            [*command, "web:create_app()"],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
        )
        assert process.stdout is not None
        server = Server(listener.getsockname()[1], process.stdout)
        try:
            server.await_all()
            yield server
        finally:
            process.terminate()
            process.communicate(timeout=60)


@pytest.mark.parametrize("options", [(), ("--preload",)], ids=["each loads", "forked"])
def test_every_worker_shows_at_once_what_another_process_wrote(
    store: Store, store_url: str, options: tuple[str, ...]
) -> None:
    store.save(make_batch([make_draft("第一条。", topics=make_topics("rag"))]), NOW)
    with serving(store_url, *options) as server:
        other = server.ask("/topics/rag.rss")[0]
        assert len(other) == 1, "all workers render the same bytes with the same tag"
        tag = str(next(iter(other))[1])
        workers: set[bytes] = set()
        for number in range(8):
            store.save(make_batch([make_draft(f"新的第 {number} 条。")], name=f"{number}.md"), NOW)
            found, answered = server.ask("/entries.rss")
            assert len(found) == 1 and f"新的第 {number} 条".encode() in found.pop()[2]
            assert server.ask("/topics/rag.rss", **{"If-None-Match": tag})[0] == {(304, tag, b"")}
            workers |= answered
        assert len(workers) == WORKERS


@pytest.mark.parametrize("path", ["/authors/王五.rss", "/entries.json?q=检索"], ids=["path", "query"])
def test_addresses_in_chinese_work_raw_and_encoded(tmp_path: Path, empty_store: Path, path: str) -> None:
    shutil.copy(empty_store, tmp_path / "s.db")
    with open_store(f"sqlite:///{tmp_path / 's.db'}") as store:
        store.save(make_batch([make_draft("检索增强。", people=(make_person("王五", None),))]), NOW)
    with serving(f"sqlite:///{tmp_path / 's.db'}") as server:
        encoded = quote(path, safe="/?=")
        raw, other = server.send(path), server.send(encoded)
        assert raw == other and raw.startswith(b"HTTP/1.1 200") and encoded.encode() in raw


def test_a_store_that_moves_into_the_place_of_another_is_served_at_once(tmp_path: Path, empty_store: Path) -> None:
    for name in ("old.db", "new.db"):
        shutil.copy(empty_store, tmp_path / name)
        with open_store(f"sqlite:///{tmp_path / name}") as store:
            store.save(make_batch([make_draft(f"在 {name} 里。")]), NOW)
    with serving(f"sqlite:///{tmp_path / 'old.db'}") as server:
        for path in ("/entries.rss", "/api/v1/entries"):
            assert all("在 old.db 里".encode() in body for _, _, body in server.ask(path)[0])
        (tmp_path / "new.db").rename(tmp_path / "old.db")
        for path in ("/entries.rss", "/api/v1/entries"):
            assert all("在 new.db 里".encode() in body for _, _, body in server.ask(path)[0])
