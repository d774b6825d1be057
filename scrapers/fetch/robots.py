"""What a site asks of robots (RFC 9309); protego reads it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

from protego import Protego

from feeds.errors import BusyHostError
from feeds.errors import FetchError

#: A site's word is asked for anew after a day at the latest (section 2.4), after a failure sooner.
_FRESH = timedelta(hours=24)
_FRESH_FAILURE = timedelta(minutes=30)
#: At least so much must be read (section 2.5).
MAX_BYTES = 512 * 1024
_SITES = 1000


@dataclass(frozen=True, slots=True)
class Word:
    """What a site says to us about one address."""

    allowed: bool
    #: Seconds between two requests; None where it does not say.
    delay: float | None = None
    #: Why not, where it is not allowed.
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Site:
    rules: Protego | None
    until: datetime
    why: str = ""


class Robots:
    """The rules of the sites asked lately."""

    def __init__(self, product: str) -> None:
        self._product = product
        self._sites: dict[str, _Site] = {}

    def word(self, url: str, origin: str, now: datetime, read: Callable[[str], bytes]) -> Word:
        """What the site says of `url`; `read` fetches its robots.txt where it is not known."""
        site = self._sites.get(origin)
        if site is None or site.until <= now:
            site = self._ask(origin, now, read)
        if site.rules is None:
            return Word(not site.why, None, site.why)
        delay = site.rules.crawl_delay(self._product)
        if site.rules.can_fetch(url, self._product):
            return Word(True, delay)
        return Word(False, delay, "the site's robots.txt asks not to")

    def known_delay(self, origin: str) -> float | None:
        """The pause that a site asked for, where its rules have been read."""
        site = self._sites.get(origin)
        return site.rules.crawl_delay(self._product) if site is not None and site.rules is not None else None

    def _ask(self, origin: str, now: datetime, read: Callable[[str], bytes]) -> _Site:
        if len(self._sites) >= _SITES:
            self._sites.clear()
        self._sites[origin] = site = _site(origin, now, read)
        return site


def _site(origin: str, now: datetime, read: Callable[[str], bytes]) -> _Site:
    try:
        text = read(f"{origin}/robots.txt").decode("utf-8", "replace")
    except BusyHostError:
        raise
    except FetchError as error:
        if error.status is not None and 400 <= error.status < 500 and error.status != 429:
            return _Site(None, now + _FRESH)  # section 2.3.1.3: without rules, everything is allowed
        return _Site(None, now + _FRESH_FAILURE, f"its robots.txt cannot be read ({error.why})")
    return _Site(Protego.parse(text.removeprefix("\ufeff")), now + _FRESH)
