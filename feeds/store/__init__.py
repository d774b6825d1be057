"""Where entries are kept: the only package, with `feeds.migrations`, that knows SQL."""

from __future__ import annotations

from feeds.store.figures import Figures
from feeds.store.migrate import migrate
from feeds.store.store import Store
from feeds.store.store import open_store
from feeds.store.versions import Mark

__all__ = ["Figures", "Mark", "Store", "migrate", "open_store"]
