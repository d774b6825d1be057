"""Disks that are full, files that are damaged or gone, stores that others hold: told, got over, nothing lost."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from feeds.store import open_store
from tests.attack import writings
from tests.attack.conftest import Told
from tests.attack.killing import command
from tests.attack.killing import run
from tests.attack.scenes import NOW
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
from tests.builders import make_batch
from tests.builders import make_draft


@pytest.fixture
def filled(tmp_path: Path, empty_store: Path) -> str:
    """A store with an entry and a token, in a folder of its own."""
    folder = tmp_path / "store"
    folder.mkdir()
    shutil.copy(empty_store, folder / "store.db")
    url = f"sqlite:///{folder / 'store.db'}"
    with open_store(url) as store:
        store.save(make_batch([make_draft("检索的第一条。")]), NOW)
    add_token(url)
    return url


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of two megabytes."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"this process may not mount a disk: {done.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def resize(disk: Path, how: str) -> None:
    """Mount a disk anew."""
    subprocess.run(["mount", "-o", f"remount,{how}", disk], check=True)


def test_a_full_disk_is_told_and_what_was_written_stays(
    disk: Path, empty_store: Path, tmp_path: Path, tell: Told
) -> None:
    shutil.copy(empty_store, disk / "store.db")
    url, usual = f"sqlite:///{disk / 'store.db'}", f"sqlite:///{tmp_path / 'usual.db'}"
    shutil.copy(empty_store, tmp_path / "usual.db")
    for one in (url, usual):
        add_token(one)
    logs = {f"log-{n:02}.md": writings.log(f"log-{n}", 40, date(2026, 1, 1 + n)) for n in range(12)}
    documents, told = writings.write(tmp_path / "documents", logs), environ(url, tmp_path)
    with site(told) as client:
        assert ask(client) == WELL
        status, said = ingest(told, documents, tmp_path)
        assert status == 1 and "full" in said and "make room" in said, said
        assert "Traceback" not in said
        assert ask(client) == WELL
        with open_store(url) as store:
            kept = {report.info.name: report for report in store.documents()}
        assert 0 < len(kept) < len(logs)
        assert {report.failure for report in kept.values()} == {None}
        assert {report.entries for report in kept.values()} == {40}
        with send(client, "sent.md", logs["log-11.md"]) as answer:
            check_refusal(answer, "/api/")
        resize(disk, "size=64m")
        assert ask(client) == WELL
        assert ingest(told, documents, tmp_path)[0] == 0
        assert ingest({**told, "DATABASE_URL": usual}, documents, tmp_path)[0] == 0
        assert differences(seen(url), seen(usual)) == []
        assert send(client, "sent.md", writings.log("sent", 2)).status_code == 201
    tell(
        "SQLite on a full disk of 2 MB",
        f"{len(kept)} of {len(logs)} documents whole, 1 line names the disk; all after",
    )


def test_an_export_to_a_full_disk_leaves_the_old_files_whole(
    disk: Path, filled: str, tmp_path: Path, tell: Told
) -> None:
    told = environ(filled, tmp_path)
    out = disk / "out"
    with open_store(filled) as store:
        store.save(make_batch([make_draft(writings.text(n), n) for n in range(1, 60)], name="many.md"), NOW)
    ended = run(command("export", str(out)), told, tmp_path / "log")
    assert ended.status == 1 and "No space left" in ended.said and "Traceback" not in ended.said, ended.said
    written = [path for path in out.rglob("*") if path.is_file() and ".feedwright" not in path.parts]
    for path in written:
        if path.suffix == ".json":
            json.loads(path.read_bytes())
        if path.suffix in {".rss", ".atom"}:
            assert path.read_bytes().rstrip().endswith((b"</rss>", b"</feed>"))
    assert [path.name for path in (out / ".feedwright").iterdir()] == ["files.txt"]
    tell("export to a full disk of 2 MB", f"{len(written)} whole files, none half, 1 line names the disk")


def test_a_disk_that_may_only_be_read_is_served(disk: Path, filled: str, tmp_path: Path, tell: Told) -> None:
    resize(disk, "size=32m")
    shutil.copy(filled.removeprefix("sqlite:///"), disk / "store.db")
    url = f"sqlite:///{disk / 'store.db'}"
    documents = writings.write(tmp_path / "documents", {"log.md": writings.log("log", 3)})
    resize(disk, "ro")
    told = environ(url, tmp_path)
    with site(told) as client:
        assert ask(client) == WELL
        with send(client, "sent.md", writings.log("sent", 2)) as answer:
            assert (answer.status_code, answer.json["code"]) == (403, "read_only")
        status, said = ingest(told, documents, tmp_path)
        assert status == 1 and "may be written to" in said and "Traceback" not in said, said
        resize(disk, "rw")
        assert send(client, "sent.md", writings.log("sent", 2)).status_code == 201
        assert ingest(told, documents, tmp_path)[0] == 0
        assert ask(client) == WELL
    tell("SQLite on a disk that may only be read", "served; 403 for who writes; written to again without a restart")


HOLD = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    connection.execute(statement).fetchall()
print("held", flush=True)
sys.stdin.read()
"""


@contextmanager
def held(url: str, *statements: str) -> Iterator[None]:
    """A SQLite file that another process holds."""
    words = [sys.executable, "-c", HOLD, url.removeprefix("sqlite:///"), *statements]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        try:
            yield
        finally:
            process.communicate()


def test_a_file_that_another_process_holds_is_read_and_written_to_later(
    filled: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tell: Told
) -> None:
    monkeypatch.setattr("feeds.store.engine.BUSY_TIMEOUT", 300)
    monkeypatch.setattr("feeds.store.watching.BUSY_TIMEOUT", 300)
    documents = writings.write(tmp_path / "documents", {"log.md": writings.log("log", 3)})
    told = environ(filled, tmp_path)
    with site(told) as client:
        assert ask(client) == WELL
        with held(filled, "BEGIN EXCLUSIVE", "UPDATE state SET version = version"):
            assert ask(client) == WELL
            with send(client, "sent.md", writings.log("sent", 2)) as answer:
                check_refusal(answer, "/api/")
            status, said = ingest(told, documents, tmp_path)
            assert status == 1 and "locked; another process holds the file" in said and "Traceback" not in said, said
        assert send(client, "sent.md", writings.log("sent", 2)).status_code == 201
        assert ingest(told, documents, tmp_path)[0] == 0
        with open_store(filled) as store:
            assert [report.failure for report in store.documents() if report.failure] == []
    alone = ("PRAGMA locking_mode = EXCLUSIVE", "BEGIN EXCLUSIVE", "UPDATE state SET version = version")
    with held(filled, *alone), site(told) as client:
        assert ask(client) == [503] * len(ASKED)
    with site(told) as client:
        assert ask(client) == WELL
    tell(
        "SQLite held by another process",
        "read all the while, 503 for who writes (for all, where it is locked whole)",
    )


@pytest.mark.parametrize("damage", ["garbage", "cut off", "gone", "empty"])
def test_a_store_that_is_damaged_or_gone_is_told_and_its_copy_served_without_a_restart(
    filled: str, tmp_path: Path, damage: str, tell: Told
) -> None:
    path = Path(filled.removeprefix("sqlite:///"))
    shutil.copy(path, tmp_path / "copy.db")
    told = environ(filled, tmp_path)
    documents = writings.write(tmp_path / "documents", {"log.md": writings.log("log", 3)})
    with site(told) as client:
        assert ask(client) == WELL
        damaged = tmp_path / "store" / "new"
        if damage == "gone":
            path.unlink()
        else:
            whole = path.read_bytes()
            contents = {"garbage": b"\xfe" * len(whole), "cut off": whole[: len(whole) // 3], "empty": b""}
            damaged.write_bytes(contents[damage])
            os.replace(damaged, path)
            for beside in ("-wal", "-shm"):
                Path(f"{path}{beside}").unlink(missing_ok=True)
        time.sleep(0.03)
        found = ask(client)
        assert set(found) == {503}, found
        for asked in (["ingest", str(documents)], ["list"], ["migrate"]):
            if asked == ["ingest", str(documents)] and damage in {"gone", "empty"}:
                continue  # makes a new store, as it should
            if asked == ["migrate"] and damage in {"gone", "empty"}:
                continue
            ended = run(command(*asked), told, tmp_path / "log")
            assert ended.status == 1 and "Traceback" not in ended.said, ended.said
        shutil.copy(tmp_path / "copy.db", tmp_path / "store" / "back.db")
        os.replace(tmp_path / "store" / "back.db", path)
        time.sleep(0.03)
        assert ask(client) == WELL
    tell(f"SQLite file {damage} under a server", "503 for all; a copy put back is served without a restart")
