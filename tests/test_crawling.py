"""Leases on sources, turns at hosts, and the health of sources, on both databases."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime
from datetime import timedelta

import pytest

from feeds.errors import StoreError
from feeds.health import in_words
from feeds.model import Attempt
from feeds.model import Enlisted
from feeds.store import Store
from feeds.store import open_store
from tests.builders import make_batch
from tests.builders import make_draft

HOUR = timedelta(hours=1)


def make_enlisted(slug: str = "garden", fingerprint: str = "1", licence: str | None = None) -> Enlisted:
    address = f"https://example.org/{slug}.xml"
    return Enlisted(
        slug=slug, name=slug.title(), kind="feed", address=address, fingerprint=fingerprint, licence=licence
    )


def test_a_source_is_taken_by_one_worker_until_it_is_given_back(store: Store, now: datetime) -> None:
    crawl = store.crawl()
    crawl.enlist([make_enlisted()], now)
    assert crawl.claim("one", now, now + HOUR) is not None
    assert crawl.claim("two", now, now + HOUR) is None
    assert crawl.finish("garden", "one", Attempt(at=now, next_try=now + HOUR, new=3, entries=3, memory="{}"))
    assert crawl.claim("two", now, now + HOUR) is None
    claim = crawl.claim("two", now + HOUR, now + 2 * HOUR)
    assert claim is not None
    assert (claim.slug, claim.memory, claim.last_new, claim.failures) == ("garden", "{}", now, 0)


def test_a_lease_that_ended_counts_for_nothing(store: Store, now: datetime) -> None:
    crawl = store.crawl()
    crawl.enlist([make_enlisted()], now)
    assert crawl.claim("killed", now, now + HOUR) is not None
    assert crawl.claim("other", now + HOUR, now + 2 * HOUR) is not None
    assert not crawl.finish("garden", "killed", Attempt(at=now, next_try=now))
    assert not crawl.renew("garden", "killed", now)
    assert crawl.renew("garden", "other", now + 3 * HOUR)
    crawl.release("garden", "other")
    assert crawl.claim("third", now + HOUR, now + 2 * HOUR) is not None


def test_workers_that_ask_at_once_get_different_sources(store_url: str, now: datetime) -> None:
    taken: list[str] = []
    with open_store(store_url) as store:
        store.crawl().enlist([make_enlisted(f"s{n:02}") for n in range(24)], now)

    def work(owner: str) -> None:
        with open_store(store_url) as store:
            crawl = store.crawl()
            while (claim := crawl.claim(owner, now, now + HOUR)) is not None:
                taken.append(claim.slug)

    workers = [threading.Thread(target=work, args=(f"w{n}",)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(taken) == [f"s{n:02}" for n in range(24)]


def test_what_is_remembered_goes_when_the_address_changes(store: Store, now: datetime) -> None:
    crawl = store.crawl()
    crawl.enlist([make_enlisted()], now)
    crawl.claim("one", now, now + HOUR)
    crawl.finish("garden", "one", Attempt(at=now, next_try=now + HOUR, memory='{"etag": "x"}'))
    crawl.enlist([make_enlisted()], now)
    assert crawl.claim("one", now, now + HOUR) is None
    crawl.enlist([make_enlisted(fingerprint="2")], now)
    claim = crawl.claim("one", now, now + HOUR)
    assert claim is not None
    assert claim.memory == ""


def test_a_source_that_is_not_configured_any_more_is_not_fetched(store: Store, now: datetime) -> None:
    crawl = store.crawl()
    crawl.enlist([make_enlisted("a"), make_enlisted("b")], now)
    crawl.enlist([make_enlisted("b")], now)
    assert [health.slug for health in store.source_health()] == ["b"]
    assert crawl.claim("one", now, now + HOUR, only=["a"]) is None
    assert crawl.next_due() == now


def test_health_says_in_words_how_a_source_is(store: Store, now: datetime) -> None:
    crawl = store.crawl()
    crawl.enlist([make_enlisted(licence="CC BY 4.0")], now)

    def words(after: timedelta = timedelta()) -> str:
        return in_words(store.source_health()[0], now + after)

    def attempt(**told: object) -> None:
        crawl.claim("one", now, now)
        crawl.finish("garden", "one", Attempt(at=now, next_try=now + HOUR, **told))  # type: ignore[arg-type]

    assert words() == "Not fetched yet. It is due."
    attempt(new=2, entries=2, period=timedelta(days=1), requests=2, bytes=900)
    assert words(HOUR / 2) == (
        "Well 30 minutes ago. The last new entry was found 30 minutes ago, one is expected every day. "
        "The next try is in 30 minutes."
    )
    crawl.enlist([make_enlisted(fingerprint="2", licence="CC BY 4.0")], now)
    attempt(error="a login page", requests=1)
    health = store.source_health()[0]
    assert (health.state, health.failures, health.licence) == ("failing", 1, "CC BY 4.0")
    assert (health.attempts, health.requests, health.bytes) == (2, 3, 900)
    assert "a login page; its entries stay" in words()
    crawl.enlist([make_enlisted(fingerprint="3")], now)
    attempt(error="is gone for good (HTTP 410)", gone=True)
    assert words().startswith("Gone: is gone for good")


def test_a_source_has_the_entries_that_stand_however_few_were_read_last(store: Store, now: datetime) -> None:
    crawl = store.crawl()
    crawl.enlist([make_enlisted()], now)
    for name in ("one.md", "two.md"):
        batch = make_batch([make_draft(f"{name} 里的一条。", 1)], name=name)
        store.save(replace(batch, source=replace(batch.source, slug="garden")), now)
        crawl.claim("one", now, now)
        crawl.finish("garden", "one", Attempt(at=now, next_try=now, new=1, entries=1))
    assert [health.entries for health in store.source_health()] == [2]


def test_a_host_is_asked_by_one_at_a_time_with_a_pause(store: Store, now: datetime) -> None:
    crawl = store.crawl()
    assert crawl.enter("example.org", "one", now, now + HOUR) is None
    assert crawl.enter("example.org", "two", now, now + HOUR) == now + HOUR
    assert crawl.enter("example.com", "two", now, now + HOUR) is None
    soon = now + timedelta(seconds=2)
    crawl.leave("example.org", "one", soon)
    assert crawl.enter("example.org", "two", now, now + HOUR) == soon
    assert crawl.enter("example.org", "two", soon, soon + HOUR) is None
    crawl.leave("example.org", "one", now)  # too late: it is the other's turn
    assert crawl.enter("example.org", "three", soon, soon + HOUR) == soon + HOUR


def test_a_store_for_readers_gives_no_leases(store: Store, store_url: str) -> None:
    with open_store(store_url, read_only=True) as reader:
        assert reader.source_health() == ()
        with pytest.raises(StoreError):
            reader.crawl()
