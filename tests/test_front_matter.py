"""Front matter as people and tools write it."""

from __future__ import annotations

import pytest

from scrapers.front_matter import MAX_CHARACTERS
from scrapers.front_matter import split


def test_yaml_is_parted_from_the_body_and_lines_keep_their_number() -> None:
    text = "---\ntitle: 星图周报\ndate: 2024/04/20\n---\n\n### 1、开头\n"
    front = split(text, "a.md")
    assert front.values == {"title": "星图周报", "date": "2024/04/20"}
    assert front.problems == ()
    assert front.body.split("\n")[0] == text.split("\n")[front.first_line - 1]
    assert front.first_line == 5


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2024-01-05", "2024-01-05"),
        ("2024-01-05 10:20:30 +0800", "2024-01-05 10:20:30 +0800"),
        ("'2023-12-06T22:22:18.156000Z'", "2023-12-06T22:22:18.156000Z"),
        ("2024-02-31", "2024-02-31"),
        ("20240105", "20240105"),
        ("12:30:45", "12:30:45"),
        ("!!timestamp 2024-01-05", "2024-01-05"),
    ],
)
def test_dates_and_numbers_stay_the_words_of_the_source(written: str, words: str) -> None:
    assert split(f"---\ndate: {written}\n---\n").word("date") == words


def test_an_impossible_explicit_date_costs_only_itself() -> None:
    front = split("---\ntitle: a\ndate: !!timestamp 2024-02-31\n---\n")
    assert front.word("title") == "a"
    assert "2024-02-31" in (front.word("date") or "")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("tags: [模型, 开源]", ("模型", "开源")),
        ("tags:\n  - 模型\n  - 开源", ("模型", "开源")),
        ("tags:\n- 模型\n- 模型", ("模型",)),
        ("Tags: 模型", ("模型",)),
        ("tags:", ()),
        ("tags:\n  - name: 模型", ("模型",)),
    ],
)
def test_words_of_a_list_in_any_form(written: str, words: tuple[str, ...]) -> None:
    assert split(f"---\n{written}\n---\nx").words("tags") == words


@pytest.mark.parametrize(
    "text", ["", "正文", "正文\n---\n更多", "---\n\n正文\n\n---\n", "---", "# 标题\n", "--- a\nb: c\n---\n"]
)
def test_a_text_without_front_matter_is_all_body(text: str) -> None:
    front = split(text)
    assert (front.values, front.body, front.first_line, front.problems) == ({}, text, 1, ())


def test_an_empty_front_matter_is_one() -> None:
    front = split("---\n---\n正文")
    assert (front.values, front.body, front.first_line, front.problems) == ({}, "正文", 3, ())


@pytest.mark.parametrize("end", ["", "\n---\n再一段\n"], ids=["never closed", "a rule further down"])
def test_half_a_front_matter_is_read_and_reported(end: str) -> None:
    front = split("---\ndate: 2024/04/20\ntags: [a]\n\n正文第一段。" + end, "b.md")
    assert front.values == {"date": "2024/04/20", "tags": ["a"]}
    assert front.body.lstrip("\n").startswith("正文第一段。")
    assert front.first_line == 4
    (problem,) = front.problems
    assert "not closed" in problem.message
    assert problem.line == 3


def test_headings_behind_half_a_front_matter_are_no_comments() -> None:
    front = split("---\ndate: 2024/04/20\n\n### 1、甲\n\n---\n\n### 2、乙\n")
    assert "### 1、甲" in front.body
    assert len(front.problems) == 1


def test_duplicate_keys_are_reported_and_the_last_counts() -> None:
    front = split("---\ntitle: a\ndate: 2024-01-01\ndate: 2024-01-02\n---\nx")
    assert front.word("date") == "2024-01-02"
    assert [p.line for p in front.problems] == [4]


@pytest.mark.parametrize(
    ("broken", "line"),
    [
        ("title: 模型: 更大\ndate: 2024-01-02", 2),
        ("date: 2024-01-02\ntitle: @某人 说", 3),
        ('date: 2024-01-02\ntitle: "引号" 之后', 3),
        ("date: 2024-01-02\nsummary: [未闭合", 3),
    ],
)
def test_bad_yaml_costs_only_what_is_bad(broken: str, line: int) -> None:
    front = split(f"---\n{broken}\n---\n正文")
    assert front.word("date") == "2024-01-02"
    assert set(front.values) == {key.partition(":")[0] for key in broken.split("\n")}
    assert front.body == "正文"
    assert [p.line for p in front.problems] == [line]


def test_the_title_of_bad_yaml_is_read_as_it_stands() -> None:
    assert split("---\ntitle: 模型: 更大\n---\n").word("title") == "模型: 更大"


def test_a_full_width_colon_is_read() -> None:
    front = split("---\ndate：2024/04/20\ntitle：周报\n---\n正文")
    assert (front.word("date"), front.word("title")) == ("2024/04/20", "周报")
    assert len(front.problems) == 1


def test_long_values_may_hold_blank_lines() -> None:
    front = split("---\ndescription: '第一段\n  还有\n\n\n  第二段'\ndate: 2023-12-06\n---\n正文")
    assert front.word("date") == "2023-12-06"
    assert "第二段" in (front.word("description") or "")
    assert front.problems == ()


def test_an_alias_bomb_is_not_expanded() -> None:
    bomb = "a: &a [x, x]\n" + "".join(f"{k}: &{k} [*{p}, *{p}]\n" for p, k in zip("abcdefgh", "bcdefghi", strict=True))
    front = split(f"---\ndate: 2024-01-01\n{bomb}---\n正文")
    assert front.word("date") == "2024-01-01"
    assert len(str(front.values)) < 1000
    assert "alias" in front.problems[0].message


@pytest.mark.parametrize(
    "value", ["[" * 5000, "{a: " * 500 + "1" + "}" * 500, "x" * (MAX_CHARACTERS + 1)], ids=["open", "nested", "long"]
)
def test_depth_and_size_are_limited(value: str) -> None:
    front = split(f"---\ndate: 2024-01-01\nbad: {value}\n---\n正文")
    assert front.word("date") == "2024-01-01"
    assert front.body == "正文"
    assert front.problems


def test_keys_that_are_no_words_are_reported() -> None:
    front = split("---\nnull: a\ndate: 2024-01-01\n---\n正文")
    assert front.word("date") == "2024-01-01"
    assert all(type(key) is str for key in front.values)
    assert front.problems


def test_control_characters_do_not_cost_the_front_matter() -> None:
    assert split("---\ntitle: 坏\x0b字\ndate: 2024-01-01\n---\n").word("date") == "2024-01-01"


def test_toml_is_read() -> None:
    front = split('+++\ntitle = "甲"\ndate = 2024-01-05T10:00:00Z # 早上\ntags = ["a", "b"]\ndraft = false\n+++\n正文')
    assert front.values == {"title": "甲", "date": "2024-01-05T10:00:00Z", "tags": ["a", "b"], "draft": False}
    assert (front.body, front.first_line) == ("正文", 7)


def test_bad_toml_costs_only_what_is_bad() -> None:
    front = split('+++\ntitle = "甲"\ndate = 2024-13-05\n+++\n正文')
    assert (front.word("title"), front.word("date")) == ("甲", "2024-13-05")
    assert [p.line for p in front.problems] == [3]


def test_half_a_toml_front_matter_is_read_and_reported() -> None:
    front = split('+++\ntitle = "甲"\n\n正文')
    assert front.word("title") == "甲"
    assert front.body.strip() == "正文"
    assert "not closed" in front.problems[0].message
