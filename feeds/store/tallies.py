"""Listings with their counters, and what is known of sources and documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import select

from feeds.errors import NotFoundError
from feeds.model import DocumentReport
from feeds.model import LastReading
from feeds.model import Source
from feeds.model import Tally
from feeds.store.codec import last_reading_from_row
from feeds.store.codec import report_from_row
from feeds.store.codec import strings
from feeds.store.engine import chunks
from feeds.store.schema import document
from feeds.store.schema import source
from feeds.store.schema import state
from feeds.store.schema import topic


def read_topics(connection: Connection) -> tuple[Tally, ...]:
    """The topics with entries, those with the most first. The store knows slugs, no names."""
    rows = connection.execute(select(topic).where(topic.c.entries > 0))
    tallies = (Tally(row.slug, row.slug, row.entries, row.newest) for row in rows)
    return tuple(sorted(tallies, key=lambda tally: (-tally.entries, tally.slug)))


def read_sources(connection: Connection) -> tuple[Tally, ...]:
    """All sources by slug."""
    rows = connection.execute(select(source).order_by(source.c.slug))
    return tuple(Tally(row.slug, row.name, row.entries, row.newest) for row in rows)


def read_source(connection: Connection, slug: str) -> Source:
    """Raises `NotFoundError`."""
    row = connection.execute(select(source).where(source.c.slug == slug)).one_or_none()
    if row is None:
        raise NotFoundError("source", slug)
    return Source(row.slug, row.name, row.zone, row.language, row.url)


def read_documents(connection: Connection) -> tuple[DocumentReport, ...]:
    """All documents by source and name; first those that were never read and are of none."""
    order = (source.c.slug.nulls_first(), document.c.name, document.c.location)
    return tuple(report_from_row(row) for row in connection.execute(_documents().order_by(*order)))


def read_worst_documents(connection: Connection, limit: int, offset: int) -> tuple[DocumentReport, ...]:
    """Documents by name, those first that could not be read; without the first `offset` of them."""
    failed, read = document.c.failure.is_not(None), document.c.failure.is_(None)
    order = (document.c.name, document.c.id)
    first = connection.execute(_documents().where(failed).order_by(*order).limit(limit).offset(offset)).all()
    rest = limit - len(first)
    behind = max(0, offset - count_documents(connection)[1])
    others = connection.execute(_documents().where(read).order_by(*order).limit(rest).offset(behind)) if rest else ()
    return tuple(map(report_from_row, (*first, *others)))


def count_documents(connection: Connection) -> tuple[int, int]:
    """How many documents there are, and how many of them could not be read."""
    failed = select(func.count()).select_from(document).where(document.c.failure.is_not(None))
    row = connection.execute(select(func.count(), failed.scalar_subquery()).select_from(document)).one()
    return row[0], row[1]


def read_beginning(connection: Connection) -> datetime | None:
    """When the first document was first seen."""
    asked = select(document.c.first_seen).order_by(document.c.first_seen).limit(1)
    return connection.scalar(asked)


def read_documents_after(connection: Connection, document_id: str, limit: int) -> tuple[DocumentReport, ...]:
    """Documents in the order of their ids, the first ones behind `document_id`."""
    asked = _documents().where(document.c.urn > document_id).order_by(document.c.urn).limit(limit)
    return tuple(report_from_row(row) for row in connection.execute(asked))


def read_document_at(connection: Connection, slug: str, location: str) -> DocumentReport | None:
    """The document that a source has at a location."""
    asked = _documents().where(source.c.slug == slug, document.c.location == location)
    row = connection.execute(asked).one_or_none()
    return None if row is None else report_from_row(row)


def read_last_readings(connection: Connection, locations: Iterable[str]) -> dict[str, LastReading]:
    """By location, of the documents whose last reading is known and went well."""
    names = ("location", "format", "entries", "skips", "problems", "read", "reading")
    columns: list[Any] = [*(document.c[name] for name in names), source.c.slug]
    good = document.c.reading.is_not(None) & document.c.fingerprint.is_not(None) & document.c.failure.is_(None)
    found: dict[str, LastReading] = {}
    for some in chunks(locations):
        asked = select(*columns).join_from(document, source).where(document.c.location.in_(some), good)
        found |= {row.location: last_reading_from_row(row) for row in connection.execute(asked)}
    return found


def read_document(connection: Connection, name: str) -> DocumentReport:
    """By name or id; of several with the name the one read last. Raises `NotFoundError`."""
    named = (document.c.name == name) | (document.c.urn == name)
    newest = (document.c.read.desc(), document.c.urn)
    row = connection.execute(_documents().where(named).order_by(*newest).limit(1)).one_or_none()
    if row is None:
        raise NotFoundError("document", name)
    return report_from_row(row)


def read_publications(connection: Connection, slug: str, folder: str | None = None) -> tuple[str, ...]:
    """Names of authors without a handle in a source, or a folder of it, those that most documents carry first."""
    asked = select(document.c.location, document.c.publications).join(source).where(source.c.slug == slug)
    if folder is not None:
        beyond = f"{folder}0"  # the character behind a slash
        asked = asked.where(document.c.location > f"{folder}/", document.c.location < beyond)
    rows = [row for row in connection.execute(asked) if folder is None or _folder(row.location) == folder]
    carried = Counter(name for row in rows for name in strings(row.publications))
    return tuple(sorted(carried, key=lambda name: (-carried[name], name)))


def read_anonymous(connection: Connection, slug: str) -> tuple[str, ...]:
    """The locations of the documents of a source that do not say who publishes them."""
    asked = select(document.c.location).join(source).where(source.c.slug == slug, document.c.anonymous)
    return tuple(connection.scalars(asked.order_by(document.c.location)))


def read_version(connection: Connection) -> int:
    """How many writing transactions changed something that a reader can see."""
    return int(connection.scalars(select(state.c.version)).one())


def _folder(location: str) -> str:
    return location.rpartition("/")[0]


def _documents() -> Select[Any]:
    return select(document, source.c.slug.label("source_slug")).outerjoin(source)
