"""A grown store is one that the store itself could have written: its rows agree with each other as those do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from feeds.model import EntryQuery
from feeds.query import narrowed
from feeds.query import parse
from feeds.store import Store
from feeds.store import open_store
from feeds.store.columns import instant
from feeds.store.engine import reading
from feeds.store.engine import writing
from feeds.store.indexing import index
from feeds.store.relisting import relist
from tests.benchmarks import growing
from tests.benchmarks import made
from tests.benchmarks.growing import grow

FIRST, COPIES = 40, 3
MADE = made.Made(topics=5, authors=30)
#: Tables that have as many rows for a copy as for the first entries.
EACH = ("document", "entry", "standing", "entry_key", "listing", "search_entry", "entry_about", "story", "story_entry")


@pytest.fixture
def grown(store: Store, store_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, dict[str, int]]]:
    """A store of two days, grown to six, with the rows that it began with."""
    monkeypatch.setattr(made, "A_DAY", FIRST // 2)
    monkeypatch.setattr(growing, "A_DAY", FIRST // 2)
    monkeypatch.setattr(growing, "BUSY", 5)
    for batch in made.batches(MADE, FIRST):
        store.save(batch, made.NEWEST)
    before = counts(store)
    store.close()
    grow(store_url, MADE, FIRST * COPIES)
    with open_store(store_url) as opened:
        yield opened, before


def test_every_table_has_as_many_rows_for_an_entry(grown: tuple[Store, dict[str, int]]) -> None:
    store, before = grown
    assert counts(store) == {table: number * COPIES for table, number in before.items()}


def test_every_entry_is_found_once_in_the_order_of_its_time(grown: tuple[Store, dict[str, int]]) -> None:
    store, _ = grown
    found, cursor = [], None
    while True:
        page = store.entries(EntryQuery(limit=7, cursor=cursor))
        found += page.entries
        if (cursor := page.next) is None:
            break
    assert len({entry.id for entry in found}) == len(found) == FIRST * COPIES
    dates = [entry.published.at for entry in found]
    assert dates == sorted(dates, reverse=True)
    assert all(entry.published.date == entry.published.at.astimezone(made._ZONE).date() for entry in found)


def test_counters_say_what_the_listings_hold(grown: tuple[Store, dict[str, int]]) -> None:
    store, _ = grown
    everything = store.entries(EntryQuery(limit=1000)).entries
    by_author = Counter(slug for entry in everything for slug in {who.slug for who in entry.people})
    by_topic = Counter(hit.slug for entry in everything for hit in entry.topics)
    assert {tally.slug: tally.entries for tally in store.authors()} == by_author
    assert {tally.slug: tally.entries for tally in store.topics()} == by_topic
    for tally in store.topics():
        listed = store.entries(EntryQuery(topics=(tally.slug,), limit=1000)).entries
        assert [entry.id for entry in listed] == [
            entry.id for entry in everything if tally.slug in {hit.slug for hit in entry.topics}
        ]
        assert tally.newest == listed[0].published.at


def test_words_find_the_entries_that_have_them(grown: tuple[Store, dict[str, int]]) -> None:
    store, _ = grown
    everything = store.entries(EntryQuery(limit=1000)).entries
    for word in MADE.words[30:300:30]:
        found = store.entries(narrowed(EntryQuery(limit=1000), parse(word))).entries
        having = [entry.id for entry in everything if word in f"{entry.title or ''}\n{entry.content_text}"]
        assert {entry.id for entry in found} >= set(having)


def test_writing_the_listings_anew_moves_nothing(grown: tuple[Store, dict[str, int]]) -> None:
    store, _ = grown
    with writing(store._access.engine()) as connection:
        rows = [dict(row._mapping) for row in connection.execute(text("SELECT * FROM entry"))]
        before = listed(connection)
        connection.execute(text("DELETE FROM listing"))
        relist(connection, [], [row | {"published": instant(row["published"])} for row in rows])
        assert listed(connection) == before


def test_an_entry_that_is_indexed_anew_is_found_as_before(grown: tuple[Store, dict[str, int]]) -> None:
    store, _ = grown
    word = narrowed(EntryQuery(limit=1000), parse(MADE.words[40]))
    before = [entry.id for entry in store.entries(word).entries]
    with writing(store._access.engine()) as connection:
        index(connection, before)
    assert [entry.id for entry in store.entries(word).entries] == before


def counts(store: Store) -> dict[str, int]:
    with reading(store._access.engine()) as connection:
        return {table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in EACH}


def listed(connection: object) -> set[tuple[object, ...]]:
    return {tuple(row) for row in connection.execute(text("SELECT * FROM listing"))}  # type: ignore[attr-defined]
