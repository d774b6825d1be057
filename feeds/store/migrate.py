"""Bringing a store's tables to the state of the code, and telling when they are not in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from time import sleep
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import event
from sqlalchemy import inspect
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from feeds.errors import SchemaError
from feeds.errors import StoreError
from feeds.errors import UnavailableError
from feeds.store.advice import explained
from feeds.store.engine import is_lock_timeout
from feeds.store.engine import limit_wait
from feeds.store.engine import lock_for_migration
from feeds.store.engine import make_engine
from feeds.store.engine import reading
from feeds.store.engine import store_file
from feeds.store.engine import store_url
from feeds.store.engine import writing
from feeds.store.schema import HEAD
from feeds.store.schema import state

_SCRIPTS = Path(__file__).parents[1] / "migrations"
#: Two processes that open a new SQLite file at once disagree about who may switch it to WAL, and SQLite does not wait.
_ATTEMPTS = 20
#: Milliseconds that one who migrates a file waits for another one who does, or for a writer.
_FILE_PATIENCE = 600_000
#: On a server: milliseconds that a revision waits for a table, how often it tries, and the seconds between two tries,
#: in which others read and write; eight minutes in all.
_LOCK_PATIENCE = 2_000
_LOCK_ATTEMPTS = 60
_LOCK_PAUSE = 6.0


def migrate(url: str, pause: Callable[[float], None] = sleep) -> None:
    """Bring the tables of the store at `url` up to date, making the store where there is none.

    Does nothing where they are; several may call it at once, and others may read and write meanwhile. `pause` waits for
    seconds. Raises `StoreError`.
    """
    parsed = store_url(url)
    if (path := store_file(parsed)) is not None:
        _make_folder(path.parent)
    engine = make_engine(parsed)
    try:
        if path is None:
            _migrate_server(engine, pause)
        else:
            _migrate_file(engine)
    finally:
        engine.dispose()


def _migrate_file(engine: Engine) -> None:
    """All in one transaction: readers of a file in WAL mode are not kept waiting."""
    _switch_on(engine)
    event.listen(engine, "connect", _be_patient, insert=False)
    engine.dispose()
    with writing(engine) as connection:
        if not _made(connection):
            _upgrade(connection, "head")


def _migrate_server(engine: Engine, pause: Callable[[float], None]) -> None:
    """Each revision in a transaction, so that what one locks is free again before the next one takes its time.

    One connection holds the lock for all of it, in a transaction that does nothing else: a pooler may give every
    transaction of another connection to another session.
    """
    with writing(engine) as guard:
        lock_for_migration(guard)
        with writing(engine) as connection:
            revisions = [] if _made(connection) else _missing(connection)
        for revision in revisions:
            _upgrade_soon(engine, revision, pause)


def _made(connection: Connection) -> bool:
    """Make the tables where there is nothing yet; whether there was nothing."""
    found = inspect(connection)
    if found.has_table("alembic_version") or found.has_table(state.name):
        return False
    from feeds.store.making import make_tables  # only here, for the same reason as Alembic

    make_tables(connection)
    return True


def _upgrade_soon(engine: Engine, revision: str, pause: Callable[[float], None]) -> None:
    """Everybody else who wants a table queues up behind one who waits for it, so the wait is short and tried again."""
    for attempt in range(_LOCK_ATTEMPTS):
        try:
            with writing(engine) as connection:
                limit_wait(connection, _LOCK_PATIENCE)
                _upgrade(connection, revision)
        except StoreError as error:
            if not is_lock_timeout(error) or attempt == _LOCK_ATTEMPTS - 1:
                raise
            pause(_LOCK_PAUSE)
        else:
            return


def check_schema(engine: Engine, path: Path | None, *, newer_will_do: bool = False) -> None:
    """Raise `SchemaError` unless the tables are exactly those that this code knows, or at least those."""
    if path is not None and not path.is_file():
        raise SchemaError(f"there is no store at {path}; run `feedwright migrate`")
    with reading(engine) as connection:
        found = _revision(connection)
    if found is None:
        raise SchemaError("the store has no tables; run `feedwright migrate`")
    if found < HEAD:
        raise SchemaError(f"the store's tables are older ({found}) than the program ({HEAD}); run `feedwright migrate`")
    if found > HEAD and not newer_will_do:
        raise SchemaError(
            f"the store's tables are newer ({found}) than the program ({HEAD}); update the program, "
            "then run `feedwright migrate`"
        )


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the folder of the store, {folder}: {error.strerror}") from error


def _switch_on(engine: Engine) -> None:
    for attempt in range(_ATTEMPTS):
        try:
            engine.connect().close()
        except DBAPIError as error:
            if "locked" not in str(error) or attempt == _ATTEMPTS - 1:
                raise UnavailableError(f"cannot open the store: {explained(error)}") from error
        else:
            return


def _be_patient(connection: Any, record: object) -> None:
    connection.execute(f"PRAGMA busy_timeout={_FILE_PATIENCE}").close()


def _missing(connection: Connection) -> list[str]:
    """The revisions that a store lacks, in their order. Raises `SchemaError`."""
    from alembic.script import ScriptDirectory
    from alembic.util.exc import CommandError

    found = _revision(connection)
    try:
        scripts = list(ScriptDirectory(str(_SCRIPTS)).iterate_revisions("head", found or "base"))
    except CommandError as error:
        raise SchemaError(f"the store's tables cannot be brought from {found} to {HEAD}: {error}") from error
    return [script.revision for script in reversed(scripts)]


def _upgrade(connection: Connection, revision: str) -> None:
    # Only here, since a web process never migrates and Alembic takes its time to import.
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, revision)
    except CommandError as error:
        raise SchemaError(f"the store's tables cannot be brought to {revision}: {error}") from error
