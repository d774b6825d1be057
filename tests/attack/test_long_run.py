"""A thousand days of writing and reading, and clocks that are wrong; time is told, nobody waits."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path
from random import Random
from statistics import median

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from feeds.aliases import load_aliases
from feeds.model import Attempt
from feeds.model import Basis
from feeds.model import EntryQuery
from feeds.settings import load_settings
from feeds.store import Store
from feeds.topics import Topics
from feeds.topics import load_topics
from scrapers.ingest import ingest
from scrapers.pipeline import Plan
from scrapers.sources import load_sources
from tests.attack import writings
from tests.attack.conftest import Told
from tests.attack.scenes import BEFORE
from tests.attack.scenes import NOBODY
from tests.attack.stores import BASE
from tests.builders import make_batch
from tests.builders import make_draft
from tests.test_crawling import make_enlisted
from web import create_app

SEED = 20261122
START = datetime(2023, 1, 1, 12, tzinfo=UTC)
READ = ("/entries.rss", "/topics/rag.atom", "/api/v1/entries?limit=20", "/search.json?q=%E6%A3%80%E7%B4%A2")


@dataclass
class Publisher:
    """Writes 20 to 50 posts a day, edits some of the day before, takes some out."""

    folder: Path
    chance: Random = field(default_factory=lambda: Random(SEED))
    logs: dict[int, tuple[int, frozenset[int], int]] = field(default_factory=dict)

    def day(self, number: int) -> list[Path]:
        """The documents that are new or changed on a day."""
        changed = [number]
        self.logs[number] = (self.chance.randint(20, 50), frozenset(), -1)
        if number:
            count = self.logs[number - 1][0]
            edited = frozenset(self.chance.sample(range(count), 3))
            self.logs[number - 1] = (count, edited, self.chance.randrange(count))
            changed.append(number - 1)
        return [self.write(one) for one in changed]

    def write(self, number: int, more: str = "") -> Path:
        """The log of a day, as it is now."""
        count, edited, skip = self.logs[number]
        name, at = f"day-{number:04}", START.date() + timedelta(days=number)
        path = self.folder / f"{name}.md"
        found = [
            writings.post(n + 1, at, n, writings.text(f"{name} {n}") + ("后来补的一句话。" if n in edited else ""))
            for n in range(count)
            if n != skip
        ]
        path.write_text("".join(found) + more, "utf-8")
        os.utime(path, ((START + timedelta(days=number)).timestamp(),) * 2)
        return path


@dataclass
class Mirror:
    """Follows the changes, and must have what the store has."""

    client: FlaskClient
    ids: set[str] = field(default_factory=set)
    cursor: str = ""

    def follow(self) -> None:
        """Until there is nothing new."""
        while True:
            asked = {"limit": 100, **({"since": self.cursor} if self.cursor else {})}
            answer = self.client.get("/api/v1/changes", query_string=asked).json
            for change in answer["data"]:
                if change.get("entry") is None:
                    self.ids.discard(change["id"])
                else:
                    self.ids.add(change["id"])
            if self.cursor == answer["cursor"]:
                return
            self.cursor = answer["cursor"]


@dataclass(frozen=True)
class Measured:
    """How the store is after some days."""

    bytes: int
    kept: int
    gone: int
    seconds: float
    memory: int


def test_after_retention_the_store_stays_as_large_and_as_quick_as_it_is(
    store: Store, store_url: str, tmp_path: Path, rounds: Callable[[int, int], int], tell: Told
) -> None:
    days, keep, every = rounds(8, 1000), rounds(2, 90), rounds(2, 30)
    topics, clock = _topics(tmp_path), [START]
    (tmp_path / "documents").mkdir()
    publisher = Publisher(tmp_path / "documents")
    client = _app(store, tmp_path, clock).test_client()
    mirror, found = Mirror(client), list[Measured]()
    new, empty = 0, _bytes(store_url)
    for day in range(days):
        clock[0] = START + timedelta(days=day)
        outcomes = _read(publisher.day(day), store, topics, clock[0])
        new += sum(outcome.saved.new for outcome in outcomes)
        assert [outcome.failure for outcome in outcomes if outcome.failure] == []
        if day % every == every - 1:
            store.prune(clock[0] - timedelta(days=keep), clock[0])
            mirror.follow()
            found.append(_measure(store, _bytes(store_url) - empty, client, new))
    mirror.follow()
    assert mirror.ids == _ids(store)
    # A document of which all is pruned comes again with one more line: nothing of it is new, and nothing comes back.
    again = publisher.write(0, "\n一行不是条目的话。\n")
    (outcome,) = _read([again], store, topics, clock[0])
    assert (outcome.saved.new, outcome.saved.changed) == (0, 0)
    late = [one for one in found if one.gone > one.kept]
    if len(late) < 6:  # a few days tell nothing of growth
        return
    first, last = late[len(late) // 3], late[-1]
    each = max(0.0, (last.bytes - first.bytes) / (last.gone - first.gone))
    sizes = [(one.bytes - each * one.gone) / one.kept for one in late[len(late) // 3 :]]
    assert each < first.bytes / (first.kept + first.gone), "what is left of a pruned entry is small"
    # The search grows until most of it is dead and is then written anew: the highest points are compared.
    assert max(sizes[len(sizes) // 2 :]) < 1.25 * max(sizes[: len(sizes) // 2]), sizes
    assert last.memory < first.memory + (64 << 20)
    tell(
        f"{store_url.partition(':')[0]}: {days} days, {new} entries, {keep} days kept",
        f"{max(sizes):.0f} bytes at most, {min(sizes):.0f} at least for an entry kept, {each:.0f} for one pruned; "
        f"reading {_mean(late[: len(late) // 3]):.1f} ms at first, {_mean(late[-(len(late) // 3) :]):.1f} ms at last; "
        f"memory {(last.memory - first.memory) / 2**20:+.0f} MiB",
    )


def _app(store: Store, folder: Path, clock: list[datetime]) -> Flask:
    settings = load_settings({"PUBLIC_BASE_URL": BASE, "TOPICS": str(folder / "topics.toml")})
    return create_app(settings, store, now=lambda: clock[0])


def _topics(folder: Path) -> Topics:
    (folder / "topics.toml").write_text(BEFORE, "utf-8")
    (folder / "authors.toml").write_text(NOBODY, "utf-8")
    return load_topics(folder / "topics.toml")


def _read(paths: list[Path], store: Store, topics: Topics, now: datetime) -> list[object]:
    plan = Plan(topics, load_aliases(paths[0].parent.parent / "authors.toml"), load_sources(None), now)
    return list(ingest(paths, store, plan))


def _measure(store: Store, size: int, client: FlaskClient, new: int) -> Measured:
    begun = time.perf_counter()
    for path in READ:
        assert client.get(path).status_code == 200
    taken = time.perf_counter() - begun
    kept = sum(tally.entries for tally in store.sources())
    memory = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return Measured(size, kept, new - kept, taken, memory)


def _mean(measured: list[Measured]) -> float:
    return median(one.seconds for one in measured) * 1000 if measured else 0.0


def _bytes(url: str) -> int:
    if url.startswith("sqlite"):
        path = url.removeprefix("sqlite:///")
        return sum(Path(f"{path}{end}").stat().st_size for end in ("", "-wal") if Path(f"{path}{end}").exists())
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
        assert row is not None
        return int(row[0])


def _ids(store: Store) -> set[str]:
    return {entry_id for entry_id, _ in store.ids()}


#: Clocks that go back, far ahead, through a night without an hour, one with two, and a second that is counted twice.
JUMPS = {
    "back three days": [0, -3 * 86400, -3 * 86400 + 60, 120],
    "two years ahead and back": [0, 2 * 365 * 86400, 60, 120],
    "to 1970": [0, -int(START.timestamp()), 60],
    "daylight saving": [0, 3600, 0, 7200],
    "leap second": [0, 1, 1, 0, 2],
}


@pytest.mark.parametrize("jumps", JUMPS.values(), ids=JUMPS)
def test_a_clock_that_jumps_does_no_harm(jumps: list[int], store: Store, tmp_path: Path, tell: Told) -> None:
    topics, moments = _topics(tmp_path), [START + timedelta(seconds=s) for s in jumps]
    (tmp_path / "documents").mkdir()
    served = [START + timedelta(seconds=10 * n) for n in range(len(jumps))]
    clock = [served[0]]
    app = _app(store, tmp_path, clock)
    client, mirror = app.test_client(), Mirror(app.test_client())
    by_tag, by_date = Reader("ETag", "If-None-Match"), Reader("Last-Modified", "If-Modified-Since")
    histories: dict[str, list[object]] = {}
    path = tmp_path / "documents" / "log.md"
    for number, now in enumerate(moments):
        clock[0] = served[number]
        day = date(2022, 12, 1)
        posts = [
            writings.post(n + 1, day, n, writings.text(n) + f"第{number}版。" * (n == 0)) for n in range(3 + number)
        ]
        path.write_text("".join(posts), "utf-8")
        os.utime(path, (START.timestamp() - 86400,) * 2)
        (outcome,) = _read([path], store, topics, now)
        assert outcome.failure is None
        mirror.follow()
        for reader in (by_tag, by_date):
            reader.ask(client)
        for entry in store.entries(EntryQuery()).entries:
            histories.setdefault(entry.id, []).append(entry)
    assert len(histories) == 3 + len(moments) - 1
    assert mirror.ids == set(histories)
    for history in histories.values():
        assert len({entry.first_seen for entry in history}) == 1
        # By a clock that is behind, what a document says lies in the future, and is believed as soon as it does not.
        believed = [entry.published for entry in history if entry.published.basis is Basis.STATED]
        assert len(set(believed)) == 1 and believed[-1] == history[-1].published
        assert all(one.updated <= other.updated for one, other in pairwise(history))
    tell(f"a clock that jumps: {_name(jumps)}", "ids and dates as they were; mirrors and readers have the newest bytes")


def _name(jumps: list[int]) -> str:
    return next(name for name, found in JUMPS.items() if found == jumps)


@dataclass
class Reader:
    """Asks with what it was told by the last answer, and must have the newest bytes each time."""

    validator: str
    header: str
    told: str | None = None
    body: bytes = b""

    def ask(self, client: FlaskClient) -> None:
        """Compare with what somebody gets who knows nothing."""
        answer = client.get("/entries.json", headers={self.header: self.told} if self.told else {})
        if answer.status_code == 200:
            self.body = answer.data
        self.told = answer.headers.get(self.validator)
        assert self.body == client.get("/entries.json").data


def test_changes_that_come_in_one_second_are_not_hidden_by_a_date(store: Store, now: datetime) -> None:
    clock = [START]
    app = create_app(load_settings({"PUBLIC_BASE_URL": BASE}), store, now=lambda: clock[0])
    client, reader = app.test_client(), Reader("Last-Modified", "If-Modified-Since")
    for number in range(5):
        store.save(make_batch([make_draft(f"同一秒的第 {number} 条。")], name=f"{number}.md"), START)
        clock[0] += timedelta(milliseconds=100)
        reader.ask(client)
    since = format_datetime(START + timedelta(seconds=60), usegmt=True)
    clock[0] += timedelta(hours=1)
    assert client.get("/entries.json", headers={"If-Modified-Since": since}).status_code in {200, 304}
    reader.ask(client)


def test_what_a_clock_far_ahead_has_noted_keeps_no_worker_away(store: Store) -> None:
    crawl, ahead = store.crawl(), START + timedelta(days=730)
    crawl.enlist([make_enlisted()], START)
    hour = timedelta(hours=1)
    assert crawl.claim("one", ahead, ahead + hour) is not None
    assert crawl.claim("two", START, START + hour) is not None, "a lease that no worker takes"
    crawl.finish("garden", "two", Attempt(at=ahead, next_try=ahead + hour))
    assert crawl.claim("two", START, START + hour) is not None, "an attempt that was not made yet"
    crawl.finish("garden", "two", Attempt(at=START, next_try=START + hour))
    assert crawl.claim("two", START, START + hour) is None
    assert crawl.enter("host.example", "one", ahead, ahead + hour) is None
    assert crawl.enter("host.example", "two", START, START + hour) is None, "a turn that nobody has"
    assert crawl.enter("host.example", "one", START, START + hour) == START + hour
