"""Days and instants, written in any form and read back."""

from __future__ import annotations

from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from datetime import timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.model import Precision
from scrapers.dates import parse_date

SHANGHAI, NEW_YORK, LONDON = "Asia/Shanghai", "America/New_York", "Europe/London"
NOW = datetime(2024, 5, 1, 4, 0, tzinfo=UTC)


MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
HAN = "〇一二三四五六七八九"


def han_year(year: int) -> str:
    return "".join(HAN[int(digit)] for digit in str(year))


def han_number(number: int) -> str:
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else HAN[tens] + "十") + (HAN[ones] if ones or not tens else "")


DAY_FORMS = {
    "iso": lambda d: d.isoformat(),
    "slashes": lambda d: f"{d.year}/{d.month}/{d.day}",
    "dots": lambda d: f"{d.year}.{d.month:02}.{d.day:02}",
    "packed": lambda d: f"{d:%Y%m%d}",
    "chinese": lambda d: f"{d.year}年{d.month}月{d.day}日",
    "numerals": lambda d: f"{han_year(d.year)}年{han_number(d.month)}月{han_number(d.day)}日",
    "republic": lambda d: f"民國{d.year - 1911}年{d.month}月{d.day}日",
    "english": lambda d: f"{MONTHS[d.month - 1]} {d.day}, {d.year}",
    "named": lambda d: f"发布于 {d.isoformat()}",
}
CLOCK_FORMS = {
    "iso": lambda t: t.strftime("%Y-%m-%dT%H:%M:%S%z"),
    "fraction": lambda t: t.isoformat(timespec="milliseconds"),
    "spaced": lambda t: t.strftime("%Y/%m/%d %H:%M:%S %z"),
    "packed": lambda t: t.strftime("%Y%m%dT%H%M%S%z"),
    "mail": lambda t: f"{t.day} {MONTHS[t.month - 1]} {t:%Y %H:%M:%S %z}",
    "chinese": lambda t: t.strftime("%Y年%m月%d日 %H时%M分%S秒 %z").replace("时0", "时"),
}
ZONES = st.sampled_from([SHANGHAI, NEW_YORK, LONDON, "America/Sao_Paulo", "Asia/Kolkata", "Pacific/Chatham", "UTC"])


@pytest.mark.parametrize("form", DAY_FORMS)
@given(day=st.dates(date(1990, 1, 1), date(2024, 4, 30)), zone=ZONES)
@settings(max_examples=60, deadline=None)
def test_a_day_written_in_any_form_is_read_back(form: str, day: date, zone: str) -> None:
    published = parse_date(DAY_FORMS[form](day), zone, NOW)
    assert published is not None
    assert (published.date, published.precision) == (day, Precision.DAY)
    before = (published.at - timedelta(seconds=1)).astimezone(ZoneInfo(zone))
    assert published.at.astimezone(ZoneInfo(zone)).date() == day
    assert before.date() == day - timedelta(days=1)


@pytest.mark.parametrize("form", CLOCK_FORMS)
@given(
    at=st.datetimes(datetime(1990, 1, 1), datetime(2024, 4, 30)),
    offset=st.integers(-12 * 4, 14 * 4),
    zone=ZONES,
)
@settings(max_examples=60, deadline=None)
def test_an_instant_written_in_any_form_is_read_back(form: str, at: datetime, offset: int, zone: str) -> None:
    stated = at.replace(microsecond=0, tzinfo=UTC).astimezone(timezone(timedelta(minutes=15 * offset)))
    published = parse_date(CLOCK_FORMS[form](stated), zone, NOW)
    assert published is not None
    assert (published.at, published.precision) == (stated, Precision.INSTANT)
    assert published.at.tzinfo is UTC
    assert published.date == stated.astimezone(ZoneInfo(zone)).date()
