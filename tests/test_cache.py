"""The cache of rendered feeds: exact, bounded, rendered once however many ask, and what it asks the store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta
from threading import Barrier
from threading import Thread

import pytest

from feeds.model import ALL
from feeds.model import Scope
from feeds.store import Mark
from tests.builders import NOW
from web.cache import Cache
from web.cache import Kept
from web.cache import Rendered
from web.cache import key_of

TOPIC = (Scope("topic", "rag"),)
LARGE = 1 << 20


class Listing:
    """A store with one listing: it stands as it is told, and counts how often it is looked at."""

    def __init__(self) -> None:
        self.mark = Mark("a", 1, 1, NOW)
        self.looks = 0
        self.rendered = 0

    def look(self, scopes: Sequence[Scope], known: Mark | None) -> Mark:
        self.looks += 1
        return known if known == self.mark and known is not None else self.mark

    def render(self) -> Rendered:
        self.rendered += 1
        return Rendered(b"body %d" % self.rendered, "text/plain", NOW - timedelta(days=9))


def make_cache(listing: Listing, max_bytes: int = LARGE, now: datetime = NOW + timedelta(days=1)) -> Cache:
    return Cache(max_bytes, listing.look, lambda: now)


def test_a_listing_that_stands_as_it_did_is_rendered_once() -> None:
    listing = Listing()
    cache = make_cache(listing)
    first = cache.fetch("/a.rss", TOPIC, listing.render)
    looks = listing.looks
    assert cache.fetch("/a.rss", TOPIC, listing.render) is first
    assert (listing.rendered, listing.looks) == (1, looks + 1)


def test_a_change_elsewhere_costs_one_look_and_no_rendering() -> None:
    listing = Listing()
    cache = make_cache(listing)
    first = cache.fetch("/a.rss", TOPIC, listing.render)
    listing.mark, listing.looks = Mark("a", 7, 1, NOW), 0
    assert cache.find(key_of("/a.rss")) is first
    assert (first.mark, listing.looks, listing.rendered) == (listing.mark, 1, 1)


@pytest.mark.parametrize("mark", [Mark("a", 2, 2, NOW), Mark("b", 1, 1, NOW), Mark("a", 1, 0, None)])
def test_a_listing_that_changed_or_is_of_another_store_is_rendered_anew(mark: Mark) -> None:
    listing = Listing()
    cache = make_cache(listing)
    cache.fetch("/a.rss", TOPIC, listing.render)
    listing.mark = mark
    assert cache.find(key_of("/a.rss")) is None
    assert cache.fetch("/a.rss", TOPIC, listing.render).rendered.body == b"body 2"


def test_what_changes_while_it_is_rendered_is_rendered_again_at_the_next_request() -> None:
    listing = Listing()
    cache = make_cache(listing)

    def render() -> Rendered:
        listing.mark = Mark("a", 2, 2, NOW)
        return listing.render()

    cache.fetch("/a.rss", TOPIC, render)
    assert cache.find(key_of("/a.rss")) is None


def test_many_threads_that_want_one_cold_feed_render_it_once() -> None:
    listing = Listing()
    cache = make_cache(listing)
    together = Barrier(8)
    found: list[Kept] = []

    def ask() -> None:
        together.wait()
        found.append(cache.fetch("/a.rss", TOPIC, listing.render))

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert listing.rendered == 1 and len({id(kept) for kept in found}) == 1


def test_a_rendering_that_fails_lets_the_next_one_try() -> None:
    listing = Listing()
    cache = make_cache(listing)
    with pytest.raises(ZeroDivisionError):
        cache.fetch("/a.rss", TOPIC, lambda: Rendered(b"%d" % (1 // 0), "text/plain"))
    assert cache.fetch("/a.rss", TOPIC, listing.render).rendered.body == b"body 1"


def test_everything_that_is_kept_counts_and_the_oldest_goes_first() -> None:
    listing = Listing()
    cache = make_cache(listing, max_bytes=12_000)
    kept = {}
    for name in "abc":
        kept[name] = cache.fetch(f"/{name}.rss", (ALL,), lambda: Rendered(b"x" * 1900, "text/plain"))
        cache.body(kept[name], "identity")
    assert 3 * 1900 < cache.size <= 12_000
    cache.find(key_of("/a.rss"))
    before = cache.size
    cache.body(kept["a"], "gzip")
    assert cache.size > before
    cache.fetch("/d.rss", (ALL,), lambda: Rendered(b"x" * 1900, "text/plain"))
    assert [cache.find(key_of(f"/{name}.rss")) is not None for name in "abcd"] == [True, False, True, True]
    assert cache.size <= 12_000


def test_what_would_fill_the_cache_alone_is_answered_and_not_kept() -> None:
    listing = Listing()
    cache = make_cache(listing, max_bytes=5000)
    cache.fetch("/a.rss", (ALL,), listing.render)
    big = cache.fetch("/big.rss", (ALL,), lambda: Rendered(b"x" * 6000, "text/plain"))
    assert len(cache.body(big, "identity")) == 6000
    assert cache.find(key_of("/big.rss")) is None and cache.find(key_of("/a.rss")) is not None


def test_each_coding_is_made_once_and_the_same_each_time() -> None:
    listing = Listing()
    cache, other = make_cache(listing), make_cache(listing)
    body = "河边的灯亮了。".encode() * 200
    one, two = (c.fetch("/a.rss", (ALL,), lambda: Rendered(body, "text/plain")) for c in (cache, other))
    for coding in ("identity", "gzip", "br"):
        assert cache.body(one, coding) is cache.body(one, coding)
        assert cache.body(one, coding) == other.body(two, coding)


@pytest.mark.parametrize(
    ("changed", "now", "modified"),
    [
        (NOW, NOW + timedelta(days=1), NOW),
        (NOW, NOW - timedelta(days=1), None),
        (None, NOW, NOW - timedelta(days=9)),
    ],
    ids=["when the listing changed", "never in the future", "as the entries say where it never changed"],
)
def test_the_date_of_a_feed(changed: datetime | None, now: datetime, modified: datetime | None) -> None:
    listing = Listing()
    listing.mark = Mark("a", 1, 1, changed)
    cache = make_cache(listing, now=now)
    assert cache.fetch("/a.rss", TOPIC, listing.render).rendered.modified == modified


def test_a_slug_with_a_question_mark_is_no_query() -> None:
    assert key_of("/authors/a%3Fq=1.rss") != key_of("/authors/a?q=1.rss")
    assert key_of("/authors/%E7%8E%8B.rss") == ("/authors/\xe7\x8e\x8b.rss", "")
