"""A mirror can follow all that becomes of entries."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.errors import QueryError
from feeds.model import Batch
from feeds.model import Draft
from feeds.model import Entry
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_drafts
from tests.builders import make_source
from tests.builders import make_topics
from tests.life import BOOK
from tests.life import BREAD
from tests.life import GARDEN
from tests.life import LATER
from tests.life import TEXTS
from tests.life import copied
from tests.life import ids
from tests.life import live

# Changes


class Mirror:
    """Holds what the changes told it, and nothing else."""

    def __init__(self, store: Store, limit: int = 2) -> None:
        self.entries: dict[str, Entry] = {}
        self._store, self._limit = store, limit
        self._cursor: str | None = None

    def step(self) -> bool:
        """Follow one page; tell whether there is more."""
        page = self._store.changes(self._cursor, self._limit)
        for change in page.items:
            if change.entry is None:
                self.entries.pop(change.id, None)
            else:
                self.entries[change.id] = change.entry
        self._cursor = page.cursor
        return page.more

    def follow(self) -> dict[str, Entry]:
        while self.step():
            pass
        return self.entries


def test_changes_tell_what_is_new_edited_and_withdrawn_in_order(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN, BOOK, BREAD)), NOW)
    start = store.changes()
    before = ids(store)
    assert {change.id for change in start.items} == set(before.values())
    assert {change.at for change in start.items} == {NOW}
    store.save(make_batch(make_drafts(GARDEN, BOOK + "补记。")), LATER)
    told = store.changes(start.cursor)
    assert {c.id: c.entry and c.entry.content_text for c in told.items} == {
        before[BREAD]: None,
        before[BOOK]: BOOK + "补记。",
    }
    assert {c.at for c in told.items} == {LATER}
    assert not told.more
    assert store.changes(told.cursor).items == ()
    assert store.changes(told.cursor).cursor == told.cursor


def test_an_entry_changes_with_its_document_its_source_and_its_relations(store: Store) -> None:
    drafts = make_drafts(GARDEN, BOOK)
    quoting = [replace(drafts[0], quotes=(2,)), drafts[1]]
    for batch in (
        make_batch(drafts),
        make_batch(drafts, title="May"),
        make_batch(drafts, source=make_source(name="Gardens")),
        make_batch(quoting, title="May"),
    ):
        cursor = store.changes().cursor
        store.save(batch, NOW)
        assert {c.id: c.entry for c in store.changes(cursor).items} == live(store)
    cursor = store.changes().cursor
    store.withdraw(ids(store)[BOOK], NOW)
    assert {c.id: c.entry for c in store.changes(cursor).items if c.entry} == live(store)


def test_what_was_never_shown_is_no_change(store: Store) -> None:
    store.save(make_batch(make_drafts(GARDEN, BOOK)), NOW)
    store.withdraw(ids(store)[GARDEN], NOW)
    cursor = store.changes().cursor
    store.save(make_batch(make_drafts(GARDEN), source=make_source("attic"), name="a.md"), LATER)
    store.save(make_batch(make_drafts(GARDEN + "改。", BOOK)), LATER)
    assert [c.id for c in store.changes(cursor).items] == []


@pytest.mark.parametrize("cursor", ["", "x", "!!", "W10", "WyJ4IiwxLCIiXQ", "é", "A" * 500], ids=str)
def test_a_bad_cursor_is_an_error(store: Store, cursor: str) -> None:
    with pytest.raises(QueryError) as raised:
        store.changes(cursor)
    assert raised.value.parameter == "since"


def test_a_cursor_of_another_store_is_refused(store: Store, tmp_path: Path) -> None:
    store.save(make_batch(), NOW)
    migrate(f"sqlite:///{tmp_path / 'other.db'}")
    with open_store(f"sqlite:///{tmp_path / 'other.db'}") as other, pytest.raises(QueryError, match="another store"):
        other.changes(store.changes().cursor)


def test_a_cursor_of_a_store_that_was_put_back_is_refused(empty_store: Path) -> None:
    with copied(empty_store) as store:
        store.save(make_batch(), NOW)
        cursor = store.changes().cursor
    with copied(empty_store) as older, pytest.raises(QueryError, match="put back"):
        older.changes(cursor)


STEPS = st.one_of(
    st.tuples(
        st.sampled_from(["a.md", "b.md"]),
        st.lists(
            st.tuples(
                st.sampled_from([*TEXTS, GARDEN + "补记。", BOOK + "再补一句。", "早安"]),
                st.sampled_from([(), (2,), (1, 3)]),
                st.sampled_from([(), make_topics("a")]),
            ),
            max_size=5,
        ),
        st.sampled_from(["garden", "attic"]),
        st.sampled_from(["May", "June"]),
    ),
    st.integers(0, 6),
    st.just("follow"),
)


@settings(max_examples=40, deadline=None)
@given(st.lists(STEPS, min_size=2, max_size=10))
def test_a_mirror_holds_exactly_what_the_listing_holds(empty_store: Path, steps: list[object]) -> None:
    with copied(empty_store) as store:
        mirror = Mirror(store)
        for number, step in enumerate(steps):
            now = NOW + timedelta(hours=number)
            if step == "follow":
                mirror.step()
            elif isinstance(step, int):
                for entry_id in sorted(live(store))[step : step + 1]:
                    store.withdraw(entry_id, now)
            else:
                store.save(_batch(step), now)
        assert mirror.follow() == live(store)


def _batch(step: object) -> Batch:
    name, rows, source, title = step  # type: ignore[misc]
    drafts: list[Draft] = [
        make_draft(text, n, quotes=quotes, topics=topics) for n, (text, quotes, topics) in enumerate(rows, 1)
    ]
    return make_batch(drafts, name=name, source=make_source(source), title=title)
