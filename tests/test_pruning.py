"""Old entries leave for good, and what they were known by stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import text

import feedwright
from feeds.errors import GoneError
from feeds.model import EntryQuery
from feeds.query import parse
from feeds.store import Store
from feeds.store.engine import make_engine
from feeds.store.engine import reading
from feeds.store.engine import store_url as parsed_url
from feeds.store.engine import writing
from feeds.store.indexing import refill
from feeds.store.reading import count
from tests.attack import writings
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_instant
from tests.builders import make_source
from tests.site import make_client

DAY = timedelta(days=1)
OLD, NEW = (make_draft(writings.text(n), n, published=make_instant(NOW - 100 * DAY * (2 - n))) for n in (1, 2))


@pytest.fixture
def pruned(store: Store) -> Store:
    """An entry of a hundred days ago, which is gone, and one of today."""
    store.save(make_batch([OLD, NEW]), NOW - 99 * DAY)
    done = store.prune(NOW - 30 * DAY, NOW)
    assert (done.entries, done.texts) == (1, 0)
    return store


def ids(store: Store) -> list[str]:
    return [entry.id for entry in store.entries(EntryQuery()).entries]


def test_what_is_old_is_gone_from_listings_counts_and_search(pruned: Store) -> None:
    assert len(ids(pruned)) == 1
    assert [tally.entries for tally in pruned.sources()] == [1]
    assert [report.entries for report in pruned.documents()] == [1]
    client = make_client(pruned)
    assert client.get("/api/v1/entries", query_string={"q": OLD.content_text[:6]}).json["data"] == []
    gone = [change for change in pruned.changes().items if change.entry is None]
    assert len(gone) == 1
    with pytest.raises(GoneError):
        pruned.entry(gone[0].id)


def test_a_document_that_still_holds_it_does_not_bring_it_back_edited_or_not(pruned: Store) -> None:
    (kept,) = ids(pruned)
    saved = pruned.save(make_batch([OLD, NEW], digest="2", title="新的题目"), NOW + DAY)
    assert (saved.new, saved.changed) == (0, 0)
    edited = make_draft(OLD.content_text + "补了一句。", 1, published=OLD.published)
    saved = pruned.save(make_batch([edited, NEW], digest="3"), NOW + 2 * DAY)
    assert saved.new == 0
    assert ids(pruned) == [kept]


def test_a_copy_of_it_elsewhere_is_an_entry_of_its_own(pruned: Store) -> None:
    other = make_draft(OLD.content_text, 1, published=make_instant(NOW))
    saved = pruned.save(make_batch([other], name="other.md", source=make_source("other", "Other")), NOW)
    assert saved.new == 1 and len(ids(pruned)) == 2


def test_a_copy_elsewhere_is_one_also_after_the_document_that_still_holds_it_was_edited(pruned: Store) -> None:
    edited = make_draft(OLD.content_text + "补了一句。", 1, published=OLD.published)
    pruned.save(make_batch([edited, NEW], digest="2"), NOW + DAY)
    copy = make_draft(edited.content_text, 1, published=make_instant(NOW))
    saved = pruned.save(make_batch([copy], name="other.md", source=make_source("other", "Other")), NOW + DAY)
    assert saved.new == 1 and len(ids(pruned)) == 2


def test_a_copy_of_what_was_withdrawn_by_hand_stays_away(store: Store) -> None:
    store.save(make_batch([OLD]), NOW)
    (id,) = ids(store)
    store.withdraw(id, NOW)
    store.prune(NOW + 30 * DAY, NOW + 60 * DAY)
    store.save(make_batch([OLD], name="other.md", source=make_source("other", "Other")), NOW + 61 * DAY)
    assert ids(store) == []


def test_what_left_its_document_long_ago_comes_back_whole(store: Store) -> None:
    drafts = [make_draft(writings.text(n), n) for n in range(1, 6)]
    store.save(make_batch(drafts), NOW)
    before = {entry.id: entry.content_text for entry in store.entries(EntryQuery()).entries}
    store.save(make_batch(drafts[:-1], digest="2"), NOW)
    assert store.prune(NOW - 30 * DAY, NOW).texts == 0
    assert store.prune(NOW + DAY, NOW + DAY).texts == 1
    assert len(ids(store)) == 0, "all are older than a day from now"
    store.save(make_batch(drafts, digest="3"), NOW + 2 * DAY)
    (back,) = store.entries(EntryQuery()).entries
    assert before[back.id] == back.content_text == drafts[-1].content_text


def test_an_old_article_that_came_today_stays(store: Store) -> None:
    store.save(make_batch([OLD]), NOW)
    assert store.prune(NOW - DAY, NOW).entries == 0


def test_the_search_is_written_anew_where_most_of_it_is_dead(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.store.pruning._DEAD", 2)
    for number in range(5):
        store.save(make_batch([make_draft(f"反复修改的一段话，第{number}次写成这样。")], digest=str(number)), NOW)
    assert store.prune(NOW - DAY, NOW).refilled
    client = make_client(store)
    for word, found in (("第4次", 1), ("第3次", 0)):
        assert len(client.get("/api/v1/entries", query_string={"q": word}).json["data"]) == found


def test_who_began_to_read_before_the_search_is_written_anew_still_finds(store: Store, store_url: str) -> None:
    store.save(make_batch([NEW]), NOW)
    engine = make_engine(parsed_url(store_url))
    with reading(engine) as before:
        assert before.scalar(text("SELECT version FROM state"))
        with writing(engine) as connection:
            refill(connection)
        assert count(before, EntryQuery(where=parse(NEW.content_text[:6]).tree), 10) == 1
    engine.dispose()


def test_the_command_wants_to_be_told_how_many_days(store_url: str) -> None:
    runner, environ = CliRunner(), {"DATABASE_URL": store_url}
    nothing = runner.invoke(feedwright.main, ["prune"], env=environ)
    assert nothing.exit_code == 1 and "KEEP_DAYS" in nothing.output
    done = runner.invoke(feedwright.main, ["prune"], env={**environ, "KEEP_DAYS": "90"})
    assert (done.exit_code, done.output) == (0, "0 entries taken out, 0 texts and 0 earlier texts dropped\n")
