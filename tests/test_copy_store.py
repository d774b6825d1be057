"""A store is copied to the other database and back: nothing is lost, and nobody who reads it can tell."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from sqlalchemy import Connection
from sqlalchemy import text

from feeds.errors import SchemaError
from feeds.errors import StoreError
from feeds.model import EntryQuery
from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import copying
from feeds.store import open_store
from feeds.store.copying import copy_store
from feeds.store.gin import SAMPLE
from feedwright import main
from tests.builders import make_batch
from tests.builders import make_drafts
from tests.stores import EDITION
from tests.stores import LATER
from tests.stores import read_tables
from web import create_app

PATHS = (
    "/entries",
    "/entries.rss",
    "/entries.atom",
    "/entries.json",
    "/authors",
    "/topics",
    "/topics.opml",
    "/sources",
    "/stories",
    "/documents",
    "/opml",
    "/search?q=番茄",
    "/search.rss?q=C%2B%2B",
    "/search.atom?q=模型+OR+番",
    "/api/v1/entries?limit=100",
    "/api/v1/entries?q=模型",
    "/api/v1/authors",
    "/api/v1/stories",
    "/api/v1/changes",
    "/api/v1/documents",
)


def ignore(table: str, done: int, total: int) -> None:
    """Nobody watches."""


@pytest.fixture
def own(filled: Path, tmp_path: Path) -> Path:
    """A copy of it for a test that changes it."""
    path = tmp_path / "own.db"
    copy_store(f"sqlite:///{filled}", f"sqlite:///{path}", ignore)
    return path


def client(store: Store) -> FlaskClient:
    return create_app(load_settings({"PUBLIC_BASE_URL": "https://feeds.example.org"}), store).test_client()


def paths(store: Store) -> Iterator[str]:
    yield from PATHS
    for kind, tallies in (("authors", store.authors()), ("topics", store.topics()), ("sources", store.sources())):
        yield from (f"/{kind}/{tally.slug}{suffix}" for tally in tallies[:6] for suffix in ("", ".rss"))
    yield from (f"/entries/{id.removeprefix('urn:uuid:')}" for id, _ in store.ids()[:10])


def answers(url: str) -> dict[str, object]:
    with open_store(url) as store:
        asking = client(store)
        found = {path: asking.get(path) for path in paths(store)}
    wanted = ("ETag", "Last-Modified", "Content-Type", "Cache-Control")
    return {path: (a.status_code, a.data, [a.headers.get(name) for name in wanted]) for path, a in found.items()}


def test_a_store_that_went_to_the_other_database_and_back_is_the_same(
    filled: Path, postgres_url: str, tmp_path: Path
) -> None:
    here, back = f"sqlite:///{filled}", f"sqlite:///{tmp_path / 'back.db'}"
    told: dict[str, tuple[int, int]] = {}
    copied = copy_store(here, postgres_url, lambda table, done, total: told.update({table: (done, total)}))
    copy_store(postgres_url, back, ignore)
    tables = read_tables(here)
    tables["search_entry"] = [row for row in tables["search_entry"] if row[1] is not None]  # see `copying`
    assert {name for name, rows in tables.items() if not rows} <= {"story_alias"}
    assert read_tables(postgres_url) == tables
    assert read_tables(back) == tables
    assert copied.rows == {name: len(rows) for name, rows in tables.items()}
    assert all(done == total for done, total in told.values())
    assert told["search_text"] == told["search_entry"]
    first = answers(here)
    assert {status for status, _, _ in first.values()} == {200}  # type: ignore[misc]
    assert answers(postgres_url) == first
    assert answers(back) == first


def test_a_copy_goes_on_as_the_store_itself_would(filled: Path, postgres_url: str, own: Path) -> None:
    copy_store(f"sqlite:///{filled}", postgres_url, ignore)
    for url in (postgres_url, f"sqlite:///{own}"):
        with open_store(url) as store:
            before = store.version()
            store.save(EDITION, LATER)
            assert store.version() == before
            store.save(make_batch(make_drafts("新的一条。", "Another one."), name="new.md"), LATER)
            assert store.version() == before + 1
    assert read_tables(postgres_url)["entry"] == read_tables(f"sqlite:///{own}")["entry"]
    assert read_tables(postgres_url)["document"] == read_tables(f"sqlite:///{own}")["document"]


def test_a_copy_has_all_indexes_and_its_words_counted(
    filled: Path, postgres_url: str, postgres_store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.store.indexing._COUNTED_AT_ONCE", 1)
    copy_store(f"sqlite:///{filled}", postgres_url, ignore)
    asked = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1"
    with psycopg.connect(postgres_url) as copy, psycopg.connect(postgres_store_url) as migrated:
        assert copy.execute(asked).fetchall() == migrated.execute(asked).fetchall()
        known = "SELECT word, entries FROM search_word ORDER BY word"
        split = "SELECT key, unnest(string_to_array(stream, ' ')) AS word FROM search_text"
        counted = f"SELECT word, count(DISTINCT key) FROM ({split}) w WHERE key % {SAMPLE} = 0 AND word <> ''"
        found = copy.execute(known).fetchall()
        assert found
        assert found == copy.execute(f'{counted} GROUP BY word ORDER BY word COLLATE "C"'.encode()).fetchall()


def test_a_store_that_holds_something_is_not_copied_into(filled: Path, store_url: str) -> None:
    with open_store(store_url) as store:
        store.save(make_batch(), LATER)
    before = read_tables(store_url)
    with pytest.raises(StoreError, match="is not empty.*name an empty database"):
        copy_store(f"sqlite:///{filled}", store_url, ignore)
    assert read_tables(store_url) == before


def test_a_copy_that_fails_leaves_nothing_behind(own: Path, postgres_url: str) -> None:
    """PostgreSQL takes no NUL, which stands in one of the last tables that are copied."""
    spoilt = sqlite3.connect(own)
    with spoilt:
        spoilt.execute("UPDATE story SET keys = 'a' || char(0) || 'b'")
    with pytest.raises(StoreError, match="(?i)nul|0x00"):
        copy_store(f"sqlite:///{own}", postgres_url, ignore)
    assert [name for name, rows in read_tables(postgres_url).items() if rows] == ["state"]
    with spoilt:
        spoilt.execute("UPDATE story SET keys = '[]'")
    spoilt.close()
    assert copy_store(f"sqlite:///{own}", postgres_url, ignore).rows["story"]


@pytest.mark.parametrize("spoil", ["UPDATE alembic_version SET version_num = '0000'", "DROP TABLE alembic_version"])
def test_a_store_of_another_version_is_not_copied(own: Path, sqlite_store_url: str, spoil: str) -> None:
    spoilt = sqlite3.connect(own)
    with spoilt:
        spoilt.execute(spoil)
    spoilt.close()
    with pytest.raises(SchemaError, match="the store to copy from, sqlite:.*own.db.*feedwright migrate"):
        copy_store(f"sqlite:///{own}", sqlite_store_url, ignore)


def test_the_command_copies_and_shows_no_password(filled: Path, tmp_path: Path, postgres_url: str) -> None:
    file = f"sqlite:///{tmp_path / 'folder' / 'copy.db'}"
    done = CliRunner().invoke(main, ["copy-store", f"sqlite:///{filled}", file])
    with open_store(file) as store:
        live = len(store.entries(EntryQuery(limit=1000)).entries)
        assert live > 10
    assert done.exit_code == 0 and "entries" in done.output and "documents" in done.output
    refused = CliRunner().invoke(main, ["copy-store", file, file])
    assert refused.exit_code == 1 and "is not empty" in refused.output
    copy_store(file, postgres_url, ignore)
    refused = CliRunner().invoke(main, ["copy-store", file, postgres_url])
    assert refused.exit_code == 1 and "***" in refused.output and "p%40ss" not in refused.output


def test_a_copy_may_take_longer_than_a_page(
    postgres_store_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits, copy = [], copying._copy

    def watched(source: Connection, target: Connection, progress: copying.Progress) -> copying.Copied:
        limits.append(source.scalar(text("SHOW statement_timeout")))
        return copy(source, target, progress)

    monkeypatch.setattr(copying, "_copy", watched)
    copy_store(postgres_store_url, f"sqlite:///{tmp_path / 'copy.db'}", ignore)
    assert limits == ["0"]
