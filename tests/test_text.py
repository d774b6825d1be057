"""Plain text: what may be published, how wide it is, where a short form of it ends."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from feeds.text import clean_text
from feeds.text import excerpt
from feeds.text import letters
from feeds.text import nfkc
from feeds.text import one_line
from feeds.text import width


@given(st.text())
def test_clean_text_can_stand_in_xml_and_stays_as_it_is(text: str) -> None:
    cleaned = clean_text(text)
    element = etree.Element("x")
    element.text = cleaned
    assert clean_text(cleaned) == cleaned
    assert etree.fromstring(etree.tostring(element, encoding="utf-8")).text in (
        cleaned.replace("\r", "\n"),
        cleaned,
        None,
    )


@given(st.text(st.one_of(st.characters(), st.sampled_from("，：？！；（）\u3000…~=e\u0301\u0338\u3099か"))))
def test_wide_marks_replaced_before_make_no_difference_to_the_normal_form(text: str) -> None:
    assert nfkc(text) == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        ("短句。", 20, "短句。"),
        ("第一句话说完了。第二句话还很长很长很长。", 22, "第一句话说完了。"),
        ("没有句号的一长串文字一直写下去", 11, "没有句号的…"),
        ("words are not cut in half", 12, "words are…"),
        ("supercalifragilistic", 10, "supercali…"),
        ("👩‍💻👩‍💻👩‍💻", 9, "👩‍💻👩‍💻…"),
        ("e\u0301" * 10, 4, "e\u0301e\u0301e\u0301…"),
        ("  white \n space ", 20, "white space"),
        ("", 10, ""),
    ],
)
def test_an_excerpt_ends_with_a_sentence_or_between_words_and_graphemes(text: str, columns: int, expected: str) -> None:
    assert excerpt(text, columns) == expected


@given(st.text(), st.integers(min_value=2, max_value=80))
def test_an_excerpt_is_a_prefix_and_fits(text: str, columns: int) -> None:
    short = excerpt(text, columns)
    assert width(short) <= columns
    assert one_line(text).startswith(short.removesuffix("…").rstrip()) or short == one_line(text)


@pytest.mark.parametrize(("text", "columns"), [("中文", 4), ("ab", 2), ("é", 1), ("e\u0301", 1), ("👍🏻", 2), ("", 0)])
def test_width_counts_columns_of_a_screen(text: str, columns: int) -> None:
    assert width(text) == columns


@pytest.mark.parametrize(("one", "other"), [("**A** b，c！", "ab c"), ("ＡＢ", "ａｂ"), ("Straße", "STRASSE")])
def test_letters_are_what_edits_of_marks_and_spaces_leave(one: str, other: str) -> None:
    assert letters(one) == letters(other)
