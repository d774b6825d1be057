"""`feedwright sync`, `sources`, `sources add`, `sources check` and `push` as a user runs them.

They run in this process, with a clock that does not wait for turns at hosts; the worker has a process of its own.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from click.testing import Result

import feedwright
from scrapers.commands import sources
from scrapers.commands import working
from tests.benches import item
from tests.benches import rss
from tests.benches import source
from tests.servers import Asked
from tests.servers import FakeTime
from tests.servers import Reply
from tests.servers import serving

ROOT = Path(__file__).parent.parent
TEXT = "今天把灯修好了，晚上可以在院子里看书，小猫在窗台上看了一会儿雨，又睡着了。"
FEED = rss(item("a", "小灯", TEXT), item("b", "小猫", TEXT[::-1]), title="檐下集")
PAGE = "<!doctype html><html><head><link rel='alternate' type='application/rss+xml' href='/feed'></head><body>x"
LIST = "".join(f"<article><h2><a href='/p{n}'>第{n}篇</a></h2></article>" for n in range(3))
Run = Callable[..., Result]
COMMAND = [sys.executable, "-W", "error", str(ROOT / "feedwright.py")]


def script(asked: Asked) -> Reply:
    article = (
        f"<!doctype html><html><title>小灯</title><article><h1>小灯</h1><p>{TEXT}</p><p>{TEXT[::-1]}</p></article>"
    )
    found = {
        "/feed": Reply(200, FEED, {"ETag": '"1"'}),
        "/": Reply(200, PAGE.encode()),
        "/list": Reply(200, f"<!doctype html><html><body>{LIST}".encode()),
        "/lamp": Reply(200, article.encode()),
        "/@leaf.rss": Reply(200, FEED),
    }
    return found.get(asked.path, Reply(404))


@pytest.fixture
def environment(tmp_path: Path, empty_store: Path) -> dict[str, str]:
    shutil.copy(empty_store, tmp_path / "store.db")
    (tmp_path / "sources.toml").write_text("", "utf-8")
    told = {"DATABASE_URL": f"sqlite:///{tmp_path / 'store.db'}", "SOURCES": str(tmp_path / "sources.toml")}
    return told | {"FETCH_NETWORKS": "127.0.0.0/8", "COLUMNS": "200"}


@pytest.fixture
def run(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run `feedwright` with a store and a sources file of its own."""
    for module in (sources, working):
        monkeypatch.setattr(module, "system_clock", lambda: FakeTime(datetime.now(UTC)).clock())

    def running(*arguments: str, status: int = 0, **more: str) -> Result:
        done = CliRunner().invoke(feedwright.main, arguments, env=environment | more, prog_name="feedwright")
        assert done.exit_code == status, done.output
        return done

    return running


@pytest.mark.parametrize(
    ("path", "kind", "address", "words"),
    [
        ("/feed", "feed", "/feed", "in the format feed with 2 entries"),
        ("/", "feed", "/feed", "a page that announces a feed"),
        ("/list", "listing", "/list", "a page that lists documents"),
        ("/lamp", "url", "/lamp", "a page with one article: 小灯"),
        ("/@leaf", "mastodon", "/@leaf", "a Mastodon profile with 2 posts"),
        ("/notes.git", "git", "/notes.git", "the address of a git repository"),
    ],
    ids=["feed", "announced feed", "listing", "article", "mastodon", "git"],
)
def test_an_address_is_looked_at_and_its_entry_proposed(
    path: str, kind: str, address: str, words: str, run: Run, tmp_path: Path
) -> None:
    with serving(script) as server:
        shown = run("sources", "add", f"{server.url}{path}", "--write").stdout
        assert words in shown
        assert f'kind = "{kind}"' in shown
        assert f'address = "{server.url}{address}"' in shown
        assert f'kind = "{kind}"' in (tmp_path / "sources.toml").read_text("utf-8")


def test_from_an_address_to_entries(run: Run) -> None:
    with serving(script) as server:
        run("sources", "add", f"{server.url}/feed", "--write")
        checked = run("sources", "check").stdout
        assert "2 entries" in checked
        assert "小灯" in checked
        assert "2 new of 2" in run("sync").stdout
        assert run("sync").stdout == ""
        told = json.loads(run("sources", "--json").stdout)["sources"][0]
        assert (told["state"], told["entries"], told["requests"]) == ("ok", 2, 2)
        assert "Well less than a minute ago." in told["words"]
        assert len(json.loads(run("list", "--json").stdout)["entries"]) == 2


def test_a_source_that_fails_is_told_by_status_and_by_words(run: Run, tmp_path: Path) -> None:
    with serving(script) as server:
        (tmp_path / "sources.toml").write_text(source("yard", "feed", f"{server.url}/nothing"), "utf-8")
        assert "failed: is not there (HTTP 404)" in run("sync", status=3).stdout
        assert "Failing once, never well so far: is not there" in run("sources").stdout
        assert "is not there" in run("sources", "check", status=3).stderr


def test_a_wrong_sources_file_stops_the_command_with_its_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sources.toml").write_text('[[source]]\nslug = "a"\nkind = "ftp"\n', "utf-8")
    assert "sources.toml, source 1, line 3: kind: 'ftp' is none" in run("sync", status=1).stderr


def test_a_worker_ends_when_told_to(environment: dict[str, str], tmp_path: Path) -> None:
    with serving(script) as server:
        (tmp_path / "sources.toml").write_text(source("yard", "feed", f"{server.url}/feed"), "utf-8")
        process = subprocess.Popen(
            [*COMMAND, "worker"], env=os.environ | environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        try:
            assert process.stdout is not None
            assert "yard: 2 new of 2" in process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=60)
            assert process.returncode == 0
        finally:
            process.kill()
            process.wait()


def test_a_document_is_pushed_with_a_token_that_shows_nowhere(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "lamp.md"
    file.write_text("# 小灯", "utf-8")
    status = {"/api/v1/documents": 201}

    def taking(asked: Asked) -> Reply:
        fine = asked.headers.get("authorization") == "Bearer s3cret"
        told = {"title": "Unauthorized", "detail": "no such token"} if not fine else {"entries": 1}
        return Reply(status[asked.path.partition("?")[0]] if fine else 401, json.dumps(told).encode())

    with serving(taking, posts=True) as server:
        assert '"entries": 1' in run("push", str(file), "--to", server.url, PUSH_TOKEN="s3cret").stdout
        refused = run("push", str(file), "--to", server.url, PUSH_TOKEN="wr0ng", status=1).stderr
        assert "no such token (HTTP 401)" in refused
        assert "wr0ng" not in refused
        assert server.log[0].path == "/api/v1/documents?name=lamp.md"
        assert server.log[0].body == "# 小灯".encode()
