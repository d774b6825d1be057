"""Whose turn it is at a host: one request at a time, with a pause between two."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from datetime import timedelta
from typing import Protocol

from feeds.errors import BusyHostError
from feeds.errors import StoppedError
from scrapers.fetch.limits import Clock

#: Seconds that a worker waits for a host; it has other sources to see to.
_PATIENCE = 120.0


class Hosts(Protocol):
    """Where it is noted which host is being asked: in the store, where several workers ask."""

    def enter(self, host: str, owner: str, now: datetime, until: datetime) -> datetime | None:
        """Take the turn at a host until a moment, and answer None; or answer when to try again."""

    def leave(self, host: str, owner: str, free: datetime) -> None:
        """Give the turn back; nobody gets it before `free`."""


@dataclass(slots=True)
class OwnHosts:
    """Hosts as one process alone knows them."""

    _free: dict[str, datetime] = field(default_factory=dict)

    def enter(self, host: str, owner: str, now: datetime, until: datetime) -> datetime | None:
        """See `Hosts`."""
        free = self._free.get(host)
        if free is not None and free > now:
            return free
        self._free[host] = until
        return None

    def leave(self, host: str, owner: str, free: datetime) -> None:
        """See `Hosts`."""
        self._free[host] = free


@dataclass(slots=True)
class Turn:
    """A turn at a host; what was learnt meanwhile about the next one."""

    #: Seconds until the next request.
    pause: float


class Turns:
    """Turns for one worker."""

    def __init__(self, hosts: Hosts, clock: Clock, owner: str, longest: float) -> None:
        self._hosts = hosts
        self._clock = clock
        self._owner = owner
        #: Seconds after which a turn counts as lost with its worker.
        self._longest = longest

    @contextmanager
    def at(self, host: str, pause: float) -> Iterator[Turn]:
        """Wait for the turn at `host`, and leave `pause` seconds behind it.

        Raises `StoppedError`, and `BusyHostError` where it would take long.
        """
        while (free := self._try(host)) is not None:
            wait = (free - self._clock.now()).total_seconds()
            if self._clock.stopping():
                raise StoppedError(f"ended while waiting for {host}")
            if wait > _PATIENCE:
                raise BusyHostError(host, "is not to be asked for a while", retry_after=wait)
            self._clock.sleep(max(0.01, wait))
        turn = Turn(pause)
        try:
            yield turn
        finally:
            self._hosts.leave(host, self._owner, self._clock.now() + timedelta(seconds=turn.pause))

    def _try(self, host: str) -> datetime | None:
        now = self._clock.now()
        return self._hosts.enter(host, self._owner, now, now + timedelta(seconds=self._longest))
