"""Fetching one address: every hop judged, allowed and in its turn; caps on time, bytes, redirects and unpacking."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from urllib.parse import urljoin
from urllib.parse import urlsplit

import httpcore
import httpx

from feeds.errors import FetchError
from feeds.errors import RefusedError
from scrapers.fetch.answer import Answer
from scrapers.fetch.answer import Validators
from scrapers.fetch.answer import shown
from scrapers.fetch.limits import PRODUCT
from scrapers.fetch.limits import Clock
from scrapers.fetch.limits import Limits
from scrapers.fetch.network import JudgedTransport
from scrapers.fetch.network import Resolve
from scrapers.fetch.network import explained
from scrapers.fetch.network import resolve
from scrapers.fetch.robots import MAX_BYTES as ROBOTS_BYTES
from scrapers.fetch.robots import Robots
from scrapers.fetch.turns import Turn
from scrapers.fetch.turns import Turns
from scrapers.fetch.unpacking import ACCEPTED
from scrapers.fetch.unpacking import read_body

_PERMANENT = frozenset({301, 308})
_REDIRECTS = _PERMANENT | {302, 303, 307}
_NONE_YET = Validators()
_BUSY = frozenset({429, 503})
_ACCEPT = (
    "application/atom+xml, application/rss+xml, application/feed+json, text/html;q=0.9, text/markdown;q=0.9, */*;q=0.8"
)
_LONGEST_URL = 4096
_IN_WORDS = {
    401: "wants a login",
    403: "does not let us in",
    404: "is not there",
    410: "is gone for good",
    429: "says that we ask too often",
    451: "is blocked for legal reasons",
    503: "is not available now",
}


@dataclass(slots=True)
class _Spent:
    """What one fetch has cost so far."""

    deadline: datetime
    requests: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class _Hop:
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What came of `Fetcher.exchange`: always 200."""

    url: str
    headers: Mapping[str, str]
    body: bytes


class Fetcher:
    """Fetches for one worker; close it. Not for several threads."""

    def __init__(
        self,
        limits: Limits,
        turns: Turns,
        clock: Clock,
        resolver: Resolve = resolve,
        backend: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._limits = limits
        self._turns = turns
        self._clock = clock
        self._robots = Robots(PRODUCT)
        self._deadline = clock.now()
        self._client = httpx.Client(
            transport=JudgedTransport(limits, resolver, backend, self._remaining),
            trust_env=False,
            follow_redirects=False,
            headers={"User-Agent": limits.agent, "Accept-Encoding": ACCEPTED},
            timeout=httpx.Timeout(limits.read, connect=limits.connect),
        )
        for name in ("httpx", "httpcore"):  # they tell whole addresses, with what is secret in them
            logging.getLogger(name).setLevel(logging.WARNING)
        #: Of all fetches: requests and bytes of bodies, for reports.
        self.requests = 0
        self.bytes = 0

    def __enter__(self) -> Fetcher:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def get(self, url: str, validators: Validators = _NONE_YET) -> Answer:
        """The answer of an address: 200, or 304 where `validators` still hold.

        Raises `FetchError` for everything else (`RefusedError` where we do not even ask), `StoppedError`.
        """
        spent = _Spent(self._clock.now() + timedelta(seconds=self._limits.total))
        asked, moved, permanent = url, None, True
        for _ in range(self._limits.max_redirects + 1):
            self._check_robots(asked)
            hop = self._hop(asked, _conditions(validators), spent, self._limits.max_bytes)
            if hop.status not in _REDIRECTS:
                return _answer(asked, hop, moved, spent, validators, self._clock.now())
            permanent = permanent and hop.status in _PERMANENT
            asked = _next(asked, hop.headers)
            moved = asked if permanent else moved
        raise FetchError(shown(url), f"more than {self._limits.max_redirects} redirects")

    def exchange(self, url: str, headers: Mapping[str, str], body: bytes | None, limit: int) -> Exchanged:
        """One request of another protocol that runs over the web, such as git's; redirects of a GET are followed.

        robots.txt is not asked: it is about pages. Raises `FetchError`, `StoppedError`.
        """
        spent = _Spent(self._clock.now() + timedelta(seconds=self._limits.total))
        for _ in range(self._limits.max_redirects + 1):
            hop = self._hop(url, headers, spent, limit, body)
            if hop.status not in _REDIRECTS or body is not None:
                _check_status(url, hop, self._clock.now())
                return Exchanged(url, hop.headers, hop.body)
            url = _next(url, hop.headers)
        raise FetchError(shown(url), "too many redirects")

    def _check_robots(self, url: str) -> None:
        _check_address(url)
        word = self._robots.word(url, _origin(url), self._clock.now(), self._read_robots)
        if not word.allowed:
            raise RefusedError(shown(url), word.why)

    def _read_robots(self, url: str) -> bytes:
        spent = _Spent(self._clock.now() + timedelta(seconds=self._limits.total))
        for _ in range(self._limits.max_redirects + 1):
            hop = self._hop(url, {}, spent, ROBOTS_BYTES)
            if hop.status not in _REDIRECTS:
                _check_status(url, hop, self._clock.now())
                return hop.body
            url = _next(url, hop.headers)
        raise FetchError(shown(url), "too many redirects", status=404)  # RFC 9309, section 2.3.1.2

    def _hop(
        self, url: str, headers: Mapping[str, str], spent: _Spent, limit: int, content: bytes | None = None
    ) -> _Hop:
        """One request in its turn. What the server says of the next one goes for everybody who asks it."""
        _check_address(url)
        with self._turns.at(_host(url), self._delay(url)) as turn:
            # Waiting for a turn is no fault of the server's.
            deadline = max(spent.deadline, self._clock.now() + timedelta(seconds=self._limits.read))
            with explained(url):
                hop = self._exchange(url, headers, spent, deadline, limit, content)
            self._heed(hop, turn)
        return hop

    def _exchange(
        self,
        url: str,
        headers: Mapping[str, str],
        spent: _Spent,
        deadline: datetime,
        limit: int,
        content: bytes | None,
    ) -> _Hop:
        def check() -> None:
            if self._clock.now() > deadline:
                raise FetchError(shown(url), "took too long")

        spent.requests += 1
        self.requests += 1
        self._deadline = deadline
        method = "GET" if content is None else "POST"
        with self._client.stream(method, url, headers={"Accept": _ACCEPT, **headers}, content=content) as response:
            self._client.cookies.jar.clear()
            told = {name.lower(): value for name, value in response.headers.items()}
            if response.status_code != 200:
                return _Hop(response.status_code, told, b"")
            body, came = read_body(response.iter_raw(), told.get("content-encoding", ""), shown(url), limit, check)
        spent.bytes += came
        self.bytes += came
        return _Hop(response.status_code, told, body)

    def _remaining(self) -> float:
        return (self._deadline - self._clock.now()).total_seconds()

    def _delay(self, url: str) -> float:
        known = self._robots.known_delay(_origin(url))
        return min(self._limits.longest_delay, max(self._limits.delay, known or 0.0))

    def _heed(self, hop: _Hop, turn: Turn) -> None:
        if hop.status in _BUSY and (wait := _retry_after(hop.headers, self._clock.now())) is not None:
            turn.pause = max(turn.pause, min(wait, self._limits.longest_retry))


def _conditions(validators: Validators) -> dict[str, str]:
    found = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in found.items() if value}


def _answer(url: str, hop: _Hop, moved: str | None, spent: _Spent, before: Validators, now: datetime) -> Answer:
    _check_status(url, hop, now, may_be_unchanged=bool(_conditions(before)))
    given = Validators(_plain(hop.headers.get("etag")), _plain(hop.headers.get("last-modified")))
    return Answer(
        url=url,
        status=hop.status,
        body=hop.body,
        headers=hop.headers,
        moved=moved,
        validators=before if hop.status == 304 and given == Validators() else given,
        modified=_http_date(hop.headers.get("last-modified")),
        requests=spent.requests,
        bytes=spent.bytes,
    )


def _check_status(url: str, hop: _Hop, now: datetime, *, may_be_unchanged: bool = False) -> None:
    if hop.status == 200 or (hop.status == 304 and may_be_unchanged):
        return
    words = _IN_WORDS.get(hop.status) or ("the server failed" if hop.status >= 500 else "no document")
    wait = _retry_after(hop.headers, now) if hop.status in _BUSY else None
    raise FetchError(shown(url), f"{words} (HTTP {hop.status})", status=hop.status, retry_after=wait)


def _check_address(url: str) -> None:
    """Raise `RefusedError` for what is no web address. Where it leads is judged when it is connected to."""
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
        asked = httpx.URL(url)
    except (ValueError, httpx.InvalidURL, UnicodeError) as error:
        raise RefusedError(shown(url), "is no address") from error
    if parts.scheme not in {"http", "https"}:
        raise RefusedError(shown(url), "only http and https addresses are fetched")
    if not host or not asked.host or len(url) > _LONGEST_URL or any(c.isspace() or ord(c) < 32 for c in url):
        raise RefusedError(shown(url), "is no address")
    if "@" in parts.netloc or asked.userinfo or "\\" in url or port == 0:
        raise RefusedError(shown(url), "addresses with a user name are not fetched")


def _next(url: str, headers: Mapping[str, str]) -> str:
    target = headers.get("location", "").strip()
    if not target:
        raise FetchError(shown(url), "redirects to nowhere")
    try:
        return urljoin(url, target).partition("#")[0]
    except ValueError as error:
        raise FetchError(shown(url), "redirects to what is no address") from error


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _host(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port}" if parts.port not in {None, 80, 443} else str(parts.hostname)


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds (RFC 9110, section 10.2.3)."""
    words = headers.get("retry-after", "").strip()
    if words.isascii() and words.isdigit() and len(words) < 10:
        return float(words)
    until = _http_date(words)
    return max(0.0, (until - now).total_seconds()) if until else None


def _http_date(words: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(words or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    try:
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _plain(value: str | None) -> str | None:
    """A validator that can be sent back as it came."""
    return value if value and value.isascii() and value.isprintable() and len(value) <= 1000 else None
