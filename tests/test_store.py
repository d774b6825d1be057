"""The store with a real database: what a save keeps, moves and withdraws, and what a query gives."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections import Counter
from collections.abc import Callable
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy import text

import feeds.migrations
from feeds.errors import GoneError
from feeds.errors import NotFoundError
from feeds.errors import QueryError
from feeds.errors import SchemaError
from feeds.errors import StoreError
from feeds.model import Basis
from feeds.model import Batch
from feeds.model import Draft
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.model import Person
from feeds.model import Precision
from feeds.model import Problem
from feeds.model import Relation
from feeds.model import RelationKind
from feeds.model import Role
from feeds.model import Saved
from feeds.model import Skip
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from feeds.store.engine import make_engine
from feeds.store.engine import reading
from feeds.store.engine import store_url as parse_url
from feeds.store.engine import writing
from feeds.store.schema import HEAD
from feeds.store.schema import metadata
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_drafts
from tests.builders import make_info
from tests.builders import make_instant
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_source
from tests.builders import make_topics

LATER = NOW + timedelta(days=3)
GARDEN = "周末把阳台改成了小花园，先是搭架子，然后换土，最后种了番茄和罗勒，花了不到两百块钱。"
BOOK = "昨晚读完一本讲航海史的书，最喜欢的是关于经度的那一章，钟表匠的故事写得像侦探小说。"
BREAD = "第三次烤面包终于成功了：水少放一成，发酵多等一个小时，出炉以后整个屋子都是香的。"
TRAIN = "坐慢车去山里看雪，九个小时，邻座的老人讲了一路他年轻时候修铁路的事情。"
MUSIC = "把旧吉他翻出来换了弦，才发现手指早就忘了和弦，只好从最简单的练习曲重新开始。"
TEXTS = (GARDEN, BOOK, BREAD, TRAIN, MUSIC)


def texts(store: Store, **query: object) -> list[str]:
    return [entry.content_text for entry in entries(store, **query)]


def entries(store: Store, **query: object) -> tuple[Entry, ...]:
    return store.entries(EntryQuery(**query)).entries  # type: ignore[arg-type]


def ids(store: Store) -> dict[str, str]:
    return {entry.content_text: entry.id for entry in entries(store)}


# Saving


def test_an_entry_comes_back_as_it_was_saved(store: Store) -> None:
    draft = make_draft(GARDEN, title="阳台", topics=make_topics("gardens"), quoted=(make_person(role=Role.QUOTED),))
    assert store.save(make_batch([draft]), NOW) == Saved(new=1)
    (entry,) = entries(store)
    assert store.entry(entry.id) == entry
    assert (entry.title, entry.content_text, entry.topics, entry.place) == ("阳台", GARDEN, draft.topics, draft.place)
    assert (entry.published, entry.updated, entry.first_seen) == (draft.published, entry.published.at, NOW)
    assert [p.slug for p in (*entry.people, *entry.quoted)] == ["rainlin", "rainlin"]
    assert (entry.source, entry.document.name, entry.revision) == (make_source(), "2024-05.md", 1)


def test_saving_the_same_batch_again_writes_nothing(store: Store, store_url: str) -> None:
    batch = make_batch(make_drafts(*TEXTS), skips=[Skip("empty", 3)])
    store.save(batch, NOW)
    before = dump(store_url)
    assert store.save(batch, LATER) == Saved(unchanged=5)
    assert dump(store_url) == before


def test_the_version_counts_the_changes(store: Store) -> None:
    versions = [store.version()]
    for batch in (make_batch(), make_batch(), make_batch([make_draft(), make_draft(BOOK, 2)])):
        store.save(batch, NOW)
        versions.append(store.version())
    assert versions == [0, 1, 1, 2]


def test_an_edit_keeps_the_id_and_moves_updated(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN, BOOK)), NOW)
    before = ids(store)
    assert store.save(make_batch(make_drafts(GARDEN, BOOK + "还有地图。")), LATER) == Saved(changed=1, unchanged=1)
    entry = store.entry(before[BOOK])
    assert (entry.content_text, entry.updated, entry.first_seen, entry.revision) == (BOOK + "还有地图。", LATER, NOW, 2)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"topics": make_topics("gardens")}, id="topics"),
        pytest.param({"url": "https://garden.example.org"}, id="link"),
        pytest.param({"content_html": f"<p><b>{GARDEN}</b></p>"}, id="marks"),
        pytest.param({"published": make_published(date(2024, 4, 2))}, id="date"),
        pytest.param({"people": (make_person("雨", "rainlin"),)}, id="name"),
    ],
)
def test_what_is_not_a_letter_of_the_text_changes_without_moving_updated(
    store: Store, changes: dict[str, object]
) -> None:
    store.save(make_batch([make_draft(GARDEN)]), NOW)
    (before,) = entries(store)
    assert store.save(make_batch([make_draft(GARDEN, **changes)]), LATER).changed == 1
    (after,) = entries(store)
    assert (after.id, after.updated, after.revision) == (before.id, before.updated, 1)
    assert all(getattr(after, name) == value for name, value in changes.items() if name != "people")
    assert [p.name for p in after.people] == [p.name for p in make_draft(GARDEN, **changes).people]


def test_a_later_date_takes_updated_along(store: Store) -> None:
    store.save(make_batch([make_draft(GARDEN)]), NOW)
    store.save(make_batch([make_draft(GARDEN, published=make_published(date(2024, 5, 9)))]), LATER)
    (entry,) = entries(store)
    assert entry.updated == entry.published.at


def test_an_unknown_date_is_first_seen_and_stays(store: Store) -> None:
    store.save(make_batch([make_draft(GARDEN, published=None)]), NOW)
    store.save(make_batch([make_draft(GARDEN + "补记。", published=None)]), LATER)
    (entry,) = entries(store)
    assert (entry.published.at, entry.published.date) == (NOW, None)
    assert (entry.published.precision, entry.published.basis) == (Precision.UNKNOWN, Basis.FIRST_SEEN)


def test_a_date_that_the_document_forgets_is_kept(store: Store) -> None:
    store.save(make_batch([make_draft(GARDEN)]), NOW)
    store.save(make_batch([make_draft(GARDEN, published=None)]), LATER)
    assert entries(store)[0].published == make_published()


def test_a_naive_moment_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        store.save(make_batch([make_draft(published=make_instant(datetime(2024, 5, 1)))]), NOW)


# Identity through real histories


def test_renumbering_and_redating_keep_ids_and_follow_the_document(store: Store) -> None:
    store.save(make_batch(make_drafts(*TEXTS)), NOW)
    before = ids(store)
    redated = make_published(date(2024, 5, 3))
    assert store.save(make_batch(make_drafts(*reversed(TEXTS), published=redated)), LATER).new == 0
    assert ids(store) == before
    assert texts(store) == list(reversed(TEXTS))


def test_an_inserted_post_is_the_only_new_one(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN, BOOK)), NOW)
    assert store.save(make_batch(make_drafts(BREAD, GARDEN, BOOK)), LATER) == Saved(new=1, unchanged=2)
    assert [e.place.position for e in entries(store)] == [1, 2, 3]


def test_a_renamed_document_takes_its_entries_along(store: Store) -> None:
    store.save(make_batch(make_drafts(*TEXTS)), NOW)
    before = ids(store)
    assert store.save(make_batch(make_drafts(*TEXTS, BOOK + BREAD), name="may.md"), LATER).new == 1
    assert {t: i for t, i in ids(store).items() if t in before} == before
    assert {e.document.name for e in entries(store)} == {"may.md"}


def test_after_a_renaming_the_new_document_decides_what_there_is(store: Store) -> None:
    store.save(make_batch(make_drafts(*TEXTS)), NOW)
    store.save(make_batch(make_drafts(*TEXTS), name="may.md"), NOW)
    assert store.save(make_batch(make_drafts(*TEXTS[1:]), name="may.md"), LATER).withdrawn == 1
    assert GARDEN not in texts(store)


@pytest.mark.parametrize("rest_first", [True, False], ids=["rest-first", "part-first"])
def test_a_split_document_keeps_every_entry(store: Store, rest_first: bool) -> None:
    store.save(make_batch(make_drafts(*TEXTS)), NOW)
    before = ids(store)
    parts = [make_batch(make_drafts(*TEXTS[:3])), make_batch(make_drafts(*TEXTS[3:]), name="june.md")]
    for batch in parts if rest_first else reversed(parts):
        store.save(batch, LATER)
    assert ids(store) == before
    assert {e.content_text: e.document.name for e in entries(store)}[MUSIC] == "june.md"


def test_copies_are_one_entry_and_reading_them_again_changes_nothing(store: Store) -> None:
    batches = [make_batch(make_drafts(*TEXTS), name=name) for name in ("a.md", "b.md", "c.md")]
    for batch in batches:
        store.save(batch, NOW)
    version = store.version()
    for batch in batches:
        assert store.save(batch, LATER) == Saved(unchanged=5)
    assert (store.version(), len(entries(store))) == (version, 5)
    assert sorted(texts(store, document="a.md")) == sorted(texts(store, document="b.md")) == sorted(TEXTS)


def test_a_text_printed_twice_stays_while_one_document_has_it(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN, BOOK, BREAD), name="a.md"), NOW)
    again = make_batch(make_drafts(GARDEN, TRAIN, MUSIC, published=make_published(date(2024, 5, 8))), name="b.md")
    store.save(again, NOW)
    assert entries(store, document="b.md")[-1].document.name == "a.md"
    assert store.save(make_batch(make_drafts(BOOK, BREAD), name="a.md"), LATER).withdrawn == 0
    store.save(again, LATER)
    moved = next(e for e in entries(store) if e.content_text == GARDEN)
    assert (moved.document.name, moved.published.date) == ("b.md", date(2024, 5, 8))


def test_two_documents_of_one_name_are_both_kept(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN), name="index.md", location="a/index.md"), NOW)
    store.save(make_batch(make_drafts(BOOK), name="index.md", location="b/index.md"), NOW)
    assert len({report.id for report in store.documents()}) == 2
    assert sorted(texts(store, document="index.md")) == sorted([GARDEN, BOOK])


def test_two_posts_with_one_opening_are_two_entries(store: Store) -> None:
    opening = "每周推荐：" * 30
    store.save(make_batch(make_drafts(opening + GARDEN, opening + BOOK)), NOW)
    before = ids(store)
    store.save(make_batch(make_drafts(opening + BOOK, opening + GARDEN)), LATER)
    assert len(before) == 2
    assert ids(store) == before


def test_the_same_words_twice_are_two_entries(store: Store) -> None:
    assert store.save(make_batch(make_drafts("早安", "早安")), NOW) == Saved(new=2)
    assert store.save(make_batch(make_drafts("早安", "早安", GARDEN)), LATER) == Saved(new=1, unchanged=2)


# Leaving and coming back


def test_an_entry_that_left_is_withdrawn_and_returns_under_its_id(store: Store) -> None:
    full, less = make_batch(make_drafts(*TEXTS, topics=make_topics("a"))), make_batch(make_drafts(*TEXTS[1:]))
    store.save(full, NOW)
    before = ids(store)
    assert store.save(less, LATER) == Saved(changed=4, withdrawn=1)
    with pytest.raises(GoneError):
        store.entry(before[GARDEN])
    assert GARDEN not in texts(store)
    assert store.author("rainlin").entries == 4
    store.save(full, LATER)
    assert ids(store) == before
    assert store.entry(before[GARDEN]).first_seen == NOW


def test_a_document_that_shrank_suspiciously_loses_nothing(store: Store) -> None:
    store.save(make_batch(make_drafts(*TEXTS)), NOW)
    assert store.save(make_batch(make_drafts(GARDEN, BOOK)), LATER).withdrawn == 0
    assert len(entries(store)) == 5
    report = store.document("2024-05.md")
    assert report.entries == 5
    assert "3 of its 5 entries left at once" in report.problems[0].message


def test_an_empty_reading_of_a_small_document_is_believed(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN, BOOK)), NOW)
    assert store.save(make_batch([]), LATER).withdrawn == 2


def test_a_failure_keeps_the_good_entries(store: Store) -> None:
    batch = make_batch(make_drafts(GARDEN, BOOK), title="May")
    store.save(batch, NOW)
    store.record_failure(make_info(digest="0" * 64), Problem("is binary", 7), LATER)
    version = store.version()
    store.record_failure(make_info(digest="0" * 64), Problem("is binary", 7), LATER)
    report = store.document("2024-05.md")
    assert (report.failure, report.problems, report.entries) == ("is binary", (Problem("is binary", 7),), 2)
    assert (len(entries(store)), store.version(), report.info.title) == (2, version, "May")
    store.save(batch, LATER)
    assert store.document("2024-05.md").failure is None


def test_a_document_that_never_could_be_read_is_shown(store: Store) -> None:
    store.record_failure(make_info("broken.md"), Problem("is empty"), NOW)
    assert [(r.info.name, r.failure, r.entries) for r in store.documents()] == [("broken.md", "is empty", 0)]


# Relations


def test_quotes_stand_on_both_entries(store: Store) -> None:
    drafts = make_drafts(GARDEN, BOOK)
    store.save(make_batch([replace(drafts[0], quotes=(2, 9, 1)), drafts[1]]), NOW)
    quoting, quoted = entries(store)
    assert quoting.relations == (Relation(RelationKind.QUOTES, quoted.id),)
    assert quoted.relations == (Relation(RelationKind.QUOTED_BY, quoting.id),)
    assert store.entry(quoted.id) == quoted
    store.save(make_batch(drafts), LATER)
    assert [e.relations for e in entries(store)] == [(), ()]


def test_a_withdrawn_entry_is_nobodys_relation(store: Store) -> None:
    drafts = make_drafts(GARDEN, BOOK)
    store.save(make_batch([replace(drafts[0], quotes=(2,)), drafts[1]]), NOW)
    store.save(make_batch([replace(drafts[0], quotes=())]), LATER)
    (left,) = entries(store)
    assert left.relations == store.entry(left.id).relations == ()


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


# Properties

WORDS = st.sampled_from([*TEXTS, "早安", "", BOOK + "又及。", GARDEN * 3, "🌱"])
PEOPLE = st.sampled_from([(), (make_person(),), (make_person("杨", None),), (make_person("雨", "Rain"), make_person())])
TOPICS = st.sampled_from([(), make_topics("a"), make_topics("a", "b")])
DATES = st.sampled_from(
    [None, make_published(), make_published(date(2024, 5, 2)), make_instant(NOW - timedelta(days=9))]
)


@st.composite
def drafts(draw: st.DrawFn) -> list[Draft]:
    rows = draw(st.lists(st.tuples(WORDS, PEOPLE, TOPICS, DATES), max_size=6))
    return [
        make_draft(words, n, people=people, topics=topics, published=when, quoted=people[:1])
        for n, (words, people, topics, when) in enumerate(rows, 1)
    ]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["a.md", "b.md"]), drafts()), min_size=1, max_size=4))
def test_whatever_is_saved_counters_equal_a_recount_and_again_changes_nothing(
    empty_store: Path, histories: list[tuple[str, list[Draft]]]
) -> None:
    with copied(empty_store) as store:
        for name, some in histories:
            batch = make_batch(some, name=name)
            store.save(batch, NOW)
            version = store.version()
            assert store.save(batch, LATER) == Saved(unchanged=len(some))
            assert store.version() == version
            assert_counters_fit(store)


def test_documents_in_any_order_give_the_same_entries(tmp_path: Path) -> None:
    shared = "每期都有的一段：投稿请寄信箱，附上你的名字和一张照片。"
    batches = [make_batch(make_drafts(text, shared, text[::-1]), name=f"{n}.md") for n, text in enumerate(TEXTS[:3])]
    found = [saved_in_order(tmp_path / f"{n}.db", order) for n, order in enumerate(permutations(batches))]
    assert len(found[0]) == 7
    assert all(some == found[0] for some in found)


def test_copies_in_any_order_have_the_same_ids(tmp_path: Path) -> None:
    batches = [make_batch(make_drafts(*TEXTS[n:], TEXTS[n] + "附记。"), name=f"{n}.md") for n in range(3)]
    found = [saved_in_order(tmp_path / f"{n}.db", order) for n, order in enumerate(permutations(batches))]
    assert len({frozenset(entry.id for entry in some) for some in found}) == 1


def saved_in_order(path: Path, batches: Iterable[Batch]) -> tuple[Entry, ...]:
    with fresh(path) as store:
        for batch in batches:
            store.save(batch, NOW)
        return entries(store)


def copied(template: Path) -> Store:
    path = template.parent / "copy.db"
    for rest in ("", "-wal", "-shm"):
        Path(f"{path}{rest}").unlink(missing_ok=True)
    shutil.copy(template, path)
    return open_store(f"sqlite:///{path}")


def fresh(path: Path) -> Store:
    migrate(f"sqlite:///{path}")
    return open_store(f"sqlite:///{path}")


def assert_counters_fit(store: Store) -> None:
    live = entries(store, limit=1000)
    authors = Counter(slug for e in live for slug in {p.slug for p in e.people})
    topics = Counter(hit.slug for e in live for hit in e.topics)
    assert {t.slug: t.entries for t in store.authors()} == authors
    assert {t.slug: t.entries for t in store.topics()} == topics
    assert {t.slug: t.entries for t in store.sources()} == {"garden": len(live)}
    assert [t.newest for t in store.sources()] == [max((e.published.at for e in live), default=None)]
    for tally in (*store.authors(), *store.topics()):
        holding = [e for e in live if tally.slug in {p.slug for p in e.people} | {t.slug for t in e.topics}]
        assert tally.newest == max(e.published.at for e in holding)
    assert sum(len(entries(store, authors=(slug,), limit=1000)) for slug in authors) == authors.total()


# Processes


def _save_in_process(url: str, batch: Batch) -> None:
    migrate(url)
    with open_store(url) as store:
        store.save(batch, NOW)


def test_processes_that_start_and_save_at_once_leave_one_row_each(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new' / 'store.db'}"
    batch = make_batch(make_drafts(*TEXTS))
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_save_in_process, args=(url, batch)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    with open_store(url) as store:
        assert (len(entries(store)), store.version(), store.author("rainlin").entries) == (5, 1, 5)


def _save_all_in_process(url: str, batches: list[Batch]) -> None:
    with open_store(url) as store:
        for batch in batches:
            store.save(batch, NOW)


def test_processes_that_edit_one_document_at_once_finish_and_keep_one_row_each(store: Store, store_url: str) -> None:
    """Each reads the same versions of two documents; one of them begins with the other document."""
    versions = [[text + "补记。" * n for text in TEXTS] for n in range(4)]
    ours = [make_batch(make_drafts(*some)) for some in versions]
    theirs = [make_batch(make_drafts(*(text[::-1] for text in some)), name="b.md") for some in versions]
    spawn = multiprocessing.get_context("spawn")
    orders = [ours + theirs, theirs + ours, ours + theirs]
    processes = [spawn.Process(target=_save_all_in_process, args=(store_url, order)) for order in orders]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    found = entries(store)
    last = [draft.content_text for batch in (ours[-1], theirs[-1]) for draft in batch.drafts]
    assert sorted(e.content_text for e in found) == sorted(last)
    assert store.author("rainlin").entries == len(found) == 10
    for entry in found:
        numbers = [revision.number for revision in store.revisions(entry.id)]
        assert numbers == list(range(entry.revision, 0, -1))
    assert {c.id for c in store.changes(limit=1000).items} == {e.id for e in found}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_store_opened_before_a_fork_works_on_both_sides(store: Store) -> None:
    store.save(make_batch(), NOW)
    child = multiprocessing.get_context("fork").Process(target=store.version)
    child.start()
    child.join(60)
    assert (child.exitcode, store.version()) == (0, 1)


# Opening and migrating


#: The full text is what each database has of its own: `feeds.store.searching`.
OURS = {"include_name": lambda name, kind, parents: not (name or "").startswith(("search_text", "search_word"))}


def test_migrations_and_tables_agree(store_url: str) -> None:
    engine = make_engine(parse_url(store_url))
    with reading(engine) as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=OURS), metadata) == []
    engine.dispose()


def test_the_code_knows_the_newest_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(feeds.migrations.__file__).parent))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_migrating_again_keeps_everything(store: Store, store_url: str) -> None:
    store.save(make_batch(), NOW)
    migrate(store_url)
    assert len(entries(store)) == 1


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        ("UPDATE alembic_version SET version_num = '0000'", "older"),
        ("UPDATE alembic_version SET version_num = '9999'", "newer"),
        ("DROP TABLE alembic_version", "no tables"),
    ],
)
def test_tables_that_do_not_fit_are_refused_with_what_to_do(store_url: str, spoil: str, words: str) -> None:
    engine = make_engine(parse_url(store_url))
    with writing(engine) as connection:
        connection.execute(text(spoil))
    engine.dispose()
    with pytest.raises(SchemaError, match=f"{words}.*feedwright migrate"):
        open_store(store_url)


def test_a_store_that_is_not_there_is_not_made_by_opening_it(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="feedwright migrate"):
        open_store(f"sqlite:///{tmp_path / 'none.db'}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["", "nonsense", "sqlite://", "sqlite:///:memory:", "mysql://example.org/x"])
def test_an_address_that_is_no_store_is_refused(url: str) -> None:
    with pytest.raises(StoreError):
        open_store(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_postgresql_addresses_name_the_driver(scheme: str) -> None:
    assert parse_url(f"{scheme}://u:p@db.example.org/x").drivername == "postgresql+psycopg"


def test_a_store_open_for_reading_reads_and_does_not_write(store: Store, store_url: str) -> None:
    store.save(make_batch(), NOW)
    with open_store(store_url, read_only=True) as reader:
        assert len(entries(reader)) == 1
        with pytest.raises(StoreError):
            reader.save(make_batch(), NOW)


def test_the_settings_that_writers_depend_on_are_on(store_url: str) -> None:
    only_on_sqlite(store_url)
    engine = make_engine(parse_url(store_url))
    with reading(engine) as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        assert [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in asked] == ["wal", 1, 1, 10_000]
    engine.dispose()


def test_a_failing_database_is_an_error_of_the_store_with_its_cause(store: Store, store_url: str) -> None:
    engine = make_engine(parse_url(store_url))
    with writing(engine) as connection:
        connection.execute(text("DROP TABLE listing"))
    engine.dispose()
    with pytest.raises(StoreError, match="listing") as raised:
        store.save(make_batch(), NOW)
    assert raised.value.__cause__ is not None


# What the tests look at beside the store


def one_post_each(people: Iterable[Person]) -> list[Draft]:
    pairs = zip(TEXTS, people, strict=False)
    return [make_draft(words, n, people=(person,)) for n, (words, person) in enumerate(pairs, 1)]


def dump(url: str) -> list[str]:
    engine = make_engine(parse_url(url))
    with reading(engine) as connection:
        rows = [repr(row) for table in metadata.sorted_tables for row in connection.execute(table.select())]
    engine.dispose()
    return rows


def statements(store: Store, action: Callable[[], object]) -> int:
    return len(watched(store, action))


def watched(store: Store, action: Callable[[], object]) -> list[tuple[str, object]]:
    """The statements that an action sends, without transaction control."""
    seen: list[tuple[str, object]] = []

    def note(connection: object, cursor: object, statement: str, parameters: object, *rest: object) -> None:
        seen.append((statement, parameters))

    engine = store._connected()
    event.listen(engine, "before_cursor_execute", note)
    action()
    event.remove(engine, "before_cursor_execute", note)
    return [(statement, parameters) for statement, parameters in seen if not statement.startswith("BEGIN")]


def only_on_sqlite(store_url: str) -> None:
    if not store_url.startswith("sqlite:"):
        pytest.skip("a question that only SQLite answers")


def query_plan(store: Store, query: EntryQuery) -> list[str]:
    statement, parameters = watched(store, lambda: store.entries(query))[0]
    with reading(store._connected()) as connection:
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]


def test_builders_make_what_they_say() -> None:
    assert make_published().at == datetime(2024, 4, 30, 16, tzinfo=UTC)
