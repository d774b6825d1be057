"""What has not changed is not read again, and everything that could make a difference makes it be read."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pytest

import scrapers.ahead
from feeds.aliases import load_aliases
from feeds.model import EntryQuery
from feeds.settings import load_settings
from feeds.store import Store
from feeds.topics import Topics
from scrapers.document import Document
from scrapers.document import read_document
from scrapers.fingerprint import fingerprint
from scrapers.ingest import ingest
from scrapers.outcome import Outcome
from scrapers.paths import find_documents
from scrapers.pipeline import Plan
from scrapers.sources import load_sources
from scrapers.unchanged import Unchanged
from scrapers.unchanged import way_of

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
POST = "### {number:02}\n\n{date}\n\n林舟\n@linzhou\n第 {number} 条帖子，说的是晒书和修船，{words}。\n"
ISSUE = """---
date: 2026-03-{day:02}{name}
---

## 今日工具

#### 1. 修一只旧船

{words}

- 链接: <https://lantern.example.org/{day}>

#### 2. 晒书

晒书要趁早，第 {day} 次。

- 链接: <https://jar.example.org/{day}>
"""
#: Of documents, in the order in which they were read.
Read = Callable[..., list[str]]


@pytest.fixture
def plan(topics: Topics) -> Plan:
    return Plan(topics, load_aliases(), load_sources(), NOW, fingerprint="the program")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for documents."""
    (tmp_path / "documents").mkdir()
    return tmp_path / "documents"


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Of the documents that are read, as they are."""
    found: list[str] = []

    def noted(path: Path) -> Document:
        found.append(path.name)
        return read_document(path)

    monkeypatch.setattr(scrapers.ahead, "read_document", noted)
    return found


@pytest.fixture
def read(store: Store, folder: Path, plan: Plan, names: list[str]) -> Read:
    """Ingest the folder; give the names of the documents that were read for it."""

    def reading(**changes: object) -> list[str]:
        names.clear()
        list(ingest(find_documents([str(folder)]), store, replace(plan, **changes)))  # type: ignore[arg-type]
        return list(names)

    return reading


def log(
    folder: Path, name: str = "posts.md", words: str = "天气很好", date: str = "2026-03-01", posts: int = 3
) -> Path:
    path = folder / name
    text = "\n".join(POST.format(number=number + 1, date=date, words=words) for number in range(posts))
    path.write_text(text, "utf-8")
    return path


def issue(folder: Path, name: str, day: int, by: str = "", words: str = "先刮漆，再补缝，最后上油。") -> Path:
    path = folder / name
    path.write_text(ISSUE.format(day=day, name=f"\npublication: {by}" if by else "", words=words), "utf-8")
    return path


def test_a_document_that_has_not_changed_is_not_read_and_its_outcome_is_the_same(
    store: Store, folder: Path, plan: Plan, names: list[str]
) -> None:
    log(folder)
    (folder / "empty.md").write_text("", "utf-8")
    issue(folder, "001.md", 1, "纸船周刊")
    first = {o.name: o for o in ingest(find_documents([str(folder)]), store, plan)}
    version = store.version()
    names.clear()
    again = {o.name: o for o in ingest(find_documents([str(folder)]), store, plan)}
    assert names == ["empty.md"], "what failed is tried again"
    assert [told(o) for o in again.values()] == [told(o) for o in first.values()]
    assert all(o.saved.new == o.saved.changed == 0 for o in again.values())
    assert store.version() == version


def told(outcome: Outcome) -> list[object]:
    """All but what of the entries is new."""
    return [outcome.name, outcome.location, outcome.format, outcome.entries, outcome.skips, outcome.problems]


@pytest.mark.parametrize(
    "changes",
    [
        {"fingerprint": "another program"},
        {"fingerprint": None},
        {"again": True},
        {"source": "elsewhere"},
        {"format": "posts"},
        {"labels": ("agents",)},
        {"now": NOW - timedelta(days=30)},
    ],
    ids=lambda changes: "-".join(changes),
)
def test_other_rules_make_it_be_read(folder: Path, read: Read, changes: dict[str, object]) -> None:
    log(folder)
    assert read() == ["posts.md"]
    assert read() == []
    assert read(**changes) == ["posts.md"]


def test_after_a_reading_that_told_nothing_new_it_counts_as_read_by_the_new_rules(folder: Path, read: Read) -> None:
    log(folder)
    read()
    assert read(fingerprint="another program") == ["posts.md"]
    assert read(fingerprint="another program") == []
    assert read() == ["posts.md"]


def test_other_bytes_are_read_and_another_time_of_the_file_is_none(store: Store, folder: Path, read: Read) -> None:
    path = log(folder)
    read()
    os.utime(path, (1_700_000_000, 1_700_000_000))
    assert read() == []
    log(folder, words="下雨了")
    assert read() == ["posts.md"]
    assert all("下雨了" in entry.content_text for entry in store.entries(EntryQuery()).entries)


def test_a_renamed_document_is_read_under_its_new_name(store: Store, folder: Path, read: Read) -> None:
    path = log(folder)
    read()
    path.rename(folder / "renamed.md")
    assert read() == ["renamed.md"]
    assert {entry.document.name for entry in store.entries(EntryQuery()).entries} == {"renamed.md"}


def test_a_date_that_was_in_the_future_is_looked_at_again(store: Store, folder: Path, read: Read) -> None:
    log(folder, date="2026-04-09")
    read()
    assert {str(entry.published.precision) for entry in store.entries(EntryQuery()).entries} == {"unknown"}
    assert read() == ["posts.md"], "the date may have come"
    assert read(now=NOW + timedelta(days=20)) == ["posts.md"]
    assert {str(entry.published.date) for entry in store.entries(EntryQuery()).entries} == {"2026-04-09"}
    assert read(now=NOW + timedelta(days=20)) == []


def test_a_date_that_counts_from_now_is_looked_at_again(folder: Path, read: Read) -> None:
    path = folder / "article.md"
    path.write_text(
        f"---\ntitle: 晒书\ndate: 3 days ago\nauthor: 林舟\n---\n\n{'晒书要趁早，午后容易起风。' * 20}\n", "utf-8"
    )
    read()
    assert read() == ["article.md"]


def test_a_document_that_shrank_suspiciously_is_looked_at_again(folder: Path, read: Read) -> None:
    log(folder, posts=8)
    read()
    log(folder, posts=2)
    assert [read(), read()] == [["posts.md"]] * 2


def test_a_document_that_takes_over_entries_of_another_one_is_read_in_the_same_run(folder: Path, read: Read) -> None:
    log(folder, "a.md")
    log(folder, "b.md")
    read()
    assert read() == []
    log(folder, "a.md", posts=1)
    assert read() == ["a.md", "b.md"], "the copy leads what the first one lost"
    assert read() == []


def test_a_document_takes_the_name_that_its_siblings_have_now(store: Store, folder: Path, read: Read) -> None:
    issue(folder, "001.md", 1)
    issue(folder, "002.md", 8, "纸船周刊", "先看龙骨。")
    read()
    assert read() == []
    assert bylines(store) == {"纸船周刊"}
    issue(folder, "002.md", 8, "河灯周刊", "先看龙骨。")
    assert read() == ["002.md", "001.md"], "what says no name of its own waits for the others"
    assert bylines(store) == {"河灯周刊"}
    assert read() == []


def bylines(store: Store) -> set[str]:
    return {person.name for entry in store.entries(EntryQuery()).entries for person in entry.people}


def test_all_tells_only_where_nothing_must_be_read(store: Store, folder: Path, plan: Plan, read: Read) -> None:
    paths = [log(folder, "a.md"), log(folder, "b.md", words="起风了")]
    read()
    way = way_of(plan.fingerprint, None, None)
    assert [o.name for o in Unchanged(paths, store, way, NOW).all(paths) or ()] == ["a.md", "b.md"]
    log(folder, "b.md", words="下雨了")
    assert Unchanged(paths, store, way, NOW).all(paths) is None
    assert Unchanged(paths[:1], store, None, NOW).all(paths[:1]) is None


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program of one module and one table."""
    for name in ("feeds", "scrapers"):
        (tmp_path / "program" / name).mkdir(parents=True)
    (tmp_path / "program" / "scrapers" / "posts.py").write_text("FORM = 1\n", "utf-8")
    (tmp_path / "program" / "feeds" / "names.toml").write_text("common = []\n", "utf-8")
    return tmp_path / "program"


@pytest.mark.parametrize("file", ["scrapers/posts.py", "feeds/names.toml", "scrapers/formats/new.py"])
def test_a_change_of_the_program_shows_in_its_fingerprint(program: Path, file: str) -> None:
    before = fingerprint(load_settings({}), program)
    assert before == fingerprint(load_settings({}), program)
    (program / file).parent.mkdir(exist_ok=True)
    (program / file).write_text("FORM = 2\n", "utf-8")
    assert fingerprint(load_settings({}), program) != before


def test_another_version_of_a_library_shows_in_the_fingerprint(program: Path, tmp_path: Path) -> None:
    (tmp_path / "lib" / "reader-1.0.dist-info").mkdir(parents=True)
    before = fingerprint(load_settings({}), program, [str(tmp_path / "lib")])
    (tmp_path / "lib" / "reader-1.0.dist-info").rename(tmp_path / "lib" / "reader-1.1.dist-info")
    assert fingerprint(load_settings({}), program, [str(tmp_path / "lib")]) != before


@pytest.mark.parametrize("setting", ["TOPICS", "AUTHORS", "SOURCES"])
def test_own_rules_show_in_the_fingerprint_and_where_they_lie_does_not(
    program: Path, tmp_path: Path, setting: str
) -> None:
    path, other = tmp_path / "own.toml", tmp_path / "other.toml"
    path.write_text("", "utf-8")
    before = fingerprint(load_settings({setting: str(path)}), program)
    path.rename(other)
    assert fingerprint(load_settings({setting: str(other)}), program) == before
    other.write_text("# more\n", "utf-8")
    assert (
        fingerprint(load_settings({setting: str(other)}), program) != before != fingerprint(load_settings({}), program)
    )


def test_a_program_that_does_not_lie_in_files_has_no_fingerprint(tmp_path: Path) -> None:
    assert fingerprint(load_settings({}), tmp_path) is None
