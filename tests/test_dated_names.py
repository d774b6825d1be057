"""Names of files that tell a day."""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.model import Basis
from feeds.model import Precision
from feeds.model import Published
from scrapers.dates import date_in_name

SHANGHAI, NEW_YORK = "Asia/Shanghai", "America/New_York"
NOW = datetime(2024, 5, 1, 4, 0, tzinfo=UTC)
NAMES = {
    "05-2024-01-07.md": "2024-01-07",
    "2024-04-17-x.md": "2024-04-17",
    "2024_04_17.md": "2024-04-17",
    "2024.04.17.md": "2024-04-17",
    "2024-4-7-x.md": "2024-04-07",
    "zh-23-12-06-x.md": "2023-12-06",
    "zh-23-12-06-3-things.md": "2023-12-06",
    "20230320xxx.md": "2023-03-20",
    "IMG_20230320_101500.md": "2023-03-20",
    "20230320101500.md": "2023-03-20",
    "某某日报2024年4月17日.md": "2024-04-17",
    "2024-05-02.md": "2024-05-02",
}
NAMES_WITHOUT = (
    "202402.md",
    "2024-02.md",
    "000.md",
    "19.md",
    "itstudy-7.md",
    "newsletter-07.v01.md",
    "v1.2.3.md",
    "README.md",
    "05-24-01-07.md",
    "24-13-01.md",
    "31-12-24.md",
    "2024-13-01.md",
    "2024-02-30.md",
    "20230230.md",
    "2031-01-01.md",
    "2024-04-01_2024-04-07.md",
    "1202304200.md",
    "0000-01-01.md",
    "",
)


@pytest.mark.parametrize(("name", "day"), NAMES.items(), ids=NAMES)
def test_a_name_tells_a_day_but_only_as_a_conclusion(name: str, day: str) -> None:
    expected = date.fromisoformat(day)
    at = datetime(expected.year, expected.month, expected.day, tzinfo=ZoneInfo(SHANGHAI)).astimezone(UTC)
    assert date_in_name(name, SHANGHAI, NOW) == Published(at, Precision.DAY, Basis.INFERRED, expected)


@pytest.mark.parametrize("name", NAMES_WITHOUT, ids=lambda name: name or "nothing")
def test_a_name_without_one_day_that_can_be_tells_none(name: str) -> None:
    assert date_in_name(name, SHANGHAI, NOW) is None


@given(name=st.one_of(st.text(max_size=60), st.text("0123456789-_.年月日", max_size=30)))
@settings(max_examples=300, deadline=None)
def test_any_name_tells_a_day_or_none(name: str) -> None:
    published = date_in_name(name, NEW_YORK, NOW)
    assert published is None or published.basis is Basis.INFERRED
