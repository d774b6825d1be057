"""Words and names of files as the time of publication, no more exact than they tell. dateparser is used only here.

The order: exact forms (`scrapers.date_forms`), times relative to `now` in Chinese and English, then dateparser for the
names of months in other languages. Nothing depends on the zone, the locale or the date of the host.

Where clocks change, a time that the zone left out counts on from before the change (02:30 is 03:30), and of a time that
it had twice the first is meant.
"""

from __future__ import annotations

import calendar
import re
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from feeds.errors import ConfigError
from feeds.errors import DateError
from feeds.model import Basis
from feeds.model import Precision
from feeds.model import Published
from scrapers.date_forms import CLOCK
from scrapers.date_forms import JOIN
from scrapers.date_forms import Clock
from scrapers.date_forms import Written
from scrapers.date_forms import clock_of
from scrapers.date_forms import find_written
from scrapers.date_forms import normalise

#: Clocks differ and a day begins earlier in the east, but nobody publishes later than this after now.
_TOLERANCE = timedelta(days=1)
#: A clock that was never set writes this date (and databases year 0 or 1).
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_YEAR = 1000
#: Offsets in use run from -12:00 to +14:00.
_MAX_OFFSET = 14 * 60

_AROUND = r"(?:(?:发布|发表|更新|编辑|刊登|转发|回复|posted|published|updated)\s*)?(?:于|在|on\b)?[\s:,]*"
_SECONDS = {"秒": 1, "秒钟": 1, "分钟": 60, "小时": 3600, "钟头": 3600, "second": 1, "sec": 1, "minute": 60, "min": 60}
_SECONDS |= {"hour": 3600, "hr": 3600}
_DAYS = {"天": 1, "周": 7, "星期": 7, "礼拜": 7, "day": 1, "week": 7}
_AGO = re.compile(
    r"(?P<count>\d{1,3}|an?)\s*(?:(?:秒钟?|分钟|个?小时|个?钟头|天|周|个?星期|个?礼拜|个月)\s*(?:以|之)?前"
    r"|(?:seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|weeks?|months?)\s+ago)",
    re.IGNORECASE,
)
_UNIT = re.compile(r"秒|分钟|小时|钟头|天|周|星期|礼拜|月|second|sec|minute|min|hour|hr|day|week|month", re.IGNORECASE)
_NAMED_DAYS = {"今天": 0, "今日": 0, "昨天": 1, "昨日": 1, "前天": 2, "大前天": 3, "today": 0, "yesterday": 1}
_NAMED_DAY = re.compile(rf"(?P<name>{'|'.join(_NAMED_DAYS)})\s*(?:{JOIN}{CLOCK})?", re.IGNORECASE)
_JUST_NOW = frozenset({"刚刚", "刚才", "刚", "just now"})
_TRIM = re.compile(rf"^{_AROUND}|{_AROUND}$", re.IGNORECASE)

#: dateparser is slow on long text and guesses on short: it only sees words with a year and with a day of their own.
_MAX_FOREIGN = 64
_LONE_YEAR = re.compile(r"(?<![\w.\-/])(?:1[0-9]|20)\d\d(?!\d|[.\-/:]\d)")
_LONE_DAY = re.compile(r"(?<![\d.:/\-])(?:0?[1-9]|[12]\d|3[01])(?![\d:/\-]|\.\d)")
#: Chinese and Japanese number their months, and such dates have been read before; a name has other letters.
_NAME_LETTER = re.compile(r"[^\W\d_\u3040-\u30ff\u3400-\u9fff]")
_UNCERTAIN_ZONE = re.compile(r"\b(?:CST|IST|BST|AST|CDT|ECT|GST|MST|PST|SST|WST)\b")

_IN_NAME = (
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<mark>[-_.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)"),
    re.compile(r"(?<!\d)(?P<year>(?:19|20)\d\d)年(?P<month>\d{1,2})月(?P<day>\d{1,2})日"),
    re.compile(
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?:[0-2]\d[0-5]\d[0-5]\d)?(?!\d)"
    ),
    re.compile(r"(?<!\d)(?<!\d[-_.])(?P<year>\d{2})-(?P<month>\d{2})-(?P<day>\d{2})(?!\d|-\d\d(?!\d))"),
)


def parse_date(words: str, zone: str, now: datetime, *, language: str = "zh") -> Published | None:
    """When something was published, as `words` state it; a day or an instant, never more than they tell.

    `zone` is an IANA name: words without an offset are read in it, and the calendar date is the one there.
    None where the words hold no full date, or several. Words around one exact date are left aside if all is short.
    `language` (a BCP 47 tag) helps with the names of months; `now` is aware.

    Raises `DateError` for a date that does not exist or is later than a day from now, `ConfigError` for the zone.
    """
    place = _zone(zone)
    text = normalise(words)
    written = find_written(text) or _relative(text, now, place) or _foreign(text, language)
    return _published(written, place, now, " ".join(words.split())) if written else None


def date_in_name(name: str, zone: str, now: datetime) -> Published | None:
    """The day that the name of a file tells, such as `05-2024-01-07.md`, `20240107.md` or `zh-24-01-07-title.md`.

    None where there is none, or several, or one that cannot be: names are made for many reasons.
    """
    place = _zone(zone)
    found = {day for form in _IN_NAME for match in form.finditer(name) if (day := _day_of(match))}
    if len(found) != 1:
        return None
    day = found.pop()
    at = datetime(day.year, day.month, day.day, tzinfo=place).astimezone(UTC)
    return None if at > now + _TOLERANCE else Published(at, Precision.DAY, Basis.INFERRED, day)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ConfigError("zone", f"{name!r} is no time zone; give an IANA name such as Asia/Shanghai") from error


def _day_of(match: re.Match[str]) -> date | None:
    year = int(match["year"])
    try:
        return date(year if year > 99 else 2000 + year, int(match["month"]), int(match["day"]))
    except ValueError:
        return None


def _published(written: Written, place: ZoneInfo, now: datetime, words: str) -> Published:
    if (wrong := _impossible(written)) is not None:
        raise DateError(words, f"no such date: {wrong}")
    day = date(written.year, written.month, written.day)
    # The first question keeps the arithmetic of the second inside the calendar.
    if day > (now + 3 * _TOLERANCE).date() or (at := _moment(day, written, place)) > now + _TOLERANCE:
        raise DateError(words, "in the future")
    if at == _EPOCH or day == _EPOCH.date():
        raise DateError(words, "the zero of a clock that was never set, not a date")
    if written.clock is None:
        return Published(at, Precision.DAY, Basis.STATED, day)
    return Published(at, Precision.INSTANT, Basis.STATED, at.astimezone(place).date())


def _impossible(written: Written) -> str | None:
    """What is wrong with the numbers; None where nothing is."""
    if written.year < _FIRST_YEAR:
        return f"the year {written.year}"
    if not 1 <= written.month <= 12:
        return f"a year has no month {written.month}"
    days = calendar.monthrange(written.year, written.month)[1]
    if not 1 <= written.day <= days:
        return f"{written.year}-{written.month:02} has {days} days"
    clock = written.clock or Clock(0)
    if clock.hour > 24 or clock.minute > 59 or clock.second > 60:
        return f"a day has no {clock.hour:02}:{clock.minute:02}:{clock.second:02}"
    if abs(written.offset or 0) > _MAX_OFFSET:
        return "no clock is so far from UTC"
    return None


def _moment(day: date, written: Written, place: ZoneInfo) -> datetime:
    """In UTC; the first moment of the day where no time of day is written."""
    clock = written.clock or Clock(0)
    wall = datetime(day.year, day.month, day.day) + timedelta(hours=clock.hour, minutes=clock.minute)
    wall += timedelta(seconds=min(clock.second, 59), microseconds=clock.microsecond)
    if written.clock is not None and written.offset is not None:
        return (wall - timedelta(minutes=written.offset)).replace(tzinfo=UTC)
    return wall.replace(tzinfo=place).astimezone(UTC)


def _relative(text: str, now: datetime, place: ZoneInfo) -> Written | None:
    """`3小时前` is an instant; `3天前`, `昨天` and `2个月前` are a day of the zone's calendar."""
    words = _TRIM.sub("", text).strip()
    if words.lower() in _JUST_NOW:
        return _as_written(now)
    if ago := _AGO.fullmatch(words):
        return _ago(ago, now, place)
    named = _NAMED_DAY.fullmatch(words)
    if named is None:
        return None
    day = now.astimezone(place).date() - timedelta(days=_NAMED_DAYS[named["name"].lower()])
    return Written(day.year, day.month, day.day, clock_of(named.groupdict()))


def _ago(ago: re.Match[str], now: datetime, place: ZoneInfo) -> Written:
    count = int(ago["count"]) if ago["count"].isdigit() else 1
    found = _UNIT.search(ago[0], ago.end("count"))
    assert found is not None
    unit = found[0].lower()
    if unit in _SECONDS:
        return _as_written(now - timedelta(seconds=count * _SECONDS[unit]))
    today = now.astimezone(place).date()
    day = today - timedelta(days=count * _DAYS[unit]) if unit in _DAYS else _months_before(today, count)
    return Written(day.year, day.month, day.day)


def _months_before(day: date, count: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - count, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _as_written(at: datetime) -> Written:
    """An instant, to the second: the words do not tell more."""
    utc = at.astimezone(UTC)
    return Written(utc.year, utc.month, utc.day, Clock(utc.hour, utc.minute, utc.second), 0)


def _foreign(text: str, language: str) -> Written | None:
    """A date with the name of its month in another language, such as `20 avril 2024`."""
    if len(text) > _MAX_FOREIGN or not (_NAME_LETTER.search(text) and _LONE_DAY.search(text)):
        return None
    if len(_LONE_YEAR.findall(text)) != 1:
        return None
    primary = language.partition("-")[0].lower()
    written = _by_dateparser(_UNCERTAIN_ZONE.sub(" ", text), primary)
    if written is None or str(written.year) not in text or str(written.day) not in re.findall(r"[1-9]\d*", text):
        return None
    return written


@lru_cache(maxsize=1024)
def _by_dateparser(text: str, language: str) -> Written | None:
    # Imported late: it takes 0.1 s, its first use more, and most documents never need it.
    from dateparser.data.languages_info import language_order
    from dateparser.date import DateDataParser

    languages = [language, "en"] if language in language_order and language != "en" else ["en"]
    # A base far from any date asked for: what is not written must not come from the host's clock.
    settings = {"RELATIVE_BASE": datetime(2000, 1, 1), "TIMEZONE": "UTC", "PARSERS": ["absolute-time"]}
    settings |= {"STRICT_PARSING": True, "REQUIRE_PARTS": ["year", "month", "day"], "RETURN_TIME_AS_PERIOD": True}
    try:
        found = DateDataParser(languages=languages, settings=settings).get_date_data(text)
    except (ValueError, OverflowError, ArithmeticError, LookupError, TypeError):
        return None
    at = found.date_obj
    if at is None or found.period not in {"day", "time"}:
        return None
    clock = Clock(at.hour, at.minute, at.second, at.microsecond) if found.period == "time" else None
    offset = at.utcoffset()
    return Written(at.year, at.month, at.day, clock, None if offset is None else round(offset.total_seconds() / 60))
