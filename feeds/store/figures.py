"""How much there is of everything: a few sums, for whoever watches over a site."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy import func
from sqlalchemy import select

from feeds.store.schema import HEAD
from feeds.store.schema import document
from feeds.store.schema import source
from feeds.store.tallies import read_version


@dataclass(frozen=True, slots=True)
class Figures:
    """How much there is."""

    #: Grows by one with every transaction that changed something a reader can see.
    version: int
    #: The state of the tables that the program knows.
    schema: str
    #: Those that stand, by the slug of their source.
    entries: dict[str, int]
    documents: int
    #: Documents whose last reading failed.
    unreadable: int


def read_figures(connection: Connection) -> Figures:
    """All of them at one moment; the entries of each source are counted where they are written, not here."""
    sources = connection.execute(select(source.c.slug, source.c.entries))
    counts = select(func.count(), func.count().filter(document.c.failure.is_not(None))).select_from(document)
    documents, unreadable = connection.execute(counts).one()
    entries = {row.slug: row.entries for row in sources}
    return Figures(read_version(connection), HEAD, entries, documents, unreadable)
