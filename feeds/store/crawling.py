"""Sources that are fetched: who has taken which, until when, and how they are. Any number of workers may ask."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import fields
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import Row
from sqlalchemy import delete
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import update

from feeds.model import Attempt
from feeds.model import Claim
from feeds.model import Enlisted
from feeds.model import SourceHealth
from feeds.store.engine import reading
from feeds.store.engine import writing
from feeds.store.schema import crawl
from feeds.store.schema import host
from feeds.store.schema import source
from feeds.store.statements import add

#: Nobody takes a source or a host for longer; what says so was noted by a clock that was wrong.
_LONGEST_LEASE, _LONGEST_TURN = timedelta(days=1), timedelta(days=31)


class Crawl:
    """Leases and turns, each answer in a transaction of its own. Every method raises `StoreError`."""

    def __init__(self, engine: Callable[[], Engine]) -> None:
        self._engine = engine

    def enlist(self, sources: Sequence[Enlisted], now: datetime) -> None:
        """Have exactly these sources fetched. New ones, and those with another address, are due at once."""
        with reading(self._engine()) as connection:
            if _enlisted(connection) == {one.slug: one for one in sources}:
                return
        with writing(self._engine()) as connection:
            slugs = [one.slug for one in sources]
            connection.execute(update(crawl).where(crawl.c.slug.not_in(slugs)).values(enabled=False))
            add(connection, crawl, [_new_row(one, now) for one in sources])
            for one in sources:
                mine = update(crawl).where(crawl.c.slug == one.slug)
                moved = {"memory": "", "next_try": now, "gone": False}
                connection.execute(mine.where(crawl.c.fingerprint != one.fingerprint).values(moved))
                connection.execute(mine.values({**asdict(one), "enabled": True}))

    def claim(self, owner: str, now: datetime, until: datetime, only: Sequence[str] | None = None) -> Claim | None:
        """Take the source that has been due for longest; None where none is. A lease that ended counts for nothing.

        Nor does what was noted by a clock that was far ahead: it would keep everybody away until then.
        """
        lease = crawl.c.lease_until
        free = or_(lease.is_(None), lease <= now, lease > now + _LONGEST_LEASE)
        is_due = or_(crawl.c.next_try <= now, crawl.c.last_attempt > now + _LONGEST_LEASE)
        due = select(crawl).where(crawl.c.enabled, is_due, free)
        due = due if only is None else due.where(crawl.c.slug.in_(only))
        first = due.order_by(crawl.c.next_try, crawl.c.slug).limit(1).with_for_update(skip_locked=True)
        with writing(self._engine()) as connection:
            row = connection.execute(first).one_or_none()
            if row is None:
                return None
            taken = update(crawl).where(crawl.c.slug == row.slug)
            connection.execute(taken.values(owner=owner, lease_until=until))
        period = None if row.period is None else timedelta(seconds=row.period)
        return Claim(row.slug, row.memory, row.last_success, row.last_new, period, row.failures)

    def renew(self, slug: str, owner: str, until: datetime, memory: str | None = None) -> bool:
        """Keep a source for longer, and note how far it is; False where somebody else has it by now."""
        mine = update(crawl).where(crawl.c.slug == slug, crawl.c.owner == owner)
        changes = {"lease_until": until, **({} if memory is None else {"memory": memory})}
        with writing(self._engine()) as connection:
            return bool(connection.execute(mine.values(changes)).rowcount)

    def release(self, slug: str, owner: str, next_try: datetime | None = None) -> None:
        """Give a source back untried: whoever asks next gets it, or whoever asks at `next_try`."""
        mine = update(crawl).where(crawl.c.slug == slug, crawl.c.owner == owner)
        changes = {"owner": None, "lease_until": None, **({} if next_try is None else {"next_try": next_try})}
        with writing(self._engine()) as connection:
            connection.execute(mine.values(changes))

    def finish(self, slug: str, owner: str, attempt: Attempt) -> bool:
        """Note what came of an attempt and give the source back; False where somebody else has it by now."""
        mine = update(crawl).where(crawl.c.slug == slug, crawl.c.owner == owner)
        with writing(self._engine()) as connection:
            return bool(connection.execute(mine.values(_changes(attempt))).rowcount)

    def next_due(self) -> datetime | None:
        """When the next source is to be tried; None where there is none."""
        due = select(crawl.c.next_try).where(crawl.c.enabled, crawl.c.owner.is_(None))
        with reading(self._engine()) as connection:
            found: datetime | None = connection.scalars(due.order_by(crawl.c.next_try).limit(1)).first()
        return found

    def enter(self, name: str, owner: str, now: datetime, until: datetime) -> datetime | None:
        """Take the turn at a host until a moment, and answer None; or answer when to try again."""
        with writing(self._engine()) as connection:
            add(connection, host, [{"name": name, "free": now}])
            is_free = or_(host.c.free <= now, host.c.free > now + _LONGEST_TURN)
            free = update(host).where(host.c.name == name, is_free)
            if connection.execute(free.values(free=until, owner=owner)).rowcount:
                return None
            busy: datetime = connection.scalars(select(host.c.free).where(host.c.name == name)).one()
            return busy

    def leave(self, name: str, owner: str, free: datetime) -> None:
        """Give the turn back; nobody gets it before `free`."""
        mine = update(host).where(host.c.name == name, host.c.owner == owner)
        with writing(self._engine()) as connection:
            connection.execute(mine.values(free=free))
            connection.execute(delete(host).where(host.c.free < free - timedelta(days=1)))


def read_health(connection: Connection) -> tuple[SourceHealth, ...]:
    """All sources that are fetched: those that fail first, then by slug."""
    counted = crawl.outerjoin(source, source.c.slug == crawl.c.slug)
    rows = connection.execute(select(crawl, source.c.entries).select_from(counted).where(crawl.c.enabled))
    found = (_health(row) for row in rows)
    return tuple(sorted(found, key=lambda h: (h.state not in {"failing", "gone"}, h.slug)))


def _enlisted(connection: Connection) -> dict[str, Enlisted]:
    columns = [crawl.c[field.name] for field in fields(Enlisted)]
    rows = connection.execute(select(*columns).where(crawl.c.enabled))
    return {row.slug: Enlisted(**row._mapping) for row in rows}


def _new_row(one: Enlisted, now: datetime) -> dict[str, Any]:
    zeros = dict.fromkeys(("failures", "attempts", "unchanged", "requests", "bytes"), 0)
    return {**asdict(one), **zeros, "enabled": True, "gone": False, "memory": "", "next_try": now}


def _changes(attempt: Attempt) -> dict[str, Any]:
    well = attempt.error is None
    changes: dict[str, Any] = {
        "owner": None,
        "lease_until": None,
        "next_try": attempt.next_try,
        "last_attempt": attempt.at,
        "error": attempt.error,
        "gone": attempt.gone,
        "failures": 0 if well else crawl.c.failures + 1,
        "attempts": crawl.c.attempts + 1,
        "unchanged": crawl.c.unchanged + int(attempt.unchanged),
        "requests": crawl.c.requests + attempt.requests,
        "bytes": crawl.c.bytes + attempt.bytes,
        "memory": attempt.memory,
    }
    changes |= {"last_success": attempt.at} if well else {}
    changes |= {"last_new": attempt.at} if attempt.new else {}
    changes |= {"period": round(attempt.period.total_seconds())} if attempt.period is not None else {}
    return changes


def _health(row: Row[Any]) -> SourceHealth:
    return SourceHealth(
        slug=row.slug,
        name=row.name,
        kind=row.kind,
        address=row.address,
        licence=row.licence,
        state=_state(row),
        last_attempt=row.last_attempt,
        last_success=row.last_success,
        last_new=row.last_new,
        expected_period=None if row.period is None else timedelta(seconds=row.period),
        next_try=row.next_try,
        failures=row.failures,
        error=row.error,
        entries=row.entries or 0,
        attempts=row.attempts,
        unchanged=row.unchanged,
        requests=row.requests,
        bytes=row.bytes,
        being_fetched=row.owner is not None,
    )


def _state(row: Row[Any]) -> str:
    if row.gone:
        return "gone"
    if row.error is not None:
        return "failing"
    return "new" if row.last_attempt is None else "ok"
