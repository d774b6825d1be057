"""Without a database: the store is built with the program and served from where nobody may write."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request
from urllib.request import urlopen

import pytest

from feeds.settings import load_settings
from tests.test_metrics import ask
from tests.test_processes import PATIENCE
from tests.test_processes import ROOT
from tests.test_processes import free_port
from tests.test_processes import poll
from tests.test_processes import running
from web import create_app

#: What one deploy tells the build and the web process; dates that documents do not tell stay from build to build.
ENVIRON = {"STORE_READONLY": "1", "SOURCE_DATE_EPOCH": "1780000000", "DYNO": "web.1", "DATABASE_URL": ""}


@pytest.fixture
def slug() -> Iterator[Path]:
    """A checkout in which a buildpack has built the store, and into which nobody may write any more."""
    folder = Path(tempfile.mkdtemp())
    for name in ("feedwright.py", "pyproject.toml", "feeds", "scrapers", "web"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copytree(ROOT / "scrapers" / "samples", folder / "documents")
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    build = ["bash", str(ROOT / "deploy" / "post_compile")]
    subprocess.run(build, cwd=folder, env=os.environ | ENVIRON | {"PATH": path}, check=True, capture_output=True)
    folder.chmod(0o555)
    attempt = [sys.executable, *held_to_permissions(), "-c", "open('x', 'w')"]
    assert subprocess.run(attempt, cwd=folder, capture_output=True).returncode == 1, "it can be written to"
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def test_the_slug_is_served_as_a_database_is_and_nothing_is_written(slug: Path, store_url: str, tmp_path: Path) -> None:
    ours = {"cwd": ROOT, "check": True, "capture_output": True}
    ingest = [sys.executable, "feedwright.py", "ingest", str(slug / "documents")]
    subprocess.run(ingest, env=os.environ | ENVIRON | {"STORE_READONLY": "", "DATABASE_URL": store_url}, **ours)  # type: ignore[call-overload]
    port, held = free_port(), sorted(os.listdir(slug))
    environ = ENVIRON | {"PORT": str(port), "PUBLIC_BASE_URL": "https://feeds.example.org", "HOME": "/nonexistent"}
    command = [*held_to_permissions(), "-m", "gunicorn", "--config", "python:web.server", "feedwright:application()"]
    with running(command, tmp_path / "log", slug, **environ):
        poll(lambda: ask(port, "/readyz"))
        settings = load_settings({**environ, "DATABASE_URL": store_url})
        app = create_app(settings)
        for address in ("/entries.rss", "/topics/rag.atom", "/entries.json", "/opml"):
            assert ask(port, address) == app.test_client().get(address).data
        entries = json.loads(ask(port, "/api/v1/entries?limit=100"))["data"]
        there = app.test_client().get("/api/v1/entries?limit=100").get_json()["data"]
        app.extensions["feedwright"].store.close()
        assert len(entries) > 20 and [one["id"] for one in entries] == [one["id"] for one in there]
        with pytest.raises(HTTPError) as refused:
            urlopen(Request(f"http://127.0.0.1:{port}/api/v1/documents", b"x"), timeout=PATIENCE)
        assert json.load(refused.value)["code"] == "read_only"
        refused.value.close()
    assert sorted(os.listdir(slug)) == held == sorted({*held, "feedwright.sqlite3"}), "no log, no index, no lock"


def test_release_looks_at_the_slug_and_a_worker_does_not_start(slug: Path) -> None:
    release, worker = (command(slug, name) for name in ("migrate", "worker"))
    assert release.returncode == 0 and "up to date" in release.stdout
    assert worker.returncode == 1 and "STORE_READONLY" in worker.stderr and "Traceback" not in worker.stderr


def test_a_slug_without_a_store_does_not_go_live(tmp_path: Path) -> None:
    environ = ENVIRON | {"DATABASE_URL": f"sqlite:///{tmp_path}/none.db", "PORT": str(free_port())}
    web = ["-m", "gunicorn", "--config", "python:web.server", "feedwright:application()"]
    with running(web, tmp_path / "log", ROOT, **environ) as process:
        assert process.wait(PATIENCE) == 1
    assert "there is no store at" in (tmp_path / "log").read_text()


def test_with_a_database_there_is_nothing_to_build(tmp_path: Path) -> None:
    build = ["bash", str(ROOT / "deploy" / "post_compile")]
    environ = {"PATH": os.environ["PATH"], "DATABASE_URL": "postgres://db.example/n"}
    subprocess.run(build, cwd=tmp_path, env=environ, check=True)
    assert not list(tmp_path.iterdir())


def command(folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    asked = [sys.executable, "feedwright.py", name]
    return subprocess.run(asked, cwd=folder, env=os.environ | ENVIRON, capture_output=True, text=True, timeout=PATIENCE)


def held_to_permissions() -> list[str]:
    """For root, who may write anywhere: arguments of a Python that gives that up, then goes on with those behind them.

    prctl(2) takes CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH out of what the next program of root may have.
    """
    if os.geteuid() != 0:
        return []
    lines = "import ctypes, os, sys; [ctypes.CDLL(None).prctl(24, capability, 0, 0, 0) for capability in (1, 2)]; "
    return ["-c", lines + "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"]
