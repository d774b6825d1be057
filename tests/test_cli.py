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


def test_an_entry_is_withdrawn_for_good(run: Run) -> None:
    run("ingest", str(samples_folder()))
    entry_id = json.loads(run("list", "--json", "--limit", "1").stdout)["entries"][0]["id"]
    run("withdraw", entry_id, status=1)  # nobody is there to say yes
    assert "for good" in run("withdraw", entry_id, "--yes").stdout
    assert "before" in run("withdraw", entry_id, "--yes").stdout
    run("ingest", str(samples_folder()))
    assert "no entry" in run("show", entry_id, status=1).stderr
    assert "no entry" in run("withdraw", "urn:uuid:00000000-0000-0000-0000-000000000000", "--yes", status=1).stderr


def test_the_moment_that_counts_as_now_can_be_set(run: Run, tmp_path: Path) -> None:
    (tmp_path / "log.md").write_text("### 01\n\n林舟\n@linzhou\n没有日期的一条帖子，说说今天的晚饭。\n", "utf-8")
    run("ingest", str(tmp_path / "log.md"), SOURCE_DATE_EPOCH="1700000000")
    entry_id = json.loads(run("list", "--json").stdout)["entries"][0]["id"]
    assert json.loads(run("show", "--json", entry_id).stdout)["updated"] == "2023-11-14T22:13:20+00:00"


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


def test_topics_are_counted_found_anew_and_checked(run: Run, tmp_path: Path) -> None:
    run("ingest", str(samples_folder()))
    counted = json.loads(run("topics", "--json").stdout)
    assert counted["entries"] > counted["without"]
    assert "stands with" in run("topics").stdout
    unchanged = json.loads(run("retopic", "--json").stdout)
    assert (unchanged["entries"], unchanged["moved"], unchanged["reasons"]) == (counted["entries"], 0, 0)
    rules = tmp_path / "rules.toml"
    topic = '[[topic]]\nslug = "all"\nzh = "全"\nen = "All"\nrules = [{ words = ["的"], weight = 9 }]\n'
    rules.write_text(topic, "utf-8")
    assert "all " in run("retopic", TOPICS=str(rules)).stdout
    entry = json.loads(run("list", "--json", "--limit", "1").stdout)["entries"][0]
    text = json.loads(run("show", "--json", entry["id"]).stdout)
    labelled = {"key": "1", "title": text["title"], "starts_with": text["text"][:12], "topics": ["all"]}
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "one.json").write_text(
        json.dumps({"document": text["document"].partition(":")[0], "entries": [labelled]}), "utf-8"
    )
    assert "1 entries compared" in run("topics", "check", str(rules), "--gold", str(tmp_path / "gold")).stdout
    assert "has no labelled set" in run("topics", "check", str(rules), "--gold", str(tmp_path), status=1).stderr
