"""Sources that are fetched: what a worker is told of one, what it reports, and how the source is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Enlisted:
    """A source that is to be fetched, as its configuration says."""

    slug: str
    name: str
    #: "files", "url", "feed", "listing", "git", "mastodon" or "twitter".
    kind: str
    #: As it may be shown: without user and query.
    address: str
    #: Of what decides what is fetched; where it changes, what was remembered counts no longer.
    fingerprint: str
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A source that a worker has taken; nobody else gets it until the lease ends."""

    slug: str
    #: What the last worker left for the next one (JSON); empty at first.
    memory: str
    last_success: datetime | None
    last_new: datetime | None
    #: Between two new entries.
    period: timedelta | None
    #: Attempts that failed in a row.
    failures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What came of one attempt to fetch a source."""

    at: datetime
    next_try: datetime
    #: Why it failed, in words; None where it did not.
    error: str | None = None
    #: The server said that the source is gone for good.
    gone: bool = False
    new: int = 0
    #: Posts that the source shows now; None where nothing was read.
    entries: int | None = None
    unchanged: bool = False
    period: timedelta | None = None
    requests: int = 0
    bytes: int = 0
    memory: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceHealth:
    """How a fetched source is; see `feeds.health.in_words`."""

    slug: str
    name: str
    kind: str
    address: str
    licence: str | None
    #: "new" (never tried), "ok", "failing" or "gone".
    state: str
    last_attempt: datetime | None
    last_success: datetime | None
    #: When a new entry was last found.
    last_new: datetime | None
    #: Between two new entries, as far as is known.
    expected_period: timedelta | None
    next_try: datetime
    #: In a row.
    failures: int
    error: str | None
    #: Those it has given and that still stand.
    entries: int
    #: Since it was enlisted: attempts, those that found nothing changed, requests, and bytes of bodies.
    attempts: int
    unchanged: int
    requests: int
    bytes: int
    #: A worker is at it now.
    being_fetched: bool
