"""What a command opens: the settings and the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from feeds.connections import USUAL
from feeds.connections import Connections

if TYPE_CHECKING:
    from feeds.settings import Settings
    from feeds.store import Store


@contextmanager
def open_store_of(settings: Settings, *, create: bool = False, connections: Connections = USUAL) -> Iterator[Store]:
    """The store of the settings; with `create` it is made or brought up to date first where it must be.

    Raises `StoreError`.
    """
    from feeds.errors import SchemaError
    from feeds.store import migrate
    from feeds.store import open_store

    try:
        store = open_store(settings.database_url, connections=connections)
    except SchemaError:
        if not create:
            raise
        migrate(settings.database_url)
        store = open_store(settings.database_url, connections=connections)
    try:
        yield store
    finally:
        store.close()
