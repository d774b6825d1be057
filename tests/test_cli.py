"""The command as a user runs it, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scrapers import samples_folder

ROOT = Path(__file__).parent.parent
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run `feedwright` with a store of its own."""

    def running(*arguments: str, status: int = 0, **environment: str) -> subprocess.CompletedProcess[str]:
        env = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite3'}", "COLUMNS": "200"} | environment
        command = [sys.executable, "-W", "error", str(ROOT / "feedwright.py"), *arguments]
        done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == status, done.stderr
        return done

    return running


def test_a_newcomers_path_from_documents_to_an_explained_entry(run: Run) -> None:
    ingested = run("ingest", str(samples_folder()))
    assert "0 failed" in ingested.stdout
    assert "newsletter" in ingested.stdout
    rows = json.loads(run("list", "--json", "--limit", "3").stdout)["entries"]
    assert len(rows) == 3
    shown = run("show", rows[0]["id"].removeprefix("urn:uuid:")).stdout
    assert rows[0]["id"] in shown
    assert run("explain", rows[0]["id"]).stdout
    for what in ("authors", "topics", "sources", "documents"):
        assert run("list", what).stdout


def test_reading_tells_a_machine_what_it_did(run: Run) -> None:
    first = json.loads(run("ingest", "--json", str(samples_folder())).stdout)["documents"]
    again = json.loads(run("ingest", "--json", str(samples_folder())).stdout)["documents"]
    assert sum(d["new"] for d in first) == sum(d["entries"] for d in first) > 0
    assert sum(d["new"] + d["changed"] + d["withdrawn"] for d in again) == 0
    assert any(d["skipped"] for d in first)


def test_a_failed_document_shows_in_the_exit_status_and_with_its_place(run: Run, tmp_path: Path) -> None:
    (tmp_path / "odd.md").write_text("nothing that we know", "utf-8")
    done = run("ingest", str(tmp_path / "odd.md"), str(samples_folder()), status=3)
    assert "error: odd.md: is in no format we know" in done.stderr
    assert "1 failed" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "words"),
    [
        (("show", "urn:uuid:00000000-0000-0000-0000-000000000000"), {}, "feedwright migrate"),
        (("ingest", "x.md", "--format", "diary"), {}, "known: newsletter"),
        (("list",), {"PORT": "many"}, "PORT"),
        (("list",), {"DATABASE_URL": "mysql://x"}, "DATABASE_URL"),
        (("list",), {"PUBLIC_BASE_URL": "feeds.example.org"}, "PUBLIC_BASE_URL"),
    ],
)
def test_a_mistake_of_the_user_is_one_line_that_says_what_to_do(
    run: Run, arguments: tuple[str, ...], environment: dict[str, str], words: str
) -> None:
    done = run(*arguments, status=1, **environment)
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_help_loads_nothing_heavy(run: Run) -> None:
    code = (
        "import sys; sys.argv = ['feedwright', '--help']\n"
        "import feedwright\n"
        "try: feedwright.main()\n"
        "except SystemExit: pass\n"
        "heavy = {'flask', 'sqlalchemy', 'feedgen', 'bs4', 'dateparser', 'rich', 'lxml', 'opencc', 'alembic'}\n"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    for command in ("ingest", "serve", "list", "show", "explain", "migrate"):
        assert command in done.stdout
