"""What stands beside an entry in the listing of its author, and which entries there are: for pages and site maps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import select
from sqlalchemy import tuple_

from feeds.model import Entry
from feeds.store.codec import entry_from_row
from feeds.store.reading import entry_columns
from feeds.store.schema import author
from feeds.store.schema import document
from feeds.store.schema import entry
from feeds.store.schema import listing
from feeds.store.schema import source

_URN = "urn:uuid:"


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The entries before and after one in a listing, without their relations; None at either end."""

    older: Entry | None
    newer: Entry | None


def read_neighbours(connection: Connection, entry_id: str, slug: str) -> Neighbours:
    """The neighbours of an entry in the listing of the author with the slug; none where it is not in it."""
    return Neighbours(_next(connection, entry_id, slug, newer=False), _next(connection, entry_id, slug, newer=True))


def read_ids(connection: Connection, beginning: str) -> list[tuple[str, datetime]]:
    """The ids of live entries whose UUIDs begin so (hexadecimal digits), in order, each with its `updated`."""
    first = _URN + beginning
    behind = first[:-1] + chr(ord(first[-1]) + 1)
    between = (entry.c.id >= first, entry.c.id < behind, entry.c.withdrawn_at.is_(None))
    rows = connection.execute(select(entry.c.id, entry.c.updated).where(*between).order_by(entry.c.id))
    return [(row.id, row.updated) for row in rows]


def _next(connection: Connection, entry_id: str, slug: str, *, newer: bool) -> Entry | None:
    key = (listing.c.published, listing.c.order_key, listing.c.entry_id)
    here = select(entry.c.published, entry.c.order_key, entry.c.id).where(entry.c.id == entry_id)
    at = connection.execute(here).one_or_none()
    if at is None:
        return None
    place: Any = tuple_(*at, types=[column.type for column in key])
    whose = listing.c.author_id == select(author.c.id).where(author.c.slug == slug).scalar_subquery()
    beyond = tuple_(*key) > place if newer else tuple_(*key) < place
    walk = select(listing.c.entry_id).where(whose, listing.c.part == "byline", listing.c.topic == "", beyond)
    order = key if newer else tuple(column.desc() for column in key)
    found = walk.order_by(*order).limit(1).scalar_subquery()
    joined = entry.join(source).join(document, entry.c.document_id == document.c.id)
    row = connection.execute(select(*entry_columns()).select_from(joined).where(entry.c.id == found)).one_or_none()
    return None if row is None else entry_from_row(row, ())
