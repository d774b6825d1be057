"""Words and names of files as the time of publication."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.errors import ConfigError
from feeds.errors import DateError
from feeds.model import Basis
from feeds.model import Precision
from feeds.model import Published
from scrapers.dates import parse_date

ROOT = Path(__file__).parents[1]
SHANGHAI, NEW_YORK, LONDON = "Asia/Shanghai", "America/New_York", "Europe/London"
NOW = datetime(2024, 5, 1, 4, 0, tzinfo=UTC)

# Words, zone, the expected moment in UTC and the expected date in the zone.
DAYS = [
    ("2024-04-20", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("2024/04/20", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("2024/4/5", SHANGHAI, "2024-04-04T16:00:00", "2024-04-05"),
    ("2024.4.20", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("20240420", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("20/04/2024", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("04/20/2024", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("2024 - 04 - 20", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("2024–04–20", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("２０２４－０４－２０", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("2024年4月20日", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("2024年04月20号", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("2024年4月20", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("2024 年 4 月 20 日（星期六）", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("2024年4月20日(土)", "Asia/Tokyo", "2024-04-19T15:00:00", "2024-04-20"),
    ("2024/4/20(六)", "Asia/Taipei", "2024-04-19T16:00:00", "2024-04-20"),
    ("二〇二四年四月二十日", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("二零二三年十二月三十一日", SHANGHAI, "2023-12-30T16:00:00", "2023-12-31"),
    ("二○二四年四月廿一號 週日", SHANGHAI, "2024-04-20T16:00:00", "2024-04-21"),
    ("民國113年4月20日", "Asia/Taipei", "2024-04-19T16:00:00", "2024-04-20"),
    ("中華民國一百一十三年四月二十日", "Asia/Taipei", "2024-04-19T16:00:00", "2024-04-20"),
    ("Apr 20, 2024", NEW_YORK, "2024-04-20T04:00:00", "2024-04-20"),
    ("Sept. 5, 2023", NEW_YORK, "2023-09-05T04:00:00", "2023-09-05"),
    ("Saturday, April 20th, 2024", NEW_YORK, "2024-04-20T04:00:00", "2024-04-20"),
    ("20 April 2024", LONDON, "2024-04-19T23:00:00", "2024-04-20"),
    ("the 20th of April, 2024", LONDON, "2024-04-19T23:00:00", "2024-04-20"),
    ("20-Apr-2024", "UTC", "2024-04-20T00:00:00", "2024-04-20"),
    ("2024-Apr-20", "UTC", "2024-04-20T00:00:00", "2024-04-20"),
    # Around a date.
    ("发布于 2024-04-20", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("发布时间：2024-04-20", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("2024-04-20 发布", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("“2024-04-20”", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    ("作者 - 2024-04-20", SHANGHAI, "2024-04-19T16:00:00", "2024-04-20"),
    # Days of zones whose clocks change, in summer, in winter, and on the day itself.
    ("2024-01-15", NEW_YORK, "2024-01-15T05:00:00", "2024-01-15"),
    ("2024-03-10", NEW_YORK, "2024-03-10T05:00:00", "2024-03-10"),
    ("2024-03-11", NEW_YORK, "2024-03-11T04:00:00", "2024-03-11"),
    ("2023-11-05", NEW_YORK, "2023-11-05T04:00:00", "2023-11-05"),
    ("2023-10-01", "Australia/Sydney", "2023-09-30T14:00:00", "2023-10-01"),
    # No midnight on that day: it began at 01:00.
    ("2018-11-04", "America/Sao_Paulo", "2018-11-04T03:00:00", "2018-11-04"),
    # Relative to 2024-05-01 12:00 in Shanghai, 00:00 in New York, 21:00 the day before in Los Angeles.
    ("今天", SHANGHAI, "2024-04-30T16:00:00", "2024-05-01"),
    ("今天", "America/Los_Angeles", "2024-04-30T07:00:00", "2024-04-30"),
    ("昨天", SHANGHAI, "2024-04-29T16:00:00", "2024-04-30"),
    ("前天", SHANGHAI, "2024-04-28T16:00:00", "2024-04-29"),
    ("大前天", SHANGHAI, "2024-04-27T16:00:00", "2024-04-28"),
    ("3天前", SHANGHAI, "2024-04-27T16:00:00", "2024-04-28"),
    ("三天前", SHANGHAI, "2024-04-27T16:00:00", "2024-04-28"),
    ("兩週前", SHANGHAI, "2024-04-16T16:00:00", "2024-04-17"),
    ("2个星期前", SHANGHAI, "2024-04-16T16:00:00", "2024-04-17"),
    ("一個月前", SHANGHAI, "2024-03-31T16:00:00", "2024-04-01"),
    ("十五个月前", SHANGHAI, "2023-01-31T16:00:00", "2023-02-01"),
    ("昨天发布", SHANGHAI, "2024-04-29T16:00:00", "2024-04-30"),
    ("yesterday", NEW_YORK, "2024-04-30T04:00:00", "2024-04-30"),
    ("3 days ago", NEW_YORK, "2024-04-28T04:00:00", "2024-04-28"),
]
INSTANTS = [
    ("2024-04-20T10:15:00Z", SHANGHAI, "2024-04-20T10:15:00", "2024-04-20"),
    ("2024-04-20t10:15:00z", SHANGHAI, "2024-04-20T10:15:00", "2024-04-20"),
    ("2024-04-20T10:15:00.123456Z", SHANGHAI, "2024-04-20T10:15:00.123456", "2024-04-20"),
    ("2024-04-20T10:15:00,5+00:00", SHANGHAI, "2024-04-20T10:15:00.500000", "2024-04-20"),
    ("2024-04-20 10:15:00 +0800", NEW_YORK, "2024-04-20T02:15:00", "2024-04-19"),
    ("2024-04-20 10:15:00+05:30", SHANGHAI, "2024-04-20T04:45:00", "2024-04-20"),
    ("2024-04-20T10:15-07:00", SHANGHAI, "2024-04-20T17:15:00", "2024-04-21"),
    ("2024-04-20 10:15:00 +0800 CST", SHANGHAI, "2024-04-20T02:15:00", "2024-04-20"),
    ("2024-04-20 10:15", SHANGHAI, "2024-04-20T02:15:00", "2024-04-20"),
    ("2024/4/20, 10:15:30", SHANGHAI, "2024-04-20T02:15:30", "2024-04-20"),
    ("2024.04.20 10:05:03", SHANGHAI, "2024-04-20T02:05:03", "2024-04-20"),
    ("20240420T101500Z", SHANGHAI, "2024-04-20T10:15:00", "2024-04-20"),
    ("20240420101500", SHANGHAI, "2024-04-20T02:15:00", "2024-04-20"),
    ("2024-04-20 24:00", SHANGHAI, "2024-04-20T16:00:00", "2024-04-21"),
    ("2016-12-31T23:59:60Z", "UTC", "2016-12-31T23:59:59", "2016-12-31"),
    ("２０２４年４月２０日　１０：３０", SHANGHAI, "2024-04-20T02:30:00", "2024-04-20"),
    ("2024年4月20日10:30:15", SHANGHAI, "2024-04-20T02:30:15", "2024-04-20"),
    ("2024年4月20日 星期六 上午10:05", SHANGHAI, "2024-04-20T02:05:00", "2024-04-20"),
    ("2024年4月20日 下午3点半", SHANGHAI, "2024-04-20T07:30:00", "2024-04-20"),
    ("2024年4月20日晚上8點", SHANGHAI, "2024-04-20T12:00:00", "2024-04-20"),
    ("2024年4月20日凌晨1:05", SHANGHAI, "2024-04-19T17:05:00", "2024-04-20"),
    ("2024年4月20日凌晨12:05", SHANGHAI, "2024-04-19T16:05:00", "2024-04-20"),
    ("2024年4月20日晚上12点", SHANGHAI, "2024-04-20T16:00:00", "2024-04-21"),
    ("2024年4月20日中午12:10", SHANGHAI, "2024-04-20T04:10:00", "2024-04-20"),
    ("2024年4月20日下午13:10", SHANGHAI, "2024-04-20T05:10:00", "2024-04-20"),
    ("2024年04月20日 10时05分30秒", SHANGHAI, "2024-04-20T02:05:30", "2024-04-20"),
    ("二〇二四年四月二十日 晚上八点一刻", SHANGHAI, "2024-04-20T12:15:00", "2024-04-20"),
    ("2024-04-20 10:00 北京时间", NEW_YORK, "2024-04-20T02:00:00", "2024-04-19"),
    ("Sat, 20 Apr 2024 10:15:00 GMT", SHANGHAI, "2024-04-20T10:15:00", "2024-04-20"),
    ("Sat, 20 Apr 2024 10:15:00 +0800", SHANGHAI, "2024-04-20T02:15:00", "2024-04-20"),
    ("20 Apr 2024 10:15 EST", SHANGHAI, "2024-04-20T15:15:00", "2024-04-20"),
    ("Saturday, 20-Apr-24 10:15:00 GMT", SHANGHAI, "2024-04-20T10:15:00", "2024-04-20"),
    ("Tue Mar 05 10:00:00 +0800 2024", SHANGHAI, "2024-03-05T02:00:00", "2024-03-05"),
    ("Tue Mar  5 10:00:00 2024", SHANGHAI, "2024-03-05T02:00:00", "2024-03-05"),
    ("Sat Apr 20 2024 10:00:00 GMT+0800 (China Standard Time)", "UTC", "2024-04-20T02:00:00", "2024-04-20"),
    ("April 20, 2024 10:05 AM", NEW_YORK, "2024-04-20T14:05:00", "2024-04-20"),
    ("April 20, 2024 at 12:05 am", NEW_YORK, "2024-04-20T04:05:00", "2024-04-20"),
    ("April 20, 2024 - 12:05 p.m.", NEW_YORK, "2024-04-20T16:05:00", "2024-04-20"),
    ("10:05 AM · Apr 20, 2024", NEW_YORK, "2024-04-20T14:05:00", "2024-04-20"),
    ("下午3:30 · 2024年4月20日", SHANGHAI, "2024-04-20T07:30:00", "2024-04-20"),
    # CST and IST mean several offsets: the source's zone decides.
    ("2024-04-20 10:00 CST", SHANGHAI, "2024-04-20T02:00:00", "2024-04-20"),
    ("2024-01-20 10:00 CST", "America/Chicago", "2024-01-20T16:00:00", "2024-01-20"),
    ("2024-04-20 10:00 IST", "Asia/Kolkata", "2024-04-20T04:30:00", "2024-04-20"),
    ("2024-04-20 10:00 IST", "Asia/Jerusalem", "2024-04-20T07:00:00", "2024-04-20"),
    ("某报 2023-03-19 12:00 发表于北京", SHANGHAI, "2023-03-19T04:00:00", "2023-03-19"),
    ("发布于：2024-04-20 10:00，更新于 4月25日", SHANGHAI, "2024-04-20T02:00:00", "2024-04-20"),
    # Clocks that change: 02:30 did not exist, 01:30 came twice and the first is meant.
    ("2024-03-10 02:30", NEW_YORK, "2024-03-10T07:30:00", "2024-03-10"),
    ("2023-11-05 01:30", NEW_YORK, "2023-11-05T05:30:00", "2023-11-05"),
    ("2023-11-05 01:30 EST", NEW_YORK, "2023-11-05T06:30:00", "2023-11-05"),
    ("2024-03-31 01:30", LONDON, "2024-03-31T01:30:00", "2024-03-31"),
    ("2023-10-29 01:30", LONDON, "2023-10-29T00:30:00", "2023-10-29"),
    # Relative.
    ("刚刚", SHANGHAI, "2024-05-01T04:00:00", "2024-05-01"),
    ("剛剛", "America/Los_Angeles", "2024-05-01T04:00:00", "2024-04-30"),
    ("3分钟前", SHANGHAI, "2024-05-01T03:57:00", "2024-05-01"),
    ("2小時前", SHANGHAI, "2024-05-01T02:00:00", "2024-05-01"),
    ("一个小时以前", SHANGHAI, "2024-05-01T03:00:00", "2024-05-01"),
    ("十五分鐘前", SHANGHAI, "2024-05-01T03:45:00", "2024-05-01"),
    ("半小时前", SHANGHAI, "2024-05-01T03:30:00", "2024-05-01"),
    ("发布于 3小时前", SHANGHAI, "2024-05-01T01:00:00", "2024-05-01"),
    ("昨天 10:30", SHANGHAI, "2024-04-30T02:30:00", "2024-04-30"),
    ("昨天下午3点", SHANGHAI, "2024-04-30T07:00:00", "2024-04-30"),
    ("前天 08:00", NEW_YORK, "2024-04-29T12:00:00", "2024-04-29"),
    ("yesterday at 10:30 pm", NEW_YORK, "2024-05-01T02:30:00", "2024-04-30"),
    ("an hour ago", NEW_YORK, "2024-05-01T03:00:00", "2024-04-30"),
]
ROWS = [(Precision.DAY, *row) for row in DAYS] + [(Precision.INSTANT, *row) for row in INSTANTS]

NO_DATE = (
    "",
    " ",
    "soon",
    "a",
    "1",
    "10",
    "12",
    "12.5",
    "5m",
    "1y",
    "May",
    "2024",
    "10:30",
    "1700000000",
    "1700000000000",
    "v1.2.3",
    "v2024.4.20",
    "1.2024.4.20",
    "GPT-4-2024-04-09",
    "202404",
    "20241301",
    "2024-04",
    "2024年4月",
    "April 2024",
    "3月5日",
    "12月31日",
    "10月1日",
    "4-20",
    "Feb 29",
    "24年4月20日",
    "20-04-24",
    "03/04/2024",
    "2024年4月20个项目",
    "四月初五",
    "3月前",
    "几分钟前",
    "1年前",
    "上周五",
    "周五",
    "我昨天买了一本书",
    "tomorrow",
    "https://example.com/2024/04/20/post.html",
    "2024-04-20-some-title",
    "2024-04-20至2024-04-25",
    "2024-04-20 / 2024-04-21",
    "2024年4月20日-25日",
    "2024-04-20 或 2024-04-21",
    "一段很长的文字，里面正好有一个日期 2024-04-20，" + "但它是正文而不是日期" * 6,
)
IMPOSSIBLE = {
    "2024-02-30": "2024-02 has 29 days",
    "2023年2月29日": "2023-02 has 28 days",
    "Feb 29, 2023": "2023-02 has 28 days",
    "20240431": "2024-04 has 30 days",
    "2024-13-01": "no month 13",
    "2024/00/10": "no month 0",
    "2024-04-20 25:00": "no 25:00:00",
    "2024-04-20T10:61:00Z": "no 10:61:00",
    "2024-04-20T10:15:00+19:00": "so far from UTC",
    "0000-00-00 00:00:00": "the year 0",
    "0001-01-01T00:00:00Z": "the year 1",
    "1970-01-01": "never set",
    "1970-01-01T08:00:00+08:00": "never set",
    "发布于 2024-02-30": "2024-02 has 29 days",
}


def shown(published: Published | None) -> list[str] | None:
    if published is None:
        return None
    return [published.at.isoformat(), published.precision, published.basis, str(published.date)]


@pytest.mark.parametrize(("precision", "words", "zone", "at", "day"), ROWS, ids=[f"{r[1]} in {r[2]}" for r in ROWS])
def test_words_tell_a_day_or_an_instant(precision: Precision, words: str, zone: str, at: str, day: str) -> None:
    expected = Published(datetime.fromisoformat(at + "+00:00"), precision, Basis.STATED, date.fromisoformat(day))
    assert parse_date(words, zone, NOW) == expected


@pytest.mark.parametrize("host_zone", ["UTC", SHANGHAI, NEW_YORK])
def test_the_host_decides_nothing(host_zone: str) -> None:
    """Neither its zone, nor its locale, nor its date: a fresh process gives the whole table again."""
    script = (
        "import json, sys\n"
        "from datetime import datetime\n"
        "from scrapers.dates import parse_date\n"
        "now, rows = json.loads(sys.stdin.read())\n"
        "found = [parse_date(words, zone, datetime.fromisoformat(now)) for words, zone in rows]\n"
        "print(json.dumps([p and [p.at.isoformat(), p.precision, p.basis, str(p.date)] for p in found]))\n"
        "assert 'dateparser' not in sys.modules\n"
    )
    environment = {**os.environ, "TZ": host_zone, "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
    rows = json.dumps([NOW.isoformat(), [row[1:3] for row in ROWS]])
    ran = subprocess.run(
        [sys.executable, "-c", script], input=rows, capture_output=True, text=True, check=True, env=environment
    )
    assert json.loads(ran.stdout) == [shown(parse_date(row[1], row[2], NOW)) for row in ROWS]


@pytest.mark.parametrize("words", NO_DATE, ids=lambda words: words[:30] or "nothing")
def test_words_without_a_full_date_are_no_date(words: str) -> None:
    assert parse_date(words, SHANGHAI, NOW) is None


@pytest.mark.parametrize(("words", "why"), IMPOSSIBLE.items(), ids=IMPOSSIBLE)
def test_a_date_that_cannot_be_is_refused_with_its_reason(words: str, why: str) -> None:
    with pytest.raises(DateError) as refused:
        parse_date(words, SHANGHAI, NOW)
    assert refused.value.words == words
    assert why in refused.value.why
    assert words in str(refused.value)


@pytest.mark.parametrize("words", ["2024-05-03", "2024-05-02T12:00:01+08:00", "2031年1月1日", "9999-12-31 23:59:59"])
def test_a_date_in_the_future_is_refused(words: str) -> None:
    with pytest.raises(DateError, match="in the future"):
        parse_date(words, SHANGHAI, NOW)


@pytest.mark.parametrize("words", ["2024-05-01", "2024-05-02", "2024-05-01 23:59", "2024-05-02T12:00:00+08:00"])
def test_a_date_within_a_day_from_now_is_taken(words: str) -> None:
    assert parse_date(words, SHANGHAI, NOW) is not None


def test_a_zone_that_is_none_is_an_error_of_the_configuration() -> None:
    for zone in ("Asia/Peking", "", "../etc/passwd", "Asia"):
        with pytest.raises(ConfigError, match="IANA"):
            parse_date("2024-04-20", zone, NOW)


@pytest.mark.parametrize(
    ("words", "language", "at"),
    [
        ("20 avril 2024", "fr", None),
        ("samedi 20 avril 2024 à 10:05", "fr-FR", "2024-04-20T08:05:00"),
        ("20. Dezember 2023", "de", None),
        ("20 de abril de 2024", "es", None),
        ("20 апреля 2024 г. 10:30", "ru", "2024-04-20T08:30:00"),
        ("2024년 4월 20일", "ko", None),
        ("2024年4月20日", "ja", None),
    ],
)
def test_months_are_named_in_other_languages(words: str, language: str, at: str | None) -> None:
    published = parse_date(words, "Europe/Berlin", NOW, language=language)
    assert published is not None
    assert (published.precision is Precision.INSTANT) == (at is not None)
    assert published.date is not None
    assert published.date.day == 20
    assert at is None or published.at == datetime.fromisoformat(at + "+00:00")


@pytest.mark.parametrize("words", ["20 avril", "avril 2024", "30 février 2024", "20 foo 2024", "10:05 avril 2024"])
@pytest.mark.parametrize("language", ["fr", "tlh", ""])
def test_other_languages_are_not_guessed_either(words: str, language: str) -> None:
    assert parse_date(words, SHANGHAI, NOW, language=language) is None


@pytest.mark.parametrize(
    "words",
    [
        "2" * 4000,
        "十" * 80,
        "模型发布" * 500,
        "2024-04-20 " * 400,
        "10:00 " * 13,
        "jan 1 " * 13,
        "20 jan " * 11,
        "2024-4-" * 11,
        "v1.2.3 " * 11,
        " " * 100_000,
        "ﷺ" * 80,
        "x" * 1_000_000,
    ],
    ids=lambda words: words[:10].strip() or "spaces",
)
def test_nasty_words_cost_no_call_of_dateparser(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "dateparser.date", None)  # an import of it would raise
    assert parse_date(words, SHANGHAI, NOW) is None


DATE_LIKE = st.text("0123456789-/.: TZ+年月日时分秒点上下午前天昨今小時個周一二十〇百民国aprilMy,·()至", max_size=40)


@given(words=st.one_of(st.text(max_size=100), DATE_LIKE), language=st.sampled_from(["zh", "zh-Hant", "en", "fr", "xx"]))
@example(words="2024-04-20 99:99:99", language="zh")
@example(words="999个月前", language="zh")
@example(words="1000-01-01", language="zh")
@example(words="\ud800 2024-04-20 \x00", language="zh")
@settings(max_examples=400, deadline=None)
def test_any_words_are_a_date_no_date_or_refused(words: str, language: str) -> None:
    try:
        published = parse_date(words, NEW_YORK, NOW, language=language)
    except DateError:
        return
    assert published is None or published.at <= NOW + timedelta(days=1)
