"""Search: the same hits on both databases, in step with what is saved, and never an error of an engine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.errors import QueryError
from feeds.model import EntryQuery
from feeds.query import Words
from feeds.query import narrowed
from feeds.query import parse
from feeds.store import Store
from feeds.store.engine import make_engine
from feeds.store.engine import reading
from feeds.store.engine import store_url as parse_url
from feeds.store.searching import gathered
from feeds.store.searching import hits
from feeds.topics import load_topics
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_drafts
from tests.builders import make_published
from tests.searchable import QUERIES
from tests.searchable import TEXTS
from tests.searchable import drafts
from tests.searchable import fill
from tests.searchable import letters


class People:
    """Resolves the one name of `searchable` that is no slug."""

    def slug(self, kind: str, word: str) -> str:
        return word

    def name(self, kind: str, slug: str) -> str:
        return slug

    def near(self, missing: object) -> tuple[str, ...]:
        return ()


def found(store: Store, words: str, **fields: object) -> list[str]:
    """The letters of what a query finds."""
    base = EntryQuery(limit=100, **fields)  # type: ignore[arg-type]
    entries = store.entries(narrowed(base, parse(words, People()))).entries
    known = letters(store)
    return [known[entry.id] for entry in entries]


def test_queries_find_what_was_chosen_by_reading(store: Store) -> None:
    fill(store)
    assert len(QUERIES) >= 40
    assert {words: " ".join(found(store, words)) for words in QUERIES} == QUERIES


def test_the_order_of_relevance_finds_the_same(store: Store) -> None:
    fill(store)
    for words in QUERIES:
        assert sorted(found(store, words, sort="relevance")) == sorted(QUERIES[words].split()), words


def test_words_need_not_be_made_into_fields_to_be_found(store: Store) -> None:
    fill(store)
    known = letters(store)
    for words, expected in QUERIES.items():
        page = store.entries(EntryQuery(where=parse(words, People()).tree, limit=100))
        assert " ".join(known[entry.id] for entry in page.entries) == expected, words


def test_titles_and_names_come_first_by_relevance(store: Store) -> None:
    texts = ("一个茶壶，旧的。", "关于水的事情，没有别的。", "茶壶茶壶茶壶。")
    first, *others = make_drafts(*texts)
    titled = make_draft("另外一些字。", 4, title="茶壶", published=make_published(date(2024, 1, 1)))
    store.save(make_batch([first, *others, titled]), NOW)
    ranked = store.entries(EntryQuery(where=parse("茶壶").tree, sort="relevance")).entries
    assert [entry.place.position for entry in ranked] == [4, 3, 1]


def test_of_equal_hits_the_newer_one_comes_first(store: Store) -> None:
    days = (date(2024, 5, 1), date(2022, 5, 1), date(2023, 5, 1))
    same = [
        make_draft(f"茶壶一把{c}", n, published=make_published(day))
        for n, (c, day) in enumerate(zip("甲乙丙", days, strict=True), 1)
    ]
    store.save(make_batch(same), NOW)
    ranked = store.entries(EntryQuery(where=parse("茶壶").tree, sort="relevance")).entries
    assert [entry.place.position for entry in ranked] == [1, 3, 2]


def test_an_order_that_is_none_is_refused(store: Store) -> None:
    with pytest.raises(QueryError, match="sort"):
        store.entries(EntryQuery(sort="best"))


@pytest.mark.parametrize("sort", ["-published", "relevance"])
@pytest.mark.parametrize("limit", [1, 3])
def test_pages_of_hits_give_each_once(store: Store, sort: str, limit: int) -> None:
    many = [make_draft(f"茶壶第{n}把", n, published=make_published(date(2024, 5, 1 + n // 6))) for n in range(1, 20)]
    store.save(make_batch(many), NOW)
    query = EntryQuery(where=parse("茶壶").tree, sort=sort)
    whole = [entry.id for entry in store.entries(query).entries]
    walked: list[str] = []
    cursor = None
    while True:
        page = store.entries(replace(query, limit=limit, cursor=cursor))
        walked += [entry.id for entry in page.entries]
        if (cursor := page.next) is None:
            break
    assert walked == whole
    assert len(set(whole)) == 19


def test_a_cursor_of_another_order_is_refused(store: Store) -> None:
    store.save(make_batch(make_drafts("茶壶一", "茶壶二")), NOW)
    query = EntryQuery(where=parse("茶壶").tree, limit=1)
    newest, best = store.entries(query).next, store.entries(replace(query, sort="relevance")).next
    with pytest.raises(QueryError, match="cursor"):
        store.entries(replace(query, cursor=best))
    with pytest.raises(QueryError, match="cursor"):
        store.entries(replace(query, sort="relevance", cursor=newest))


def test_an_edit_is_found_by_its_new_words_only(store: Store) -> None:
    fill(store)
    edited = replace(drafts()[0], content_text="今天换了一把新茶壶。", content_html="<p>今天换了一把新茶壶。</p>")
    store.save(make_batch(drafts(a=edited)), NOW + timedelta(days=1))
    assert found(store, "茶壶") == ["a"]
    assert found(store, "小模型") == []
    store.save(make_batch(drafts()), NOW + timedelta(days=2))
    assert (found(store, "茶壶"), found(store, "小模型")) == ([], ["a"])


def test_what_leaves_is_not_found_and_what_returns_is(store: Store) -> None:
    fill(store)
    rest = tuple(d for d in drafts() if d.place.position != 11)
    store.save(make_batch(rest), NOW + timedelta(days=1))
    assert found(store, "芯") == ["l"]
    store.save(make_batch(drafts()), NOW + timedelta(days=2))
    assert found(store, "芯") == ["l", "k"]


def test_what_is_withdrawn_by_hand_is_not_found(store: Store) -> None:
    known = fill(store)
    gone = next(entry_id for entry_id, letter in known.items() if letter == "k")
    store.withdraw(gone, NOW)
    assert found(store, "芯片") == []
    assert store.count(EntryQuery(where=parse("芯").tree)) == 1


def test_a_document_that_is_ordered_anew_keeps_its_rows(store: Store, store_url: str) -> None:
    fill(store)
    before = _rows(store_url)
    moved = [replace(d, place=replace(d.place, position=len(TEXTS) + 1 - d.place.position)) for d in drafts()]
    store.save(make_batch(moved), NOW + timedelta(days=1))
    assert _rows(store_url) == before


def _rows(url: str) -> set[int]:
    engine = make_engine(parse_url(url), read_only=True)
    with reading(engine) as connection:
        keys = set(connection.exec_driver_sql("SELECT key FROM search_entry").scalars())
    engine.dispose()
    return keys


def test_gathering_and_walking_find_the_same(store: Store, store_url: str) -> None:
    fill(store)
    engine = make_engine(parse_url(store_url), read_only=True)
    with reading(engine) as connection:
        for words in ("模型", "芯", "GPT-4"):
            keys = _keys(connection, hits(connection, Words(words)))
            assert len(keys) == len(QUERIES[words].split())
            if engine.dialect.name == "postgresql":
                assert sorted(_keys(connection, gathered(Words(words), None))) == sorted(keys)
    engine.dispose()


def _keys(connection: object, where: object) -> list[int]:
    from sqlalchemy import select

    chosen = select(where.key).select_from(where.rows).where(where.condition)  # type: ignore[attr-defined]
    return list(connection.scalars(chosen))  # type: ignore[attr-defined]


def test_days_are_those_of_the_zone_of_the_source(store: Store) -> None:
    """Midnight in Shanghai is the day before in UTC."""
    store.save(make_batch([make_draft("茶壶", 1, published=make_published(date(2024, 5, 1)))]), NOW)
    for words, count in (
        ("since:2024-05-01", 1),
        ("until:2024-04", 0),
        ("since:2024-05-02", 0),
        ("until:2024-05-01", 1),
    ):
        assert store.count(EntryQuery(where=parse(words).tree)) == count, words
        assert store.count(EntryQuery(where=parse(f"茶 {words}").tree)) == count, words
        assert store.count(EntryQuery(where=parse(f"-({words})").tree)) == 1 - count, words


def test_moments_languages_and_updates_narrow_a_listing(store: Store) -> None:
    fill(store)
    since = datetime(2024, 5, 12, 16, tzinfo=UTC)
    assert found(store, "", since=since) == ["p", "o", "n", "m"]
    assert found(store, "快", until=since) == found(store, "快 until:2024-05-13")
    assert found(store, "", languages=("zh-Hant", "en")) == ["o", "h", "f", "d", "c"]
    assert found(store, "", updated_since=since) == ["p", "o", "n", "m"]
    assert found(store, "gpt", languages=("zh",)) == ["e"]


def test_one_entry_a_story_works_with_words(store: Store) -> None:
    link = "https://example.org/kettle"
    told = [
        make_draft(f"新的茶壶发布了，{c}说。", n, url=link, published=make_published(date(2024, 5, n)))
        for n, c in ((1, "甲"), (2, "乙"))
    ]
    store.save(make_batch([told[0]], "one.md"), NOW)
    store.save(make_batch([told[1]], "two.md"), NOW)
    query = EntryQuery(where=parse("茶壶").tree)
    both, one = store.entries(query).entries, store.entries(replace(query, collapse=True)).entries
    assert len(both) == 2
    second = replace(query, where=parse("茶壶 乙").tree, collapse=True)
    assert len(store.entries(second).entries) == 1  # the earlier one is not in this listing
    assert [entry.id for entry in one] in ([both[1].id], [entry.id for entry in both])


SIGNS = ["'", '"', "*", ":", "(", ")", "-", "^", "{", "}", "\\", "%", "_", "\0", " ", "|", "&", "!"]
BITS = [
    *SIGNS,
    "<->",
    ":*",
    ";--",
    "+",
    "#",
    "模型",
    "NEAR",
    "é",
    "a",
    "AND",
    "OR",
    "NOT",
    ".",
    "/",
    "\u2028",
    "𝒜",
    "ﷺ",
    "\ud800",
]
WORDS = st.one_of(st.text(max_size=20), st.lists(st.sampled_from(BITS), max_size=10).map("".join))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORDS)
def test_no_words_break_the_engine(store: Store, words: str) -> None:
    for text in (words, f'"{words}"', f"-{words} a", f"a OR {words}"):
        try:
            query = parse(text)
        except QueryError:
            continue
        store.entries(EntryQuery(where=query.tree))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(alphabet="模型芯a4-+. ，", min_size=1, max_size=12), min_size=1, max_size=3), st.data())
def test_what_stands_in_a_text_finds_it(store: Store, texts: list[str], data: st.DataObject) -> None:
    """Any part of a text that begins and ends where words do: here between Chinese characters."""
    text = "".join(f"开{part}端" for part in texts)
    store.save(make_batch([make_draft(text)]), NOW)
    start = data.draw(st.sampled_from([n for n, c in enumerate(text) if c in "模型芯开端"]))
    end = data.draw(st.sampled_from([n + 1 for n, c in enumerate(text) if c in "模型芯开端" and n >= start]))
    assert store.count(EntryQuery(where=Words(text[start:end]))) == 1, text[start:end]


def test_people_are_suggested_by_the_beginning_of_any_name(store: Store) -> None:
    fill(store)
    assert [tally.slug for tally in store.suggest_authors("BEN")] == ["benfield"]
    assert [tally.slug for tally in store.suggest_authors("石")] == ["stonebrook"]
    assert [tally.slug for tally in store.suggest_authors("@stone")] == ["stonebrook"]
    assert store.suggest_authors("") == ()
    assert store.suggest_authors("nobody") == ()


def test_topics_are_suggested_by_the_beginning_of_any_name() -> None:
    from feeds.search.suggesting import suggest_topics

    topics = load_topics()
    wanted = next(iter(topics))
    assert wanted in suggest_topics(wanted.name_zh[:2], topics)
    assert wanted in suggest_topics(wanted.slug[:3].upper(), topics)
    assert suggest_topics(" ", topics) == ()
