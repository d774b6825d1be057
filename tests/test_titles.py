from __future__ import annotations

import pytest

from feeds.model import Link
from feeds.model import Media
from feeds.model import Rel
from feeds.titles import display_title
from tests.test_formats import make_entry


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("今天很好。明天更好。", "今天很好。明天更好", id="short sentences go together"),
        pytest.param("这是一句足够长的开头句子。后面的不算。", "这是一句足够长的开头句子", id="first sentence"),
        pytest.param("Version 1.2 is out today. It is fast.", "Version 1.2 is out today", id="a point in a number"),
        pytest.param("https://a.example/x 看看这个新的工具怎么样", "看看这个新的工具怎么样", id="no address"),
        pytest.param("😀", "😀", id="only an emoji"),
        pytest.param("https://www.a.example/tool/", "a.example/tool", id="only an address"),
        pytest.param("……", "陈例, 2024-04-19", id="only marks"),
        pytest.param("", "陈例, 2024-04-19", id="nothing"),
        pytest.param("长" * 100, "长" * 39 + "…", id="no end in sight"),
        pytest.param("这个工具的三个用法\n\n第一个是这样。", "这个工具的三个用法", id="a first line of its own"),
        pytest.param("转\n这个工具的三个用法\n第一个", "转 这个工具的三个用法", id="a first line that says too little"),
        pytest.param("我常用的方法有这些：\n\n1. 第一个", "我常用的方法有这些", id="what announces a list"),
        pytest.param("我常用的方法有这些： 1. 第一个", "我常用的方法有这些： 1. 第一个", id="a number is no sentence"),
        pytest.param("## 一个标题 [译]\n正文", "一个标题 [译] 正文", id="no sign of a heading"),
        pytest.param("感谢\n@rainlin\n的开源项目，很好用", "感谢 @rainlin 的开源项目，很好用", id="a mention"),
    ],
)
def test_a_title_is_made_of_the_opening(text: str, expected: str) -> None:
    assert display_title(make_entry(title=None, content_text=text)) == expected


def test_an_entry_that_is_a_link_or_a_picture_is_called_what_that_is_called() -> None:
    link = Link("https://a.example/x", Rel.RELATED, "一个工具")
    assert display_title(make_entry(title=None, content_text="https://a.example/x", links=(link,))) == "一个工具"
    assert display_title(
        make_entry(title=None, content_text="", media=(Media("https://a.example/i", "image", "示意图"),))
    ) == ("示意图")
