"""What an entry is through real histories: it leaves, comes back, and quotes others."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from feeds.errors import GoneError
from feeds.model import Problem
from feeds.model import Relation
from feeds.model import RelationKind
from feeds.model import Saved
from feeds.store import Store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_drafts
from tests.builders import make_info
from tests.builders import make_published
from tests.builders import make_topics
from tests.life import BOOK
from tests.life import BREAD
from tests.life import GARDEN
from tests.life import LATER
from tests.life import MUSIC
from tests.life import TEXTS
from tests.life import TRAIN
from tests.life import entries
from tests.life import ids
from tests.life import texts

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
    store.save(make_batch(make_drafts(GARDEN), name="a.md"), NOW)
    assert [report.info.name for report in store.documents()] == ["broken.md", "a.md"]


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
