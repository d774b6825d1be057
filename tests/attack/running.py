"""Gunicorn with a site in it, as it runs in service, and plain sockets to speak to it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_PATIENCE = 60.0


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    port: int
    log: Path

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def connect(self) -> socket.socket:
        """A connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=_PATIENCE)

    def say(self, words: bytes) -> bytes:
        """All that comes back until the server closes, or says nothing for a while."""
        with closing(self.connect()) as made:
            made.sendall(words)
            return _all(made)

    def status(self, words: bytes) -> int:
        """The status of the first answer; 0 where there is none."""
        reply = self.say(words)
        return int(reply[9:12]) if reply.startswith(b"HTTP/1.1 ") else 0


@contextmanager
def running(folder: Path, **environ: str) -> Iterator[Running]:
    """Serve an empty store with one process of gunicorn."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    told = {"DATABASE_URL": f"sqlite:///{folder / 'served.sqlite3'}", "PORT": str(port), "WEB_CONCURRENCY": "1"}
    settings = {**os.environ, **told, **environ}
    command = [sys.executable, "-m", "feedwright"]
    subprocess.run([*command, "migrate"], env=settings, check=True, capture_output=True)
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen([*command, "serve"], env=settings, stdout=out, stderr=subprocess.STDOUT)
        try:
            server = Running(port, log)
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(_PATIENCE)


def _wait(server: Running, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with closing(server.connect()) as made:
                made.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                if made.recv(12).endswith(b"200"):
                    return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(server.log.read_text("utf-8", "replace"))


def _all(made: socket.socket) -> bytes:
    pieces = []
    while True:
        try:
            piece = made.recv(65536)
        except (TimeoutError, ConnectionError):
            break
        if not piece:
            break
        pieces.append(piece)
    return b"".join(pieces)
