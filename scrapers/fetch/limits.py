"""How much the fetcher asks for and takes, who it says it is, and by which clock it waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network
from ipaddress import IPv6Network

from scrapers.document import MAX_BYTES

#: The word by which robots.txt knows us (RFC 9309, section 2.2.1).
PRODUCT = "Feedwright"


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, passed in: the present moment, waiting, and whether the process was asked to end."""

    now: Callable[[], datetime]
    #: Wait so many seconds; may return earlier when the process was asked to end.
    sleep: Callable[[float], object]
    stopping: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may cost; all times in seconds."""

    agent: str
    connect: float = 10.0
    read: float = 20.0
    total: float = 60.0
    #: Of a body, as it comes and unpacked.
    max_bytes: int = MAX_BYTES
    max_redirects: int = 5
    #: Between two requests to one host.
    delay: float = 2.0
    #: The longest `Crawl-delay` that is followed, and the longest `Retry-After`.
    longest_delay: float = 60.0
    longest_retry: float = 2 * 86_400.0
    #: Networks that are private and may be asked all the same.
    allowed: tuple[IPv4Network | IPv6Network, ...] = ()


def user_agent(version: str, base_url: str) -> str:
    """Who we are, and where somebody who minds finds us."""
    return f"{PRODUCT}/{version} (+{base_url})"
