"""What left, what was taken out for good, and what comes back of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from datetime import timedelta

import pytest

from feeds.errors import GoneError
from feeds.errors import NotFoundError
from feeds.model import Batch
from feeds.model import Precision
from feeds.model import Problem
from feeds.store import Store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_drafts
from tests.builders import make_info
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_source
from tests.builders import make_topics
from tests.life import BOOK
from tests.life import BREAD
from tests.life import GARDEN
from tests.life import LATER
from tests.life import MUSIC
from tests.life import TEXTS
from tests.life import TRAIN
from tests.life import ids
from tests.life import live

# Withdrawal for good


def test_what_was_withdrawn_for_good_does_not_come_back(store: Store) -> None:
    batch = make_batch(make_drafts(*TEXTS, topics=make_topics("a")))
    store.save(batch, NOW)
    entry_id = ids(store)[GARDEN]
    assert store.withdraw(entry_id, LATER)
    assert not store.withdraw(entry_id, LATER)
    assert GARDEN not in ids(store)
    assert (store.author("rainlin").entries, store.sources()[0].entries, store.topics()[0].entries) == (4, 4, 4)
    assert store.document("2024-05.md").entries == 4
    store.save(make_batch(make_drafts(*TEXTS[1:])), LATER)
    store.save(batch, LATER)
    with pytest.raises(GoneError):
        store.entry(entry_id)


def renumbered() -> Batch:
    return make_batch(make_drafts(*reversed(TEXTS), published=make_published(date(2024, 5, 3))))


RETURNS = {
    "the same document": [make_batch(make_drafts(*TEXTS), title="May")],
    "renumbered and redated": [renumbered()],
    "edited, and edited again": [
        make_batch(make_drafts("新的开头，写给邻居。" + GARDEN, *TEXTS[1:])),
        make_batch(make_drafts("新的开头，写给邻居。" + GARDEN[:-8] + "，其余照旧。", *TEXTS[1:])),
    ],
    "with a title": [make_batch([make_draft(GARDEN, title="阳台"), *make_drafts(*TEXTS)[1:]])],
    "another author": [make_batch([make_draft(GARDEN, people=(make_person("杨", "yang"),)), *make_drafts(*TEXTS)[1:]])],
    "renamed": [make_batch(make_drafts(*TEXTS), name="may.md")],
    "renamed and edited": [make_batch(make_drafts("新的开头，写给邻居。" + GARDEN, *TEXTS[1:]), name="may.md")],
    "a copy beside it": [make_batch(make_drafts(GARDEN, "又及：" + BOOK), name="copy.md")],
    "twice in its document": [make_batch(make_drafts(GARDEN, *TEXTS))],
    "in another source": [make_batch(make_drafts(*TEXTS), source=make_source("attic"), name="attic.md")],
    "moved to another source": [make_batch(make_drafts(*TEXTS), source=make_source("attic"))],
    "gone and back": [make_batch(make_drafts(*TEXTS[1:])), make_batch(make_drafts(*TEXTS), lead="back")],
}


@pytest.mark.parametrize("history", RETURNS)
def test_no_document_and_no_copy_brings_it_back(store: Store, history: str) -> None:
    store.save(make_batch(make_drafts(*TEXTS)), NOW)
    entry_id = ids(store)[GARDEN]
    store.withdraw(entry_id, NOW)
    for batch in RETURNS[history]:
        store.save(batch, LATER)
        store.save(replace(batch, document=replace(batch.document, lead="again")), LATER)
    assert not [text for text in ids(store) if GARDEN[:-8] in text]
    with pytest.raises(GoneError):
        store.entry(entry_id)
    assert all(
        tally.entries == sum(e.source.slug == tally.slug for e in live(store).values()) for tally in store.sources()
    )


def test_short_words_are_anybodys(store: Store) -> None:
    store.save(make_batch(make_drafts("早安", BOOK)), NOW)
    store.withdraw(ids(store)["早安"], NOW)
    store.save(make_batch(make_drafts("早安", TRAIN), name="june.md", source=make_source("attic")), LATER)
    assert {e.source.slug for e in live(store).values() if e.content_text == "早安"} == {"attic"}


def test_an_entry_that_had_left_can_be_withdrawn_for_good(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN, BOOK)), NOW)
    entry_id = ids(store)[GARDEN]
    store.save(make_batch(make_drafts(BOOK)), NOW)
    version = store.version()
    assert store.withdraw(entry_id, LATER)
    assert store.version() == version
    store.save(make_batch(make_drafts(GARDEN, BOOK)), LATER)
    assert GARDEN not in ids(store)


def test_nothing_unknown_is_withdrawn(store: Store) -> None:
    with pytest.raises(NotFoundError):
        store.withdraw("urn:uuid:00000000-0000-0000-0000-000000000000", NOW)
    assert store.version() == 0


# Leaving and coming back


def test_what_comes_back_edited_keeps_its_history(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN, BOOK)), NOW)
    entry_id = ids(store)[GARDEN]
    store.save(make_batch(make_drafts(GARDEN + "补记。", BOOK)), NOW)
    store.save(make_batch(make_drafts(BOOK)), LATER)
    store.save(make_batch(make_drafts(GARDEN + "补记。还有。", BOOK)), LATER)
    entry = store.entry(entry_id)
    assert (entry.first_seen, entry.revision) == (NOW, 3)
    assert [revision.number for revision in store.revisions(entry_id)] == [3, 2, 1]


def shrunk(*texts: str, digest: str, **fields: str) -> Batch:
    return make_batch(make_drafts(*texts), digest=digest, **fields)


def test_bytes_that_shrank_suspiciously_never_withdraw_later(store: Store) -> None:
    """Two of five are left and two are new; read again for whatever reason, three of seven would not be suspicious."""
    whole = shrunk(*TEXTS, digest="1" * 64)
    broken = shrunk(GARDEN, BOOK, BREAD[::-1], TRAIN[::-1], digest="2" * 64)
    store.save(whole, NOW)
    assert store.save(broken, NOW).withdrawn == 0
    store.record_failure(make_info(digest="3" * 64), Problem("is binary"), NOW)
    assert store.save(broken, LATER).withdrawn == 0
    assert store.save(replace(broken, drafts=make_drafts(GARDEN, BOOK, BREAD[::-1])), LATER).withdrawn == 0
    assert set(TEXTS) <= set(ids(store))


def test_a_document_that_is_edited_on_is_believed_in_the_end(store: Store) -> None:
    store.save(shrunk(*TEXTS, digest="1" * 64), NOW)
    store.save(shrunk(GARDEN, BOOK, digest="2" * 64), NOW)
    assert store.save(shrunk(GARDEN, BOOK, BREAD, digest="4" * 64), LATER).withdrawn == 2
    assert set(ids(store)) == {GARDEN, BOOK, BREAD}


# Another source


def test_a_document_put_into_another_source_leaves_the_old_one(store: Store) -> None:
    store.save(make_batch(make_drafts(*TEXTS, topics=make_topics("a"))), NOW)
    old = ids(store)
    document_id = store.documents()[0].id
    store.save(make_batch(make_drafts(*TEXTS, topics=make_topics("a")), source=make_source("attic")), LATER)
    assert {e.source.slug for e in live(store).values()} == {"attic"}
    assert sorted(ids(store)) == sorted(TEXTS)
    assert {t.slug: t.entries for t in store.sources()} == {"attic": 5, "garden": 0}
    assert (store.author("rainlin").entries, store.topics()[0].entries) == (5, 5)
    assert [(r.id, r.source, r.entries) for r in store.documents()] == [(document_id, "attic", 5)]
    with pytest.raises(GoneError):
        store.entry(old[GARDEN])


def test_what_stands_elsewhere_in_the_old_source_stays(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN, BOOK, BREAD)), NOW)
    store.save(make_batch(make_drafts(GARDEN, TRAIN, MUSIC), name="other.md"), NOW)
    store.save(make_batch(make_drafts(GARDEN, BOOK, BREAD), source=make_source("attic")), LATER)
    garden = {e.content_text: e.document.name for e in live(store).values() if e.source.slug == "garden"}
    assert garden == {GARDEN: "other.md", TRAIN: "other.md", MUSIC: "other.md"}


def test_a_document_put_back_into_its_source_has_its_old_ids(store: Store) -> None:
    store.save(make_batch(make_drafts(*TEXTS)), NOW)
    before = ids(store)
    store.save(make_batch(make_drafts(*TEXTS), source=make_source("attic")), NOW)
    store.save(make_batch(make_drafts(*TEXTS)), LATER)
    assert ids(store) == before
    assert len(store.documents()) == 1


# First seen


@pytest.mark.parametrize(
    ("seen", "first"),
    [
        pytest.param(NOW - timedelta(days=40), NOW - timedelta(days=40), id="file"),
        pytest.param(None, NOW, id="unknown"),
        pytest.param(NOW + timedelta(days=1), NOW, id="future"),
        pytest.param(NOW.replace(year=1980), NOW, id="set-by-a-tool"),
    ],
)
def test_an_undated_entry_was_first_seen_when_its_document_was_last_changed(
    store: Store, seen: object, first: object
) -> None:
    batch = replace(make_batch([make_draft(GARDEN, published=None)]), seen=seen)  # type: ignore[arg-type]
    store.save(batch, NOW)
    (entry,) = live(store).values()
    assert (entry.published.at, entry.published.precision, entry.first_seen) == (first, Precision.UNKNOWN, first)
    store.save(replace(batch, seen=LATER, drafts=(make_draft(GARDEN + "补。", published=None),)), LATER)
    assert store.entry(entry.id).published.at == first
