"""Bylines: whom an article names, and where its text begins."""

from __future__ import annotations

import pytest

from feeds.model import Role
from scrapers.formats import bylines


@pytest.mark.parametrize(
    ("text", "people", "rest"),
    [
        ("作者丨 Jane Doe et al. 译者丨明觉 总有人说", "author Jane Doe|translator 明觉", "总有人说"),
        ("译者丨明觉 策划丨方小圆 总有人说", "translator 明觉|planner 方小圆", "总有人说"),
        ("采访嘉宾 |裴小东 每次相遇", "interviewee 裴小东", "每次相遇"),
        ("采访丨张三 李四 采访嘉宾丨王五(某公司 CTO)、John Smith 大模型", None, "大模型"),
        ("作者丨张远航 编辑丨陈晓 2031 年夏天", "author 张远航|editor 陈晓", "2031 年夏天"),
        ("策划&编辑丨方小圆 今天", "planner 方小圆|editor 方小圆", "今天"),
        ("文/王小明 编辑：李红 中新社电", "author 王小明|editor 李红", "中新社电"),
        ("作者 | AI 前线 编辑 | 周宁 今天", "author AI 前线|editor 周宁", "今天"),
        ("編譯：梁小麥 今天", "translator 梁小麥", "今天"),
        ("编辑丨乐岑 数据 好比菜地里的土", "editor 乐岑", "数据 好比菜地里的土"),
        ("作者丨Jane Doe & Bob Lee OpenAI 发布", "author Jane Doe|author Bob Lee", "OpenAI 发布"),
        ("作者认为:这是对的", "", "作者认为:这是对的"),
        ("翻译的艺术在于取舍", "", "翻译的艺术在于取舍"),
        ("这篇文章的作者丨是谁", "", "这篇文章的作者丨是谁"),
    ],
)
def test_bylines_end_where_the_text_begins(text: str, people: str | None, rest: str) -> None:
    found = bylines.leading(text)
    if people is not None:
        assert "|".join(f"{p.role.value} {p.name}" for p in found.people) == people
    assert text[found.end :] == rest


def test_an_interviewer_is_an_author_and_the_guest_an_interviewee() -> None:
    found = bylines.leading("采访丨张三 李四 采访嘉宾丨王五(某公司 CTO)、John Smith 大模型").people
    assert [p.name for p in found if p.role is Role.AUTHOR] == ["张三", "李四"]
    assert [p.name for p in found if p.role is Role.INTERVIEWEE] == ["王五", "John Smith"]


def test_authors_in_the_middle_are_named_without_their_affiliations() -> None:
    people = bylines.inside(
        "本文分享一篇论文。 作者:王文(中科院,研究生),孙泉水(某大学) 单位:中科院 论文链接:https://a.example"
    )
    assert [p.name for p in people] == ["王文", "孙泉水"]


@pytest.mark.parametrize("line", ["**文丨沈方**", "作者 | Lake", "> 来源：纸灯社", "**作者：张三** **编辑：李四**"])
def test_a_line_that_is_a_byline_is_known(line: str) -> None:
    assert bylines.whole_line(line) is not None


@pytest.mark.parametrize("line", ["作者认为，这样不对。", "文章：今天我们", "编辑器：Vim 很好用。", "", "作者"])
def test_a_sentence_is_no_byline(line: str) -> None:
    assert bylines.whole_line(line) is None
