"""What texts are found by, and where they have it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.search import phrase
from feeds.search import plain
from feeds.search import stream
from feeds.search.folding import fold
from feeds.search.hits import snippet
from feeds.search.hits import spans


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("大模型", "大模 模型 型"),
        ("開源大模型", "开源 源大 大模 模型 型"),
        ("GPT-4、GPT4o，gpt 4.5", "gpt 4 gpt 4o gpt 4.5"),
        ("用C++写C#，R+1", "用 c++ 写 c# r 1"),
        ("AI+医疗 notepad++", "ai + 医疗 疗 notepad ++"),
        ("Mixtral-8x22B llama3", "mixtral 8x22b llama 3"),
        ("ＡＢ１２", "ab 12"),
        ("かな ｶﾅ 한글", "かな な カナ ナ 한글 글"),
        ("a" * 70, "a" * 64),
        ("，。！", ""),
    ],
)
def test_texts_are_taken_apart(text: str, tokens: str) -> None:
    assert stream(None, (), text).replace("/", "").strip() == tokens


@pytest.mark.parametrize(
    ("words", "run"),
    [
        *[("模型", "模型"), ("大模型", "大模型"), ("開源模型", "开源模型"), ("芯", "芯"), ("哈哈哈", "哈哈哈")],
        *[("gpt", None), ("模型 gpt", None), ("gpt 型", None), ("型 型", None), ("大型 型号", None), ("ai模型", None)],
    ],
)
def test_one_run_of_a_script_without_spaces_is_found_in_the_text_itself(words: str, run: str | None) -> None:
    found = phrase(words)
    assert found is not None and found.run == run


@settings(max_examples=400, deadline=None)
@given(
    st.text("大模型型哈哈あ한aG4.-，， 1", min_size=1, max_size=6), st.text("大模型型哈哈あ한aG4.-，， 1", max_size=60)
)
def test_a_run_is_as_often_in_a_text_as_its_tokens(words: str, text: str) -> None:
    found = phrase(words)
    if found is None or found.run is None:
        return
    row = " ".join(found.tokens)
    tokens = f" {stream(None, (), text)} "
    assert fold(text).count(found.run) == tokens.count(f" {row}" if found.open else f" {row} ")


def test_no_phrase_goes_from_a_title_into_the_text() -> None:
    assert stream("甲乙", ("丙",), "丁") == "甲乙 乙 / 丙 / 丁"


@pytest.mark.parametrize(
    ("words", "tokens", "is_open"),
    [
        ("模型", "模型", False),
        ("大模型", "大模 模型", False),
        ("芯", "芯", True),
        ("模型 gpt", "模型 型 gpt", False),
        ("gpt 型", "gpt 型", True),
        ("型 型", "型 型", True),
        ("大型 型", "大型 型 型", True),
    ],
)
def test_words_become_phrases(words: str, tokens: str, is_open: bool) -> None:
    found = phrase(words)
    assert found is not None
    assert (" ".join(found.tokens), found.open) == (tokens, is_open)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_folding_and_cutting_twice_changes_nothing(text: str) -> None:
    assert plain(plain(text)) == plain(text)
    assert phrase(plain(text)) == phrase(text)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.lists(st.text(max_size=6), max_size=3))
def test_spans_lie_in_the_text_in_order_and_apart(text: str, words: list[str]) -> None:
    last = -1
    for start, end in spans(text, words):
        assert last < start < end <= len(text)
        last = end
    shown = snippet(text, words, 40)
    assert all(0 <= start < end <= len(shown.text) for start, end in shown.spans)


@pytest.mark.parametrize(
    ("text", "words", "marked"),
    [
        ("開源大模型和小模型", ["模型"], ["模型", "模型"]),
        ("ＧＰＴ－４ or GPT4, not GPT-4o", ["gpt-4"], ["ＧＰＴ－４", "GPT4"]),
        ("C++ and C", ["c++"], ["C++"]),
        ("芯片的芯", ["芯"], ["芯", "芯"]),
        ("大语言模型", ["语言", "言模"], ["语言模"]),
        ("ﬁne ﬁsh", ["fish"], ["ﬁsh"]),
        ("nothing", ["模型", "*"], []),
    ],
)
def test_hits_are_marked_as_they_are_written(text: str, words: list[str], marked: list[str]) -> None:
    assert [text[start:end] for start, end in spans(text, words)] == marked


def test_a_snippet_begins_near_the_first_hit() -> None:
    text = "开头说了很多别的事情。" * 30 + "然后才说到茶壶，它很旧。" + "后来又说了别的。" * 30
    found = snippet(text, ["茶壶"], 60)
    assert found.text.startswith("…然后才说到茶壶，它很旧。")
    assert found.text.endswith("…")
    assert [found.text[s:e] for s, e in found.spans] == ["茶壶"]
    assert snippet("短的一句。", ["没有"]).text == "短的一句。"


def test_every_character_has_one_form_wherever_it_stands() -> None:
    assert fold("乾坤") == fold("乾") + fold("坤")
