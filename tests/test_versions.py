"""Versions of listings: greater after every change that a reader of the listing can see, and after no other."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.model import ALL
from feeds.model import Batch
from feeds.model import EntryQuery
from feeds.model import Problem
from feeds.model import Role
from feeds.model import Scope
from feeds.model import TopicHit
from feeds.model.scope import author_scope
from feeds.model.scope import document_scope
from feeds.model.scope import source_scope
from feeds.model.scope import topic_scope
from feeds.settings import load_settings
from feeds.shapes import Shape
from feeds.store import Store
from feeds.store import open_store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_info
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_source
from tests.builders import make_topics
from web import create_app
from web.reading import read_feed
from web.selections import collapsed
from web.selections import select
from web.selections import select_entries
from web.state import State

PEOPLE = [make_person("林小雨", "rainlin"), make_person("Ann Example", "ann_ex"), make_person("王 五", None)]
TOPICS = ["rag", "coding"]
NAMES = ["one.md", "two.md"]
TEXTS = [
    "切分决定检索的好坏，先看文档再看模型。 https://code.example.com/lab/tool",
    "今天试了一个新的代码助手，跑得很快，也不贵。 https://code.example.com/lab/tool",
    "A note on a small tool that writes its own tests, and on why that is harder than it looks.",
    "河边的灯亮了，写一段关于桥和船的话，和模型没有关系。",
]
LISTINGS = [
    ("authors", "rainlin"),
    ("authors", "ann_ex"),
    ("topics", "rag"),
    ("topics", "coding"),
    ("sources", "garden"),
    ("documents", "one.md"),
    ("documents", "two.md"),
]


def version(store: Store, *scopes: Scope) -> int:
    return store.listing_version(scopes)


def test_a_listing_of_an_empty_store_has_the_version_nought(store: Store) -> None:
    assert version(store, ALL) == version(store, topic_scope("rag")) == 0


def test_only_the_listings_of_a_changed_entry_move(store: Store, now: datetime) -> None:
    store.save(make_batch([make_draft("检索。", topics=make_topics("rag"))]), now)
    before = {scope: version(store, scope) for scope in (ALL, topic_scope("rag"), topic_scope("coding"))}
    other = make_draft("代码。", topics=make_topics("coding"), people=(make_person("Ann", "ann_ex"),))
    store.save(make_batch([other], name="other.md", source=make_source("pond", "Pond")), now)
    after = {scope: version(store, scope) for scope in before}
    moved = {scope for scope in before if after[scope] > before[scope]}
    assert moved == {ALL, topic_scope("coding")}
    for scope in (author_scope("ann_ex"), source_scope("pond"), document_scope("other.md")):
        assert version(store, scope) == after[ALL]
    assert version(store, author_scope("rainlin"), topic_scope("nobody")) == before[ALL]


def test_saving_the_same_again_moves_nothing(store: Store, now: datetime) -> None:
    store.save(make_batch(), now)
    before = store.version()
    store.save(make_batch(), now)
    assert store.changed_scopes(before) == ()


def test_an_entry_that_leaves_a_listing_moves_it(store: Store, now: datetime) -> None:
    def save(**fields: Any) -> None:
        store.save(make_batch([make_draft("同一条。", natural_keys=("s:1",), **fields)]), now)

    save(topics=make_topics("rag"), people=(make_person("Ann", "ann_ex"),))
    before = store.version()
    save(topics=make_topics("coding"), people=(make_person(),))
    named = {"rag", "coding", "ann_ex", "rainlin"}
    assert {scope.key for scope in store.changed_scopes(before)} >= named


def test_a_story_moves_the_listings_that_it_hides_entries_in(store: Store, now: datetime) -> None:
    store.save(make_batch([make_draft(TEXTS[1], topics=make_topics("coding"))], name="late.md"), now)
    before = version(store, topic_scope("coding"))
    earlier = make_draft(TEXTS[0], topics=make_topics("coding"), published=make_published(date(2024, 4, 30)))
    store.save(make_batch([earlier], name="early.md"), now)
    assert version(store, topic_scope("coding")) > before


def test_a_new_name_of_a_source_moves_all_its_listings(store: Store, now: datetime) -> None:
    store.save(make_batch([make_draft(topics=make_topics("rag"))]), now)
    before = store.version()
    store.save(make_batch([make_draft(topics=make_topics("rag"))], source=make_source(name="New name")), now)
    assert {ALL, topic_scope("rag"), author_scope("rainlin"), source_scope("garden")} <= set(
        store.changed_scopes(before)
    )


def test_new_topics_move_what_was_left_and_what_was_entered(store: Store, now: datetime) -> None:
    store.save(make_batch([make_draft(topics=make_topics("rag"))]), now)
    before = store.version()
    store.retopic(lambda *_, **__: (TopicHit("coding", 1.0),), now)
    assert {topic_scope("rag"), topic_scope("coding"), ALL} <= set(store.changed_scopes(before))


def test_every_change_has_a_second_of_its_own(store: Store, now: datetime) -> None:
    moments = []
    for number in range(3):
        store.save(make_batch([make_draft(f"第 {number} 条。")], name=f"{number}.md"), now)
        moments.append(store.look((ALL,)).changed_at)
    assert moments == [now, now + timedelta(seconds=1), now + timedelta(seconds=2)]


def test_a_look_costs_nothing_while_nothing_changes(store: Store, store_url: str, now: datetime) -> None:
    store.save(make_batch([make_draft(topics=make_topics("rag"))]), now)
    first = store.look((topic_scope("rag"),))
    again = store.look((topic_scope("rag"),), first)
    assert again == first and (again is first) == store_url.startswith("sqlite")
    with open_store(store_url) as other:
        other.save(make_batch([make_draft("另一条。")], name="other.md"), now)
    moved = store.look((topic_scope("rag"),), first)
    assert moved.shows_the_same(first) and moved.store_version > first.store_version
    assert store.look((ALL,)).version > moved.version


@pytest.mark.parametrize("words", ['a"b', "a\\b", "{a,b}", "a,b", " ", "", "NULL", "河"])
def test_any_name_can_be_looked_at(store: Store, now: datetime, words: str) -> None:
    name = words.strip() or "x"
    store.save(make_batch(name=name), now)
    assert store.look((document_scope(name),)).version == store.version()
    assert store.look((document_scope("no such"),)).version < store.version() or store.version() == 1


def test_a_store_that_was_put_into_the_place_of_another_is_seen(
    tmp_path: Path, empty_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its versions are, and in the same open store: a new build moves in by a rename."""
    monkeypatch.setattr("feeds.store.watching._REPLACED", 0)  # else it is seen a moment later
    for name in ("old.db", "new.db"):
        shutil.copy(empty_store, tmp_path / name)
        with open_store(f"sqlite:///{tmp_path / name}") as store:
            store.save(make_batch([make_draft(f"在 {name} 里。")]), NOW)
    with open_store(f"sqlite:///{tmp_path / 'old.db'}", read_only=True) as store:
        before = store.look((ALL,))
        assert "old" in store.entries(EntryQuery()).entries[0].content_text
        (tmp_path / "new.db").rename(tmp_path / "old.db")
        assert not store.look((ALL,), before).shows_the_same(before)
        assert "new" in store.entries(EntryQuery()).entries[0].content_text


def test_a_server_that_was_restarted_is_connected_to_again(store: Store, store_url: str, now: datetime) -> None:
    if store_url.startswith("sqlite"):
        pytest.skip("a file has no server")
    store.save(make_batch(), now)
    before = store.look((ALL,))
    with psycopg.connect(store_url, autocommit=True) as administrator:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        administrator.execute(f"{others} AND pid <> pg_backend_pid()")
    assert store.look((ALL,), before) == before


# The law


def drafts() -> st.SearchStrategy[Any]:
    def make(text: int, topics: list[str], who: int, quoted: int | None, day: int | None) -> Any:
        return {
            "text": TEXTS[text],
            "topics": make_topics(*topics),
            "people": (PEOPLE[who],),
            "quoted": () if quoted is None else (make_person("Ann", "ann_ex", Role.QUOTED),),
            "published": None if day is None else make_published(date(2024, 5, day)),
        }

    numbers = st.integers(0, len(TEXTS) - 1)
    topics = st.lists(st.sampled_from(TOPICS), unique=True, max_size=2)
    return st.builds(make, numbers, topics, st.integers(0, 2), st.none() | st.just(1), st.none() | st.integers(1, 3))


def batches() -> st.SearchStrategy[Batch]:
    def make(name: str, made: list[dict[str, Any]], title: str | None, source: str) -> Batch:
        found = [make_draft(one.pop("text"), number, **one) for number, one in enumerate(made, 1)]
        return make_batch(found, name=name, source=make_source("garden", source), title=title)

    made = st.lists(drafts(), max_size=3)
    return st.builds(make, st.sampled_from(NAMES), made, st.sampled_from([None, "题"]), st.sampled_from(["A", "B"]))


STEPS = st.one_of(
    batches(),
    st.tuples(st.just("withdraw"), st.integers(0, 3)),
    st.tuples(st.just("retopic"), st.sampled_from(TOPICS)),
    st.tuples(st.just("fail"), st.sampled_from(NAMES)),
)


def act(store: Store, step: Any, now: datetime) -> None:
    if isinstance(step, Batch):
        store.save(step, now)
    elif step[0] == "withdraw":
        entries = store.entries(EntryQuery()).entries
        if entries:
            store.withdraw(entries[step[1] % len(entries)].id, now)
    elif step[0] == "retopic":
        store.retopic(lambda *_, **__: (TopicHit(step[1], 1.0),), now)
    else:
        store.record_failure(make_info(step[1]), Problem("broken"), now)


def rendered(state: State) -> Iterator[tuple[str, bytes, tuple[Scope, ...]]]:
    """Every listing that there is, plain and collapsed, as bytes."""
    from feeds.errors import NotFoundError
    from feeds.formats import ATOM

    selections = [select_entries(state)]
    for kind, name in LISTINGS:
        try:
            selections.append(select(kind, [name], state))
        except NotFoundError:
            continue
    for plain in selections:
        for selection in (plain, collapsed(plain)):
            yield (
                selection.path,
                ATOM.render(read_feed(selection, Shape(suffix=ATOM.suffix), state.store), state.site),
                selection.scopes,
            )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, min_size=1, max_size=6))
def test_bytes_never_change_without_a_greater_version(empty_store: Path, steps: list[Any]) -> None:
    with TemporaryDirectory() as folder:
        shutil.copy(empty_store, f"{folder}/store.db")
        with open_store(f"sqlite:///{folder}/store.db") as store:
            state = create_app(load_settings({}), store).extensions["feedwright"]
            before: dict[str, tuple[bytes, int]] = {}
            for number, step in enumerate(steps):
                act(store, step, NOW + timedelta(hours=number))
                for path, body, scopes in rendered(state):
                    now = store.listing_version(scopes)
                    if path in before and before[path][0] != body:
                        assert now > before[path][1], (path, step)
                    before[path] = body, now
