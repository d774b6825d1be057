"""Questions to the store that only read: each is an index walk, whatever the archive has grown to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Sequence
from collections.abc import Set
from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Connection
from sqlalchemy import Row
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import func
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import union

from feeds.errors import GoneError
from feeds.errors import NotFoundError
from feeds.errors import QueryError
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.model import Page
from feeds.model import Relation
from feeds.model import RelationKind
from feeds.query.tree import searched
from feeds.search.analysis import phrase
from feeds.search.ranking import Candidate
from feeds.search.ranking import ranked
from feeds.store.codec import entry_from_row
from feeds.store.codec import people
from feeds.store.conditions import LISTED
from feeds.store.conditions import Conditions
from feeds.store.conditions import Place
from feeds.store.conditions import parts_of
from feeds.store.conditions import source_id
from feeds.store.conditions import walks
from feeds.store.cursor import Position
from feeds.store.cursor import read_cursor
from feeds.store.cursor import read_ranked_cursor
from feeds.store.cursor import write_cursor
from feeds.store.cursor import write_ranked_cursor
from feeds.store.engine import chunks
from feeds.store.finding import between
from feeds.store.finding import leading_languages
from feeds.store.finding import leading_words
from feeds.store.finding import newest_first
from feeds.store.finding import walk_of_hits
from feeds.store.indexing import names_of
from feeds.store.schema import document
from feeds.store.schema import entry
from feeds.store.schema import listing
from feeds.store.schema import relation
from feeds.store.schema import source

#: However many a caller asks for.
MOST = 1000
SORTS = ("-published", "relevance")
#: So many of the newest hits are put into the order of relevance, by so many characters of each.
RANKED = 200
_READ_TO_RANK = 4000
#: SQLite takes five hundred terms in a union.
_TERMS = 400
#: What only the writer needs.
_INNER = {"digest", "whole", "keys", "natural_keys", "withdrawn_for_good", "changed", "changed_at"}
_READ = [column for column in entry.c if column.name not in _INNER]
_SOURCE = [source.c[name].label(f"source_{name}") for name in ("slug", "name", "zone", "language", "url")]
_DOCUMENT = [document.c[name].label(f"document_{name}") for name in ("urn", "name", "title", "url")]
_COLUMNS = [*_READ, *_SOURCE, *_DOCUMENT]
_JOINED = entry.join(source).join(document, entry.c.document_id == document.c.id)
_SORT: Place = (entry.c.published, entry.c.order_key, entry.c.id)


#: Parts of an entry that a caller may leave unread, with what stands in their place.
EMPTY = {
    "content_html": "",
    "content_text": "",
    "summary": "",
    "people": "[]",
    "quoted": "[]",
    "links": "[]",
    "media": "[]",
    "topics": "[]",
    "labels": "[]",
}
#: What may be left unread: those, and the relations, which cost a statement of their own.
PARTS_OF_ENTRY = frozenset({*EMPTY, "relations"})


def read_page(connection: Connection, query: EntryQuery, without: Set[str] = frozenset()) -> Page:
    """The entries of a listing: one statement, and one for their relations. Raises `QueryError`.

    The parts `without`, of `PARTS_OF_ENTRY`, are not read and come empty.
    """
    limit = _limit(query)
    if query.sort not in SORTS:
        raise QueryError("sort", f"{query.sort!r} is no order", SORTS)
    if query.sort == "relevance" and any(searched(query.where)):
        return _read_ranked(connection, query, limit, without)
    after = None if query.cursor is None else read_cursor(query.cursor)
    asked = _page(connection, query, after, limit + 1)
    if without:
        asked = asked.with_only_columns(*entry_columns(without), maintain_column_froms=True)
    rows = connection.execute(asked).all()
    last = rows[limit - 1] if len(rows) > limit else None
    following = None if last is None else write_cursor((last.published, last.order_key, last.id))
    return Page(_entries(connection, rows[:limit], without), following)


def count(connection: Connection, query: EntryQuery, most: int) -> int:
    """How many entries a query has, or `most`; its cursor and limit do not count."""
    found = _walk(connection, query, None, most).subquery()
    return int(connection.scalar(select(func.count()).select_from(found)) or 0)


def read_newest(connection: Connection, query: EntryQuery) -> datetime | None:
    """When the first entry of a page was published."""
    after = None if query.cursor is None else read_cursor(query.cursor)
    row = connection.execute(_walk(connection, query, after, 1)).first()
    return None if row is None else row.published


def _read_ranked(connection: Connection, query: EntryQuery, limit: int, without: Set[str]) -> Page:
    """A page of the newest hits, the best first. What comes meanwhile does not move the pages that follow."""
    after, offset = (None, 0) if query.cursor is None else read_ranked_cursor(query.cursor)
    columns = [*_SORT, entry.c.title, entry.c.people, func.substr(entry.c.content_text, 1, _READ_TO_RANK).label("text")]
    asked = _page(connection, query, after, RANKED).with_only_columns(*columns, maintain_column_froms=True)
    rows = connection.execute(asked).all()
    candidates = [Candidate(r.id, r.published, r.title, names_of(people(r.people)), r.text) for r in rows]
    phrases = [found for words in searched(query.where) if (found := phrase(words)) is not None]
    ids = ranked(candidates, phrases)
    shown = ids[offset : offset + limit]
    whole = select(*entry_columns(without)).select_from(_JOINED).where(entry.c.id.in_(shown))
    by_id = {row.id: row for row in connection.execute(whole)}
    more = len(ids) > offset + limit
    following = write_ranked_cursor(after or _just_behind(rows[0]), offset + limit) if more else None
    return Page(_entries(connection, [by_id[entry_id] for entry_id in shown], without), following)


def _just_behind(row: Row[Any]) -> Position:
    """A position in front of all that was published with the newest hit."""
    return row.published + timedelta(microseconds=1), "", ""


def _entries(connection: Connection, rows: Sequence[Row[Any]], without: Set[str]) -> tuple[Entry, ...]:
    relations = read_relations(connection, [] if "relations" in without else [row.id for row in rows])
    return tuple(entry_from_row(row, relations[row.id]) for row in rows)


def read_entry(connection: Connection, entry_id: str) -> Entry:
    """One entry with its relations by one statement. Raises `NotFoundError`, `GoneError` for a withdrawn one."""
    other = entry.alias("other")
    # One after the other: for a join in brackets SQLite reads all relations that there are.
    joined = _JOINED.outerjoin(relation, relation.c.entry_id == entry.c.id)
    joined = joined.outerjoin(other, and_(other.c.id == relation.c.other_id, other.c.withdrawn_at.is_(None)))
    columns = [*_COLUMNS, relation.c.kind, relation.c.other_id, other.c.id.label("live")]
    order = (relation.c.kind, relation.c.other_id)
    rows = connection.execute(select(*columns).select_from(joined).where(entry.c.id == entry_id).order_by(*order)).all()
    if not rows:
        raise NotFoundError("entry", entry_id)
    if rows[0].withdrawn_at is not None:
        raise GoneError("entry", entry_id)
    return entry_from_row(rows[0], [_relation(row) for row in rows if row.live is not None])


def matching(
    connection: Connection, query: EntryQuery, columns: Sequence[ColumnElement[Any]], limit: int
) -> Select[Any]:
    """`columns` of entry, source or document for the newest entries of a query; its cursor and limit do not count."""
    return _page(connection, query, None, limit).with_only_columns(*columns, maintain_column_froms=True)


def entry_columns(without: Set[str] = frozenset()) -> list[ColumnElement[Any]]:
    """What `feeds.store.codec.entry_from_row` wants of an entry joined with its source and its document.

    The parts `without`, of `PARTS_OF_ENTRY`, are not read and come empty.
    """
    read = [literal(EMPTY[c.name]).label(c.name) if c.name in EMPTY and c.name in without else c for c in _READ]
    return [*read, *_SOURCE, *_DOCUMENT]


def _limit(query: EntryQuery) -> int:
    if query.limit < 1:
        raise QueryError("limit", f"{query.limit} is less than 1")
    return min(query.limit, MOST)


def _page(connection: Connection, query: EntryQuery, after: Position | None, limit: int) -> Select[Any]:
    """The rows of the next `limit` entries, in the order of their walk."""
    found = _walk(connection, query, after, limit)
    if found.get_final_froms() == [entry]:
        return found.with_only_columns(*_COLUMNS).select_from(_JOINED)
    walk = found.subquery("walk")
    chosen = select(*_COLUMNS).select_from(_JOINED.join(walk, walk.c.entry_id == entry.c.id))
    return chosen.order_by(*newest_first((walk.c.published, walk.c.order_key, walk.c.entry_id)))


def _walk(connection: Connection, query: EntryQuery, after: Position | None, limit: int) -> Select[Any]:
    """The sort keys of the next `limit` entries: of what was updated since, or of all."""
    parts_of(query.role)
    if query.updated_since is not None:
        return _updated_walk(connection, query, query.updated_since, after, limit)
    return _whole_walk(Conditions(connection, query), after, limit)


def _whole_walk(conditions: Conditions, after: Position | None, limit: int) -> Select[Any]:
    """Along the hits of words, a language, listings, or the archive. A document is small: its entries are sorted."""
    connection, query = conditions.connection, conditions.query
    if query.document is not None:
        return _entry_walk(conditions, [], after, limit)
    if (words := leading_words(connection, query)) is not None:
        return walk_of_hits(conditions, words, after, limit)
    if tags := leading_languages(connection, query):
        spoken = [[entry.c.language == tag] for tag in tags]
        return _merged([_entry_walk(conditions, along, after, limit) for along in spoken], limit)
    if query.authors or query.topics:
        return _merged([_listing_walk(conditions, along, after, limit) for along in walks(query)], limit)
    return _entry_walk(conditions, [], after, limit)


def _updated_walk(
    connection: Connection, query: EntryQuery, since: datetime, after: Position | None, limit: int
) -> Select[Any]:
    """What was published since comes first, and fills most pages; behind it what is older and was edited since.

    An entry is never updated before it was published, so that nothing else is; and of what was edited there is an
    index, so that who asks what is new does not walk to the beginning of the archive.
    """
    rest = replace(query, updated_since=None)
    first = since if query.since is None else max(since, query.since)
    published = _whole_walk(Conditions(connection, replace(rest, since=first), query), after, limit)
    if len(connection.execute(published).all()) == limit:
        return published
    edited = select(entry.c.id).where(
        entry.c.updated >= since, entry.c.updated > entry.c.published, entry.c.withdrawn_at.is_(None)
    )
    older = [entry.c.id.in_(edited), entry.c.published < since]
    return _merged([published, _entry_walk(Conditions(connection, rest, query), older, after, limit)], limit)


def _merged(found: Sequence[Select[Any]], limit: int) -> Select[Any]:
    """The newest of all walks; each of them ends after a page."""
    if len(found) == 1:
        return found[0]
    if len(found) > _TERMS:
        return _merged([_merged(some, limit) for some in chunks(found, _TERMS)], limit)
    merged = union(*(select(one.subquery()) for one in found)).subquery("merged")
    newest = newest_first((merged.c.published, merged.c.order_key, merged.c.entry_id))
    return select(merged).order_by(*newest).limit(limit)


def _entry_walk(
    conditions: Conditions, along: Iterable[ColumnElement[bool]], after: Position | None, limit: int
) -> Select[Any]:
    query = conditions.query
    own = [] if query.source is None else [entry.c.source_id == source_id(query.source)]
    its = [entry.c.withdrawn_at.is_(None), *along, *own, *conditions.of(_SORT, walked={"source"})]
    walk = select(entry.c.published, entry.c.order_key, entry.c.id.label("entry_id"))
    walk = walk.where(*its, *conditions.first_of_story(_SORT), *between(query, _SORT, after))
    return walk.order_by(*newest_first(_SORT)).limit(limit)


def _listing_walk(
    conditions: Conditions, along: Iterable[ColumnElement[bool]], after: Position | None, limit: int
) -> Select[Any]:
    query = conditions.query
    own = [] if query.source is None else [listing.c.source_id == source_id(query.source)]
    its = [*along, *own, *conditions.of(LISTED, walked={"listing", "source"}), *conditions.first_of_story(LISTED)]
    walk = select(*LISTED).where(*its, *between(query, LISTED, after))
    return walk.order_by(*newest_first(LISTED)).limit(limit)


def read_relations(connection: Connection, ids: Sequence[str]) -> defaultdict[str, list[Relation]]:
    """The relations of entries to others that are live, by id."""
    found: defaultdict[str, list[Relation]] = defaultdict(list)
    joined = relation.join(entry, relation.c.other_id == entry.c.id)
    for some in chunks(ids):
        live = (relation.c.entry_id.in_(some), entry.c.withdrawn_at.is_(None))
        asked = select(relation).select_from(joined).where(*live).order_by(relation.c.kind, relation.c.other_id)
        for row in connection.execute(asked):
            found[row.entry_id].append(_relation(row))
    return found


def _relation(row: Row[Any]) -> Relation:
    return Relation(RelationKind(row.kind), row.other_id)
