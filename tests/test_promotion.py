"""Promotion at the end of articles, and what only looks like it."""

from __future__ import annotations

import pytest

from scrapers.formats import promotion
from scrapers.formats.article_end import cut_end


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("正文。 声明:本文由某社翻译,未经许可禁止转载。", "正文。"),
        ("正文。 内容推荐 广告词。 今日荐文 别的标题", "正文。"),
        ("正文(欢迎添加微信abc,了解更多)还有。", "正文 还有。"),
        ("正文。关注「某某」公众号,回复「资料」领取。", "正文。"),
        ("个性化的内容推荐系统很重要。", "个性化的内容推荐系统很重要。"),
        ("作者声明自己没有利益冲突。", "作者声明自己没有利益冲突。"),
        ("他在公众号里写道:今天很好。后来他走了。", "他在公众号里写道:今天很好。后来他走了。"),
    ],
)
def test_promotion_is_left_out_and_the_article_stays(text: str, kept: str) -> None:
    assert promotion.without(text, promotion.cuts(text)) == kept


def test_promotion_in_the_middle_leaves_what_follows() -> None:
    text = "第一段讲了很多。 往期推荐 显卡为什么越来越贵 " + "第二段又讲了很多。" * 100
    kept = promotion.without(text, promotion.cuts(text))
    assert "显卡" not in kept
    assert kept.endswith("第二段又讲了很多。" * 100)


def test_pictures_at_the_end_are_the_articles_own_unless_promotion_stands_above() -> None:
    own = ["正文。", "", "![图](a.png)"]
    assert cut_end(own).stop == 3
    assert cut_end([*own[:2], "公众号", "![图](a.png)"]).stop == 1
