"""Bringing a store's tables to the state of the code, and telling when they are not in it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import inspect
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from feeds.errors import SchemaError
from feeds.errors import StoreError
from feeds.errors import UnavailableError
from feeds.store.advice import advice
from feeds.store.engine import lock_for_migration
from feeds.store.engine import make_engine
from feeds.store.engine import reading
from feeds.store.engine import store_file
from feeds.store.engine import store_url
from feeds.store.engine import writing
from feeds.store.schema import HEAD

_SCRIPTS = Path(__file__).parents[1] / "migrations"
#: Two processes that open a new SQLite file at once disagree about who may switch it to WAL, and SQLite does not wait.
_ATTEMPTS = 20


def migrate(url: str) -> None:
    """Bring the tables of the store at `url` up to date, making the store where there is none.

    Does nothing where they are; several may call it at once. Raises `StoreError`.
    """
    parsed = store_url(url)
    if (path := store_file(parsed)) is not None:
        _make_folder(path.parent)
    engine = make_engine(parsed)
    try:
        _switch_on(engine)
        with writing(engine) as connection:
            lock_for_migration(connection)
            _upgrade(connection)
    finally:
        engine.dispose()


def check_schema(engine: Engine, path: Path | None) -> None:
    """Raise `SchemaError` unless the tables are exactly those that this code knows."""
    if path is not None and not path.is_file():
        raise SchemaError(f"there is no store at {path}; run `feedwright migrate`")
    with reading(engine) as connection:
        found = _revision(connection)
    if found is None:
        raise SchemaError("the store has no tables; run `feedwright migrate`")
    if found < HEAD:
        raise SchemaError(f"the store's tables are older ({found}) than the program ({HEAD}); run `feedwright migrate`")
    if found > HEAD:
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
                words = "; ".join(filter(None, (str(error.orig).strip(), advice(error.orig))))
                raise UnavailableError(f"cannot open the store: {words}") from error
        else:
            return


def _upgrade(connection: Connection) -> None:
    # Only here, since a web process never migrates and Alembic takes its time to import.
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise SchemaError(f"the store's tables cannot be brought to {HEAD}: {error}") from error
