"""The store with a real database: what a save keeps, moves and withdraws, and what a query gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.model import Basis
from feeds.model import Batch
from feeds.model import Draft
from feeds.model import Entry
from feeds.model import Precision
from feeds.model import Role
from feeds.model import Saved
from feeds.model import Skip
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_drafts
from tests.builders import make_instant
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_source
from tests.builders import make_topics
from tests.life import BOOK
from tests.life import GARDEN
from tests.life import LATER
from tests.life import TEXTS
from tests.life import copied
from tests.life import dump
from tests.life import entries
from tests.life import ids

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


def test_builders_make_what_they_say() -> None:
    assert make_published().at == datetime(2024, 4, 30, 16, tzinfo=UTC)
