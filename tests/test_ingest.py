"""From files to entries: real documents, a real store, and everything that can be wrong with a file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC
from datetime import datetime
from pathlib import Path

import pytest

from feeds.aliases import load_aliases
from feeds.model import EntryQuery
from feeds.model import Precision
from feeds.store import Store
from feeds.topics import Topics
from scrapers import samples_folder
from scrapers.ingest import ingest
from scrapers.outcome import Outcome
from scrapers.paths import find_documents
from scrapers.pipeline import Plan
from scrapers.sources import load_sources

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
GOOD = "### 01\n\n2026-03-01\n\n林舟\n@linzhou\n一条好的帖子，什么问题也没有。\n"
Read = Callable[..., dict[str, Outcome]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder for documents."""
    (tmp_path / "documents").mkdir()
    return tmp_path / "documents"


@pytest.fixture
def read(store: Store, topics: Topics) -> Read:
    """Ingest paths; give the outcomes by document name."""

    def reading(*paths: Path, format: str | None = None, source: str | None = None) -> dict[str, Outcome]:
        plan = Plan(topics, load_aliases(), load_sources(), NOW, format, source)
        return {outcome.name: outcome for outcome in ingest(find_documents([str(p) for p in paths]), store, plan)}

    return reading


def entries(store: Store, **query: object) -> list[str]:
    return [entry.content_text for entry in store.entries(EntryQuery(**query)).entries]  # type: ignore[arg-type]


def test_the_shipped_samples_give_entries_without_a_failure(store: Store, read: Read) -> None:
    outcomes = read(samples_folder())
    assert [o.failure for o in outcomes.values()] == [None] * len(outcomes)
    assert {o.format for o in outcomes.values()} == {"newsletter", "posts", "recap", "flattened", "dump", "article"}
    assert len(entries(store, limit=100)) == sum(o.entries for o in outcomes.values())


def test_reading_again_changes_nothing(store: Store, read: Read) -> None:
    read(samples_folder())
    version = store.version()
    again = read(samples_folder())
    assert [(o.saved.new, o.saved.changed, o.saved.withdrawn) for o in again.values()] == [(0, 0, 0)] * len(again)
    assert store.version() == version


BAD = {
    "empty.md": (b"", "is empty", None),
    "blank.md": (b" \n\t\n", "is empty", None),
    "picture.md": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "PNG", None),
    "archive.md": (b"PK\x03\x04" + bytes(range(256)) * 40, "ZIP", None),
    "unknown.md": (
        b"just one line of words, nothing else",
        "no format we know (none comes near); name its format: ",
        None,
    ),
    "large.md": (b"\xe4\xb8\x80" * (18 * 1024 * 1024), "limit", None),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_reported_with_its_reason_and_stops_nothing(
    name: str, folder: Path, store: Store, read: Read
) -> None:
    data, reason, _ = BAD[name]
    (folder / name).write_bytes(data)
    (folder / "good.md").write_text(GOOD, "utf-8")
    outcomes = read(folder)
    failure = outcomes[name].failure
    assert failure is not None
    assert reason.lower() in failure.message.lower()
    assert outcomes["good.md"].failure is None
    assert entries(store) == ["一条好的帖子，什么问题也没有。"]
    assert [report.failure is not None for report in store.documents() if report.info.name == name] == [True]


def test_a_missing_path_is_a_failure_of_its_own(folder: Path, read: Read) -> None:
    failure = read(folder / "nothing.md")["nothing.md"].failure
    assert failure is not None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "big5hkscs", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_document_reads_the_same_in_any_encoding(encoding: str, folder: Path, store: Store, read: Read) -> None:
    text = GOOD.replace(
        "一条好的帖子，什么问题也没有。", "我們今天說的是一個可以在所有編碼裡面表示的句子，你也可以看到它。"
    )
    (folder / "log.md").write_bytes(text.replace("林舟", "林木").encode(encoding))
    assert read(folder)["log.md"].problems == ()
    assert entries(store) == ["我們今天說的是一個可以在所有編碼裡面表示的句子，你也可以看到它。"]


PROBLEMS = {
    "no-author": ("### 01\n\n2026-03-01\n\n没有署名的话。\n", 5, "without an author"),
    "impossible-date": ("### 01\n\n2026-02-30\n\n甲\n@jia\n这一天没有。\n", 7, "2026-02-30"),
    "future-date": ("### 01\n\n2036-03-01\n\n甲\n@jia\n还没有到。\n", 7, "2036-03-01"),
    "no-date": ("### 01\n\n甲\n@jia\n没有日期的话。\n\n### 02\n\n2026-03-01\n\n乙\n@yi\n有。\n", 5, "without a date"),
    "half-front-matter": (
        "---\ndate: 2026/03/01\n\n### 1、题\n\n正文一。\n\n### 2、又一题\n\n正文二 https://a.example\n",
        2,
        "front matter",
    ),
    "duplicate-key": (
        "---\ndate: 2026/03/01\ndate: 2026/03/02\n---\n\n### 1、题\n\n正文。\n\n### 2、题二\n\n正文二。\n",
        3,
        "date",
    ),
    "control-characters": ("### 01\n\n2026-03-01\n\n甲\n@jia\n前\x00后\x1b[31m红\n", 7, "control"),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_a_mistake_in_a_document_is_a_warning_with_its_line_and_the_rest_is_published(
    name: str, folder: Path, store: Store, read: Read
) -> None:
    text, line, words = PROBLEMS[name]
    (folder / "doc.md").write_text(text, "utf-8")
    outcome = read(folder)["doc.md"]
    assert outcome.failure is None
    assert any(problem.line == line and words in problem.message for problem in outcome.problems), outcome.problems
    assert entries(store)
    assert store.document("doc.md").problems == outcome.problems


@pytest.mark.parametrize("name", ["impossible-date", "future-date"])
def test_a_wrong_date_never_becomes_now(name: str, folder: Path, store: Store, read: Read) -> None:
    (folder / "doc.md").write_text(PROBLEMS[name][0], "utf-8")
    read(folder)
    (entry,) = store.entries(EntryQuery()).entries
    assert (entry.published.precision, entry.published.date) == (Precision.UNKNOWN, None)


def test_a_headline_without_text_is_skipped_and_counted(folder: Path, read: Read) -> None:
    text = "---\ndate: 2026/03/01\n---\n\n### 1、有正文\n\n正文。\n\n### 2、没有正文\n\n### 3、也有\n\n正文三。\n"
    (folder / "doc.md").write_text(text, "utf-8")
    outcome = read(folder)["doc.md"]
    assert outcome.entries == 2
    assert [(skip.reason, skip.line) for skip in outcome.skips if "headline" in skip.reason] == [
        ("a headline without text", 9)
    ]


def test_a_failing_reading_keeps_what_an_earlier_one_published(folder: Path, store: Store, read: Read) -> None:
    path = folder / "doc.md"
    path.write_text(GOOD, "utf-8")
    read(path)
    path.write_bytes(b"")
    assert read(path)["doc.md"].failure is not None
    assert entries(store) == ["一条好的帖子，什么问题也没有。"]
    (report,) = store.documents()
    assert report.failure


def test_an_unexpected_error_in_one_document_is_recorded_and_the_rest_goes_on(
    folder: Path, store: Store, topics: Topics
) -> None:
    class Failing:
        """A store that breaks on one document."""

        def __getattr__(self, name: str) -> object:
            return getattr(store, name)

        def save(self, batch: object, now: datetime, prepared: object) -> object:
            if batch.document.name == "a.md":  # type: ignore[attr-defined]
                raise RecursionError("deep")
            return store.save(batch, now)  # type: ignore[arg-type]

    for name in ("a.md", "b.md"):
        (folder / name).write_text(GOOD.replace("好的", name), "utf-8")
    plan = Plan(topics, load_aliases(), load_sources(), NOW)
    outcomes = list(ingest(find_documents([str(folder)]), Failing(), plan))  # type: ignore[arg-type]
    assert [bool(o.failure) for o in outcomes] == [True, False]


def test_an_issue_that_names_no_publication_takes_the_one_of_its_siblings(
    folder: Path, store: Store, read: Read
) -> None:
    issue = (
        "---\ndate: 2026/03/0{n}\n---\n\n{frame}\n\n### 1、题{n}\n\n正文{n}。\n\n### 2、又题{n}\n\n又一段正文{n}。\n"
    )
    (folder / "1.md").write_text(issue.format(n=1, frame="本期目录："), "utf-8")
    (folder / "2.md").write_text(issue.format(n=2, frame="纸灯周刊：关注小工具"), "utf-8")
    read(folder)
    found = store.entries(EntryQuery()).entries
    assert {person.name for entry in found for person in entry.people} == {"纸灯周刊"}
    (folder / "later").mkdir()
    (folder / "later" / "3.md").write_text(issue.format(n=3, frame="目录"), "utf-8")
    read(folder / "later")
    assert [p.name for p in store.entries(EntryQuery(document="3.md")).entries[0].people] == ["纸灯周刊"]


def test_folders_patterns_and_files_are_found_once_and_hidden_ones_left_out(folder: Path) -> None:
    (folder / "sub" / ".git").mkdir(parents=True)
    for name in ("b.md", "a.md", "sub/c.md", "sub/.git/x.md", ".hidden.md"):
        (folder / name).write_text("x", "utf-8")
    found = find_documents([str(folder), str(folder / "*.md"), str(folder / "none*.md")])
    assert [p.relative_to(folder).as_posix() for p in found] == ["a.md", "b.md", "none*.md", "sub/c.md"]


def test_a_source_can_be_named(folder: Path, store: Store, read: Read) -> None:
    (folder / "doc.md").write_text(GOOD, "utf-8")
    read(folder, source="diary")
    assert [tally.slug for tally in store.sources()] == ["diary"]
