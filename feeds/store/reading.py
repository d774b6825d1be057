"""Questions to the store that only read: each is an index walk, whatever the archive has grown to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from collections.abc import Sequence
from collections.abc import Set
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Connection
from sqlalchemy import FromClause
from sqlalchemy import Row
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import literal
from sqlalchemy import select
from sqlalchemy import tuple_
from sqlalchemy import union

from feeds.errors import GoneError
from feeds.errors import NotFoundError
from feeds.errors import QueryError
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.model import Page
from feeds.model import Relation
from feeds.model import RelationKind
from feeds.store.codec import entry_from_row
from feeds.store.cursor import Position
from feeds.store.cursor import read_cursor
from feeds.store.cursor import write_cursor
from feeds.store.engine import chunks
from feeds.store.schema import Instant
from feeds.store.schema import Key
from feeds.store.schema import author
from feeds.store.schema import document
from feeds.store.schema import entry
from feeds.store.schema import listing
from feeds.store.schema import relation
from feeds.store.schema import source
from feeds.store.schema import standing
from feeds.store.schema import story_entry

#: However many a caller asks for.
MOST = 1000
#: The parts of a listing that a role of an `EntryQuery` holds.
PARTS = {"byline": ("byline",), "quoted": ("quoted",), "any": ("byline", "quoted")}

#: What only the writer needs.
_INNER = {"digest", "whole", "keys", "natural_keys", "withdrawn_for_good", "changed", "changed_at"}
_READ = [column for column in entry.c if column.name not in _INNER]
_SOURCE = [source.c[name].label(f"source_{name}") for name in ("slug", "name", "zone", "language", "url")]
_DOCUMENT = [document.c[name].label(f"document_{name}") for name in ("urn", "name", "title", "url")]
_SORT = (entry.c.published, entry.c.order_key, entry.c.id)
_LISTED = (listing.c.published, listing.c.order_key, listing.c.entry_id)


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
    after = None if query.cursor is None else read_cursor(query.cursor)
    asked = _page(query, after, limit + 1)
    if without:
        asked = asked.with_only_columns(*_lighter(without), maintain_column_froms=True)
    rows = connection.execute(asked).all()
    shown = rows[:limit]
    related = [] if "relations" in without else [row.id for row in shown]
    relations = read_relations(connection, related)
    more = len(rows) > limit
    last = shown[-1] if more else None
    return Page(
        entries=tuple(entry_from_row(row, relations[row.id]) for row in shown),
        next=None if last is None else write_cursor((last.published, last.order_key, last.id)),
    )


def read_entry(connection: Connection, entry_id: str) -> Entry:
    """One entry with its relations by one statement. Raises `NotFoundError`, `GoneError` for a withdrawn one."""
    other = entry.alias("other")
    related = and_(relation.c.entry_id == entry.c.id, other.c.withdrawn_at.is_(None))
    pairs = relation.join(other, relation.c.other_id == other.c.id)
    joined = entry.join(source).join(document, entry.c.document_id == document.c.id).outerjoin(pairs, related)
    columns = [*_READ, *_SOURCE, *_DOCUMENT, relation.c.kind, relation.c.other_id]
    order = (relation.c.kind, relation.c.other_id)
    rows = connection.execute(select(*columns).select_from(joined).where(entry.c.id == entry_id).order_by(*order)).all()
    if not rows:
        raise NotFoundError("entry", entry_id)
    if rows[0].withdrawn_at is not None:
        raise GoneError("entry", entry_id)
    return entry_from_row(rows[0], [_relation(row) for row in rows if row.kind is not None])


def matching(query: EntryQuery, columns: Sequence[ColumnElement[Any]], limit: int) -> Select[Any]:
    """`columns` of entry, source or document for the newest entries of a query; its cursor and limit do not count."""
    return _page(query, None, limit).with_only_columns(*columns, maintain_column_froms=True)


def _lighter(without: Set[str]) -> list[ColumnElement[Any]]:
    read = [literal(EMPTY[c.name]).label(c.name) if c.name in EMPTY and c.name in without else c for c in _READ]
    return [*read, *_SOURCE, *_DOCUMENT]


def entry_columns() -> list[ColumnElement[Any]]:
    """What `feeds.store.codec.entry_from_row` wants of an entry joined with its source and its document."""
    return [*_READ, *_SOURCE, *_DOCUMENT]


def _limit(query: EntryQuery) -> int:
    if query.limit < 1:
        raise QueryError("limit", f"{query.limit} is less than 1")
    return min(query.limit, MOST)


def _page(query: EntryQuery, after: Position | None, limit: int) -> Select[Any]:
    columns = [*_READ, *_SOURCE, *_DOCUMENT]
    joined = entry.join(source).join(document, entry.c.document_id == document.c.id)
    newest = [column.desc() for column in _SORT]
    if query.document is not None or not (query.authors or query.topics):
        chosen = select(*columns).select_from(joined).where(entry.c.withdrawn_at.is_(None), *_filters(query))
        chosen = chosen.where(*_first_of_story(query, _SORT))
        if after is not None:
            chosen = chosen.where(tuple_(*_SORT) < _bound(after))
        return chosen.order_by(*newest).limit(limit)
    walk = _walk(query, after, limit)
    chosen = select(*columns).select_from(joined.join(walk, walk.c.entry_id == entry.c.id))
    return chosen.order_by(walk.c.published.desc(), walk.c.order_key.desc(), walk.c.entry_id.desc())


def _filters(query: EntryQuery, of: FromClause = entry) -> list[ColumnElement[bool]]:
    """The conditions on `entry` itself: a document is small, so what stands in it may be looked at one by one."""
    conditions: list[ColumnElement[bool]] = []
    if query.source is not None:
        conditions.append(of.c.source_id == _source_id(query.source))
    if query.document is not None:
        named = select(standing.c.entry_id).join(document).where(document.c.name == query.document)
        conditions.append(of.c.id.in_(named))
        if query.authors or query.topics:
            conditions.append(_is_listed(query, of))
    return conditions


def _first_of_story(query: EntryQuery, key: Sequence[ColumnElement[Any]]) -> list[ColumnElement[bool]]:
    """The condition of `collapse`: no earlier entry of the same story is in the listing; `key` are its sort columns.

    It says nothing of pages, so a cursor means the same with it.
    """
    if not query.collapse:
        return []
    mine, theirs, earlier = story_entry.alias("mine"), story_entry.alias("theirs"), entry.alias("earlier")
    same = and_(mine.c.story_id == theirs.c.story_id, mine.c.hangs.is_(False), theirs.c.hangs.is_(False))
    joined = mine.join(theirs, same).join(earlier, earlier.c.id == theirs.c.entry_id)
    place = (earlier.c.published, earlier.c.order_key, earlier.c.id)
    conditions = [earlier.c.withdrawn_at.is_(None), tuple_(*place) < tuple_(*key), *_filters(query, earlier)]
    if (query.authors or query.topics) and query.document is None:
        conditions.append(_is_listed(query, earlier))
    found = select(mine.c.entry_id).select_from(joined).where(mine.c.entry_id == key[2], *conditions)
    return [~found.exists()]


def _is_listed(query: EntryQuery, of: FromClause = entry) -> ColumnElement[bool]:
    there = listing.alias("there")
    place = (of.c.published, of.c.order_key, of.c.id)
    at_entry = [column == there.c[listed.name] for listed, column in zip(_LISTED, place, strict=True)]
    found: list[ColumnElement[bool]] = [
        select(there.c.entry_id).where(*walk, *at_entry).exists() for walk in _walks(query, there)
    ]
    any_of = found[0]
    for one in found[1:]:
        any_of = any_of | one
    return any_of


def _walk(query: EntryQuery, after: Position | None, limit: int) -> Any:
    """The sort keys of a page: the newest of each walk, merged; a walk ends after a page."""
    walks = [_one_walk(conditions, query, after, limit) for conditions in _walks(query)]
    if len(walks) == 1:
        return walks[0].subquery("walk")
    merged = union(*(select(one.subquery()) for one in walks)).subquery("merged")
    order = (merged.c.published.desc(), merged.c.order_key.desc(), merged.c.entry_id.desc())
    return select(merged).order_by(*order).limit(limit).subquery("walk")


def _one_walk(
    conditions: Iterable[ColumnElement[bool]], query: EntryQuery, after: Position | None, limit: int
) -> Select[Any]:
    walk = select(*_LISTED).where(*conditions, *_first_of_story(query, _LISTED))
    if query.source is not None:
        walk = walk.where(listing.c.source_id == _source_id(query.source))
    if after is not None:
        walk = walk.where(tuple_(*_LISTED) < _bound(after))
    return walk.order_by(*(column.desc() for column in _LISTED)).limit(limit)


def _walks(query: EntryQuery, along: FromClause = listing) -> list[list[ColumnElement[bool]]]:
    """One for every pair of an author's part and a topic."""
    if query.role not in PARTS:
        raise QueryError("role", f"{query.role!r} is none", tuple(PARTS))
    whose: list[list[ColumnElement[bool]]] = [
        [along.c.author_id == _author_id(slug), along.c.part == part]
        for slug in dict.fromkeys(query.authors)
        for part in PARTS[query.role]
    ] or [[along.c.author_id == 0, along.c.part == ""]]
    topics = tuple(dict.fromkeys(query.topics)) or ("",)
    return [[*who, along.c.topic == topic] for who in whose for topic in topics]


def _bound(after: Position) -> Any:
    at, order_key, entry_id = after
    return tuple_(literal(at, Instant), literal(order_key, Key), literal(entry_id, Key))


def _source_id(slug: str) -> Any:
    return select(source.c.id).where(source.c.slug == slug).scalar_subquery()


def _author_id(slug: str) -> Any:
    return select(author.c.id).where(author.c.slug == slug).scalar_subquery()


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
