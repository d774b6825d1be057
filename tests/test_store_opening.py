"""Opening and migrating, and several processes that do so at once."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import feeds.migrations
from feeds.errors import SchemaError
from feeds.errors import StoreError
from feeds.errors import UnavailableError
from feeds.model import Batch
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from feeds.store.engine import lift_limits
from feeds.store.engine import make_engine
from feeds.store.engine import reading
from feeds.store.engine import store_url as parse_url
from feeds.store.engine import writing
from feeds.store.indexes import metadata
from feeds.store.schema import HEAD
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_drafts
from tests.life import TEXTS
from tests.life import entries
from tests.life import only_on_sqlite

# Processes


def _save_in_process(url: str, batch: Batch) -> None:
    migrate(url)
    with open_store(url) as store:
        store.save(batch, NOW)


def test_processes_that_start_and_save_at_once_leave_one_row_each(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'store.db'}"
    batch = make_batch(make_drafts(*TEXTS))
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_save_in_process, args=(url, batch)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    with open_store(url) as store:
        assert (len(entries(store)), store.version(), store.author("rainlin").entries) == (5, 1, 5)


def _save_all_in_process(url: str, batches: list[Batch]) -> None:
    with open_store(url) as store:
        for batch in batches:
            store.save(batch, NOW)


def test_processes_that_edit_one_document_at_once_finish_and_keep_one_row_each(store: Store, store_url: str) -> None:
    """Each reads the same versions of two documents; one of them begins with the other document."""
    versions = [[text + "补记。" * n for text in TEXTS] for n in range(4)]
    ours = [make_batch(make_drafts(*some)) for some in versions]
    theirs = [make_batch(make_drafts(*(text[::-1] for text in some)), name="b.md") for some in versions]
    spawn = multiprocessing.get_context("spawn")
    orders = [ours + theirs, theirs + ours, ours + theirs]
    processes = [spawn.Process(target=_save_all_in_process, args=(store_url, order)) for order in orders]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    found = entries(store)
    last = [draft.content_text for batch in (ours[-1], theirs[-1]) for draft in batch.drafts]
    assert sorted(e.content_text for e in found) == sorted(last)
    assert store.author("rainlin").entries == len(found) == 10
    for entry in found:
        numbers = [revision.number for revision in store.revisions(entry.id)]
        assert numbers == list(range(entry.revision, 0, -1))
    assert {c.id for c in store.changes(limit=1000).items} == {e.id for e in found}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_store_opened_before_a_fork_works_on_both_sides(store: Store) -> None:
    store.save(make_batch(), NOW)
    child = multiprocessing.get_context("fork").Process(target=store.version)
    child.start()
    child.join(60)
    assert (child.exitcode, store.version()) == (0, 1)


# Opening and migrating


#: The full text is what each database has of its own: `feeds.store.searching`.
OURS = {"include_name": lambda name, kind, parents: not (name or "").startswith(("search_text", "search_word"))}


def test_migrations_and_tables_agree(store_url: str) -> None:
    engine = make_engine(parse_url(store_url))
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=OURS), metadata) == []
    engine.dispose()


def test_the_code_knows_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(feeds.migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_migrating_again_keeps_everything(store: Store, store_url: str) -> None:
    store.save(make_batch(), NOW)
    migrate(store_url)
    assert len(entries(store)) == 1


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("UPDATE alembic_version SET version_num = '0000'", "older"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer"),
        ("DROP TABLE alembic_version", "no tables"),
    ],
)
def test_tables_that_do_not_fit_are_refused_with_what_to_do(store_url: str, spoil: str, words: str) -> None:
    engine = make_engine(parse_url(store_url))
    with writing(engine) as connection:
        connection.execute(text(spoil))
    engine.dispose()
    with pytest.raises(SchemaError, match=f"{words}.*feedwright migrate"):
        open_store(store_url)


def test_a_store_that_is_not_there_is_not_made_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="feedwright migrate"):
        open_store(f"sqlite:///{tmp_path / 'none.db'}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://example.org/x"])
def test_an_address_that_is_no_store_is_refused(url: str) -> None:
    with pytest.raises(StoreError):
        open_store(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_addresses_name_the_driver(scheme: str) -> None:
    assert parse_url(f"{scheme}://u:p@db.example.org/x").drivername == "postgresql+psycopg"


def test_a_store_open_for_reading_reads_and_does_not_write(store: Store, store_url: str) -> None:
    store.save(make_batch(), NOW)
    with open_store(store_url, read_only=True) as reader:
        assert len(entries(reader)) == 1
        with pytest.raises(StoreError):
            reader.save(make_batch(), NOW)


def test_the_settings_that_writers_depend_on_are_on(store_url: str) -> None:
    only_on_sqlite(store_url)
    engine = make_engine(parse_url(store_url))
    with reading(engine) as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        assert [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked] == ["wal", 1, 1, 10_000]
    engine.dispose()


def test_a_failing_database_is_an_error_of_the_store_with_its_cause(store: Store, store_url: str) -> None:
    engine = make_engine(parse_url(store_url))
    with writing(engine) as connection:
        connection.execute(text("DROP TABLE listing"))
    engine.dispose()
    with pytest.raises(StoreError, match="listing") as raised:
        store.save(make_batch(), NOW)
    assert raised.value.__cause__ is not None


# Questions that take too long

#: Three million rows, made out of nothing.
_LONG = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3000000) SELECT max(x) FROM n"


def test_a_question_of_who_only_reads_is_ended_when_it_takes_too_long(
    store_url: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("feeds.store.engine.READ_TIMEOUT", 1)
    engine = make_engine(parse_url(store_url), read_only=True)
    with pytest.raises(UnavailableError, match="cannot read the store"), reading(engine) as connection:
        connection.exec_driver_sql(_LONG).scalar_one()
    with reading(engine) as connection:
        lift_limits(connection)
        assert connection.exec_driver_sql(_LONG).scalar_one() == 3_000_000
    with pytest.raises(UnavailableError), reading(engine) as connection:  # only that transaction took its time
        connection.exec_driver_sql(_LONG).scalar_one()
    engine.dispose()


def test_who_writes_takes_its_time(store_url: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.store.engine.READ_TIMEOUT", 1)
    engine = make_engine(parse_url(store_url))
    with writing(engine) as connection:
        assert connection.exec_driver_sql(_LONG).scalar_one() == 3_000_000
    engine.dispose()
