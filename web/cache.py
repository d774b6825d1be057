"""Rendered feeds in memory, bounded in bytes, exact: what was made of another version of a listing is never given."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import datetime
from threading import Lock
from time import perf_counter
from urllib.parse import unquote_to_bytes

from feeds.model import Scope
from feeds.store import Mark
from web.compression import CODINGS
from web.compression import WORTH_IT
from web.compression import coded_tag
from web.compression import compress

#: What a rendering takes beside its bodies: address, scopes, headers.
_OVERHEAD = 2048

#: Path and query as WSGI has them (PEP 3333): the bytes of the path decoded as Latin-1.
Key = tuple[str, str]
#: The status line and the headers of an answer.
Head = tuple[str, list[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A body with all that its headers need."""

    body: bytes
    content_type: str
    #: When the data last changed; None where nothing tells.
    modified: datetime | None = None
    #: The Cache-Control header, where it is not that of every feed.
    caching: str | None = None
    #: Strong, without quotes: a hash of the body.
    etag: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "etag", hashlib.sha256(self.body).hexdigest()[:32])

    @property
    def is_large(self) -> bool:
        """Whether compressing it is worth while."""
        return len(self.body) > WORTH_IT


class Kept:
    """A rendering in the cache, with the forms in which it was asked for."""

    def __init__(self, address: str, rendered: Rendered, scopes: tuple[Scope, ...], mark: Mark) -> None:
        #: Canonical.
        self.address = address
        self.key = key_of(address)
        self.rendered = rendered
        self.is_large = rendered.is_large
        self.scopes = scopes
        #: The tags under which a client that got the body from us knows it.
        self.tags = frozenset(coded_tag(rendered.etag, coding) for coding in CODINGS)
        #: How the listing stood when this was last known to be right.
        self.mark = mark
        #: By content coding.
        self.bodies: dict[str, bytes] = {}
        #: What Flask answered, by content coding and whether the client had the body already.
        self.heads: dict[tuple[str, bool], Head] = {}
        self.lock = Lock()

    @property
    def size(self) -> int:
        """Bytes in memory, about."""
        bodies = {id(body): len(body) for body in (self.rendered.body, *list(self.bodies.values()))}
        return sum(bodies.values()) + len(self.address) + len(self.key[0]) + len(self.key[1]) + _OVERHEAD


def key_of(address: str) -> Key:
    """The key of a canonical address."""
    path, _, query = address.partition("?")
    return unquote_to_bytes(path).decode("latin-1"), query


class Cache:
    """The latest rendering of each address; those not asked for longest go first. Safe to share between threads.

    `look` is `feeds.store.Store.look`, `now` tells the time; `rendered` is told how many seconds each rendering took.
    """

    def __init__(
        self,
        max_bytes: int,
        look: Callable[[Sequence[Scope], Mark | None], Mark],
        now: Callable[[], datetime],
        rendered: Callable[[float], None] = lambda seconds: None,
    ) -> None:
        self._max_bytes = max_bytes
        self._rendered = rendered
        self._look = look
        self._now = now
        self._bytes = 0
        self._kept: OrderedDict[Key, tuple[Kept, int]] = OrderedDict()
        self._lock = Lock()
        self._flights: dict[Key, tuple[Lock, int]] = {}

    @property
    def size(self) -> int:
        """Bytes that are kept; never more than were allowed."""
        return self._bytes

    @property
    def entries(self) -> int:
        """How many renderings are kept."""
        return len(self._kept)

    def find(self, key: Key) -> Kept | None:
        """What is kept, if it is still right: at most one statement to the store. Raises `StoreError`."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
        kept = found[0]
        known = kept.mark
        mark = self._look(kept.scopes, known)
        if mark is known:
            return kept
        if not mark.shows_the_same(known):
            return None
        kept.mark = mark
        return kept

    def fetch(self, address: str, scopes: Sequence[Scope], render: Callable[[], Rendered]) -> Kept:
        """What is kept under a canonical address, rendered where there is none or it is not right any more.

        Of several threads that want it at once one renders. Raises `StoreError`, and what `render` raises.
        """
        key = key_of(address)
        if (kept := self.find(key)) is not None:
            return kept
        with self._alone(key):
            if (kept := self.find(key)) is not None:
                return kept
            # Before the entries are read: a rendering may be newer than its mark, never older.
            mark = self._look(scopes, None)
            began = perf_counter()
            rendered = render()
            self._rendered(perf_counter() - began)
            dated = replace(rendered, modified=self._modified(rendered, mark))
            kept = Kept(address, dated, tuple(scopes), mark)
            with self._lock:
                self._keep(kept)
            return kept

    def body(self, kept: Kept, coding: str) -> bytes:
        """The body in a content coding, made at the first use."""
        with kept.lock:
            if coding not in kept.bodies:
                kept.bodies[coding] = compress(kept.rendered.body, coding)
                with self._lock:
                    if self._kept.get(kept.key, (None, 0))[0] is kept:
                        self._keep(kept)
            return kept.bodies[coding]

    def _modified(self, rendered: Rendered, mark: Mark) -> datetime | None:
        """When the listing last changed, which unlike the dates of its entries never moves back.

        Never in the future (RFC 9110, section 8.8.2.1), where it stands while many changes come in one second, or when
        the clock of who writes is wrong. Then nothing is said: with another moment in its place two bodies could have
        the same one, and who goes by it would miss the second.
        """
        modified = mark.changed_at or rendered.modified
        return None if modified is None or modified > self._now() else modified

    def _keep(self, kept: Kept) -> None:
        """In the place of any other of its address. What would fill the cache alone is not kept."""
        self._drop(kept.key)
        size = kept.size
        if size > self._max_bytes:
            return
        self._kept[kept.key] = (kept, size)
        self._bytes += size
        while self._bytes > self._max_bytes:
            self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        if key in self._kept:
            self._bytes -= self._kept.pop(key)[1]

    @contextmanager
    def _alone(self, key: Key) -> Iterator[None]:
        """One thread at a time for each key."""
        with self._lock:
            flight, waiting = self._flights.get(key, (Lock(), 0))
            self._flights[key] = flight, waiting + 1
        try:
            with flight:
                yield
        finally:
            with self._lock:
                waiting = self._flights[key][1] - 1
                if waiting:
                    self._flights[key] = flight, waiting
                else:
                    del self._flights[key]
