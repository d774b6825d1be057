"""Whichever way a query is answered, along its listing, along its hits or by gathering them, it finds the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from feeds.model import EntryQuery
from feeds.query import parse
from feeds.store import Store
from feeds.store import finding
from feeds.store import searching
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_topics

#: Entries, many of them published in one second, and each with what divides its number.
_ENTRIES = 90
_HAS: dict[str, Callable[[int], bool]] = {
    "茶壶": lambda n: n % 2 == 0,
    "杯子": lambda n: n % 3 == 0,
    "kettle": lambda n: n % 5 == 0,
}
#: Words, a topic, an author; and which numbers have all that.
_QUERIES: list[tuple[str, str, str, Callable[[int], bool]]] = [
    ("茶壶", "", "", lambda n: n % 2 == 0),
    ("茶壶 杯子", "", "", lambda n: n % 6 == 0),
    ("茶壶 -杯子", "", "", lambda n: n % 2 == 0 and n % 3 != 0),
    ("茶壶 -(杯子 OR kettle)", "", "", lambda n: n % 2 == 0 and n % 3 != 0 and n % 5 != 0),
    ("茶壶 -(杯子 kettle)", "", "", lambda n: n % 2 == 0 and n % 15 != 0),
    ("茶壶 -(茶壶 杯子) -kettle", "", "", lambda n: n % 2 == 0 and n % 3 != 0 and n % 5 != 0),
    ("茶壶 -((杯子 kettle) OR 别处)", "", "", lambda n: n % 2 == 0 and n % 15 != 0),
    ("杯子 -(一个茶壶 OR kettle)", "", "", lambda n: n % 3 == 0 and n % 2 != 0 and n % 5 != 0),
    ("茶壶 -一个杯子", "", "", lambda n: n % 2 == 0 and n % 3 != 0),
    ("茶 -杯", "", "", lambda n: n % 2 == 0 and n % 3 != 0),
    ("-杯子", "", "", lambda n: n % 3 != 0),
    ("杯子 OR kettle", "", "", lambda n: n % 3 == 0 or n % 5 == 0),
    ("茶壶", "tea", "", lambda n: n % 4 == 0),
    ("杯子", "tea", "", lambda n: n % 12 == 0),
    ("-杯子", "tea", "", lambda n: n % 4 == 0 and n % 3 != 0),
    ("茶壶 -杯子", "", "benfield", lambda n: n % 14 == 0 and n % 3 != 0),
    ("杯子 -茶壶", "", "benfield", lambda n: n % 21 == 0 and n % 2 != 0),
    ("茶壶", "tea", "benfield", lambda n: n % 28 == 0),
]


def fill(store: Store) -> None:
    store.save(
        make_batch(
            make_draft(
                f"第 {n} 条，说到一个" + "、一个".join(word for word, has in _HAS.items() if has(n)) + "，别的没有。",
                n,
                published=make_published(date(2024, 5, 1 + n // 30)),
                topics=make_topics("tea") if n % 4 == 0 else (),
                people=(make_person("Ben Field", "benfield"),) if n % 7 == 0 else (make_person(),),
            )
            for n in range(_ENTRIES)
        ),
        NOW,
    )


def walked(store: Store, query: EntryQuery) -> list[int]:
    """The numbers of all entries, page by page."""
    page = store.entries(query)
    found = [int(entry.content_text.split()[1]) for entry in page.entries]
    return found + walked(store, replace(query, cursor=page.next)) if page.next else found


@pytest.mark.parametrize("way", ["along the listing", "along the hits", "by gathering them"])
def test_every_way_finds_the_same(store: Store, way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    monkeypatch.setattr(finding, "is_walked_sooner", lambda *asked: way == "along the listing")
    monkeypatch.setattr(searching, "FREQUENT", 10_000 if way == "by gathering them" else -1)
    in_order = walked(store, EntryQuery(limit=7))
    assert sorted(in_order) == list(range(_ENTRIES))
    for words, topic, author, holds in _QUERIES:
        query = EntryQuery(
            where=parse(words).tree,
            topics=tuple(filter(None, [topic])),
            authors=tuple(filter(None, [author])),
            limit=7,
        )
        assert walked(store, query) == [n for n in in_order if holds(n)], (words, topic, author)
