"""Sentences that a timeline's copy broke around a mention."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text import letters
from scrapers.formats.handles import mend_sentences


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("a tool by \n@maker\n that works", "a tool by @maker that works"),
        ("testing \n@maker\n's model", "testing @maker's model"),
        ("a paper (\n@one\n, \n@two\n) of note", "a paper (@one, @two) of note"),
        ("以下是由 \n@maker\n 展示的效果", "以下是由 @maker 展示的效果"),
        ("这是由\n@maker\n的作品", "这是由 @maker 的作品"),
        ("- \n@maker\n 做的工具", "- @maker 做的工具"),
        ("thanks\n\n@one\n@two\n\nbye", "thanks\n\n@one\n@two\n\nbye"),
        ("a whole sentence.\n@maker\nAnother one", "a whole sentence.\n@maker\nAnother one"),
        ("no mention\n at all", "no mention\n at all"),
    ],
)
def test_a_broken_sentence_is_put_together_and_others_stay(broken: str, mended: str) -> None:
    assert mend_sentences(broken) == mended


@given(st.lists(st.sampled_from(["@one", "by ", " goes on", "", "(", ") and", "由", "的", "text", "- "]), max_size=12))
def test_mending_loses_no_letter(lines: list[str]) -> None:
    text = "\n".join(lines)
    assert letters(mend_sentences(text)) == letters(text)
