"""The entries of a selection, as many as its form holds: the feed, an older page of it, an archive document."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import timedelta

from feeds.archives import Filled
from feeds.archives import Part
from feeds.archives import behind
from feeds.archives import fill
from feeds.archives import is_closed
from feeds.archives import month_of
from feeds.archives import read_part
from feeds.errors import NotFoundError
from feeds.formats import JSON_FEED
from feeds.listing import BEFORE_ALL
from feeds.listing import MOST_ENTRIES
from feeds.listing import USUAL_ENTRIES
from feeds.listing import Listing
from feeds.listing import within_budget
from feeds.listing import within_window
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.shapes import Shape
from feeds.store import Store
from feeds.store.bounds import cursor_at
from feeds.store.reading import PARTS_OF_ENTRY
from web.selections import Selection

_AFTER_ALL = datetime(3000, 1, 1, tzinfo=UTC)
#: Documents of a month that are looked through for the one behind which an older one comes.
_MOST_PARTS = 12
#: What has no say in how many entries a document holds.
_NO_MATTER = PARTS_OF_ENTRY - {"content_html", "summary"}


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive document before it is written."""

    listing: Listing
    #: Whether it stays as it is; see `feeds.archives.is_closed`.
    closed: bool


def read_feed(selection: Selection, shape: Shape, store: Store) -> Listing:
    """The newest entries behind the cursor of `shape`; see `feeds.listing.within_budget`."""
    query = replace(selection.query, cursor=shape.cursor)
    found, following = _newest(query, store)
    chosen = within_budget(found)
    if shape.suffix == JSON_FEED.suffix and 0 < len(chosen) < len(found):
        following = store.entries(replace(query, limit=len(chosen))).next
    older = None if shape.cursor or not chosen else month_of(chosen[0].published.at).name
    return _listing(selection, chosen, store, next=following, older=older)


def read_archive(selection: Selection, name: str, store: Store) -> Archive:
    """An archive document of the listing. Raises `NotFoundError` where it has none of that name, or an empty one."""
    part = read_part(name)
    query = selection.query
    filled = _filled(part, query, store)
    if not filled.entries:
        raise NotFoundError("archive", name)
    older = _older(part, filled, query, store)
    newer = _newer(part, query, store)
    newest = store.newest(EntryQuery()) or part.end
    listing = _listing(selection, filled.entries, store, older=_name(older), newer=_name(newer))
    # The newest document gets a link to the next one when that begins.
    return Archive(listing, newer is not None and is_closed(part, filled.entries, newest))


def archive_names(query: EntryQuery, store: Store) -> Iterator[str]:
    """The archive documents that the feed of a query leads to, the newest first."""
    newest = _newest_before(_AFTER_ALL, query, store)
    part = month_of(newest) if newest else None
    while part is not None:
        yield part.name
        part = _older(part, _filled(part, query, store, _NO_MATTER), query, store)


def _name(part: Part | None) -> str | None:
    return None if part is None else part.name


def _newest(query: EntryQuery, store: Store) -> tuple[list[Entry], str | None]:
    """As many as a feed may need; mostly that is one reading."""
    page = store.entries(replace(query, limit=USUAL_ENTRIES))
    entries = list(page.entries)
    while page.next and len(entries) < MOST_ENTRIES and within_window(entries[0], entries[-1]):
        page = store.entries(replace(query, limit=USUAL_ENTRIES, cursor=page.next))
        entries += page.entries
    return entries, page.next


def _listing(
    selection: Selection,
    entries: tuple[Entry, ...],
    store: Store,
    next: str | None = None,
    older: str | None = None,
    newer: str | None = None,
) -> Listing:
    return Listing(
        path=selection.path,
        title=selection.title,
        description=selection.description,
        entries=entries,
        since=BEFORE_ALL if entries else store.beginning() or BEFORE_ALL,
        next=next,
        older=older,
        newer=newer,
    )


def _filled(part: Part, query: EntryQuery, store: Store, without: Set[str] = frozenset()) -> Filled:
    """What stands in a document; those of the same day before it are read through."""
    at = replace(query, cursor=cursor_at(part.end), limit=MOST_ENTRIES + 1)
    for number in range(1, part.number + 1):
        found = [entry for entry in store.entries(at, without).entries if entry.published.at >= part.since]
        filled = fill(replace(part, number=number), found)
        if number == part.number:
            return filled
        if not filled.rest or (filled.rest.day, filled.rest.number) != (part.day, number + 1):
            break
        at = replace(at, cursor=store.entries(replace(at, limit=len(filled.entries)), PARTS_OF_ENTRY).next)
    return Filled((), None)


def _older(part: Part, filled: Filled, query: EntryQuery, store: Store) -> Part | None:
    """The document that goes on where this one ends."""
    if filled.rest:
        return filled.rest
    newest = _newest_before(part.since, query, store)
    return None if newest is None else behind(part, newest)


def _newer(part: Part, query: EntryQuery, store: Store) -> Part | None:
    """The document that leads to this one; None also where a month has too many documents to look for it."""
    month = part.whole_month if part != part.whole_month else _month_after(part, query, store)
    if month is not None and month != part.whole_month and _has_too_many(month, query, store):
        return None
    return next((one for one, older in _chain(month, query, store) if older == part), None) if month else None


def _has_too_many(month: Part, query: EntryQuery, store: Store) -> bool:
    """Whether a month surely has more documents than are looked through."""
    most = _MOST_PARTS * MOST_ENTRIES
    inside = replace(query, since=month.start, until=month.end - timedelta(microseconds=1))
    return store.count(inside, most + 1) > most


def _chain(month: Part, query: EntryQuery, store: Store) -> Iterator[tuple[Part, Part | None]]:
    """The first documents of a month, each with the one it leads to."""
    part = month
    for _ in range(_MOST_PARTS):
        filled = _filled(part, query, store, _NO_MATTER)
        older = _older(part, filled, query, store)
        yield part, older
        if older is None or older.whole_month != month:
            return
        part = older


def _month_after(part: Part, query: EntryQuery, store: Store) -> Part | None:
    """The next month with entries: found by halves, each a step along the index, since pages only lead backwards."""
    newest = _newest_before(_AFTER_ALL, query, store)
    if newest is None or newest < part.end:
        return None
    low, high = _count(month_of(part.end)), _count(month_of(newest))
    while low < high:
        middle = (low + high) // 2
        found = _newest_before(_month(middle).end, query, store)
        low, high = (low, middle) if found is not None and found >= part.end else (middle + 1, high)
    return _month(low)


def _newest_before(moment: datetime, query: EntryQuery, store: Store) -> datetime | None:
    return store.newest(replace(query, cursor=cursor_at(moment)))


def _count(month: Part) -> int:
    return month.year * 12 + month.month - 1


def _month(count: int) -> Part:
    return Part(count // 12, count % 12 + 1)
