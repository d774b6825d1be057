"""An answer to a query, ready to be written in any form: page, feed, API."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from urllib.parse import urlsplit

from feeds.model import Entry

#: A feed holds this many entries …
USUAL_ENTRIES = 50
#: … of this many bytes together, so that every reader takes it (the strictest refuse more than 512 KB).
USUAL_BYTES = 512 * 1024
#: All entries of this time before the newest are in the feed, so that who polls once a day misses none …
WINDOW = timedelta(hours=48)
#: … up to these bounds.
MOST_ENTRIES = 200
MOST_BYTES = 1024 * 1024
#: The date of a feed that has no entry in a store that has no document. Atom demands a date (RFC 4287, section 4.2.15),
#: readers take the epoch for a fault, and the time of rendering would change the bytes each time.
BEFORE_ALL = datetime(2024, 1, 1, tzinfo=UTC)

#: The tag of texts without letters (BCP 47). Registries that readers compare with do not know it.
UNDETERMINED = "und"

#: What an item takes beside its texts: tags, dates, addresses.
_ITEM_BYTES = 1500


@dataclass(frozen=True, slots=True)
class Site:
    """What all listings of one deployment share."""

    #: Without a slash at the end.
    base_url: str
    name: str
    #: A BCP 47 tag, for listings whose entries do not agree on one.
    language: str = "zh-Hans"
    #: Names of the topics by slug.
    topics: Mapping[str, str] = field(default_factory=dict)
    #: Where changes are announced and can be subscribed to (WebSub, https://www.w3.org/TR/websub/); None without one.
    hub: str | None = None

    def url(self, path: str) -> str:
        """The absolute address of a path of `feeds.addresses`."""
        return self.base_url + path

    def local(self, path: str) -> str:
        """The same address seen from any page of ours: without scheme and host, with the path of the base."""
        return urlsplit(self.base_url).path + path

    def topic_name(self, slug: str) -> str:
        """The name of a topic; its slug where the topic has left the rules but not yet the store."""
        return self.topics.get(slug, slug)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """Some entries under one address, newest first."""

    #: Canonical, without suffix; see `feeds.addresses`.
    path: str
    #: Without the name of the site.
    title: str
    #: One sentence of plain text.
    description: str
    entries: tuple[Entry, ...]
    #: What stands for the date while there are no entries.
    since: datetime = BEFORE_ALL
    #: The cursor of the older entries; None where there are none.
    next: str | None = None
    #: The names of the archive documents (see `feeds.archives`) before and behind this one; None where there are none.
    older: str | None = None
    newer: str | None = None
    #: The script that the texts were converted to (`feeds.scripts`); None for each entry in its own.
    script: str | None = None

    @property
    def updated(self) -> datetime:
        """When the newest text became what it is: the date inside feeds, the same however often a store is rebuilt."""
        return max((entry.updated for entry in self.entries), default=self.since)

    @property
    def modified(self) -> datetime:
        """When the listing last got an entry or a text: the date for caches.

        An old entry that arrives late changes the listing without being its newest text.
        """
        return max((max(entry.updated, entry.first_seen) for entry in self.entries), default=self.since)

    def language(self, otherwise: str) -> str:
        """The language of the entries, where they agree on one; that of the script where they were converted to one."""
        tags = {entry.language for entry in self.entries} - {UNDETERMINED}
        return self.script or (tags.pop() if len(tags) == 1 else otherwise)


@dataclass(frozen=True, slots=True)
class Outline:
    """A listing to subscribe to."""

    title: str
    #: See `Listing`.
    path: str


@dataclass(frozen=True, slots=True)
class Group:
    """Listings of one kind; readers make a folder of it."""

    title: str
    outlines: tuple[Outline, ...]


def within_budget(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The newest entries that make up a feed: the usual number and bytes, and all of the last two days.

    `entries` are newest first. The choice is the same for every format. Of the last two days those are in it whose
    texts do not fit any more, too: see `whole_in`.
    """
    chosen: list[Entry] = []
    size = 0
    for entry in _without_repeats(entries):
        size += _bytes(entry)
        fits = len(chosen) < USUAL_ENTRIES and size <= USUAL_BYTES
        fits_window = len(chosen) < MOST_ENTRIES and within_window(entries[0], entry)
        if chosen and not (fits or fits_window):
            break
        chosen.append(entry)
    return tuple(chosen)


def whole_in(entries: Sequence[Entry]) -> int:
    """How many of the newest entries of a feed can have their whole text, the others their summary: at least one.

    Together they take no more than `MOST_BYTES`, estimated as in the largest format.
    """
    size = sum(map(_summary_bytes, entries))
    for whole, entry in enumerate(entries):
        size += _bytes(entry) - _summary_bytes(entry)
        if whole and size > MOST_BYTES:
            return whole
    return len(entries)


def within_document(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """The first of `entries` that one document can hold, each of them whole; at least one, if there is any."""
    size = 0
    for count, entry in enumerate(entries):
        size += _bytes(entry)
        if count and (count >= MOST_ENTRIES or size > MOST_BYTES):
            return tuple(entries[:count])
    return tuple(entries)


def within_window(newest: Entry, entry: Entry) -> bool:
    """Whether a reader that polls seldom would miss the entry if the feed did not hold it."""
    return newest.published.at - entry.published.at <= WINDOW


def _without_repeats(entries: Iterable[Entry]) -> Iterable[Entry]:
    """Each id once: some readers give up at the second."""
    return {entry.id: entry for entry in entries}.values()


def _bytes(entry: Entry) -> int:
    html = entry.content_html
    escapes = 3 * (html.count("<") + html.count(">")) + 4 * html.count("&")
    return len(html.encode(errors="replace")) + escapes + _summary_bytes(entry)


def _summary_bytes(entry: Entry) -> int:
    return 2 * len(entry.summary.encode(errors="replace")) + _ITEM_BYTES
