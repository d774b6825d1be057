"""Which name an issue of a newsletter gives its publication."""

from __future__ import annotations

import pytest

from scrapers.formats import newsletter
from tests.articles import document

BODY = """
## 今日工具

#### 1. 灯笼

- 链接: <https://lantern.example.org/>

#### 2. 水缸

- 链接: <https://jar.example.org/>
"""


@pytest.mark.parametrize(
    ("front", "name"),
    [
        ("title: 2026-03-01 檐下日报\nseries: ['日报']\ntags: ['日报']\nauthor: 林小灯", "檐下日报"),
        ("title: 2026年3月1日｜檐下日报\nauthor: 林小灯", "檐下日报"),
        ("title: 三月一日\nseries: [见闻]\ncategories: [见闻]\nauthor: 林小灯", "林小灯"),
        ("title: 三月一日\nseries: 檐下见闻\ntags: [见闻]\nauthor: 林小灯", "檐下见闻"),
        ("title: 檐下日报\npublication: 檐下集\nauthor: 林小灯", "檐下集"),
    ],
    ids=["a date, then the name", "a Chinese date", "a series that is a tag", "a series", "its own key"],
)
def test_an_issue_is_called_by_its_name_and_not_by_a_shelf(front: str, name: str) -> None:
    text = f"---\n{front}\ndate: 2026-03-01\n---\n{BODY}"
    assert newsletter.scrape(document(text)).publication == name
