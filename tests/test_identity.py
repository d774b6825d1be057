"""Ids and recognition, without a store."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from feeds.identity import Known
from feeds.identity import Traits
from feeds.identity import mint
from feeds.identity import recognise
from feeds.identity import similarity
from feeds.identity import traits
from feeds.model import Draft
from feeds.model import Media
from feeds.model import Place
from tests.builders import make_draft
from tests.builders import make_person
from tests.builders import make_published

TEXT = "周末把阳台改成了小花园，先是搭架子，然后换土，最后种了番茄和罗勒。记录一下每一步的花费，供想动手的朋友参考。"
LONG = TEXT + "顺便说一句，" * 10 + "水费涨得不多。"
OTHER = "昨晚读完一本讲航海史的书，最喜欢的是关于经度的那一章，作者把钟表匠的故事写得像侦探小说。"


def of(draft: Draft) -> Traits:
    return traits(draft, draft.natural_keys)


@pytest.mark.parametrize(
    "edited",
    [
        pytest.param({"place": Place(99, section="99")}, id="number"),
        pytest.param({"published": make_published(date(2023, 1, 1))}, id="date"),
        pytest.param({"title": "阳台"}, id="title"),
        pytest.param({"content_text": LONG + "后来又补了一段。"}, id="end-of-text"),
        pytest.param({"content_text": "  " + LONG.replace("，", ", ")}, id="marks-and-spaces"),
        pytest.param({"people": (make_person("雨", "RainLin"),)}, id="name"),
        pytest.param({"url": "https://garden.example.org/1"}, id="link"),
    ],
)
def test_an_id_does_not_depend_on_what_edits_change(edited: dict[str, Any]) -> None:
    draft = make_draft(LONG)
    assert mint("garden", of(replace(draft, **edited))) == mint("garden", of(draft))


def test_an_id_depends_on_source_author_and_opening() -> None:
    drafts = [make_draft(TEXT), make_draft(OTHER), make_draft(TEXT, people=(make_person("杨", "yang"),))]
    assert len({mint(source, of(d)) for d in drafts for source in ("garden", "kitchen")}) == 6


def test_a_natural_key_counts_more_than_the_text() -> None:
    keys = ("https://notes.example.org/status/1",)
    assert mint("garden", of(make_draft(TEXT, natural_keys=keys))) == mint(
        "garden", of(make_draft(OTHER, natural_keys=keys))
    )


def test_the_title_counts_only_where_there_is_no_text() -> None:
    one, other = (make_draft("", title=title) for title in ("花园", "书房"))
    assert mint("garden", of(one)) != mint("garden", of(other))


def test_two_pictures_without_words_are_two_entries() -> None:
    one, other = (make_draft("", media=(Media(f"https://img.example.org/{n}.png"),)) for n in "ab")
    assert mint("garden", of(one)) != mint("garden", of(other))


def test_a_name_without_handle_does_not_enter_the_id_for_it_may_be_inferred() -> None:
    one, other = (make_draft(TEXT, people=(make_person(name, None),)) for name in ("花园周刊", "花园"))
    assert mint("garden", of(one)) == mint("garden", of(other))


def test_a_collision_is_resolved_by_all_letters_and_then_by_counting() -> None:
    one, other = of(make_draft(TEXT * 2 + "甲")), of(make_draft(TEXT * 2 + "乙"))
    first = mint("garden", one)
    second = mint("garden", other, {first})
    third = mint("garden", other, {first, second})
    assert len({first, second, third}) == 3
    assert mint("garden", other, {first}) == second


def known(draft: Draft, entry_id: str = "a", here: bool = True) -> Known:
    return Known(entry_id, of(draft), here)


@pytest.mark.parametrize(
    ("before", "after", "here", "same"),
    [
        pytest.param(make_draft(TEXT), make_draft(TEXT, 7), True, True, id="exact"),
        pytest.param(make_draft(TEXT), make_draft(TEXT, 7), False, True, id="exact-elsewhere"),
        pytest.param(make_draft(TEXT), make_draft("新的开头。" + TEXT), True, True, id="new-head-line"),
        pytest.param(make_draft(TEXT), make_draft(TEXT + "补记：" + OTHER * 2), True, True, id="grown"),
        pytest.param(make_draft(TEXT), make_draft("新的开头。" + TEXT), False, False, id="near-elsewhere"),
        pytest.param(make_draft(TEXT), make_draft(OTHER), True, False, id="another-text"),
        pytest.param(make_draft("早"), make_draft("早安"), True, False, id="short-and-not-the-same"),
        pytest.param(
            make_draft(TEXT), make_draft(TEXT, people=(make_person("杨", "yang"),)), True, True, id="author-corrected"
        ),
        pytest.param(
            make_draft("早"),
            make_draft("早", people=(make_person("杨", "yang"),)),
            True,
            False,
            id="two-say-good-morning",
        ),
        pytest.param(
            make_draft(TEXT, natural_keys=("x",)), make_draft(OTHER, natural_keys=("x",)), False, True, id="natural-key"
        ),
        pytest.param(
            make_draft(TEXT + "一", natural_keys=("x",)),
            make_draft(TEXT + "二", natural_keys=("y",)),
            True,
            False,
            id="two-natural-keys",
        ),
    ],
)
def test_an_entry_is_recognised(before: Draft, after: Draft, here: bool, same: bool) -> None:
    assert recognise([of(after)], [known(before, here=here)]) == ({0: "a"} if same else {})


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        pytest.param(
            "小雨天适合在家里修表。", "今日记一笔：小雨天适合在家里修表。", True, id="head-line-above-a-short-post"
        ),
        pytest.param(
            "昨天记：小雨天适合在家修表，慢慢来。", "今日又记：小雨天适合在家修表，慢慢来。", True, id="another-one"
        ),
        pytest.param("Claude 今天很快。", "Claude 又出错了。", False, id="two-posts-name-one-thing"),
        pytest.param("一早去看海，风很大。", "晚上煮了一锅面。", False, id="two-short-posts"),
    ],
)
def test_a_part_that_nobody_else_has_tells_a_short_post(before: str, after: str, same: bool) -> None:
    assert recognise([of(make_draft(after))], [known(make_draft(before))]) == ({0: "a"} if same else {})


def test_a_phrase_of_everybodys_tells_nothing() -> None:
    phrase = "更多内容请看我们的周报，每周五早上更新。"
    words = [
        "早市上买到两盆栀子花",
        "小雨天适合在家里修表",
        "坐慢车去北边看一场雪",
        "晚饭煮了一锅番茄牛腩",
        "河边钓鱼的人收了杆子",
    ]
    olds = [known(make_draft(some + phrase), str(n)) for n, some in enumerate(words[:4])]
    assert recognise([of(make_draft(some + phrase)) for some in words[1:]], olds) == {0: "1", 1: "2", 2: "3"}


def test_an_author_corrected_together_with_the_text_is_one_entry() -> None:
    other = (make_person("杨", "yang"),)
    assert recognise([of(make_draft(LONG + "补一句。", people=other))], [known(make_draft(LONG))]) == {0: "a"}
    assert recognise([of(make_draft(OTHER, people=other))], [known(make_draft(LONG))]) == {}


def test_a_document_of_very_many_edited_texts_is_compared_in_time() -> None:
    words = [f"{hashlib.sha256(str(n).encode()).hexdigest()}，{n}" * 2 for n in range(400)]
    olds = [known(make_draft(text), str(n)) for n, text in enumerate(words)]
    drafts = [of(make_draft("新的一行，" + text)) for text in reversed(words)]
    assert recognise(drafts, olds) == {399 - n: str(n) for n in range(400)}


def test_each_known_entry_is_used_once_and_the_surest_wins() -> None:
    near, exact = make_draft("新的开头。" + TEXT), make_draft(TEXT)
    assert recognise([of(near), of(exact)], [known(make_draft(TEXT))]) == {1: "a"}


def test_the_nearest_of_several_is_taken() -> None:
    olds = [known(make_draft(TEXT + OTHER), "mixed"), known(make_draft("序。" + TEXT), "nearest")]
    assert recognise([of(make_draft("开头。" + TEXT))], olds) == {0: "nearest"}


def test_unrelated_texts_are_not_near() -> None:
    assert similarity(TEXT, OTHER) == 0.0
