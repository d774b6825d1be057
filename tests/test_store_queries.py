"""What a query gives, in which order, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest

from feeds.errors import NotFoundError
from feeds.errors import QueryError
from feeds.model import Draft
from feeds.model import EntryQuery
from feeds.model import Person
from feeds.model import Role
from feeds.store import Store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_drafts
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_source
from tests.builders import make_topics
from tests.life import BOOK
from tests.life import BREAD
from tests.life import GARDEN
from tests.life import MUSIC
from tests.life import TEXTS
from tests.life import TRAIN
from tests.life import entries
from tests.life import fresh
from tests.life import only_on_sqlite
from tests.life import query_plan
from tests.life import statements
from tests.life import texts

# Queries


@pytest.fixture
def library(store: Store) -> Store:
    """Two documents of one day, one later; two authors, two topics."""
    yang = make_person("杨", "Yang")
    quoted = (make_person(role=Role.QUOTED),)
    store.save(make_batch(make_drafts(GARDEN, BOOK, topics=make_topics("a", "b"))), NOW)
    store.save(make_batch(make_drafts(BREAD, TRAIN, people=(yang,), topics=make_topics("a")), name="other.md"), NOW)
    late = make_draft(MUSIC, people=(yang,), quoted=quoted, published=make_published(date(2024, 5, 9)))
    store.save(make_batch([late], name="late.md", source=make_source("attic")), NOW)
    return store


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, set(TEXTS)),
        ({"authors": ("rainlin",)}, {GARDEN, BOOK}),
        ({"authors": ("rainlin",), "role": "quoted"}, {MUSIC}),
        ({"authors": ("rainlin",), "role": "any"}, {GARDEN, BOOK, MUSIC}),
        ({"authors": ("rainlin", "yang")}, set(TEXTS)),
        ({"topics": ("a",)}, {GARDEN, BOOK, BREAD, TRAIN}),
        ({"topics": ("a", "b", "c")}, {GARDEN, BOOK, BREAD, TRAIN}),
        ({"topics": ("a",), "authors": ("yang",)}, {BREAD, TRAIN}),
        ({"topics": ("b",), "authors": ("yang",)}, set()),
        ({"source": "attic"}, {MUSIC}),
        ({"source": "attic", "authors": ("yang",)}, {MUSIC}),
        ({"document": "other.md"}, {BREAD, TRAIN}),
        ({"document": "other.md", "source": "attic"}, set()),
        ({"document": "other.md", "authors": ("yang",), "topics": ("a", "b")}, {BREAD, TRAIN}),
        ({"document": "other.md", "authors": ("rainlin",)}, set()),
        ({"authors": ("nobody",)}, set()),
    ],
    ids=lambda given: str(sorted(given) if isinstance(given, set) else given),
)
def test_a_query_holds_what_it_says(library: Store, query: dict[str, object], expected: set[str]) -> None:
    found = texts(library, **query)
    assert set(found) == expected
    assert len(found) == len(expected)


def test_newest_first_and_a_day_in_the_order_of_its_documents(library: Store) -> None:
    order = texts(library)
    assert order[0] == MUSIC
    assert {tuple(order[1:3]), tuple(order[3:5])} == {(GARDEN, BOOK), (BREAD, TRAIN)}


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
@pytest.mark.parametrize(
    "query", [{}, {"topics": ("a", "b")}, {"authors": ("rainlin", "yang"), "role": "any"}], ids=str
)
def test_a_walk_along_the_cursors_gives_every_entry_once(library: Store, query: dict[str, object], limit: int) -> None:
    walked, cursor = [], None
    while True:
        page = library.entries(EntryQuery(**query, limit=limit, cursor=cursor))  # type: ignore[arg-type]
        walked += [e.content_text for e in page.entries]
        if (cursor := page.next) is None:
            break
    assert walked == texts(library, **query)


@pytest.mark.parametrize(
    "cursor", ["", "x", "!!", "W10", "WzEsMSwyLDNd", "é", "A" * 500, "WzEsMWUzMDAsIiIsIiJd"], ids=str
)
def test_a_bad_cursor_is_an_error_of_the_query(store: Store, cursor: str) -> None:
    with pytest.raises(QueryError) as raised:
        store.entries(EntryQuery(cursor=cursor))
    assert raised.value.parameter == "cursor"


@pytest.mark.parametrize(
    ("query", "parameter"), [(EntryQuery(limit=0), "limit"), (EntryQuery(role="x", topics=("a",)), "role")]
)
def test_a_bad_parameter_is_an_error_of_the_query(store: Store, query: EntryQuery, parameter: str) -> None:
    with pytest.raises(QueryError) as raised:
        store.entries(query)
    assert raised.value.parameter == parameter


def test_a_page_costs_two_statements_and_an_entry_one_whatever_is_asked(library: Store) -> None:
    entry_id = entries(library)[0].id
    assert (
        statements(library, lambda: library.entries(EntryQuery(authors=("yang",), topics=("a", "b"), role="any"))) == 2
    )
    assert statements(library, lambda: library.entries(EntryQuery())) == 2
    assert statements(library, lambda: library.entry(entry_id)) == 1


@pytest.mark.parametrize(
    "query",
    [
        EntryQuery(),
        EntryQuery(source="garden"),
        EntryQuery(authors=("yang",)),
        EntryQuery(topics=("a",)),
        EntryQuery(authors=("yang",), topics=("a",)),
    ],
    ids=["all", "source", "author", "topic", "author-and-topic"],
)
def test_a_page_is_a_walk_along_an_index_without_sorting(library: Store, query: EntryQuery, store_url: str) -> None:
    only_on_sqlite(store_url)
    cursor = library.entries(replace(query, limit=1)).next
    plan = " | ".join(query_plan(library, replace(query, limit=1, cursor=cursor)))
    assert "SCAN entry" not in plan.replace("SCAN entry USING INDEX entry_live", "")
    assert "SCAN listing" not in plan
    # What is sorted is the one page that was found, not the listing.
    assert "ORDER BY" not in plan or "listing" in plan


# Authors, topics, sources


@pytest.mark.parametrize("name", ["rainlin", "RainLin", "@RAINLIN", "林小雨", "小雨", "rainlin "])
def test_all_names_lead_to_one_author(store: Store, name: str) -> None:
    older = make_published(date(2024, 1, 1))
    drafts = [make_draft(GARDEN), make_draft(BOOK, 2, people=(make_person("小雨", "RainLin"),), published=older)]
    store.save(make_batch(drafts), NOW)
    found = store.author(name)
    assert (found.slug, found.name, found.handle, found.entries) == ("rainlin", "林小雨", "RainLin", 2)
    assert found.aliases == ("小雨",)


def test_a_name_is_not_merged_into_a_handle_and_slugs_do_not_collide(store: Store) -> None:
    people = [make_person("林小雨", "rainlin"), make_person("rainlin", None), make_person("林小雨", None)]
    store.save(make_batch(one_post_each(people)), NOW)
    slugs = {tally.slug: tally.entries for tally in store.authors()}
    (second,) = slugs.keys() - {"rainlin", "林小雨"}
    assert second.startswith("rainlin-") and slugs == {"rainlin": 1, second: 1, "林小雨": 1}
    assert [store.author(name).handle for name in ("rainlin", second, "林小雨")] == ["rainlin", None, None]


def test_a_name_that_two_authors_use_leads_to_neither(store: Store) -> None:
    people = [make_person("林小雨", "rainlin"), make_person("林小雨", "xiaoyu")]
    store.save(make_batch(one_post_each(people)), NOW)
    with pytest.raises(NotFoundError):
        store.author("林小雨")


def test_the_newest_name_is_shown_whatever_was_read_first(tmp_path: Path) -> None:
    old = make_batch(
        [make_draft(BOOK, people=(make_person("小雨"),), published=make_published(date(2023, 1, 1)))], name="o.md"
    )
    new = make_batch([make_draft(GARDEN)], name="n.md")
    for number, order in enumerate(permutations([old, new])):
        with fresh(tmp_path / f"{number}.db") as store:
            for batch in order:
                store.save(batch, NOW)
            assert store.author("rainlin").name == "林小雨"


def test_somebody_who_is_only_quoted_is_found_but_not_listed(store: Store) -> None:
    store.save(make_batch([make_draft(quoted=(make_person("杨", "yang", Role.QUOTED),))]), NOW)
    assert (store.author("yang").entries, [tally.slug for tally in store.authors()]) == (0, ["rainlin"])


@pytest.mark.parametrize("ask", ["author", "source", "entry", "document"])
@pytest.mark.parametrize("key", ["nobody", "", "@", "urn:uuid:0"])
def test_what_is_not_there_is_not_found(store: Store, ask: str, key: str) -> None:
    with pytest.raises(NotFoundError) as raised:
        getattr(store, ask)(key)
    assert (raised.value.kind, raised.value.key) == (ask, key)


def test_the_names_of_a_series_are_those_of_authors_without_handle(store: Store) -> None:
    for name in ("1.md", "2.md"):
        store.save(make_batch([make_draft(name * 9, people=(make_person("花园周刊", None),))], name=name), NOW)
    store.save(make_batch([make_draft(people=(make_person("园艺", None), make_person()))], name="3.md"), NOW)
    assert store.publications("garden") == ("花园周刊", "园艺")


def test_the_source_is_brought_up_to_date(store: Store) -> None:
    store.save(make_batch(), NOW)
    store.save(make_batch(source=make_source(name="Garden weekly")), NOW)
    assert (store.source("garden").name, store.sources()[0].entries) == ("Garden weekly", 1)


def one_post_each(people: Iterable[Person]) -> list[Draft]:
    pairs = zip(TEXTS, people, strict=False)
    return [make_draft(words, n, people=(person,)) for n, (words, person) in enumerate(pairs, 1)]
