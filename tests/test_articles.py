"""Articles, dumped many to a file or one to a file."""

from __future__ import annotations

import re

import pytest

from scrapers.formats import article
from scrapers.formats import dump
from scrapers.formats import promotion
from scrapers.formats.article_address import natural_key
from scrapers.post import LinkChoice
from tests.articles import SAMPLES
from tests.articles import document
from tests.articles import people
from tests.articles import read
from tests.articles import scores


def test_a_title_without_text_is_reported_with_its_line() -> None:
    scraped = dump.scrape(document("甲标题\n\n乙标题\n\n" + "正文。" * 200 + "\n\n丙标题\n"))
    assert [post.title for post in scraped.posts] == ["乙标题"]
    assert [problem.line for problem in scraped.problems] == [1, 7]


def test_a_text_without_a_title_is_published_and_reported() -> None:
    scraped = dump.scrape(document("正文。" * 200 + "\n\n乙标题\n\n" + "正文。" * 200))
    assert [post.title for post in scraped.posts] == [None, "乙标题"]
    assert len(scraped.problems) == 1


def test_nothing_stands_twice_where_promotion_stands_before_promotion() -> None:
    text = "正文。 END 欢迎扫码加入读者群,一起讨论。 往期推荐 显卡为什么越来越贵"
    assert promotion.without(text, promotion.cuts(text)) == "正文。"


def test_a_byline_on_a_line_of_its_own_hides_no_article() -> None:
    text = "".join(f"第{i}个标题\n作者丨张三\n{'正文。' * 120}\n" for i in range(3))
    assert dump.recognise(document(text)) >= 0.6
    assert len(dump.scrape(document(text)).posts) == 3


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "第三章 雪夜\n\n" + "那一夜的雪下得很大。" * 40 + "\n\n第四章 归人\n\n" + "雪停了。" * 80, id="novel"
        ),
        pytest.param("[\n" + ('  {"text": "' + "正文内容很多。" * 60 + '"},\n') * 5 + "]\n", id="rows"),
        pytest.param(
            "正文内容很多，每一行都是一样的。" * 20 + "\n" + ("正文内容很多，每一行都是一样的。" * 20 + "\n") * 4,
            id="one line again and again",
        ),
        pytest.param(
            "# 周会纪要\n\n时间：2024-05-01\n主持人：王芳\n参会人：李明\n\n" + "大家讨论了很多事情。" * 20, id="minutes"
        ),
        pytest.param(
            "# 磨坊\n\n作者：张三\n\n" + "一个把来源磨成订阅的小工具。" * 20 + "\n\n## 许可证\n\nMIT\n",
            id="front page of a project",
        ),
        pytest.param("房屋租赁合同\n\n甲方（出租人）：张三\n\n" + "第一条甲方将房屋出租给乙方。" * 20, id="contract"),
    ],
)
def test_what_is_no_article_is_recognised_by_none(text: str) -> None:
    assert max(scores(document(text)).values()) < 0.5


def test_a_round_up_has_no_main_link_and_keeps_its_links() -> None:
    post = dump.scrape(read(SAMPLES / "dump.md")).posts[2]
    assert (post.url, post.link_choice) == (None, LinkChoice.NONE)
    assert len(re.findall("https://", post.body)) == 3


def test_the_paper_is_the_link_where_there_is_no_original() -> None:
    text = "标题\n\n" + "正文。" * 200 + " 论文链接:https://papers.example.org/1 代码:https://code.example.org/1"
    post = dump.scrape(document(text)).posts[0]
    assert post.url == "https://papers.example.org/1"
    assert post.url in post.body


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (
            "http://mp.weixin.qq.com/s?scene=21&idx=1&__biz=Ab%3D%3D&mid=22&sn=ff&chksm=7e#wechat_redirect",
            "https://mp.weixin.qq.com/s?__biz=Ab%3D%3D&mid=22&idx=1&sn=ff",
        ),
        ("https://mp.weixin.qq.com/s/AbC_d", "https://mp.weixin.qq.com/s/AbC_d"),
        ("https://Blog.example.org/a/?utm_source=x&p=3#top", "https://blog.example.org/a?p=3"),
        ("https://example.org/", "https://example.org/"),
    ],
)
def test_an_article_is_known_by_its_address_without_trackers(url: str, key: str) -> None:
    assert natural_key(url) == key
    assert natural_key(key) == key


@pytest.mark.parametrize("mark", ["一、", "1. "])
def test_numbered_sections_make_no_issue_of_an_article(mark: str) -> None:
    sections = "".join(f"## {mark.replace('一', n)}小节\n\n这一节里有不少话要说，一时说不完。\n\n" for n in "一二三")
    assert article.recognise(document(f"---\ntitle: 甲\ndate: 2024-05-01\n---\n\n{sections}")) >= 0.6


@pytest.mark.parametrize(
    ("line", "named", "publication"),
    [
        ("原创 周小舟 灯塔社 *2024-05-01 08:30* *北京*", [["author", "周小舟", None]], "灯塔社"),
        ("灯塔社 2024年5月1日 08:30 发表于北京", [["author", "灯塔社", None]], "灯塔社"),
        ("> 作者：[Jane Doe](https://a.example/jane)", [["author", "Jane Doe", None]], None),
    ],
)
def test_whose_an_article_is_stands_in_many_ways(
    line: str, named: list[list[str | None]], publication: str | None
) -> None:
    scraped = article.scrape(document(f"# 标题\n\n{line}\n\n正文里有很多话。\n"))
    assert (people(scraped.posts[0]), scraped.publication) == (named, publication)
    assert scraped.posts[0].body == "正文里有很多话。"


def test_headings_inside_code_are_no_title() -> None:
    post = article.scrape(document("---\ntitle: 甲\n---\n\n```sh\n# 不是标题\n```\n\n正文。\n")).posts[0]
    assert (post.title, post.body.startswith("```sh\n# 不是标题")) == ("甲", True)


def test_an_article_without_text_is_a_problem_and_no_post() -> None:
    scraped = article.scrape(document("---\ntitle: 甲\n---\n\n"))
    assert scraped.posts == ()
    assert "without text" in scraped.problems[-1].message
