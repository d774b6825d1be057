"""Topics found anew, counted and checked: what the rules say of entries that are in the store already."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.errors import ConfigError
from feeds.model import EntryQuery
from feeds.store import Store
from feeds.topics import Topics
from feeds.topics import load_topics
from feeds.topics.checking import check
from feeds.topics.checking import lines as check_lines
from feeds.topics.checking import read_labelled
from feeds.topics.statistics import lines as statistics_lines
from feeds.topics.statistics import summarise
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_drafts
from tests.builders import make_published
from tests.builders import make_topics

LATER = NOW + timedelta(days=2)
RULES = """
[[topic]]
slug = "tea"
zh = "茶"
en = "Tea"
rules = [{ words = ["茶"], weight = 1.0 }]

[[topic]]
slug = "coffee"
zh = "咖啡"
en = "Coffee"
labels = ["espresso"]
rules = [{ words = ["咖啡"], weight = 1.0 }]
"""
TEXTS = ("早上喝茶，下午也喝茶。", "咖啡豆到了，今天磨一些。", "下雨了，哪里也没有去。", "茶和咖啡各有一杯。")


@pytest.fixture
def topics(tmp_path: Path) -> Topics:
    path = tmp_path / "rules.toml"
    path.write_text(RULES, encoding="utf-8")
    return load_topics(path)


def in_topics(store: Store) -> dict[str, list[str]]:
    return {e.content_text: sorted(hit.slug for hit in e.topics) for e in store.entries(EntryQuery()).entries}


def test_retopic_gives_the_topics_of_the_present_rules_and_tells_what_changed(store: Store, topics: Topics) -> None:
    old = make_topics("tea", "rain")
    store.save(make_batch([*make_drafts(*TEXTS[:3], topics=old), make_draft(TEXTS[3], 4)]), NOW)
    done = store.retopic(topics.classify, LATER)
    assert in_topics(store) == dict(zip(TEXTS, [["tea"], ["coffee"], [], ["coffee", "tea"]], strict=True))
    assert (done.entries, done.moved) == (4, 4)
    assert dict(done.gained) == {"coffee": 2, "tea": 1}
    assert dict(done.lost) == {"tea": 2, "rain": 3}


def test_retopic_moves_nothing_but_topics(store: Store, topics: Topics) -> None:
    store.save(make_batch(make_drafts(*TEXTS)), NOW)
    before = {e.id: e for e in store.entries(EntryQuery()).entries}
    store.retopic(topics.classify, LATER)
    for after in store.entries(EntryQuery()).entries:
        old = before[after.id]
        assert (after.updated, after.published, after.first_seen) == (old.updated, old.published, old.first_seen)
        assert (after.revision, after.content_html, after.place) == (old.revision, old.content_html, old.place)


def test_a_second_retopic_changes_nothing(store: Store, topics: Topics) -> None:
    store.save(make_batch(make_drafts(*TEXTS)), NOW)
    store.retopic(topics.classify, LATER)
    version = store.version()
    again = store.retopic(topics.classify, LATER)
    assert (again.entries, again.moved, again.reasons) == (4, 0, 0)
    assert store.version() == version


def test_listings_and_counts_follow(store: Store, topics: Topics) -> None:
    store.save(make_batch(make_drafts(*TEXTS, topics=make_topics("rain"))), NOW)
    store.retopic(topics.classify, LATER)
    assert {tally.slug: tally.entries for tally in store.topics()} == {"tea": 2, "coffee": 2}
    assert len(store.entries(EntryQuery(topics=("tea",))).entries) == 2
    assert len(store.entries(EntryQuery(authors=("rainlin",), topics=("coffee",))).entries) == 2
    assert store.entries(EntryQuery(topics=("rain",))).entries == ()
    assert store.sources()[0].entries == 4


def test_mirrors_are_told(store: Store, topics: Topics) -> None:
    store.save(make_batch(make_drafts(*TEXTS)), NOW)
    cursor = store.changes().cursor
    store.retopic(topics.classify, LATER)
    changed = store.changes(cursor).items
    assert {c.entry.content_text for c in changed if c.entry} == {TEXTS[0], TEXTS[1], TEXTS[3]}


def test_the_authors_tags_survive(store: Store, topics: Topics) -> None:
    store.save(make_batch([make_draft("没有别的话。", labels=("Espresso",))]), NOW)
    store.retopic(topics.classify, LATER)
    (entry,) = store.entries(EntryQuery()).entries
    assert entry.labels == ("Espresso",)
    assert [hit.slug for hit in entry.topics] == ["coffee"]


def test_reading_the_documents_again_with_the_same_rules_changes_no_more(store: Store, topics: Topics) -> None:
    store.save(make_batch(make_drafts(*TEXTS)), NOW)
    store.retopic(topics.classify, LATER)
    cursor = store.changes().cursor
    drafts = [make_draft(text, n, topics=topics.classify(None, text)) for n, text in enumerate(TEXTS, 1)]
    saved = store.save(make_batch(drafts), LATER)
    assert (saved.new, saved.changed, saved.unchanged) == (0, 0, 4)
    assert store.changes(cursor).items == ()


def test_reading_the_documents_again_with_other_rules_gives_other_topics(store: Store, topics: Topics) -> None:
    store.save(make_batch(make_drafts(*TEXTS)), NOW)
    before = {e.id: e.updated for e in store.entries(EntryQuery()).entries}
    drafts = [make_draft(text, n, topics=topics.classify(None, text)) for n, text in enumerate(TEXTS, 1)]
    assert store.save(make_batch(drafts), LATER).changed == 3
    assert {e.id: e.updated for e in store.entries(EntryQuery()).entries} == before


def test_reading_the_documents_again_with_the_rules_of_before_gives_the_topics_of_before(
    store: Store, topics: Topics
) -> None:
    batch = replace(make_batch(make_drafts(*TEXTS, topics=make_topics("rain"))), reading="rules of before")
    store.save(batch, NOW)
    store.retopic(topics.classify, LATER)
    assert store.last_readings([batch.document.location]) == {}
    store.save(batch, LATER)
    assert in_topics(store) == dict.fromkeys(TEXTS, ["rain"])


def test_withdrawn_entries_stay_withdrawn(store: Store, topics: Topics) -> None:
    store.save(make_batch(make_drafts(*TEXTS)), NOW)
    (gone,) = (e for e in store.entries(EntryQuery()).entries if e.content_text == TEXTS[0])
    store.withdraw(gone.id, NOW)
    assert store.retopic(topics.classify, LATER).entries == 3
    assert [tally.entries for tally in store.topics() if tally.slug == "tea"] == [1]


def test_more_entries_than_one_transaction_holds(store: Store, topics: Topics, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.store.retopic.CHUNK", 3)
    store.save(make_batch(make_drafts(*(f"第 {n} 天喝茶。" for n in range(8)))), NOW)
    assert store.retopic(topics.classify, LATER).gained == {"tea": 8}


def test_statistics_count_by_month_and_in_pairs(store: Store) -> None:
    dated = [
        (date(2024, 4, 5), ("tea", "coffee")),
        (date(2024, 4, 20), ("tea",)),
        (date(2024, 5, 1), ("tea", "coffee")),
    ]
    drafts = [
        make_draft(f"第 {n} 篇。", n, published=make_published(day, "UTC"), topics=make_topics(*slugs))
        for n, (day, slugs) in enumerate(dated, 1)
    ]
    store.save(make_batch([*drafts, make_draft("没有。", 4)]), NOW)
    found = summarise(store.topic_counts())
    assert (found.entries, found.without) == (4, 1)
    tea, coffee = found.topics
    assert (tea.slug, tea.entries, dict(tea.months)) == ("tea", 3, {"2024-04": 2, "2024-05": 1})
    assert (coffee.slug, coffee.together) == ("coffee", (("tea", 2),))
    told = list(statistics_lines(found))
    assert told[1].split() == ["tea", "3", "2", "1", "coffee", "2"]
    assert told[-1] == "4 entries, 1 of them in no topic"


def test_statistics_of_an_empty_store_are_empty(store: Store) -> None:
    assert summarise(store.topic_counts()).topics == ()


def gold(folder: Path, *entries: dict[str, object], document: str = "2024-05.md") -> Path:
    (folder / "gold").mkdir()
    (folder / "gold" / "one.json").write_text(json.dumps({"document": document, "entries": entries}), encoding="utf-8")
    return folder / "gold"


def test_checking_compares_rules_with_labels(store: Store, topics: Topics, tmp_path: Path) -> None:
    store.save(make_batch(make_drafts(*TEXTS)), NOW)
    labelled = gold(
        tmp_path,
        {"key": "1", "starts_with": "早上喝茶", "ends_with": "喝茶。", "topics": ["tea"]},
        {"key": "2", "starts_with": "咖啡豆", "ends_with": "一些。", "topics": ["tea"]},
        {"key": "3", "starts_with": "茶和咖啡", "topics": ["tea"], "topics_also_acceptable": ["coffee"]},
        {"key": "4", "starts_with": "从来没有写过", "topics": ["tea"]},
        {"key": "5", "starts_with": "下雨了", "topics": None},
    )
    done = check(topics, read_labelled(labelled), lambda name: store.entries(EntryQuery(document=name)).entries)
    assert (done.entries, done.unmatched) == (3, 1)
    assert (done.total.right, done.total.extra, done.total.missing) == (2, 1, 1)
    assert {(m.labelled.key, m.slug, m.given) for m in done.mistakes} == {("2", "tea", False), ("2", "coffee", True)}
    told = list(check_lines(done, {"tea": "Tea", "coffee": "Coffee"}, 5))
    assert told[1].split() == ["coffee", "0.00", "1.00", "0", "1", "0"]
    assert "3 entries compared, F1 0.667, 1 not in the store" in told
    assert "2024-05.md 2: Missing in Tea: none of its words was found." in told
    assert any(line.startswith("2024-05.md 2: Too much. In Coffee: “咖啡” at the beginning") for line in told)


def test_an_entry_is_matched_once_and_by_its_title_where_openings_agree(
    store: Store, topics: Topics, tmp_path: Path
) -> None:
    same = "这一周的新闻：喝茶。"
    drafts = [make_draft(same + "甲", 1, title="第一周"), make_draft(same + "乙", 2, title="第二周")]
    store.save(make_batch(drafts), NOW)
    labelled = gold(
        tmp_path,
        {"key": "b", "title": "第二周", "starts_with": "这一周的新闻", "topics": ["tea"]},
        {"key": "a", "title": "第一周", "starts_with": "这一周的新闻", "topics": ["tea"]},
        {"key": "c", "title": "第三周", "starts_with": "这一周的新闻", "topics": ["tea"]},
    )
    done = check(topics, read_labelled(labelled), lambda name: store.entries(EntryQuery(document=name)).entries)
    assert (done.total.right, done.unmatched) == (2, 1)


def test_a_folder_without_labels_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="has no labelled set"):
        list(read_labelled(tmp_path))
    (tmp_path / "broken.json").write_text('{"entries": []}', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"broken\.json: is no labelled set"):
        list(read_labelled(tmp_path))
