"""The entries that share a key, also as they are right after a change, which is told without asking again."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import text

from feeds.store import Store
from feeds.store import about
from feeds.store.about import AboutRow
from feeds.store.about import holders
from feeds.store.about import replaced
from feeds.store.engine import writing
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_drafts

KEYS = {"url:a", "url:b", "name:c"}


@pytest.mark.parametrize("seed", range(20))
def test_what_a_change_makes_of_the_holders_is_what_the_store_says_then(
    store: Store, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Keys become too common in it, and stop being so."""
    monkeypatch.setattr(about, "MOST", 3)
    monkeypatch.setattr(about, "_EVER", about._Asked())
    chance = random.Random(seed)
    store.save(make_batch(make_drafts(*(f"第 {n} 条，说的是另一件事。" for n in range(6)))), NOW)
    with writing(store._access.engine()) as connection:
        ids = list(connection.execute(text("SELECT id FROM entry ORDER BY id")).scalars())
        all_rows = [AboutRow(key, NOW, entry_id, True, True) for key in sorted(KEYS) for entry_id in ids]
        present = set(chance.sample(all_rows, chance.randint(0, len(all_rows))))
        replaced(connection, frozenset(), holders(connection, ()), set(), present)
        before = set(chance.sample(sorted(present), chance.randint(0, len(present))))
        kept = set(chance.sample(sorted(before), len(before) // 3))
        after = kept | set(
            chance.sample(sorted(set(all_rows) - present), chance.randint(0, len(all_rows) - len(present)))
        )
        told = replaced(connection, KEYS, holders(connection, KEYS), before, after)
        asked = holders(connection, KEYS)
        assert told.common == asked.common
        assert {key: sorted(told.of(key)) for key in KEYS} == {key: sorted(asked.of(key)) for key in KEYS}
