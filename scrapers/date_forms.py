"""How dates are written: the words of a date as numbers. Nothing here knows a zone or what day it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from feeds.text import nfkc

#: Longer words are prose, not a date.
MAX_WORDS = 80

_SIMPLER = str.maketrans("時點鐘間週後號剛個國禮兩發佈於", "时点钟间周后号刚个国礼两发布于")
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_WEEKDAY = re.compile(
    r"[(\[]?(?:星期|周|礼拜)[一二三四五六日天][)\]]?|[(\[][一二三四五六日月火水木金土][)\]]"
    r"|(?<![a-z])(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?(?![a-z])[.,]*",
    re.IGNORECASE,
)
_HAN_DIGITS = str.maketrans("〇○零一二两三四五六七八九", "0001223456789")
_HAN_NUMBER = re.compile(r"[〇○零一二两三四五六七八九十百廿卅]+(?=\s*(?:[年月日号点时分秒刻天周个]|星期|礼拜|小时))")
_REPUBLIC = re.compile(r"民国\s*(\d{1,3})\s*年")
_HALF_HOUR = re.compile(r"半个?(?:小时|钟头)")

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MORNING = frozenset({"上午", "早上", "早晨", "清晨", "凌晨", "am"})
_AFTERNOON = frozenset({"下午", "午后", "傍晚", "pm"})
_NIGHT = frozenset({"晚上", "夜里", "深夜"})
#: RFC 822 section 5.1 and what else means one offset only, in minutes. CST, IST, BST and the like mean several: the
#: zone of the source decides, so they are not here.
_ZONES = {"z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -300, "edt": -240, "cdt": -300, "mst": -420, "mdt": -360}
_ZONES |= {"pst": -480, "pdt": -420, "cet": 60, "cest": 120, "msk": 180, "hkt": 480, "北京时间": 480, "jst": 540}
_ZONES |= {"kst": 540}

_HALF = r"上午|早上|早晨|清晨|凌晨|下午|午后|傍晚|晚上|夜里|深夜|中午|[ap]\.?m\.?"
#: A time of day; its groups are read by `clock_of`.
CLOCK = (
    rf"(?:(?P<half>{_HALF})\s*)?(?P<hour>\d{{1,2}})"
    r"(?:\s?:\s?(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"|\s*[点时](?:\s*(?P<han_minute>\d{1,2})(?![\d刻])\s*分?(?:\s*(?P<han_second>\d{1,2})\s*秒)?|整|(?P<part>半|[13]刻)|钟)?"
    r"|(?=\s*[ap]\.?m))(?:\s*(?P<tail>[ap]\.?m)(?![a-z])\.?)?"
)
_OFFSET = (
    r"(?:\s*\(?(?P<zone>(?:UTC|GMT)\s?[+-]\d{1,2}(?::?\d{2})?|[+-]\d{2}(?::?\d{2})?"
    rf"|(?:{'|'.join(_ZONES)})(?![a-z]))\)?)"
)
_PACKED = r"(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])"
_PACKED_CLOCK = r"T?(?P<hour>[012]\d)(?P<minute>[0-5]\d)(?P<second>[0-5]\d)(?:[.,](?P<fraction>\d{1,9}))?"
#: Between a day and its time of day.
JOIN = r"(?:T|[\s,;|·]+(?:-\s+|at\s+)?|(?<=[日号天])|(?=[上早清凌下午傍晚夜深中]))"
_LATER = rf"(?:{JOIN}{CLOCK}{_OFFSET}?)?"

#: No part of a longer number, of a version, an address or a slug.
_BEFORE = r"(?<![A-Za-z0-9_.+/#@$%=&~-])(?<!\d:)"
_AFTER = r"(?![A-Za-z0-9_%=@]|[.:/+~-][A-Za-z0-9])(?:(?=(?P<range>\s*[-~至到]\s*\d))|)"
_YEAR = r"(?P<year>\d{4})"
_DAY = r"(?P<day>\d{1,2})"
_NAME = (
    r"(?<![a-z])(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_NTH = rf"{_DAY}(?:st|nd|rd|th)?"

_FORMS = (
    # 2024-04-20, 2024/4/20, ISO 8601 and RFC 3339
    rf"{_YEAR}\s?(?P<mark>[-/])\s?(?P<month>\d{{1,2}})\s?(?P=mark)\s?{_DAY}{_LATER}",
    # 2024.4.20: dots also stand in versions, so only what may be a month and a day
    rf"{_YEAR}\.\s?(?P<month>0?[1-9]|1[0-2])\.\s?(?P<day>0?[1-9]|[12]\d|3[01]){_LATER}",
    # 20240420, 20240420T101500Z, 20240420101500: digits may also be a number
    rf"{_PACKED}{_LATER}",
    rf"{_PACKED}{_PACKED_CLOCK}{_OFFSET}?",
    # 20/04/2024, 04/20/2024: only where the day cannot be a month
    rf"(?P<day>1[3-9]|2\d|3[01])/(?P<month>0?[1-9]|1[0-2])/{_YEAR}{_LATER}",
    rf"(?P<month>0?[1-9]|1[0-2])/(?P<day>1[3-9]|2\d|3[01])/{_YEAR}{_LATER}",
    # 2024年4月20日, the day's word may be left out at the end
    rf"{_YEAR}\s?年\s?(?P<month>\d{{1,2}})\s?月\s?{_DAY}\s?(?:[日号]|(?=[\s,;|·)\]]|$)){_LATER}",
    # April 20, 2024
    rf"{_NAME}\s*{_NTH}(?:\s*,\s*|\s+|[-/]){_YEAR}{_LATER}",
    # 20 April 2024, 20-Apr-2024, 20th of April, 2024: RFC 822 as amended by RFC 1123, RFC 9110
    rf"{_NTH}(?:\s+(?:of\s+)?|[-/]|\.\s*){_NAME}(?:\s*,\s*|\s+|[-/]){_YEAR}{_LATER}",
    # 2024 Apr 20, 2024-Apr-20
    rf"{_YEAR}[\s/-]\s?{_NAME}[\s/-]\s?{_NTH}{_LATER}",
    # Apr 20 10:00:00 +0800 2024: asctime, Twitter, Weibo
    rf"{_NAME}\s+{_DAY}\s+{CLOCK}{_OFFSET}?\s+(?:[A-Z]{{3,4}}\s+)?{_YEAR}",
    # 20-Apr-24 10:00 GMT: RFC 822 and RFC 850 as they were; without a time of day it may be anything
    rf"{_DAY}[\s-]{_NAME}[\s-](?P<year>\d{{2}}){JOIN}{CLOCK}{_OFFSET}",
)
_CLOCK_BEFORE = rf"{_BEFORE}{CLOCK}\s*[·,|]?\s*(?:on\s+)?$"


@dataclass(frozen=True, slots=True)
class Clock:
    """A time of day as written; an hour of 24 and more belongs to the next day."""

    hour: int
    minute: int = 0
    second: int = 0
    microsecond: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """A date as written; its numbers may be impossible."""

    year: int
    month: int
    day: int
    #: None where only a day is written.
    clock: Clock | None = None
    #: Minutes east of UTC; None where none is written.
    offset: int | None = None


def normalise(words: str) -> str:
    """One line, one width, one script, no weekday, no Chinese numerals; empty where `words` are too long for a date."""
    if len(words) > 4 * MAX_WORDS:
        return ""
    text = " ".join(nfkc(words).translate(_SIMPLER).split())
    if len(text) > MAX_WORDS:
        return ""
    text = _WEEKDAY.sub(" ", _DASHES.sub("-", text))
    text = _HAN_NUMBER.sub(lambda found: str(_number(found[0])), text)
    text = _REPUBLIC.sub(lambda found: f"{1911 + int(found[1])}年", text)
    return " ".join(_HALF_HOUR.sub("30分钟", text).split())


def find_written(text: str) -> Written | None:
    """The one date that a normalised text holds in an exact form; None where there is none, or several, or a range."""
    found = [match for form in _patterns() for match in form.finditer(text)]
    if len(found) != 1 or found[0]["range"]:
        return None
    groups = found[0].groupdict()
    clock = clock_of(groups) or _clock_before(text[: found[0].start()])
    month = int(groups["month"]) if groups.get("month") else 1 + _MONTHS.index(groups["name"][:3].lower())
    return Written(_year(groups["year"]), month, int(groups["day"]), clock, _offset(groups.get("zone")))


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """Compiled on first use: that takes 25 ms."""
    return tuple(re.compile(_BEFORE + form + _AFTER, re.IGNORECASE | re.ASCII) for form in _FORMS)


def clock_of(groups: dict[str, str | None]) -> Clock | None:
    """The time of day in the groups of a match of `CLOCK`; None where it is not written."""
    if not groups.get("hour"):
        return None
    half = (groups.get("half") or groups.get("tail") or "").lower().replace(".", "")
    part = {"半": "30", "1刻": "15", "3刻": "45"}.get(groups.get("part") or "")
    minute = groups.get("minute") or groups.get("han_minute") or part or 0
    second = groups.get("second") or groups.get("han_second") or 0
    fraction = (groups.get("fraction") or "")[:6].ljust(6, "0")
    return Clock(_hour(int(groups["hour"] or 0), half), int(minute), int(second), int(fraction))


def _clock_before(text: str) -> Clock | None:
    """X and others write `10:05 AM · Apr 20, 2024`."""
    found = re.search(_CLOCK_BEFORE, text, re.IGNORECASE | re.ASCII)
    return clock_of(found.groupdict()) if found else None


def _hour(hour: int, half: str) -> int:
    """Of 24. Twelve at night is the end of the day, twelve in the morning its beginning."""
    if half in _MORNING:
        return 0 if hour == 12 else hour
    if half in _AFTERNOON:
        return hour + 12 if hour < 12 else hour
    if half in _NIGHT:
        return hour + 12 if 4 < hour <= 12 else hour
    return hour + 12 if half == "中午" and hour < 3 else hour


def _year(digits: str) -> int:
    """Two digits are read as in RFC 2822 section 4.3."""
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (2000 if year < 50 else 1900)


def _offset(zone: str | None) -> int | None:
    if zone is None:
        return None
    if (named := _ZONES.get(zone.lower())) is not None:
        return named
    sign, digits = re.sub(r"[A-Za-z\s:]", "", zone)[0], re.sub(r"\D", "", zone)
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    return (hours * 60 + minutes) * (-1 if sign == "-" else 1)


def _number(han: str) -> int:
    """Digits in a row (二〇二四) or with tens and hundreds (一百一十三)."""
    han = han.replace("廿", "二十").replace("卅", "三十")
    if not ("十" in han or "百" in han):
        return int(han.translate(_HAN_DIGITS))
    total = last = 0
    for c in han:
        if c in "十百":
            total, last = total + (last or 1) * (10 if c == "十" else 100), 0
        else:
            last = int(c.translate(_HAN_DIGITS))
    return total + last
