"""Entries about the same thing: what joins them, what does not, and how their stories are kept."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.errors import NotFoundError
from feeds.model import EntryQuery
from feeds.model import Link
from feeds.model import Rel
from feeds.model import RelationKind
from feeds.store import Store
from feeds.store import open_store
from feeds.windows import MOST
from feeds.windows import Holder
from feeds.windows import windows
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_person
from tests.tellings import OTHER
from tests.tellings import PAGE
from tests.tellings import PAPER
from tests.tellings import REPO
from tests.tellings import START
from tests.tellings import VIDEO
from tests.tellings import Told
from tests.tellings import batch
from tests.tellings import ids
from tests.tellings import make
from tests.tellings import only_id
from tests.tellings import save
from tests.tellings import stories
from tests.tellings import told

# Windows


def holders(*days: float, ties: bool = True) -> list[Holder]:
    return [Holder(f"{day:05}", START + timedelta(days=day), True, ties) for day in days]


def parts(key: str, found: Iterable[Holder]) -> list[list[str]]:
    return [[holder.id.lstrip("0") for holder in window] for window in windows(key, found)]


def test_a_key_counts_only_within_its_span() -> None:
    assert parts("url:x", holders(1, 30, 61, 62, 90)) == [["1", "30", "61"], ["62", "90"]]
    assert parts("name:x", holders(1, 16, 17, 99)) == [["1", "16"]]


def test_a_name_is_no_news_again_before_it_was_silent_for_as_long_as_a_story_lasts() -> None:
    assert parts("name:x", holders(1, 2, 17, 18, 78, 79, 140, 141)) == [["1", "2"], ["140", "141"]]
    assert parts("name:x", holders(1, 17, 18)) == [["17", "18"]]


def test_what_too_many_share_is_a_place() -> None:
    assert len(parts("url:x", holders(*range(1, MOST + 1)))) == 1
    assert parts("url:x", holders(*(day / 2 for day in range(2, MOST + 3)))) == []


def test_what_hangs_makes_no_window() -> None:
    assert parts("url:x", [*holders(1, 2, ties=False)]) == []
    assert parts("url:x", [*holders(3), *holders(2, 4, 64, ties=False)]) == [["3", "2", "4"]]
    assert parts("name:x", [*holders(3, 4), *holders(2, 5, ties=False)]) == [["3", "4", "5"]]


def test_without_a_date_an_entry_belongs_to_the_last_window_that_had_begun() -> None:
    undated = Holder("u", START + timedelta(days=400), False, True)
    assert parts("url:x", [*holders(1, 2, 100, 500), undated]) == [["1", "2"], ["100", "u"]]
    assert parts("url:x", [undated, Holder("v", START, False, True)]) == [["v", "u"]]
    passing = Holder("p", START + timedelta(days=400), False, False)
    assert parts("url:x", [*holders(1), passing]) == [["1", "p"]]
    assert parts("name:x", [*holders(1, 2), passing]) == [["1", "2"]]


# Stories


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        pytest.param(PAGE, f"{PAGE}/?utm_source=x", "url", id="page"),
        pytest.param("https://x.com/mira/status/17", "https://vxtwitter.com/mira/status/17", "status", id="status"),
        pytest.param(PAPER, "https://arxiv.org/pdf/2401.01234v2", "arxiv", id="paper"),
        pytest.param(REPO, f"{REPO}/releases/tag/v2", "repo", id="repository"),
        pytest.param(VIDEO, "https://www.youtube.com/watch?v=a_b-c1d2e3f&t=9", "video", id="video"),
    ],
)
def test_entries_that_share_an_exact_key_are_a_story(store: Store, one: str, other: str, how: str) -> None:
    save(store, told("a", 0, one))
    save(store, told("b", 1, None, other), source="letters")
    assert stories(store) == {"ab"}
    found = store.story(only_id(store))
    assert [(t.how, t.is_weak, t.hangs) for t in found.tellings] == [(how, False, False)] * 2
    assert [t.entry.source.slug for t in found.tellings] == ["garden", "letters"]
    assert (found.first, found.last) == (START, START + timedelta(days=1))


def test_a_natural_key_is_an_exact_one(store: Store) -> None:
    status = "https://x.com/mira/status/17"
    store.save(make_batch([make(told("a"), natural_keys=(status,))], "a.md"), NOW)
    save(store, told("b", 1, "https://nitter.net/mira/status/17"))
    assert stories(store) == {"ab"}


def test_links_in_passing_home_pages_and_profiles_join_nothing(store: Store) -> None:
    for letter, url in zip(
        "abcdef", [None, None, "https://x.com/mira", "https://x.com/mira"] + ["https://example.org/"] * 2, strict=True
    ):
        save(store, told(letter, 0, url, Link(PAGE)))
    assert stories(store) == set()


def test_entries_that_are_far_apart_in_time_are_different_stories(store: Store) -> None:
    save(store, told("a", 0, REPO), told("b", 60, REPO), told("c", 61, REPO), told("d", 70, REPO))
    assert stories(store) == {"ab", "cd"}


def test_no_story_spans_more_than_its_time(store: Store) -> None:
    save(store, told("a", 0, REPO), told("b", 50, REPO, VIDEO), told("c", 100, VIDEO), told("d", 101, VIDEO))
    assert stories(store) == {"ab", "cd"}


def test_a_round_up_hangs_on_stories_and_glues_none(store: Store) -> None:
    several = [REPO, "https://github.com/mira/barn", VIDEO]
    save(store, told("a", 0, REPO), told("b", 1, None, *several), told("c", 2, VIDEO), told("d", 3, VIDEO))
    assert stories(store) == {"a(b)", "cd(b)"}
    assert {
        t.entry.content_text[0] for known in store.stories_of(ids(store)["b"]) for t in store.story(known.id).tellings
    } == set("abcd")


def test_a_round_up_hangs_only_on_what_makes_up_a_good_part_of_it(store: Store) -> None:
    several = [Link(REPO, Rel.PROJECT, "小棚子"), Link("https://github.com/mira/barn", Rel.PROJECT, "谷仓")]
    save(store, told("a", 0, REPO), told("b", 1, REPO))
    for letter, passage in (("c", "小棚子换了新屋顶，还能再用十年。"), ("d", "小棚子和谷仓都提到过。")):
        text = f"{passage}这个月菜园里的活不少。" + "苹果树剪了枝。" * (3 if letter == "c" else 20)
        save(store, told(letter, 2, None, *several, text=text))
    assert stories(store) == {"ab(c)"}


def test_two_round_ups_alone_are_no_story(store: Store) -> None:
    several = [REPO, "https://github.com/mira/barn"]
    save(store, told("a", 0, None, *several), told("b", 1, None, *several))
    assert stories(store) == set()


def test_a_name_joins_what_has_no_link_and_is_marked_as_weak(store: Store) -> None:
    text = "Meadow 3 发布了。Meadow 3 很快"
    save(store, told("a", 0, PAGE, text=text), told("b", 1, PAGE, text=text), told("c", 2, text=text))
    save(store, told("d", 3, text="听说 Meadow 3 出了"), told("e", 40, text=text))
    assert stories(store) == {"abc(d)"}
    weak = {t.entry.content_text[0]: (t.how, t.is_weak) for t in store.story(only_id(store)).tellings}
    assert weak == {"a": ("url", False), "b": ("url", False), "c": ("name", True), "d": ("name", True)}


def test_a_name_does_not_glue_a_story_of_which_little_has_it(store: Store) -> None:
    text = "Meadow 3 发布了。Meadow 3 很快"
    save(store, told("a", 0, text=text), told("b", 1, text=text))
    save(store, told("c", 2, REPO), told("d", 3, REPO), told("e", 4, REPO, text=text))
    assert stories(store) == {"ab", "cde"}


def test_a_name_brings_one_entry_into_the_story_in_which_another_is_about_it(store: Store) -> None:
    text = "Meadow 3 发布了。Meadow 3 很快"
    save(store, told("a", 0, text=text))
    save(store, told("c", 2, REPO), told("d", 3, REPO), told("e", 4, REPO, text=text))
    assert stories(store) == {"acde"}
    save(store, told("f", 5, VIDEO), told("g", 6, VIDEO), told("h", 7, VIDEO, text=text))
    assert stories(store) == {"cde", "fgh"}


def test_a_name_joins_nothing_at_a_time_that_nobody_knows(store: Store) -> None:
    text = "Meadow 3 发布了。Meadow 3 很快"
    save(store, told("a", 0, text=text), told("b", None, text=text), told("c", None, text=text))
    assert stories(store) == set()


def test_the_same_words_in_another_source_join(store: Store) -> None:
    text = (
        "周末把阳台改成了小花园，先是搭架子，然后换土，最后种了番茄和罗勒，花了不到两百块钱，邻居们都跑来看，还要走了几株幼苗。"
        * 2
    )
    save(store, told("a", 0, text=text))
    save(store, told("b", 1, text=f"{text}谢谢阅读"), source="letters", people=(make_person("Mira", "mira"),))
    assert stories(store) == {"ab"}
    assert {(t.how, t.is_weak) for t in store.story(only_id(store)).tellings} == {("text", True)}


def quoting(store: Store, *told: tuple[Told, str, tuple[int, ...]]) -> None:
    """One document of entries, each with its author and the positions that it quotes."""
    drafts = [
        make(one, position, people=(make_person(who, who),), quotes=quotes)
        for position, (one, who, quotes) in enumerate(told, 1)
    ]
    store.save(make_batch(drafts, "log.md"), NOW)


def test_a_post_stands_in_the_story_of_the_one_that_it_quotes(store: Store) -> None:
    a, b = told("a", 0), told("b", 0, REPO)
    quoting(store, (a, "mira", (2,)), (b, "rain", ()))
    save(store, told("c", 1, REPO))
    assert stories(store) == {"abc"}
    how = {t.entry.content_text[0]: (t.how, t.is_weak) for t in store.story(only_id(store)).tellings}
    assert how == {"a": ("quote", True), "b": ("repo", False), "c": ("repo", False)}
    quoting(store, (a, "mira", ()), (b, "rain", ()))
    assert stories(store) == {"bc"}
    quoting(store, (a, "mira", (2,)), (b, "rain", ()))
    assert stories(store) == {"abc"}
    quoting(store, (a, "mira", ()))
    assert stories(store) == set()


def test_who_quotes_several_or_themselves_joins_nothing(store: Store) -> None:
    a, b, c = told("a"), told("b"), told("c")
    quoting(store, (a, "mira", (2, 3)), (b, "rain", ()), (c, "rowan", ()))
    assert stories(store) == set()
    quoting(store, (a, "mira", (2,)), (b, "mira", ()), (c, "rowan", ()))
    assert stories(store) == set()
    quoting(store, (a, "mira", (3,)), (b, "rain", (3,)), (c, "rowan", ()))
    assert stories(store) == {"abc"}


def test_every_entry_stays_in_its_feed_and_names_others_of_its_story(store: Store) -> None:
    save(store, *(told(letter, day, REPO) for day, letter in enumerate("abcdefghijklmn")))
    found = {entry.content_text[0]: entry for entry in store.entries(EntryQuery(limit=100)).entries}
    assert len(found) == 14
    kinds = [relation.kind for relation in found["c"].relations]
    assert kinds == [RelationKind.SAME_STORY] * 10
    assert store.entry(found["c"].id).relations == found["c"].relations


# Ids


def test_the_id_of_a_story_stays_while_entries_join_leave_and_change(store: Store) -> None:
    save(store, told("a", 0, REPO), told("b", 1, REPO))
    first = only_id(store)
    save(store, told("c", 2, REPO), told("b", 1, REPO, text="改过"), told("c", 2, PAGE))
    assert stories(store) == {"ab"}
    assert only_id(store) == first


def test_an_earlier_entry_gives_a_story_another_id_and_the_old_one_leads_to_it(store: Store) -> None:
    save(store, told("b", 1, REPO), told("c", 2, REPO))
    old = only_id(store)
    save(store, told("a", 0, REPO))
    assert only_id(store) != old
    assert store.story(old).id == only_id(store)


def test_when_two_stories_become_one_the_earlier_id_counts(store: Store) -> None:
    save(store, told("a", 0, REPO), told("b", 1, REPO))
    earlier = only_id(store)
    save(store, told("c", 2, VIDEO), told("d", 3, VIDEO))
    (later,) = {known.id for known in store.stories().stories} - {earlier}
    save(store, told("e", 4, REPO, VIDEO))
    assert stories(store) == {"abcde"}
    assert store.story(later).id == only_id(store) == earlier


def test_a_story_that_is_no_more_is_not_found(store: Store) -> None:
    save(store, told("a", 0, REPO), told("b", 1, REPO))
    old = only_id(store)
    save(store, told("b", 1, PAGE))
    assert stories(store) == set()
    with pytest.raises(NotFoundError):
        store.story(old)
    save(store, told("b", 1, REPO))
    assert only_id(store) == old


# Whatever order, whatever happens in between


def test_withdrawn_entries_leave_their_story_and_come_back(store: Store) -> None:
    save(store, told("a", 0, REPO), told("b", 1, REPO))
    both = [told("c", 2, REPO), told("d", 3, OTHER)]
    for entries, expected in ((both, {"abc"}), (both[1:], {"ab"}), (both, {"abc"})):
        store.save(batch(entries, "more.md"), NOW)
        assert stories(store) == expected


ENTRIES = st.builds(
    lambda day, urls, name: (day, urls, name),
    st.sampled_from([None, 0, 5, 20, 40, 59, 61, 80, 120]),
    st.lists(st.sampled_from([REPO, VIDEO, PAPER, PAGE, "https://github.com/mira/barn"]), max_size=3, unique=True),
    st.sampled_from(["", "", "Meadow 3 发布了。Meadow 3 很快", "听说 Meadow 3 出了"]),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ENTRIES, min_size=2, max_size=9), st.randoms(use_true_random=False))
def test_the_stories_depend_on_the_entries_alone(
    tmp_path_factory: pytest.TempPathFactory, empty_store: Path, drawn: list[Any], chance: random.Random
) -> None:
    """In another order, each entry first about something else, some withdrawn and back in between."""
    entries = [
        told(letter, day, urls[0] if urls else None, *urls[1:], text=text)
        for letter, (day, urls, text) in zip("abcdefghi", drawn, strict=False)
    ]
    with fresh(empty_store, tmp_path_factory) as store:
        save(store, *entries)
        expected = snapshot(store)
    with fresh(empty_store, tmp_path_factory) as store:
        for one in chance.sample(entries, len(entries)):
            if chance.random() < 0.4:
                save(store, {**one, "url": chance.choice([REPO, VIDEO, PAGE]), "links": ()})
        for one in chance.sample(entries, len(entries)):
            if chance.random() < 0.3:
                store.save(batch([one, told("z", 7, REPO)], f"{one['letter']}.md"), NOW)
            save(store, one)
        assert snapshot(store) == expected


def snapshot(store: Store) -> list[Any]:
    found = [store.story(known.id) for known in store.stories(1000).stories]
    return [
        (s.id, s.lead.id, s.entries, s.first, s.last, s.keys, [(t.entry.id, t.how, t.key, t.hangs) for t in s.tellings])
        for s in sorted(found, key=lambda s: s.id)
    ] + sorted((entry.id, entry.relations) for entry in store.entries(EntryQuery(limit=1000)).entries)


def fresh(empty_store: Path, made: pytest.TempPathFactory) -> Store:
    path = made.mktemp("order") / "store.db"
    path.write_bytes(empty_store.read_bytes())
    return open_store(f"sqlite:///{path}")
