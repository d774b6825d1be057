"""What the views of an application share: settings, site, topics, the store, the cache of rendered feeds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import TypeAlias
from typing import cast

from flask import current_app

from feeds.announcing import Announced
from feeds.connections import web_share
from feeds.errors import ReadOnlyError
from feeds.listing import Site
from feeds.model import Receipt
from feeds.model import Upload
from feeds.saved import load_saved
from feeds.scripts import Scripts
from feeds.settings import Settings
from feeds.store import Store
from feeds.store import open_store
from feeds.topics import Topic
from feeds.topics import Topics
from feeds.topics import load_topics
from web.cache import Cache
from web.metrics.cells import Meter
from web.remembering import Remembered

#: Reads a document that was sent and saves it. Raises `DocumentError` for what cannot be read, `QueryError` for what it
#: is said to be and cannot be.
Ingest: TypeAlias = Callable[[Upload, Store], Receipt]

#: Threads of a web process; see `web.server`.
USUAL_THREADS = 8


class State:
    """One for an application; shared by its threads."""

    def __init__(
        self,
        settings: Settings,
        store: Store | None,
        ingest: Ingest | None,
        now: Callable[[], datetime],
        announced: Announced,
        is_copy: bool = False,
        threads: int = USUAL_THREADS,
    ) -> None:
        self.settings = settings
        self._share = web_share(settings, threads)
        #: What is counted; None where nobody may ask.
        self.meter = None if settings.metrics_token is None else Meter(now().timestamp())
        #: None where documents cannot be sent.
        self.ingest = ingest
        self.now = now
        #: Whatever changes what a reader sees is done inside of it.
        self.announced = announced
        #: Whether the pages become files, which find nothing for anybody.
        self.is_copy = is_copy
        self.scripts = Scripts()
        rendered = _ignore if self.meter is None else self.meter.rendered
        self.cache = Cache(settings.cache_bytes, lambda scopes, known: self.store.look(scopes, known), now, rendered)
        self.remembered = Remembered(lambda scopes, known: self.store.look(scopes, known))
        self.topics: Topics = load_topics(settings.topics)
        self.saved = load_saved(settings.feeds)
        self._store = store
        self._writer = store
        self._lock = Lock()

    @property
    def store(self) -> Store:
        """The store, opened at the first use. Raises `StoreError`."""
        if self._store is not None:
            return self._store
        with self._lock:
            if self._store is None:
                address, connections = self.settings.database_url, self._share.reader
                self._store = open_store(address, read_only=True, connections=connections)
            return self._store

    @property
    def writer(self) -> Store:
        """The same store, open for writing since the first use. Raises `StoreError`, `ReadOnlyError` where it is."""
        if self.settings.store_readonly:
            raise ReadOnlyError("the store was built with the program (STORE_READONLY)")
        with self._lock:
            if self._writer is None:
                self._writer = open_store(self.settings.database_url, connections=self._share.writer)
            return self._writer

    @cached_property
    def site(self) -> Site:
        """What all listings share."""
        settings = self.settings
        names = {topic.slug: self.topic_name(topic) for topic in self.topics}
        return Site(
            settings.public_base_url, settings.site_name, settings.site_language, names, hub=settings.websub_hub
        )

    def topic_name(self, topic: Topic) -> str:
        """The name of a topic in the language of the site."""
        return topic.name_zh if self.settings.site_language.lower().startswith("zh") else topic.name_en


def _ignore(seconds: float) -> None:
    """Nobody asks."""


def get_state() -> State:
    """The state of the application that answers."""
    return cast(State, current_app.extensions["feedwright"])
