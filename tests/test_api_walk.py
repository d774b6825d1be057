"""A walk along cursors sees every entry that was there all the time exactly once, whatever is written meanwhile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from collections.abc import Iterator
from datetime import date
from datetime import timedelta
from itertools import count
from threading import Event
from threading import Semaphore
from threading import Thread

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import open_store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_published
from tests.builders import make_topics
from web import create_app

#: One entry a page.
PAGES = 1000
#: The writer goes on beside the reader, and not farther ahead than the machine is fast.
PAGES_A_WRITE = 25
#: Each so manieth entry stands in the topic, whose list is walked too.
ABOUT = 4
DAY = date(2023, 1, 1)


def make_client(store: Store) -> FlaskClient:
    return create_app(load_settings({}), store).test_client()


def walk(client: FlaskClient, path: str, between: Callable[[], object] = lambda: None) -> Iterator[str]:
    following: str | None = path
    while following is not None:
        body = client.get(following).get_json()
        yield from (entry["id"] for entry in body["data"])
        following = body["next"]
        between()


def stay(store: Store, number: int) -> set[str]:
    """Entries that nobody touches, over three days, so that many share a date."""
    days = [make_published(DAY + timedelta(days=n % 3)) for n in range(number)]
    drafts = [
        make_draft(f"留下的第 {n} 条", n, published=day, topics=() if n % ABOUT else make_topics("rag"))
        for n, day in enumerate(days, 1)
    ]
    store.save(make_batch(drafts, name="stay.md"), NOW)
    return listed(store)


def listed(store: Store, among: str = "") -> set[str]:
    return set(walk(make_client(store), f"/api/v1/entries?limit=100&fields=id{among}"))


def come_and_go(store: Store, turns: Semaphore, stop: Event) -> None:
    """Documents that come, are edited, dated anew and lose entries, all over the time of the others."""
    for turn in count(1):
        turns.acquire()
        if stop.is_set():
            return
        days = [(n, make_published(DAY + timedelta(days=(n + turn) % 5 - 1))) for n in range(turn % 3, 9)]
        drafts = [
            make_draft(f"来去的 {n}" + " 改" * (turn % 2), position, published=day, topics=make_topics("rag"))
            for position, (n, day) in enumerate(days, 1)
        ]
        store.save(make_batch(drafts, name=f"{turn % 2}.md"), NOW + timedelta(minutes=turn))


def test_a_thousand_pages_with_a_writer_beside(store: Store, store_url: str) -> None:
    there, before = {"": stay(store, PAGES), "&topic=rag": listed(store, "&topic=rag")}, store.version()
    turns, stop, pages = Semaphore(), Event(), count()

    def between() -> None:
        if next(pages) % PAGES_A_WRITE == 0:
            turns.release()

    with open_store(store_url) as other:
        writer = Thread(target=come_and_go, args=(other, turns, stop))
        writer.start()
        try:
            client = make_client(store)
            seen = {
                among: Counter(walk(client, f"/api/v1/entries?limit=1&fields=id{among}", between)) for among in there
            }
        finally:
            stop.set()
            turns.release()
            writer.join()
    assert store.version() > before and seen[""].total() >= PAGES and seen["&topic=rag"].total() >= PAGES // ABOUT
    for among, ids in there.items():
        assert {entry_id: seen[among][entry_id] for entry_id in ids} == dict.fromkeys(ids, 1)


STEPS = st.lists(
    st.tuples(st.sampled_from(["one.md", "two.md"]), st.integers(-2, 4), st.integers(0, 4)), min_size=1, max_size=8
)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_whatever_comes_between_two_pages(store: Store) -> None:
    there, client = stay(store, 9), make_client(store)

    @settings(max_examples=25, deadline=None)
    @given(steps=STEPS, limit=st.integers(1, 4))
    def holds(steps: list[tuple[str, int, int]], limit: int) -> None:
        write(store, iter([("one.md", 0, 0)]))
        write(store, iter([("two.md", 0, 0)]))
        left = iter(steps)
        seen = Counter(walk(client, f"/api/v1/entries?limit={limit}", lambda: write(store, left)))
        assert {entry_id: seen[entry_id] for entry_id in there} == dict.fromkeys(there, 1)

    holds()


def write(store: Store, left: Iterator[tuple[str, int, int]]) -> None:
    step = next(left, None)
    if step is None:
        return
    name, days, number = step
    drafts = [
        make_draft(f"{name} {n} {days}", n, published=make_published(DAY + timedelta(days=days)))
        for n in range(1, number + 2)
    ]
    store.save(make_batch(drafts, name=name), NOW)
