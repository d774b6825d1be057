"""What every format tells of an entry and of a feed, once: identity, texts, people, categories, links, dates.

Each text is cleaned here once more: the store gives clean texts, but one bad character would cost readers a whole feed.
"""

from __future__ import annotations

import logging
import re
import uuid
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from urllib.parse import urlsplit

from feeds.addresses import AUTHORS
from feeds.addresses import DOCUMENTS
from feeds.addresses import ENTRIES
from feeds.addresses import SOURCES
from feeds.addresses import TOPICS
from feeds.addresses import ascii_url
from feeds.addresses import author_path
from feeds.addresses import entry_path
from feeds.addresses import source_path
from feeds.addresses import topic_path
from feeds.formats import ATOM
from feeds.formats import FORMATS
from feeds.formats import RSS
from feeds.listing import UNDETERMINED
from feeds.listing import Listing
from feeds.listing import Site
from feeds.listing import whole_in
from feeds.model import Entry
from feeds.model import Person
from feeds.model import Rel
from feeds.model import Role
from feeds.scripts import convert
from feeds.shapes import SCRIPTS
from feeds.shapes import Shape
from feeds.text import clean_html
from feeds.text import clean_text
from feeds.text import excerpt
from feeds.text import one_line
from feeds.titles import display_title

#: Written into every feed; without a version, so that an upgrade alone changes no byte.
GENERATOR = "Feedwright"
#: How long a reader may keep a feed: said by RSS's `ttl` and by the Cache-Control header.
MAX_AGE_SECONDS = 300

_SUMMARY_COLUMNS = 280
#: The feeds of all entries and of one author, topic, source or document: of these alone it is known what changed.
_TOLD = re.compile(
    rf"(?:{ENTRIES}|(?:{AUTHORS}|{TOPICS}|{SOURCES}|{DOCUMENTS})/[^/,?]+)"
    rf"(?:\.(?:{'|'.join(SCRIPTS)}))?(?:{'|'.join(map(re.escape, FORMATS))})"
)
#: Ours, so that the id of a listing is the same on every host, for ever.
_FEED_IDS = uuid.UUID("6f0c5b6e-8f0e-5d0b-9c59-3a2c0b7d6a11")
#: Files that a player takes, by the end of their path: an enclosure must say its type, and a page with a player on it
#: is none. (https://www.iana.org/assignments/media-types/)
_FILES = {
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "aac": "audio/aac",
    "ogg": "audio/ogg",
    "oga": "audio/ogg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "wav": "audio/wav",
    "mp4": "video/mp4",
    "m4v": "video/mp4",
    "mov": "video/quicktime",
    "webm": "video/webm",
    "ogv": "video/ogg",
}
#: Links of these kinds say where an entry comes from (RFC 4287, section 4.2.7.2: "via").
_ORIGINS = frozenset({Rel.ORIGINAL, Rel.SOURCE})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ItemAuthor:
    """Somebody in the byline."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class ItemLink:
    """A link beside the main one; `rel` is "via" or "related"."""

    url: str
    rel: str
    title: str | None


@dataclass(frozen=True, slots=True)
class ItemMedia:
    """A picture, film or sound; `kind` is "image", "video" or "audio"."""

    url: str
    kind: str
    #: The type of a film or sound that is a file of its own; None for all else.
    file_type: str | None


@dataclass(frozen=True, slots=True)
class Category:
    """A topic as feeds name it."""

    term: str
    #: The address of the topic: tells our "rag" from that of others.
    scheme: str
    label: str


@dataclass(frozen=True, slots=True)
class ItemSource:
    """The feed of the source that an entry belongs to."""

    id: str
    name: str
    rss: str
    atom: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An entry as feeds tell it: texts clean, addresses absolute and ASCII, dates in UTC and whole seconds."""

    id: str
    url: str
    #: None for a post that has none, unless derived titles are asked for.
    title: str | None
    display_title: str
    summary: str
    #: Empty where only the summary is told.
    html: str
    #: None where nobody can tell.
    language: str | None
    #: Where only the day is known its first moment, where nothing is known the moment the entry was first seen: readers
    #: take their own time of fetching for an entry without a date, and have a different order each.
    published: datetime
    updated: datetime
    #: Authors before translators and others: some readers show only the first.
    authors: tuple[ItemAuthor, ...]
    categories: tuple[Category, ...]
    links: tuple[ItemLink, ...]
    media: tuple[ItemMedia, ...]
    source: ItemSource

    @property
    def pictures(self) -> list[str]:
        """The addresses of its pictures."""
        return [media.url for media in self.media if media.kind == "image"]

    @property
    def files(self) -> list[ItemMedia]:
        """The films and sounds that are files."""
        return [media for media in self.media if media.file_type]


def feed_id(path: str, shape: Shape | None = None) -> str:
    """The id of a listing: the same in every format, on every host, and in all documents of one feed (RFC 5005)."""
    whole = replace(shape.whole, suffix="") if shape else Shape()
    return uuid.uuid5(_FEED_IDS, whole.address(path)).urn


def feed_title(listing: Listing, site: Site) -> str:
    """The listing's title with the site's behind it: readers show it among the feeds of others."""
    title, name = one_line(clean_text(listing.title)), one_line(clean_text(site.name))
    return title if title == name else f"{title} · {name}"


def feed_description(listing: Listing) -> str:
    """The listing's description; RSS demands one."""
    return one_line(clean_text(listing.description)) or one_line(clean_text(listing.title))


def items(listing: Listing, site: Site, shape: Shape) -> Iterator[Item]:
    """The entries of a listing; one that cannot be written is left out and logged, the others stay."""
    whole = 0 if shape.summary else whole_in(listing.entries)
    for number, entry in enumerate(listing.entries):
        try:
            yield make_item(entry, site, shape, whole=number < whole)
        except (ValueError, TypeError, AttributeError):
            _log.exception("entry %s left out of %s", entry.id, listing.path)


def make_item(entry: Entry, site: Site, shape: Shape, whole: bool = True) -> Item:
    """All that feeds tell of an entry."""
    url = (entry.url and ascii_url(entry.url)) or site.url(entry_path(entry.id))
    shown = display_title(entry)
    return Item(
        id=entry.id,
        url=url,
        title=one_line(clean_text(entry.title or "")) or (shown if shape.titles else None),
        display_title=shown,
        summary=_summary(entry) or shown,
        html=clean_html(entry.content_html) if whole else "",
        language=None if entry.language in {"", UNDETERMINED} else entry.language,
        published=_seconds(entry.published.at),
        updated=max(_seconds(entry.updated), _seconds(entry.published.at)),
        authors=_authors(entry.people, site),
        categories=tuple(_category(hit.slug, site) for hit in entry.topics),
        links=tuple(_links(entry, url)),
        media=tuple(_media(entry)),
        source=_source(entry, site, shape.script),
    )


def hub(site: Site, address: str) -> str | None:
    """Where the feed at a canonical address can be subscribed to: None where the hub is not told of its changes.

    A reader that has subscribed asks less often itself. See `feeds.websub.changed_feeds`, which tells of these.
    """
    return site.hub if _TOLD.fullmatch(address) else None


def rfc3339(moment: datetime) -> str:
    """RFC 3339 in UTC with `Z`, whole seconds."""
    return _seconds(moment).strftime("%Y-%m-%dT%H:%M:%SZ")


def _seconds(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone")
    return moment.astimezone(UTC).replace(microsecond=0)


def _summary(entry: Entry) -> str:
    return one_line(clean_text(entry.summary)) or excerpt(clean_text(entry.content_text), _SUMMARY_COLUMNS)


def _authors(people: Iterable[Person], site: Site) -> tuple[ItemAuthor, ...]:
    ranked = sorted(people, key=lambda person: person.role is not Role.AUTHOR)
    named = (ItemAuthor(_person_name(person), site.url(author_path(person.slug))) for person in ranked)
    return tuple(dict.fromkeys(author for author in named if author.name))


def _person_name(person: Person) -> str:
    return one_line(clean_text(person.name or person.handle or person.slug))


def _category(slug: str, site: Site) -> Category:
    return Category(slug, site.url(topic_path(slug)), one_line(clean_text(site.topic_name(slug))) or slug)


def _links(entry: Entry, main: str) -> Iterator[ItemLink]:
    """The further links, each address once: where the entry comes from first, then what it leads to."""
    found = [(link.url, "via" if link.rel in _ORIGINS else "related", link.title) for link in entry.links]
    if entry.document.url:
        found.append((entry.document.url, "via", entry.document.title or entry.document.name))
    told = {main}
    for address, rel, title in sorted(found, key=lambda link: link[1] != "via"):
        url = ascii_url(address)
        if url is not None and url not in told:
            told.add(url)
            yield ItemLink(url, rel, one_line(clean_text(title or "")) or None)


def _media(entry: Entry) -> Iterator[ItemMedia]:
    told = set()
    for media in entry.media:
        url = ascii_url(media.url)
        if url is not None and url not in told:
            told.add(url)
            yield ItemMedia(url, media.kind, _file_type(url))


def _file_type(url: str) -> str | None:
    return _FILES.get(urlsplit(url).path.rpartition(".")[2].lower())


def _source(entry: Entry, site: Site, script: str | None) -> ItemSource:
    path = source_path(entry.source.slug)
    page = (entry.source.url and ascii_url(entry.source.url)) or site.url(path)
    name = one_line(clean_text(entry.source.name)) or entry.source.slug
    name = convert(name, script) if script else name
    return ItemSource(feed_id(path), name, site.url(RSS.path(path)), site.url(ATOM.path(path)), page)
