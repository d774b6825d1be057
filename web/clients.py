"""Who asks: the address of a client behind proxies that are trusted, and a count of what each does.

`X-Forwarded-For` is a list to which every proxy adds whom it was asked by, so its end is true and its beginning is
whatever the client wrote. It is read from the end, and only as far as trusted proxies go.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network
from ipaddress import IPv6Address
from ipaddress import IPv6Network
from ipaddress import ip_address
from ipaddress import ip_network
from typing import TYPE_CHECKING
from typing import TypeAlias

from flask import request

from web.state import get_state

if TYPE_CHECKING:
    from limits.strategies import MovingWindowRateLimiter

Networks: TypeAlias = Sequence[IPv4Network | IPv6Network]

_WINDOW_SECONDS = 60
#: Whoever has one address of IPv6 has all of such a network (RFC 6177).
_HOUSE = 64
#: Entries of the header that are looked at: no chain of proxies is longer.
_MOST_PROXIES = 20


@dataclass(frozen=True, slots=True)
class Allowance:
    """What somebody may still do."""

    limit: int
    left: int
    #: Seconds until they may do one thing more than `left`.
    reset: int


class Limiter:
    """Counts what each does over the last minute, in the memory of this process.

    With several processes everybody can do so much in each.
    """

    def __init__(self, a_minute: int) -> None:
        self._a_minute = a_minute

    def hit(self, name: str) -> tuple[bool, Allowance]:
        """Count one; whether it is allowed, and what is left then."""
        from limits import RateLimitItemPerMinute

        item = RateLimitItemPerMinute(self._a_minute)
        allowed = self._strategy.hit(item, name)
        window = self._strategy.get_window_stats(item, name)
        reset = max(1, math.ceil(window.reset_time - time.time()))
        return allowed, Allowance(self._a_minute, window.remaining, min(reset, _WINDOW_SECONDS))

    @cached_property
    def _strategy(self) -> MovingWindowRateLimiter:
        """Only here, since most processes never count and the library takes its time to import."""
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        return MovingWindowRateLimiter(MemoryStorage())


def client() -> str:
    """Who sent the present request, as a name to count by."""
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    return house(client_address(request.remote_addr or "", forwarded, get_state().settings.trusted_proxies))


def client_address(peer: str, forwarded: Iterable[str], trusted: Networks) -> str:
    """The address behind the trusted proxies: of the peer, of whom it names, and so on while each is trusted."""
    address = peer
    for named in [part.strip() for part in forwarded][: -_MOST_PROXIES - 1 : -1]:
        if not _is_in(address, trusted) or not _is_address(named):
            break
        address = named
    return address


def house(address: str) -> str:
    """The network that one client can speak for: the address itself in IPv4, 64 bits of it in IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((int(found) >> _HOUSE << _HOUSE, _HOUSE)))


def _is_in(address: str, networks: Networks) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return False
    told = (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
    return any(told.version == network.version and told in network for network in networks)


def _is_address(words: str) -> bool:
    try:
        ip_address(words)
    except ValueError:
        return False
    return True
