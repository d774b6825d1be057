"""Whichever way a query is answered, along its listing, along its hits or by gathering them, it finds the same."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from feeds.model import Draft
from feeds.model import EntryQuery
from feeds.query import parse
from feeds.query.tree import Filter
from feeds.query.tree import Words
from feeds.query.tree import conjuncts
from feeds.store import Store
from feeds.store import finding
from feeds.store import gin
from feeds.store.engine import make_engine
from feeds.store.engine import reading
from feeds.store.engine import store_url as parse_url
from feeds.store.searching import Extent
from feeds.store.searching import Way
from feeds.store.searching import way_to
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_source
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
    ("茶壶 lang:ja", "", "", lambda n: n % 18 == 0),
    ("杯子 -lang:ja", "tea", "", lambda n: n % 12 == 0 and n % 9 != 0),
    ("茶壶 lang:ja", "tea", "", lambda n: n % 36 == 0),
    ("茶壶 source:kitchen", "", "", lambda n: n % 22 == 0),
    ("杯子 lang:ja source:kitchen", "", "", lambda n: n % 99 == 0),
    ("茶壶 source:kitchen", "tea", "benfield", lambda n: n % 308 == 0),
]


def fill(store: Store) -> None:
    for source in ("garden", "kitchen"):
        drafts = [draft(n) for n in range(_ENTRIES) if (n % 11 == 0) == (source == "kitchen")]
        store.save(make_batch(drafts, f"{source}.md", make_source(source)), NOW)


def draft(n: int) -> Draft:
    return make_draft(
        f"第 {n} 条，说到一个" + "、一个".join(word for word, has in _HAS.items() if has(n)) + "，别的没有。",
        n,
        language="ja" if n % 9 == 0 else "zh-Hans",
        published=make_published(date(2024, 5, 1 + n // 30)),
        topics=make_topics("tea") if n % 4 == 0 else (),
        people=(make_person("Ben Field", "benfield"),) if n % 7 == 0 else (make_person(),),
    )


def walked(store: Store, query: EntryQuery) -> list[int]:
    """The numbers of all entries, page by page."""
    page = store.entries(query)
    found = [int(entry.content_text.split()[1]) for entry in page.entries]
    return found + walked(store, replace(query, cursor=page.next)) if page.next else found


@pytest.mark.parametrize(
    ("having", "listing", "on_sqlite", "on_postgresql"),
    [
        pytest.param(775_000, None, Way.HITS, Way.HITS, id="frequent word"),
        pytest.param(60, None, Way.HITS, Way.GATHERED, id="rare word"),
        pytest.param(900_000, Extent(17, 17), Way.LISTING, Way.LISTING, id="frequent word, tiny listing"),
        pytest.param(60, Extent(20_000, 20_000), Way.HITS, Way.GATHERED, id="rare word, long listing"),
        pytest.param(60, Extent(14, 400_000), Way.HITS, Way.GATHERED, id="rare word, few entries in a long listing"),
        pytest.param(0, Extent(0, 0), Way.LISTING, Way.GATHERED, id="nothing there"),
    ],
)
def test_the_way_that_costs_least_is_taken(
    store_url: str,
    having: int,
    listing: Extent | None,
    on_sqlite: Way,
    on_postgresql: Way,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gin, "estimate", lambda *asked: (having, 1_000_000))
    engine = make_engine(parse_url(store_url), read_only=False)
    with reading(engine) as connection:
        expected = on_sqlite if engine.dialect.name == "sqlite" else on_postgresql
        assert way_to(connection, Words("茶壶"), None, listing) is expected
    engine.dispose()


def test_as_many_authors_and_topics_as_the_api_takes_can_be_asked_for(store: Store) -> None:
    fill(store)
    people, topics = [f"nobody-{n}" for n in range(19)], [f"nothing-{n}" for n in range(19)]
    query = EntryQuery(authors=("benfield", *people), topics=("tea", *topics), role="any", limit=7)
    assert sorted(walked(store, query)) == [0, 28, 56, 84]
    assert sorted(walked(store, replace(query, where=parse("杯子").tree))) == [0, 84]


@pytest.mark.parametrize("few", [-1, 10_000], ids=["many", "few"])
@pytest.mark.parametrize("way", Way)
def test_every_way_finds_the_same(
    store: Store, store_url: str, way: Way, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way is Way.GATHERED and store_url.startswith("sqlite"):
        pytest.skip("SQLite gathers no hits")
    fill(store)
    monkeypatch.setattr(finding, "way_to", lambda *asked: way)
    monkeypatch.setattr(finding, "_FEW", few)
    monkeypatch.setattr(finding, "_SELDOM", few)
    in_order = walked(store, EntryQuery(limit=7))
    assert sorted(in_order) == list(range(_ENTRIES))
    for words, topic, author, holds in _QUERIES:
        query = EntryQuery(
            where=parse(words).tree,
            topics=tuple(filter(None, [topic])),
            authors=tuple(filter(None, [author])),
            limit=7,
        )
        expected = [n for n in in_order if holds(n)]
        assert walked(store, query) == expected, (words, topic, author)
        sources = [part.value for part in conjuncts(query.where) if isinstance(part, Filter) and part.field == "source"]
        if sources:
            assert walked(store, replace(query, source=sources[0])) == expected
        if "lang:ja" in words and "-lang" not in words:
            assert walked(store, replace(query, languages=("ja",))) == expected
