"""A PostgreSQL server of a test's own, to be broken."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.postgres import NoServerError
from tests.postgres import _programs as programs_of_wheel

#: Connections that are taken from others than superusers.
CONNECTIONS = 12
_PATIENCE = 60.0


@dataclass
class OwnServer:
    """A server that can be stopped and started."""

    programs: Path
    data: Path
    port: int
    user: str | None
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Of the database on it."""
        return f"postgresql://fw@127.0.0.1:{self.port}/fw"

    def start(self) -> None:
        """Until it takes connections."""
        self.process = _run([self.programs / "postgres", "-D", self.data], self.user)
        for _ in range(int(_PATIENCE * 20)):
            try:
                psycopg.connect(f"postgresql://admin@127.0.0.1:{self.port}/postgres").close()
            except psycopg.OperationalError:
                threading.Event().wait(0.05)
            else:
                return
        raise AssertionError("the server of the test does not start")

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Ending what is under way (SIGINT), or as if the machine had failed (SIGQUIT)."""
        assert self.process is not None
        self.process.send_signal(how)
        self.process.communicate(timeout=_PATIENCE)

    def administer(self, statement: str, database: str = "postgres") -> None:
        """As superuser."""
        with psycopg.connect(f"postgresql://admin@127.0.0.1:{self.port}/{database}", autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """A running server with an empty database; skips the test where there are no programs for it."""
    user = _nobody() if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="feedwright-postgres-"))
    if user is not None:
        shutil.chown(folder, user)
    try:
        programs = _programs(folder)
    except NoServerError as error:
        shutil.rmtree(folder)
        pytest.skip(f"there is no PostgreSQL: {error}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = OwnServer(programs, folder / "data", port, user)
    try:
        made = _run([programs / "initdb", "-D", server.data, "-A", "trust", "-U", "admin", "--no-sync"], user)
        assert made.wait(_PATIENCE) == 0
        with (server.data / "postgresql.conf").open("a") as settings:
            settings.write(f"port = {port}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = ''\n")
            settings.write(f"fsync = off\nmax_connections = {CONNECTIONS + 3}\nshared_buffers = '16MB'\n")
        server.start()
        server.administer("CREATE ROLE fw LOGIN")
        server.administer("CREATE DATABASE fw OWNER fw")
        yield server
    finally:
        if server.process is not None and server.process.poll() is None:
            server.stop(signal.SIGQUIT)
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[Any], user: str | None) -> subprocess.Popen[bytes]:
    quiet = subprocess.DEVNULL
    return subprocess.Popen([str(word) for word in command], user=user, cwd="/", stdout=quiet, stderr=quiet)


def _nobody() -> str:
    """PostgreSQL refuses to be root."""
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def _programs(folder: Path) -> Path:
    """Of Debian, else of the wheel. Raises `NoServerError`."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else programs_of_wheel(folder)
