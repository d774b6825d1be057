"""Stores of every revision become what a new one is, with what they held, while others read and others migrate."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import Inspector
from sqlalchemy import inspect

import feeds.migrations
from feeds.errors import StoreError
from feeds.model import EntryQuery
from feeds.query import Words
from feeds.store import migrate
from feeds.store import open_store
from feeds.store.engine import make_engine
from feeds.store.engine import reading
from feeds.store.engine import store_url as parse_url
from feeds.store.engine import writing
from feeds.store.migrate import check_schema
from feeds.store.schema import HEAD
from feeds.store.schema import metadata
from tests.stores import columns
from tests.stores import read_tables

SCRIPTS = Path(feeds.migrations.__file__).parent
ROOT = SCRIPTS.parents[1]
REVISIONS = [script.revision for script in reversed(list(ScriptDirectory(str(SCRIPTS)).walk_revisions()))]
#: What a migration sets anew on purpose: documents are to be read again.
RESET = {("document", "fingerprint")}
#: Revisions up to this one fill the full text themselves when they are migrated.
BEFORE_SEARCH = "0004"
DATABASES = ["sqlite", "postgresql"]


@pytest.fixture(params=DATABASES)
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a store without tables, on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'bare.db'}"
    found: str = request.getfixturevalue("postgres_url")
    return found


def upgrade(connection: Connection, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def make_old(url: str, revision: str, filled: Path) -> dict[str, list[str]]:
    """A store of a revision with what the filled one has that the revision knows: its tables with their columns."""
    source, target = make_engine(parse_url(f"sqlite:///{filled}"), read_only=True), make_engine(parse_url(url))
    with reading(source) as giving, writing(target) as taking:
        upgrade(taking, revision)
        known = {name: facts for name, facts in shape(taking).items() if name in metadata.tables}
        taking.exec_driver_sql("DELETE FROM state")
        for table in metadata.sorted_tables:
            if table.name not in known:
                continue
            asked = columns(table, list(known[table.name]["columns"]))
            rows = [dict(row) for row in giving.execute(table.select().with_only_columns(*asked)).mappings()]
            if rows:
                taking.execute(table.insert(), rows)
    source.dispose()
    target.dispose()
    return {name: list(facts["columns"]) for name, facts in known.items()}


def shape(connection: Connection) -> dict[str, dict[str, Any]]:
    """The tables as the database tells them, in one order; those inside the full text of SQLite are not ours."""
    found = inspect(connection)
    names = (name for name in found.get_table_names() if not name.startswith("search_text_"))
    return {name: table_shape(found, name) for name in names if name != "alembic_version"}


def table_shape(found: Inspector, name: str) -> dict[str, Any]:
    columns = {c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in found.get_columns(name)}
    indexes = [(i["name"], i["unique"], i["column_names"], i.get("expressions")) for i in found.get_indexes(name)]
    foreign = [(f["constrained_columns"], f["referred_table"]) for f in found.get_foreign_keys(name)]
    return {
        "columns": columns,
        "indexes": sorted(map(repr, indexes)),
        "key": found.get_pk_constraint(name)["constrained_columns"],
        "unique": sorted(repr(u["column_names"]) for u in found.get_unique_constraints(name)),
        "foreign": sorted(map(repr, foreign)),
    }


def shape_of(url: str) -> dict[str, dict[str, Any]]:
    engine = make_engine(parse_url(url))
    with reading(engine) as connection:
        found = shape(connection)
    engine.dispose()
    return found


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_store_of_every_revision_becomes_a_new_one_with_what_it_held(
    bare_url: str, revision: str, filled: Path, request: pytest.FixtureRequest
) -> None:
    known = make_old(bare_url, revision, filled)
    migrate(bare_url)
    name = "sqlite_store_url" if bare_url.startswith("sqlite") else "postgres_store_url"
    assert shape_of(bare_url) == shape_of(request.getfixturevalue(name))
    kept = {table: [n for n in names if (table, n) not in RESET or revision == HEAD] for table, names in known.items()}
    assert read_tables(bare_url, kept) == read_tables(f"sqlite:///{filled}", kept)
    with open_store(bare_url) as store, open_store(f"sqlite:///{filled}") as new:
        everything = EntryQuery(limit=1000)
        assert store.entries(everything).entries == new.entries(everything).entries
        assert store.authors() == new.authors()
        if revision <= BEFORE_SEARCH:
            words = EntryQuery(where=Words("番茄"))
            assert [e.id for e in store.entries(words).entries] == [e.id for e in new.entries(words).entries] != []


#: What `shape` does not tell: what a table is kept by, what an index is of, how columns are compared.
DETAILS = {
    "sqlite": (
        "SELECT name, wr, strict FROM pragma_table_list",
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE type IN ('index', 'trigger', 'view')",
        "SELECT m.name, i.name, x.name, x.desc, x.coll FROM sqlite_master m, pragma_index_list(m.name) i, "
        "pragma_index_xinfo(i.name) x WHERE m.type = 'table'",
        "SELECT sql FROM sqlite_master WHERE name = 'search_text'",
        "SELECT name, type, \"notnull\", pk FROM pragma_table_info('alembic_version')",
    ),
    "postgresql": (
        "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT table_name, column_name, data_type, column_default, is_nullable, collation_name "
        "FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace",
        "SELECT relname, relkind::text, reloptions::text FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    ),
}


def details(connection: Connection) -> list[str]:
    asked = DETAILS[connection.dialect.name]
    return sorted(repr(tuple(row)) for question in asked for row in connection.exec_driver_sql(question))


def test_a_new_store_is_what_all_revisions_make(bare_url: str, stepped: Engine, request: pytest.FixtureRequest) -> None:
    with writing(stepped) as connection:
        upgrade(connection, "head")
        stepwise = (shape(connection), details(connection))
    name = "sqlite_store_url" if bare_url.startswith("sqlite") else "postgres_store_url"
    engine = make_engine(parse_url(request.getfixturevalue(name)))
    with reading(engine) as connection:
        assert (shape(connection), details(connection)) == stepwise
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == [HEAD]
        assert connection.exec_driver_sql("SELECT id, version, length(lineage) FROM state").all() == [(1, 0, 32)]
    engine.dispose()


@pytest.fixture
def stepped(bare_url: str) -> Iterator[Engine]:
    """A store without tables, to be migrated step by step."""
    engine = make_engine(parse_url(bare_url))
    yield engine
    engine.dispose()


def test_every_revision_only_adds_so_that_older_processes_go_on(stepped: Engine) -> None:
    """What they select and insert stays: tables, columns and their types; new columns have a value of their own."""
    before: dict[str, dict[str, Any]] = {}
    for revision in REVISIONS:
        with writing(stepped) as connection:
            upgrade(connection, revision)
            after = shape(connection)
        for name, facts in before.items():
            kept = {column: after[name]["columns"][column] for column in facts["columns"]}
            assert kept == facts["columns"], (revision, name)
            added = {c: f for c, f in after[name]["columns"].items() if c not in kept}
            assert all(nullable or default is not None for _, nullable, default in added.values()), (revision, added)
            assert after[name]["key"] == facts["key"], (revision, name)
        before = after


def test_a_long_reader_keeps_a_migration_waiting_and_nobody_else(postgres_url: str, filled: Path) -> None:
    make_old(postgres_url, REVISIONS[0], filled)
    waits: list[int] = []
    with psycopg.connect(postgres_url) as reader:
        held = reader.execute("SELECT count(*) FROM entry").fetchone()

        def pause(seconds: float) -> None:
            """Others read at once, while the migration waits for its next try; then the reader is through."""
            with psycopg.connect(postgres_url) as other:
                other.execute("SET lock_timeout = '1s'")
                waits.append(len(other.execute("SELECT count(*) FROM entry").fetchone() or ()))
            reader.rollback()

        migrate(postgres_url, pause)
        assert (waits, reader.execute("SELECT count(*) FROM entry").fetchone()) == ([1], held)
    with open_store(postgres_url) as store:
        assert len(store.entries(EntryQuery(limit=5)).entries) == 5


def test_a_migration_that_fails_leaves_the_store_as_it_was(sqlite_store_url: str, tmp_path: Path, filled: Path) -> None:
    """Something stands in the way of a table of the second revision."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    make_old(url, REVISIONS[0], filled)
    engine = make_engine(parse_url(url))
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE revision (x)")
    before = shape_of(url)
    with pytest.raises(StoreError, match="revision"):
        migrate(url)
    assert shape_of(url) == before
    with writing(engine) as connection:
        connection.exec_driver_sql("DROP TABLE revision")
    engine.dispose()
    migrate(url)
    assert shape_of(url) == shape_of(sqlite_store_url)


@pytest.mark.parametrize("is_new", [False, True], ids=["old", "new"])
def test_several_may_migrate_at_once(bare_url: str, filled: Path, is_new: bool) -> None:
    if not is_new:
        make_old(bare_url, REVISIONS[0], filled)
    environ = {**os.environ, "DATABASE_URL": bare_url}
    words = [sys.executable, "-W", "error", str(ROOT / "feedwright.py"), "migrate"]
    started = [
        subprocess.Popen(words, env=environ, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(3)
    ]
    ended = [(process.communicate(timeout=300)[0], process.returncode) for process in started]
    assert ended == [(b"The store is up to date.\n", 0)] * 3
    path = None if bare_url.startswith("postgresql") else Path(bare_url.removeprefix("sqlite:///"))
    engine = make_engine(parse_url(bare_url))
    check_schema(engine, path)
    engine.dispose()
