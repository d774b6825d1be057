"""gunicorn as the Procfile starts it, on a port that is free."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).parents[2]
#: Seconds; generous, since what is waited for are events.
PATIENCE = 60.0


def in_procfile(name: str) -> list[str]:
    """How a process is started, by this Python."""
    lines = (ROOT / "Procfile").read_text("utf-8").splitlines()
    words = shlex.split(next(line for line in lines if line.startswith(f"{name}: ")).partition(" ")[2])
    return [sys.executable, "-m", *words]


@contextmanager
def serving(url: str, log: Path, workers: int = 2, **environ: str) -> Iterator[int]:
    """The port on which it answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(1024)
        port: int = listener.getsockname()[1]
        environment = os.environ | {"DATABASE_URL": url, "WEB_CONCURRENCY": str(workers), **environ}
        with log.open("wb") as said:
            process = subprocess.Popen(
                [*in_procfile("web"), "--bind", f"fd://{listener.fileno()}"],
                cwd=ROOT,
                env=environment,
                stdout=said,
                stderr=said,
                pass_fds=[listener.fileno()],
            )
            try:
                assert ask(port, "/healthz")[0] == 200, log.read_text("utf-8")
                yield port
            finally:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=PATIENCE)


def ask(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers (names in lower case) and body of an answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()
