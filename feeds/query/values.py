"""The values of `lang:`, `role:`, `since:` and `until:` in their one form.

Each function raises `ValueError` with what is wrong.
"""

from __future__ import annotations

import calendar
import re
from datetime import date

ROLES = ("byline", "quoted", "any")

_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8}){0,3}", re.IGNORECASE | re.ASCII)
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月?)|年?)", re.ASCII)
_RELATIVE = re.compile(r"[+-]?\d+\s*\w{1,6}|today|yesterday|now|今天|昨天|本周|本月", re.IGNORECASE)


def language(words: str) -> str:
    """A BCP 47 tag in the usual case (RFC 5646, section 2.1.1): `zh-Hant`."""
    if not _LANGUAGE.fullmatch(words):
        raise ValueError(f"{words!r} is no language; give a tag such as zh, zh-Hant or en")
    first, *rest = words.lower().split("-")
    return "-".join([first, *map(_subtag, rest)])


def _subtag(part: str) -> str:
    """A script, a region, or anything else."""
    return {4: part.title(), 2: part.upper()}.get(len(part), part)


def role(words: str) -> str:
    """One of `ROLES`."""
    if words.casefold() not in ROLES:
        raise ValueError(f"{words!r} is no role; give one of {', '.join(ROLES)}")
    return words.casefold()


def first_day(words: str) -> str:
    """The day on which a day, a month or a year begins, as YYYY-MM-DD."""
    year, month, day = _date(words)
    return _iso(words, year, month or 1, day or 1)


def last_day(words: str) -> str:
    """The day on which it ends."""
    year, month, day = _date(words)
    month = month or 12
    return _iso(words, year, month, day or (calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 1))


def _date(words: str) -> tuple[int, int | None, int | None]:
    found = _DATE.fullmatch(words)
    if found is None:
        if _RELATIVE.fullmatch(words):
            raise ValueError(f"{words!r} means another day tomorrow, and the address of a feed must not; give a date")
        raise ValueError(f"{words!r} is no date; write 2024, 2024-03 or 2024-03-05")
    year, month, day = found.groups()
    if not 1000 <= int(year) <= 9998:
        raise ValueError(f"there is no year {year}")
    return int(year), int(month) if month else None, int(day) if day else None


def _iso(words: str, year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise ValueError(f"there is no day {words!r}") from None
