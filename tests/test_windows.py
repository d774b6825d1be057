"""Documents that only show the newest of what they had, as feeds do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import timedelta

from feeds.model import Batch
from feeds.model import Draft
from feeds.model import EntryQuery
from feeds.store import Store
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_instant

TEXTS = [f"第{n}天，院子里的灯亮了{n}盏，小猫在窗台上看了{n}次雨。" for n in range(40)]
START = datetime(2024, 5, 1, tzinfo=UTC)


def window(*numbers: int, edited: int | None = None) -> Batch:
    """A feed with these items, the newest first."""
    drafts = [make_item(n, position, edited) for position, n in enumerate(numbers, 1)]
    return replace(make_batch(drafts, "feed.xml"), window=True)


def make_item(n: int, position: int, edited: int | None) -> Draft:
    text = f"{TEXTS[n]}后来又想起一件事。" if n == edited else TEXTS[n]
    key = f"tag:example.org,2024:{n}"
    return make_draft(text, position, natural_keys=(key,), published=make_instant(START + timedelta(days=n)))


def texts(store: Store) -> list[str]:
    return [entry.content_text for entry in store.entries(EntryQuery(limit=100)).entries]


def test_what_leaves_a_window_stays_and_comes_back_as_itself(store: Store, now: datetime) -> None:
    store.save(window(2, 1, 0), now)
    ids = {entry.id for entry in store.entries(EntryQuery()).entries}
    saved = store.save(window(39, 38), now)
    assert (saved.new, saved.withdrawn) == (2, 0)
    assert len(texts(store)) == 5
    assert store.save(window(2, 1, 0), now).new == 0
    assert ids <= {entry.id for entry in store.entries(EntryQuery()).entries}


def test_items_that_move_down_are_no_news_and_edits_are(store: Store, now: datetime) -> None:
    store.save(window(4, 3, 2, 1), now)
    cursor = store.changes().cursor
    store.save(window(5, 4, 3, 2), now)
    changes = store.changes(cursor)
    assert [change.entry.content_text for change in changes.items if change.entry] == [TEXTS[5]]
    saved = store.save(window(6, 5, 4, 3, edited=4), now)
    assert (saved.new, saved.changed) == (1, 1)


def test_an_empty_window_empties_nothing(store: Store, now: datetime) -> None:
    store.save(window(3, 2, 1, 0), now)
    store.save(window(), now)
    assert len(texts(store)) == 4


def test_an_item_that_was_withdrawn_for_good_does_not_come_back(store: Store, now: datetime) -> None:
    store.save(window(1, 0), now)
    gone = store.entries(EntryQuery()).entries[0]
    store.withdraw(gone.id, now)
    store.save(window(2), now)
    store.save(window(2, 1, 0), now)
    assert TEXTS[1] not in texts(store)
    assert len(texts(store)) == 2
