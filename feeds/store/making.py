"""A store that is new: all its tables at once, as they are now.

Revisions bring older stores there, one step after the other, and Alembic takes longer to load than the tables take to
be made. A test compares what both make.
"""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import Connection
from sqlalchemy import text

from feeds.store.indexes import metadata
from feeds.store.schema import HEAD
from feeds.store.schema import state
from feeds.store.searching import TABLES

#: What Alembic makes to remember the revision.
_REVISION = text(
    "CREATE TABLE alembic_version "
    "(version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)
_REMEMBER = text("INSERT INTO alembic_version (version_num) VALUES (:head)")


def make_tables(connection: Connection) -> None:
    """Make all that a store of `schema.HEAD` has, where there is nothing yet."""
    metadata.create_all(connection, checkfirst=False)
    for statement in TABLES[connection.dialect.name]:
        connection.execute(text(statement))
    connection.execute(state.insert(), {"id": 1, "version": 0, "lineage": uuid4().hex})
    connection.execute(_REVISION)
    connection.execute(_REMEMBER, {"head": HEAD})
