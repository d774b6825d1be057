"""What a link leads to, and which one is the entry's own."""

from __future__ import annotations

import pytest

from feeds.model import Rel
from scrapers.html import parse
from scrapers.links import find_links
from scrapers.links import main_link
from scrapers.markdown import to_html
from scrapers.post import LinkChoice
from scrapers.post import Markup
from scrapers.reading import read


def links(markdown: str, markup: Markup = Markup.POST):  # type: ignore[no-untyped-def]
    return find_links(read(parse(to_html(markdown, markup))).anchors)


def chosen(markdown: str, choice: LinkChoice) -> str | None:
    return main_link(links(markdown), choice)


@pytest.mark.parametrize(
    ("markdown", "rel"),
    [
        ("原文：https://a.example/1", Rel.ORIGINAL),
        ("**来源**：https://a.example/1", Rel.ORIGINAL),
        ("視頻來源：https://a.example/1", Rel.VIDEO),
        ("译文: https://a.example/1", Rel.TRANSLATION),
        ("全文翻译：https://a.example/1", Rel.TRANSLATION),
        ("某某模型的项目地址：https://a.example/1", Rel.PROJECT),
        ("Paper: https://a.example/1", Rel.PAPER),
        ("论文地址：\nhttps://a.example/1", Rel.PAPER),
        ("[项目首页](https://a.example/1)", Rel.PROJECT),
        ("看看 https://arxiv.org/abs/2601.00001", Rel.PAPER),
        ("https://www.youtube.com/watch?v=1", Rel.VIDEO),
        ("https://github.com/a/b", Rel.PROJECT),
        ("https://notgithub.com/a/b", Rel.RELATED),
        ("encode: https://a.example/1", Rel.RELATED),
        ("随便 https://a.example/1", Rel.RELATED),
        ("原文連結：https://a.example/1", Rel.ORIGINAL),
        ("專案網址：https://a.example/1", Rel.PROJECT),
        ("程式碼：https://a.example/1", Rel.PROJECT),
        ("源代码在这里：https://a.example/1", Rel.PROJECT),
        ("原文链接 https://a.example/1", Rel.ORIGINAL),
        ("Source code\nhttps://a.example/1", Rel.PROJECT),
        ("They say a lot about the source code: https://a.example/1", Rel.RELATED),
        ("https://code.example/paper", Rel.RELATED),
    ],
)
def test_a_link_has_the_role_that_its_label_or_host_gives(markdown: str, rel: Rel) -> None:
    assert [found.link.rel for found in links(markdown)] == [rel]


@pytest.mark.parametrize(
    ("markdown", "expected"),
    [
        ("译文：https://t.example\n原文：https://o.example", "https://o.example"),
        ("在线体验：https://d.example\n代码：https://c.example", "https://c.example"),
        ("相关论文：https://p.example\n来源：https://s.example", "https://s.example"),
        ("《How to rest》\nhttps://o.example\n\n译文：https://t.example", "https://o.example"),
        ("新的绘图库：https://o.example\n使用文档：https://d.example", "https://o.example"),
        ("详细介绍及演示：https://i.example\n代码：https://c.example", "https://i.example"),
        ("演示：https://d.example", "https://d.example"),
        ("一段话（参考文章：https://r.example），完\n本文同步发布于：https://b.example", "https://b.example"),
        ("如果看过 https://a.example 的话，就知道了", None),
        ("一段话（感谢 https://a.example）", None),
        ("一段话\nhttps://a.example", "https://a.example"),
        ("- https://a.example\n- https://b.example", None),
        ("https://a.example\n\nhttps://b.example", "https://a.example"),
        ("没有链接", None),
    ],
)
def test_a_posts_main_link_is_the_labelled_original_or_the_one_it_is_about(markdown: str, expected: str | None) -> None:
    assert chosen(markdown, LinkChoice.LABEL_OR_ONLY) == expected


def test_each_format_has_its_rule() -> None:
    markdown = "见 https://first.example 说\n\n项目地址：https://labelled.example"
    assert chosen(markdown, LinkChoice.FIRST) == "https://first.example"
    assert chosen(markdown, LinkChoice.LABEL_OR_FIRST) == "https://labelled.example"
    assert chosen(markdown, LinkChoice.NONE) is None
    assert chosen("见 https://first.example 说", LinkChoice.LABEL_OR_FIRST) == "https://first.example"
    assert chosen("见 https://first.example 说", LinkChoice.LABEL) is None


def test_an_address_is_listed_once_with_its_best_label() -> None:
    (found,) = links("https://a.example/1\n\n原文：https://a.example/1")
    assert (found.link.rel, found.rank) == (Rel.ORIGINAL, 0)


def test_words_of_a_link_are_kept_unless_they_are_its_address() -> None:
    assert [found.link.title for found in links("[名字](https://a.example) https://b.example")] == ["名字", None]


def test_mail_addresses_are_no_links_of_an_entry() -> None:
    assert links("[写信](mailto:a@b.example)") == ()


def test_the_mark_of_a_list_is_no_word_of_its_link() -> None:
    assert [
        found.link.title for found in links("- [第一期](https://a.example/1)\n- [第二期](https://a.example/2)")
    ] == [
        "第一期",
        "第二期",
    ]
