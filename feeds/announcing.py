"""Announcing what was written: whoever writes does it inside `announced`, and the WebSub hub hears of it afterwards.

The hub is told in a thread of its own, so that nobody who writes waits for it, and of writes that come close together
only once.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import AbstractContextManager
from contextlib import contextmanager
from threading import Event
from threading import Lock
from threading import Thread
from types import TracebackType
from typing import TypeAlias

from feeds.errors import StoreError
from feeds.listing import Site
from feeds.settings import Settings
from feeds.store import Store
from feeds.websub import Post
from feeds.websub import changed_feeds
from feeds.websub import publish

#: Seconds from a write until the hub is told of it; what is written meanwhile is told with it.
WINDOW = 3.0

#: What a writer writes inside of.
Announced: TypeAlias = Callable[[Store], AbstractContextManager[object]]

_log = logging.getLogger(__name__)


class Announcer:
    """Tells the hub of the settings, if there is one; one for a process. Closing it tells what is still untold."""

    def __init__(self, settings: Settings, post: Post | None = None, window: float = WINDOW) -> None:
        self._hub = settings.websub_hub
        self._site = Site(settings.public_base_url, settings.site_name, settings.site_language)
        self._post = post
        self._window = window
        self._lock = Lock()
        self._closing = Event()
        self._untold: tuple[Store, int] | None = None
        self._thread: Thread | None = None

    def __enter__(self) -> Announcer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def announced(self, store: Store) -> Iterator[None]:
        """What changes in the store meanwhile is announced, also where something fails in the end."""
        if self._hub is None:
            yield
            return
        before = store.version()
        try:
            yield
        finally:
            self._note(store, before)

    def close(self) -> None:
        """Tell what is still untold, now, and wait until that is done; the store must be open until then."""
        self._closing.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _note(self, store: Store, since: int) -> None:
        with self._lock:
            self._untold = (store, min(since, self._untold[1]) if self._untold else since)
            if self._thread is None:  # no daemon: what was written before the process ends is told
                self._thread = Thread(target=self._run, name="announcing")
                self._thread.start()

    def _run(self) -> None:
        """Until all is told; then the thread ends, and the next write starts another."""
        while True:
            self._closing.wait(self._window)
            with self._lock:
                untold, self._untold = self._untold, None
            if untold is not None:
                self._tell(*untold)
            with self._lock:
                if self._untold is None:
                    self._thread = None
                    return

    def _tell(self, store: Store, since: int) -> None:
        assert self._hub is not None
        try:
            feeds = changed_feeds(store.changed_scopes(since), self._site)
            if feeds:
                publish(self._hub, feeds, self._post or _poster(), time.sleep)
        except StoreError as error:
            _log.warning("the WebSub hub %s was not told of what changed: %s", self._hub, error)
        except Exception:
            _log.exception("the WebSub hub %s was not told of what changed; this is a bug of ours", self._hub)


@contextmanager
def announced(store: Store, settings: Settings) -> Iterator[None]:
    """For a command: what it changes is announced when all is written, each feed once, before the command ends."""
    with Announcer(settings) as announcer, announcer.announced(store):
        yield


def _poster() -> Post:
    """The library that sends is loaded for the first hub that is told."""
    from feeds.hub import post

    return post
