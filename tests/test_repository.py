"""Repositories as sources: the same ids as their files, and dates from their history."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler
from wsgiref.simple_server import WSGIServer
from wsgiref.simple_server import make_server

import pytest
from dulwich.repo import Repo
from dulwich.server import DictBackend
from dulwich.web import make_wsgi_chain

from feeds.aliases import load_aliases
from feeds.model import Entry
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from scrapers.ingest import ingest
from scrapers.pipeline import Plan
from scrapers.sources import load_sources
from scrapers.worker.proposing import preview
from tests.benches import everything
from tests.benches import only
from tests.benches import open_bench
from tests.benches import round_of
from tests.benches import source
from tests.benches import topics
from tests.servers import FakeTime

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "more"
FIRST = datetime(2026, 1, 5, 8, tzinfo=UTC)


class Repository:
    """A repository in the making: a commit a day."""

    def __init__(self, path: Path) -> None:
        path.mkdir()
        self.path = path
        self.repo = Repo.init(str(path), default_branch=b"main")
        self.commits = 0

    def commit(self, files: Mapping[str, str | None]) -> datetime:
        """Write or delete files; gives the time of the commit."""
        at = FIRST + timedelta(days=self.commits)
        self.commits += 1
        for name, text in files.items():
            file = self.path / name
            if text is None:
                file.unlink()
            else:
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text, "utf-8")
            self.repo.get_worktree().stage([name])
        self.repo.get_worktree().commit(
            message=b"x",
            committer=b"A <a@example.org>",
            author=b"A <a@example.org>",
            commit_timestamp=at.timestamp(),
            author_timestamp=at.timestamp(),
            commit_timezone=0,
            author_timezone=0,
        )
        return at

    def rewind(self, commit: bytes) -> None:
        """Have the branch end in an earlier commit."""
        self.repo.refs[b"refs/heads/main"] = commit


@contextmanager
def serving_git(repository: Repository) -> Iterator[str]:
    """The address of a repository on this machine."""

    class Silent(WSGIRequestHandler):
        def log_message(self, *arguments: object) -> None:
            """Nobody listens."""

    application = make_wsgi_chain(DictBackend({"/notes.git": repository.repo}))
    server = make_server("127.0.0.1", 0, application, server_class=WSGIServer, handler_class=Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/notes.git"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        repository.repo.close()


def note(title: str, text: str, date: str | None = None) -> str:
    dated = f"\ndate: {date}" if date else ""
    return f"---\ntitle: {title}{dated}\nauthor: 林小雨\n---\n\n{text * 6}\n"


def test_entries_were_first_seen_when_they_were_committed(store: Store, tmp_path: Path) -> None:
    time = FakeTime(datetime(2026, 3, 1, tzinfo=UTC))
    repository = Repository(tmp_path / "work")
    first = repository.commit(
        {"notes/lamp.md": note("小灯", "今天把灯修好了，晚上可以在院子里看书。"), "README.txt": "x"}
    )
    edited = repository.commit({"notes/lamp.md": note("小灯", "今天把灯修好了，晚上可以在院子里看书写字。")})
    second = repository.commit({"notes/cat.md": note("小猫", "小猫在窗台上睡着了，醒来又去看雨。", "2026-01-02")})
    with serving_git(repository) as address:
        toml = source("notes", "git", address, glob="notes/**/*.md", format="article")
        with open_bench(store, time, tmp_path, toml) as bench:
            attempt = only(bench).attempt  # an entry that was edited since is still new to us
            assert (attempt.error, attempt.new, attempt.entries) == (None, 2, 2)
            lamp, cat = (next(e for e in everything(store) if e.title == title) for title in ("小灯", "小猫"))
            time.at += timedelta(days=2)
            assert only(bench).attempt.unchanged
            third = repository.commit({"notes/rain.md": note("小雨", "下了一夜的雨，院子里的水缸满了。")})
            time.at += timedelta(days=2)
            attempt = only(bench).attempt
            assert (attempt.error, attempt.new) == (None, 1)
    assert (lamp.first_seen, lamp.published.at, lamp.updated, lamp.revision) == (first, first, edited, 2)
    assert (cat.first_seen, str(cat.published.date)) == (second, "2026-01-02")
    assert next(e for e in everything(store) if e.title == "小雨").first_seen == third


def test_a_renamed_file_keeps_its_entries_and_history_written_anew_is_not_read_again(
    store: Store, tmp_path: Path
) -> None:
    time = FakeTime(datetime(2026, 3, 1, tzinfo=UTC))
    repository = Repository(tmp_path / "work")
    text = note("小灯", "今天把灯修好了，晚上可以在院子里看书。", "2026-01-03")
    repository.commit({"a.md": text})
    start = repository.repo.head()
    with serving_git(repository) as address:
        toml = source("notes", "git", address, format="article")
        with open_bench(store, time, tmp_path, toml) as bench:
            only(bench)
            (before,) = everything(store)
            repository.commit({"b.md": text, "a.md": None})
            time.at += timedelta(days=2)
            only(bench)
            (after,) = everything(store)
            assert (after.id, after.document.name) == (before.id, "b.md")
            repository.rewind(start)
            repository.commit({"b.md": None, "c.md": text})
            time.at += timedelta(days=2)
            assert only(bench).attempt.error is None
    assert [entry.id for entry in everything(store)] == [before.id]


def test_a_repository_can_be_looked_at_before_anything_is_stored(store: Store, tmp_path: Path) -> None:
    time = FakeTime(datetime(2026, 3, 1, tzinfo=UTC))
    repository = Repository(tmp_path / "work")
    repository.commit({"a.md": note("小灯", "今天把灯修好了，晚上可以在院子里看书。", "2026-01-03")})
    repository.commit({"a.md": note("大灯", "今天把灯修好了，晚上可以在院子里看书写字。", "2026-01-03")})
    with serving_git(repository) as address:
        toml = source("notes", "git", address, format="article")
        with open_bench(store, time, tmp_path, toml) as bench:
            (shown,) = preview(bench.sources[0], bench.fetcher, bench.plan, tmp_path)
    assert (shown.date, shown.author, shown.title) == ("2026-01-03", "林小雨", "大灯")
    assert everything(store) == []


def test_what_is_no_repository_is_a_failure(store: Store, tmp_path: Path) -> None:
    time = FakeTime()
    repository = Repository(tmp_path / "work")
    repository.commit({"a.txt": "x"})
    with serving_git(repository) as address:
        toml = source("empty", "git", address) + source("other", "git", address.replace("notes", "others"))
        with open_bench(store, time, tmp_path, toml) as bench:
            found = {done.slug: str(done.attempt.error) for done in round_of(bench)}
    assert "matches no file" in found["empty"]
    assert "is not there" in found["other"] or "no git repository" in found["other"]


def versions(folder: str, glob: str) -> list[Path]:
    path = CORPUS / folder
    if not path.is_dir():
        pytest.skip("the corpus is not here")
    return sorted(path.glob(glob))


def by_files(paths: Sequence[Path], name: str, folder: Path, slug: str) -> list[Entry]:
    """What a folder gives in which one version is put in the place of the other, a day each."""
    url = f"sqlite:///{folder / 'files.db'}"
    migrate(url)
    (folder / "files").mkdir()
    plan = Plan(topics(), load_aliases(), load_sources(), datetime(2027, 1, 1, tzinfo=UTC), source=slug)
    with open_store(url) as store:
        for path in paths:
            (folder / "files" / name).write_bytes(path.read_bytes())
            (outcome,) = ingest([folder / "files" / name], store, replace(plan, now=plan.now))
            assert outcome.failure is None
        return everything(store)


@pytest.mark.parametrize(
    ("folder", "glob", "name"),
    [
        ("newsletter-versions", "newsletter-03.v*.md", "newsletter-03.md"),
        ("posts-versions", "tweetlog-202407.v*.md", "202407.md"),
    ],
    ids=["a newsletter", "a log of posts"],
)
def test_a_repository_gives_the_same_ids_as_its_files(
    folder: str, glob: str, name: str, store: Store, tmp_path: Path
) -> None:
    paths = versions(folder, glob)
    time = FakeTime(datetime(2027, 1, 1, tzinfo=UTC))
    repository = Repository(tmp_path / "work")
    for path in paths:
        repository.commit({f"docs/{name}": path.read_text("utf-8")})
    with serving_git(repository) as address:
        toml = source("series", "git", address, glob="docs/*.md")
        with open_bench(store, time, tmp_path, toml) as bench:
            assert only(bench).attempt.error is None
    entries, files = everything(store), by_files(paths, name, tmp_path, "series")
    assert [entry.id for entry in entries] == [entry.id for entry in files]
    assert {entry.first_seen for entry in entries} <= {FIRST + timedelta(days=n) for n in range(len(paths))}
    assert len({entry.first_seen for entry in entries}) > 1
