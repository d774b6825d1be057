"""Articles in two versions that were flattened into one document."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest

from feeds.text import letters
from scrapers.formats import flattened
from scrapers.formats.mending import listed
from scrapers.formats.mending import mended
from tests.articles import SAMPLES
from tests.articles import document
from tests.articles import people
from tests.articles import read


def test_the_letters_of_both_versions_are_in_the_body_once() -> None:
    path = SAMPLES / "flattened.md"
    scraped = flattened.scrape(read(path))
    whole = read(path).text.split("\n")[0]
    captions = "".join(skip.words for skip in scraped.skips if skip.reason.startswith("caption"))
    credits = "原文來源潮間帶圖片來源由海貝AI生成"
    assert Counter(_digits(scraped.posts[0].body + captions + credits)) == Counter(_digits(whole))


def _digits(text: str) -> str:
    return letters(unicodedata.normalize("NFKC", text))


def test_a_day_without_a_year_is_no_date() -> None:
    assert flattened.scrape(read(SAMPLES / "flattened.md")).posts[0].date is None


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("甲，**乙。丙。丁说，**戊** 。", "甲，乙。丙。丁说，**戊** 。"),
        ("**甲。乙！丙？丁。戊** 己", "甲。乙！丙？丁。戊 己"),
        ("**甲。 **乙", "**甲。**乙"),
        ("甲**乙", "甲乙"),
        ("**甲** **乙", "**甲** 乙"),
        ("甲****乙", "甲乙"),
        ("没有", "没有"),
    ],
)
def test_bold_marks_are_mended(broken: str, whole: str) -> None:
    assert mended(broken) == whole


def test_numbered_lines_become_lists_and_a_lone_number_does_not() -> None:
    two = ["说:", "①甲", "②乙", "然后", "① 丙", "② 丁", "完"]
    assert listed(two) == ["说:", "1. 甲\n2. 乙", "然后", "1. 丙\n2. 丁", "完"]
    assert listed(["1. 只有一条", "完"]) == ["1\\. 只有一条", "完"]
    assert listed(["2024.5 是版本", "- 甲", "- 乙"]) == ["2024.5 是版本", "- 甲\n- 乙"]


def test_a_credit_ends_where_a_byline_begins() -> None:
    text = "原文来源：潮汐报 作者：林小满 " + "正文里有很多话，讲一件事。" * 30
    scraped = flattened.scrape(document(text))
    assert scraped.publication == "潮汐报"
    assert people(scraped.posts[0]) == [["author", "林小满", None]]


@pytest.mark.parametrize("credit", ["公众号「潮汐报」", "微信公众号：潮汐报", "“潮汐报”"])
def test_an_account_is_named_without_what_it_is(credit: str) -> None:
    text = f"转载自：{credit}\n" + "正文里有很多话，讲一件事。\n" * 30
    assert flattened.scrape(document(text)).publication == "潮汐报"


def test_the_text_behind_a_list_is_no_part_of_its_last_item() -> None:
    text = "来源：潮汐报 有两点：1. 甲事；2. 乙事。后来的事情大家都知道了。" + "正文里有很多话，讲一件事。" * 30
    assert "2. 乙事。\n\n后来" in flattened.scrape(document(text)).posts[0].body
