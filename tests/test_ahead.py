"""Files that other processes read ahead: what comes of them is what one process makes of them, whatever goes wrong."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from feeds.aliases import load_aliases
from feeds.errors import UnavailableError
from feeds.model import Batch
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.model import Saved
from feeds.store import Store
from feeds.store import open_store
from feeds.store.engine import make_engine
from feeds.store.engine import store_url as parse_url
from feeds.store.engine import writing
from feeds.store.indexing import refill
from feeds.store.prepare import prepare
from feeds.topics import Topics
from scrapers import ahead
from scrapers import samples_folder
from scrapers.ahead import Read
from scrapers.ahead import read_file
from scrapers.ahead import reading
from scrapers.document import Document
from scrapers.ingest import ingest
from scrapers.paths import find_documents
from scrapers.pipeline import Finished
from scrapers.pipeline import Plan
from scrapers.pipeline import Scraping
from scrapers.sources import load_sources
from tests.stores import read_tables

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
POST = "### 01\n\n2026-03-01\n\n林舟\n@linzhou\n第 {} 条好的帖子，什么问题也没有。\n"
ANONYMOUS = "# 第 {0} 期\n\n## 1. 一件小事\n\n说说第 {0} 件小事。\n\n## 2. 另一件\n\n也说说它。\n"
ROOT = Path(__file__).parent.parent
#: What is found out of the words of entries.
FOUND_OUT: dict[str, list[str]] = {"entry_about": [], "relation": [], "story": [], "story_entry": []}


@pytest.fixture
def plan(topics: Topics) -> Plan:
    return Plan(topics, load_aliases(), load_sources(), NOW, fingerprint="of a test")


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Documents of all formats, some of a series without a name, and some that cannot be read."""
    folder = tmp_path / "documents"
    shutil.copytree(samples_folder(), folder / "samples")
    for number in range(1, 4):
        (folder / f"posts-{number}.md").write_text(POST.format(number), "utf-8")
        (folder / f"weekly-{number}.md").write_text(ANONYMOUS.format(number), "utf-8")
    (folder / "empty.md").write_bytes(b"")
    (folder / "unknown.md").write_text("just one line of words, nothing else", "utf-8")
    return find_documents([str(folder)])


def entries(store: Store) -> tuple[Entry, ...]:
    return store.entries(EntryQuery(limit=1000)).entries


def test_what_is_read_ahead_gives_what_one_process_gives(
    paths: Sequence[Path], plan: Plan, store: Store, store_url: str, tmp_path: Path, empty_store: Path
) -> None:
    shutil.copy(empty_store, tmp_path / "alone.db")
    with open_store(f"sqlite:///{tmp_path / 'alone.db'}") as alone:
        expected = list(ingest(paths, alone, plan))
        assert list(ingest(paths, store, plan, processes=2)) == expected
        assert entries(store) == entries(alone)
    found = read_tables(store_url, FOUND_OUT)
    assert found == read_tables(f"sqlite:///{tmp_path / 'alone.db'}", FOUND_OUT) and all(found.values())
    assert any(outcome.failure for outcome in expected) and any(outcome.entries for outcome in expected)


def test_the_words_of_what_is_prepared_are_those_that_the_store_finds(
    paths: Sequence[Path], plan: Plan, postgres_store_url: str
) -> None:
    """PostgreSQL can tell what it looks for words in; a later reading indexes it anew, without anything prepared."""
    with open_store(postgres_store_url) as store:
        list(ingest(paths, store, plan, processes=2))
    engine = make_engine(parse_url(postgres_store_url))
    asked = text("SELECT s.key, s.stream FROM search_text s JOIN search_entry e USING (key) ORDER BY s.key")
    with writing(engine) as connection:
        prepared = connection.execute(asked).all()
        refill(connection)
        assert len(prepared) > 20 and connection.execute(asked).all() == prepared
    engine.dispose()


def test_only_what_has_changed_is_read_ahead(
    paths: Sequence[Path], plan: Plan, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    list(ingest(paths, store, plan))
    asked: list[list[Path]] = []
    monkeypatch.setattr("scrapers.ingest.reading", lambda some, *how: asked.append(list(some)) or reading(some, *how))
    changed = next(path for path in paths if path.name == "posts-2.md")
    changed.write_text(POST.format(20), "utf-8")
    list(ingest(paths, store, plan, processes=2))
    failed = {path for path in paths if path.name in {"empty.md", "unknown.md"}}
    assert [set(some) for some in asked] == [{changed, *failed}]


def test_files_are_taken_in_any_part_of_their_order(paths: Sequence[Path], plan: Plan, tmp_path: Path) -> None:
    other = tmp_path / "other.md"
    other.write_text(POST.format(9), "utf-8")
    with reading(paths, plan, 2) as read:
        for path in [paths[0], other, *paths[5::2], paths[1]]:
            assert _unprepared(read(path)) == read_file(path, plan)


def test_what_is_read_ahead_is_prepared_for_the_store(paths: Sequence[Path], plan: Plan) -> None:
    with reading(paths, plan, 2) as read:
        found = [one for path in paths if isinstance(one := read(path), Finished)]
    assert len(found) > 5
    for one in found:
        assert one.prepared == prepare(one.batch, wholly=True)


def _unprepared(read: Read) -> Read:
    return replace(read, prepared=None) if isinstance(read, Finished) else read


def test_what_waited_for_its_siblings_is_finished_by_others(
    paths: Sequence[Path], plan: Plan, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unwanted(*given: object, **how: object) -> object:
        raise RuntimeError("finished here")

    monkeypatch.setattr(ahead, "finish_file", unwanted)
    outcomes = {outcome.name: outcome for outcome in ingest(paths, store, plan, processes=2)}
    weekly = [path for path in paths if path.name.startswith("weekly")]
    assert len(weekly) == 3 and all(isinstance(read_file(path, plan), Scraping) for path in weekly)
    assert all(outcomes[path.name].failure is None and outcomes[path.name].saved.new for path in weekly)


def test_a_name_that_comes_meanwhile_counts(
    paths: Sequence[Path], plan: Plan, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = [path for path in paths if path.name.startswith(("weekly", "posts"))]
    asked: list[str] = []

    def publications(source: str, folder: str | None = None) -> tuple[str, ...]:
        asked.append(source)
        return () if len(asked) <= 2 else ("河灯周刊",)  # first for the folder and the source

    monkeypatch.setattr(store, "publications", publications)
    assert not any(outcome.failure for outcome in ingest(series, store, plan, processes=2))
    weekly = [entry for entry in entries(store) if entry.document.name.startswith("weekly")]
    assert {person.name for entry in weekly for person in entry.people} == {"河灯周刊"}


class _Deadly(Topics):
    """Topics that end every process that looks for them but this one."""

    def __init__(self, inner: Topics) -> None:
        self._inner = inner
        self._mine = os.getpid()

    def __getattribute__(self, name: str) -> object:
        if name in {"_inner", "_mine"}:
            return object.__getattribute__(self, name)
        if os.getpid() != self._mine:
            os.kill(os.getpid(), signal.SIGKILL)
        return getattr(self._inner, name)


def test_a_process_that_is_killed_loses_no_document(
    paths: Sequence[Path], plan: Plan, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    deadly = replace(plan, topics=_Deadly(plan.topics))
    outcomes = list(ingest(paths, store, deadly, processes=2))
    assert {o.name for o in outcomes if o.failure} == {"empty.md", "unknown.md"}
    assert "a process that read ahead has ended" in caplog.text


def test_a_bug_in_another_process_is_a_failure_of_its_document(
    paths: Sequence[Path], plan: Plan, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def scrape(document: Document, plan: Plan) -> object:
        if document.name == "posts-2.md":  # of which the one tells that was asked to read
            raise RuntimeError("of a test")
        return scrape_document(document, plan)

    scrape_document = ahead.scrape_document
    monkeypatch.setattr(ahead, "scrape_document", scrape)
    failures = {o.name: o.failure for o in ingest(paths, store, plan, processes=2) if o.failure}
    assert "unexpected RuntimeError: of a test" in failures["posts-2.md"].message
    assert set(failures) == {"posts-2.md", "empty.md", "unknown.md"}


def test_what_cannot_be_handed_over_is_read_once_more(
    paths: Sequence[Path], plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, whole = os.getpid(), ahead._read

    def read_there(path: Path, plan: Plan) -> object:
        if os.getpid() == mine:
            return whole(path, plan)
        if path.name == "posts-1.md":
            raise SystemExit(2)
        return lambda: path  # which no pickle holds

    monkeypatch.setattr(ahead, "_read", read_there)
    with reading(paths, plan, 2) as read:
        assert [read(path) for path in paths] == [read_file(path, plan) for path in paths]


def test_where_no_process_can_be_started_one_reads_alone(
    paths: Sequence[Path], plan: Plan, store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    forked: list[int] = []

    def fork() -> int:
        if forked:
            raise BlockingIOError(11, "of a test")
        forked.append(whole())
        return forked[0]

    whole = os.fork
    monkeypatch.setattr(os, "fork", fork)
    outcomes = list(ingest(paths, store, plan, processes=2))
    assert {o.name for o in outcomes if o.failure} == {"empty.md", "unknown.md"}
    assert "no process can be started that reads ahead" in caplog.text
    assert not _runs(forked[0])


def test_a_store_that_fails_ends_the_run_and_the_processes(
    paths: Sequence[Path], plan: Plan, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def save(batch: Batch, now: object, prepared: object = None) -> Saved:
        raise UnavailableError("of a test")

    monkeypatch.setattr(store, "save", save)
    with pytest.raises(UnavailableError, match="of a test"):
        list(ingest(paths, store, plan, processes=2))


def test_few_files_are_read_by_one_process(paths: Sequence[Path], plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "ProcessPoolExecutor", None)
    with reading(paths[:3], plan, 2) as read:
        assert [read(path) for path in paths[:3]] == [read_file(path, plan) for path in paths[:3]]


#: Reads ahead, says which processes do, and waits for ever.
_READER = """
import os, sys, time
from datetime import UTC, datetime
from pathlib import Path
from feeds.aliases import load_aliases
from feeds.topics import load_topics
from scrapers.ahead import reading
from scrapers.pipeline import Plan
from scrapers.sources import load_sources
paths = [Path(name) for name in sys.argv[1:]]
with reading(paths, Plan(load_topics(), load_aliases(), load_sources(), datetime.now(UTC)), 2) as read:
    read(paths[0])
    print(*[process.pid for process in read._pool._processes.values()], flush=True)
    time.sleep(600)
"""


def test_processes_end_with_the_one_that_is_killed(paths: Sequence[Path]) -> None:
    command = [sys.executable, "-c", _READER, *map(str, paths)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        readers = [int(word) for word in process.stdout.readline().split()]
        process.kill()
    assert len(readers) == 2
    deadline = time.monotonic() + 60
    while any(_runs(reader) for reader in readers):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _runs(process: int) -> bool:
    """Whether it does, and is no zombie that nobody has buried yet."""
    try:
        return "State:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False
