"""Rows of sources and documents: what is kept of a reading beside its entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any
from uuid import uuid5

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import Row
from sqlalchemy import bindparam
from sqlalchemy import insert
from sqlalchemy import select
from sqlalchemy import update

from feeds.errors import StoreError
from feeds.identity import NAMESPACE
from feeds.model import DocumentInfo
from feeds.model import Problem
from feeds.model import Scope
from feeds.model import Source
from feeds.model.scope import document_scope
from feeds.store.codec import pack
from feeds.store.counting import bump
from feeds.store.engine import changing
from feeds.store.engine import reading
from feeds.store.engine import writing
from feeds.store.prepare import document_columns
from feeds.store.schema import document
from feeds.store.schema import source
from feeds.store.statements import add
from feeds.store.versions import STORE
from feeds.store.versions import raise_versions

_AT = select(document).join(source).where(source.c.slug == bindparam("slug"), document.c.location == bindparam("place"))
_THERE = select(document).where(document.c.location == bindparam("place")).order_by(document.c.id)
_BY_URN = select(document.c.id).where(document.c.urn == bindparam("name"))
_MOVE = update(document).where(document.c.id == bindparam("row")).values(source_id=bindparam("source"))
_MOVE = _MOVE.returning(document)
_MAKE = insert(document).returning(document)
_SEEN_BY = select(document.c.id).where(document.c.first_seen <= bindparam("at")).limit(1)
_SOURCE = select(source).where(source.c.slug == bindparam("slug"))


def record_failure(engine: Engine, info: DocumentInfo, problem: Problem, now: datetime) -> None:
    """Note that a document could not be read. Entries of a good reading stay, and so does what it said of itself.

    A document that was never read belongs to no source yet.
    """
    with reading(engine) as connection:
        if _is_noted(_last_read(connection, info.location), info, problem):
            return
    with changing(engine) as connection:
        scopes = {document_scope(info.name)} | of_all_listings(connection, now)
        row = _last_read(connection, info.location) or _add_document(connection, None, "", info, now)
        changes = {
            "digest": info.digest,
            "encoding": info.encoding,
            "failure": problem.message,
            "problems": pack([problem]),
            "skips": "[]",
            "fingerprint": None,
            "read": now,
        }
        connection.execute(update(document).where(document.c.id == row.id).values(changes))
        raise_versions(connection, {*scopes, document_scope(row.name)}, bump(connection), now)


def note_reading(engine: Engine, document_id: int, fingerprint: str, key: str | None) -> None:
    """Note what the batch with this fingerprint was made of this time; nothing that a reader sees."""
    with writing(engine) as connection:
        same = (document.c.id == document_id) & (document.c.fingerprint == fingerprint)
        connection.execute(update(document).where(same).values(reading=key))


def of_all_listings(connection: Connection, now: datetime) -> set[Scope]:
    """The scope of all listings, before the first document is made: it dates those that have no entries."""
    earlier = connection.scalars(_SEEN_BY, {"at": now}).first()
    return {STORE} if earlier is None else set()


def find_document(connection: Connection, source_slug: str, location: str) -> Row[Any] | None:
    """The row of the document that a source has at a location."""
    return connection.execute(_AT, {"slug": source_slug, "place": location}).one_or_none()


def save_source(connection: Connection, told: Source) -> tuple[int, bool]:
    """The row of a source, made or brought up to date, and whether it said something else of the source before."""
    row = connection.execute(_SOURCE, {"slug": told.slug}).one_or_none()
    if row is None:
        add(connection, source, [{**asdict(told), "entries": 0}])
        row = connection.execute(_SOURCE, {"slug": told.slug}).one()
    differs = any(getattr(row, name) != value for name, value in asdict(told).items())
    if differs:
        connection.execute(update(source).where(source.c.id == row.id).values(asdict(told)))
    return row.id, differs


def documents_at(connection: Connection, location: str) -> Sequence[Row[Any]]:
    """The documents at a location: one a source, and one without a source where none could be read yet."""
    return connection.execute(_THERE, {"place": location}).all()


def of_source(there: Sequence[Row[Any]], source_id: int) -> Row[Any] | None:
    """The one among the documents at a location that a source has."""
    return next((row for row in there if row.source_id == source_id), None)


def make_document(
    connection: Connection, source: Source, source_id: int, info: DocumentInfo, there: Sequence[Row[Any]], now: datetime
) -> Row[Any]:
    """The row of a document, made where none is `there`; what is told of it is not updated here.

    A document that was never read, or was in another source, keeps its row and so its id.
    """
    if (row := of_source(there, source_id)) is not None:
        return row
    if there:
        return connection.execute(_MOVE, {"row": there[0].id, "source": source_id}).one()
    return _add_document(connection, source_id, source.slug, info, now)


def _add_document(
    connection: Connection, source_id: int | None, slug: str, info: DocumentInfo, now: datetime
) -> Row[Any]:
    new = {
        **document_columns(info),
        "urn": _new_urn(connection, slug, info),
        "source_id": source_id,
        "entries": 0,
        "skips": "[]",
        "problems": "[]",
        "publications": "[]",
        "anonymous": False,
        "first_seen": now,
        "read": now,
    }
    return connection.execute(_MAKE, new).one()


def _new_urn(connection: Connection, slug: str, info: DocumentInfo) -> str:
    """From the name and the bytes, so that neither where it lies nor the order of reading shows.

    Of two files of the same name and bytes the second one has as many of its folders in it as it takes.
    """
    folders = PurePosixPath(info.location).parts[:-1]
    tails = ["/".join(folders[start:]) for start in range(len(folders) - 1, -1, -1)]
    for words in ((), *((tail,) for tail in tails), (info.location,)):
        urn = uuid5(NAMESPACE, "\n".join((slug, "document", info.name, info.digest, *words))).urn
        if connection.execute(_BY_URN, {"name": urn}).first() is None:
            return urn
    raise StoreError(f"cannot write the store: {info.location!r} has the id of another document")


def _last_read(connection: Connection, location: str) -> Row[Any] | None:
    """The document at a location, whatever its source; of several the one read last."""
    at_location = select(document).where(document.c.location == location)
    return connection.execute(at_location.order_by(document.c.read.desc(), document.c.id.desc()).limit(1)).one_or_none()


def _is_noted(row: Row[Any] | None, info: DocumentInfo, problem: Problem) -> bool:
    if row is None:
        return False
    return (row.digest, row.failure, row.problems) == (info.digest, problem.message, pack([problem]))
