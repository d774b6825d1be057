"""When entries that share a key share a thing: a key counts among entries that are not far apart in time. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from datetime import timedelta

#: What keys that are names begin with.
NAME = "name:"
#: From the first entry of a story to the last, and between any two that share an exact key: so long is one thing talked
#: about; later the same address is used for another reason.
SPAN = timedelta(days=60)
#: The same for a name: a release is in the news for two weeks, then its name stands for what everybody uses, until
#: nobody has told anything by it for `SPAN`.
NAMED = timedelta(days=15)
#: An exact key that more entries share within `SPAN` is a place, not a thing; so is a name within `NAMED`.
MOST, MOST_NAMED = 50, 200


@dataclass(frozen=True, slots=True)
class Holder:
    """An entry that has a key."""

    id: str
    at: datetime
    #: Whether `at` is when it was published, rather than when it was first seen.
    is_dated: bool
    ties: bool


#: Entries that share a key within its span: a key is a thing once in each.
Window = tuple[Holder, ...]


def windows(key: str, holders: Iterable[Holder]) -> tuple[Window, ...]:
    """The entries that share `key`, parted where it may stand for another thing; only parts that join anything.

    A window begins with the first entry that ties and is as long as the span of the key. Entries without a date of
    their own belong to the last window that had begun when they were first seen; to none by a name, since nobody knows
    whether the name was news then.
    """
    span, most = (NAMED, MOST_NAMED) if is_by_name(key) else (SPAN, MOST)
    if is_by_name(key):
        holders = [holder for holder in holders if holder.is_dated]
    ordered = sorted(holders, key=lambda h: (not h.is_dated, h.at, h.id))
    parts: list[list[Holder]] = []
    for holder in (h for h in ordered if h.is_dated and h.ties):
        if not parts or holder.at - parts[-1][0].at > span:
            parts.append([])
        parts[-1].append(holder)
    undated = [h for h in ordered if not h.is_dated and h.ties]
    if undated and not parts:
        parts.append([])
    starts = [part[0].at for part in parts if part]
    for holder in undated:
        parts[_last_begun(starts, holder.at)].append(holder)
    for holder in (h for h in ordered if parts and not h.ties):
        if (index := _hangs_on(holder, starts, span, is_by_name(key))) is not None:
            parts[index].append(holder)
    joining = [part for part in parts if _joins(key, part, most)]
    return tuple(tuple(part) for part in (_as_news(joining) if is_by_name(key) else joining))


def _as_news(parts: Iterable[Sequence[Holder]]) -> list[Sequence[Holder]]:
    """Those in which a name is news again: nothing was told by it for as long as a story lasts."""
    kept: list[Sequence[Holder]] = []
    last: datetime | None = None
    for part in parts:
        dates = [holder.at for holder in part if holder.ties]
        if last is None or min(dates) - last > SPAN:
            kept.append(part)
        last = max(dates)
    return kept


def is_by_name(key: str) -> bool:
    """Whether the key is a name, which is weak."""
    return key.startswith(NAME)


def _last_begun(starts: Sequence[datetime], at: datetime) -> int:
    return max((index for index, start in enumerate(starts) if start <= at), default=0)


def _hangs_on(holder: Holder, starts: Sequence[datetime], span: timedelta, weak: bool) -> int | None:
    """The window for what does not tie: the last that had begun, else the one that begins soon after.

    A name that is mentioned before there is news of it, or at a time that nobody knows, may mean something else.
    """
    last = _last_begun(starts, holder.at)
    if not holder.is_dated or not starts:
        return None if weak else last
    if weak:
        return last if timedelta() <= holder.at - starts[last] <= span else None
    near = (index for index in (last, last + 1) if index < len(starts))
    return next((index for index in near if abs(holder.at - starts[index]) <= span), None)


def _joins(key: str, part: Sequence[Holder], most: int) -> bool:
    ties = sum(holder.ties for holder in part)
    return 2 <= len(part) <= most and ties >= (2 if is_by_name(key) else 1)
