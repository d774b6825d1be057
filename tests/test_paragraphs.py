"""Running text becomes paragraphs, and no letter is lost."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.text import letters
from scrapers.formats import promotion
from scrapers.formats.paragraphs import paragraphs
from tests.articles import SCRAPERS
from tests.articles import document


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("第一段。 第二段。", ["第一段。", "第二段。"]),
        ("他说:“好。 走吧。”然后走了。", ["他说:“好。 走吧。”然后走了。"]),
        ("模型 3.5 比 GPT 2. 好。", ["模型 3.5 比 GPT 2. 好。"]),
        ("开头。 1.甲事 2.乙事", ["开头。", "1.甲事", "2.乙事"]),
        ("三点:①甲;②乙;③丙。后来呢。", ["三点:", "①甲;", "②乙;", "③丙。", "后来呢。"]),
        ("问答。 甲社:好吗? 王五:好。 甲社:真的? 王五:真的。 甲社:再见。", None),
        ("⭐ 甲 ⭐ 乙", ["⭐ 甲", "⭐ 乙"]),
        ("01 今日快报 甲公司今天宣布了一件大事。 02 今日动态 乙公司今天宣布了两件大事。", None),
        ("论文链接:https://a.example/1 项目主页:https://a.example/2", None),
        ("", []),
    ],
)
def test_a_running_text_becomes_paragraphs(text: str, parts: list[str] | None) -> None:
    found = paragraphs(text)
    assert len(found) > 1 if parts is None else list(found) == parts


def test_a_long_text_without_breaks_becomes_paragraphs_of_a_few_sentences() -> None:
    found = paragraphs("这是一个不长也不短的句子,用来凑够一段话的长度。" * 200)
    assert all(100 <= len(part) <= 500 for part in found)
    assert all(part.endswith("。") for part in found)


_CHARACTERS = list("模型的好坏说到1290.。!?！？;；:：,，、 “”「」()（）①②③⭐🔗ab \xa0\u3000/")
_PIECES = [*_CHARACTERS, "https://a.example/b?c=d", "InfoQ:", "01 "]
_TEXT = st.lists(st.sampled_from(_PIECES), max_size=120).map("".join)


@given(_TEXT)
@settings(max_examples=200, deadline=None)
def test_paragraphs_change_nothing_but_white_space(text: str) -> None:
    parts = paragraphs(text)
    assert "".join("".join(parts).split()) == "".join(text.split())
    assert all(part.strip() == part and part for part in parts)


@given(_TEXT)
@settings(max_examples=100, deadline=None)
def test_an_article_keeps_every_letter_that_was_not_skipped(text: str) -> None:
    cuts = promotion.cuts(text)
    kept = promotion.without(text, cuts)
    lost = "".join(text[cut.start : cut.end] for cut in cuts)
    assert Counter(letters(kept)) + Counter(letters(lost)) == Counter(letters(text))


@pytest.mark.parametrize("unit", ["“", "(", "01 ", "a:", "https://", "1.", "① ", "作者 ", "内容推荐 ", "Aa ", "**"])
def test_hostile_text_keeps_its_letters(unit: str) -> None:
    text = unit * 4_000
    assert letters("".join(paragraphs(text))) == letters(text)
    for module in SCRAPERS.values():
        module.scrape(document("标题\n\n" + text))
