"""The conditions of an `EntryQuery` on one entry, whatever walk has found it."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Container
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Connection
from sqlalchemy import FromClause
from sqlalchemy import and_
from sqlalchemy import false
from sqlalchemy import literal
from sqlalchemy import not_
from sqlalchemy import or_
from sqlalchemy import select
from sqlalchemy import true
from sqlalchemy import tuple_

from feeds.errors import QueryError
from feeds.model import EntryQuery
from feeds.query.tree import All
from feeds.query.tree import AnyOf
from feeds.query.tree import Expression
from feeds.query.tree import Filter
from feeds.query.tree import Not
from feeds.query.tree import Words
from feeds.store.columns import Instant
from feeds.store.columns import Key
from feeds.store.cursor import Position
from feeds.store.schema import author
from feeds.store.schema import document
from feeds.store.schema import entry
from feeds.store.schema import listing
from feeds.store.schema import source
from feeds.store.schema import standing
from feeds.store.schema import story_entry
from feeds.store.searching import has_words

#: The parts of a listing that a role of an `EntryQuery` holds.
PARTS = {"byline": ("byline",), "quoted": ("quoted",), "any": ("byline", "quoted")}

#: The columns by which entries are sorted: published, order key, id; of whatever table has them.
Place = Sequence[ColumnElement[Any]]
LISTED: Place = (listing.c.published, listing.c.order_key, listing.c.entry_id)

#: How far the first moment of a day anywhere lies from that of UTC: zones go from UTC-12 to UTC+14.
_EARLIEST = timedelta(hours=14)
_LATEST = timedelta(hours=12)
_DAY = timedelta(days=1)


def parts_of(role: str) -> tuple[str, ...]:
    """The parts of a listing. Raises `QueryError`."""
    if role not in PARTS:
        raise QueryError("role", f"{role!r} is none", tuple(PARTS))
    return PARTS[role]


def bound(after: Position) -> Any:
    """The place of a cursor, to be compared with a `Place`."""
    at, order_key, entry_id = after
    return tuple_(literal(at, Instant), literal(order_key, Key), literal(entry_id, Key))


def source_id(slug: str) -> Any:
    """The row of a source."""
    return select(source.c.id).where(source.c.slug == slug).scalar_subquery()


def author_id(slug: str) -> Any:
    """The row of an author."""
    return select(author.c.id).where(author.c.slug == slug).scalar_subquery()


def walks(query: EntryQuery, along: FromClause = listing) -> list[list[ColumnElement[bool]]]:
    """The conditions of listings that hold what the authors and topics of a query ask for: one for every pair."""
    whose = [who for slug in dict.fromkeys(query.authors) for who in _listings_of(slug, query.role, along)]
    whose = whose or [[along.c.author_id == 0, along.c.part == ""]]
    topics = tuple(dict.fromkeys(query.topics)) or ("",)
    return [[*who, along.c.topic == topic] for who in whose for topic in topics]


def in_walks(query: EntryQuery) -> list[ColumnElement[bool]]:
    """The conditions of a row of any of these listings, however many they are."""
    slugs = select(author.c.id).where(author.c.slug.in_(query.authors))
    anybody = [listing.c.author_id == 0, listing.c.part == ""]
    theirs = [listing.c.author_id.in_(slugs), listing.c.part.in_(parts_of(query.role))]
    return [*(theirs if query.authors else anybody), listing.c.topic.in_(query.topics or ("",))]


def _listings_of(slug: str, role: str, along: FromClause) -> list[list[ColumnElement[bool]]]:
    return [[along.c.author_id == author_id(slug), along.c.part == part] for part in parts_of(role)]


@dataclass(frozen=True, slots=True)
class Conditions:
    """The conditions of a query. Each is decided by look-ups, whatever the archive has grown to."""

    connection: Connection
    query: EntryQuery
    #: Of what the first of a story is shown, where a walk is only a part of it.
    listed: EntryQuery | None = None

    def of(self, place: Place, *, walked: Container[str] = ()) -> list[ColumnElement[bool]]:
        """All of them but `collapse`, and but those that the walk keeps itself: "listing", "source"."""
        query = self.query
        found = list(self._dates(place))
        if "listing" not in walked and (query.authors or query.topics):
            found.append(self._is_listed(place))
        if "source" not in walked and query.source is not None:
            found.append(_is_of_source(place, query.source))
        if query.document is not None:
            named = select(standing.c.entry_id).join(document).where(document.c.name == query.document)
            found.append(place[2].in_(named))
        if query.languages:
            found.append(or_(*(_is_in_language(place, tag) for tag in query.languages)))
        if (since := query.updated_since) is not None:
            found.append(_entry_has(place, lambda its: its.c.updated >= since))
        if query.where is not None:
            found.append(self._holds(query.where, place))
        return found

    def first_of_story(self, place: Place) -> list[ColumnElement[bool]]:
        """The condition of `collapse`: no earlier entry of the same story is in the listing.

        It says nothing of pages, so a cursor means the same with it.
        """
        if not self.query.collapse:
            return []
        mine, theirs, earlier = story_entry.alias("mine"), story_entry.alias("theirs"), entry.alias("earlier")
        same = and_(mine.c.story_id == theirs.c.story_id, mine.c.hangs.is_(False), theirs.c.hangs.is_(False))
        joined = mine.join(theirs, same).join(earlier, earlier.c.id == theirs.c.entry_id)
        its = (earlier.c.published, earlier.c.order_key, earlier.c.id)
        listed = Conditions(self.connection, self.listed or self.query)
        conditions = [earlier.c.withdrawn_at.is_(None), tuple_(*its) < tuple_(*place), *listed.of(its)]
        found = select(mine.c.entry_id).select_from(joined).where(mine.c.entry_id == place[2], *conditions)
        return [~found.exists()]

    def _is_listed(self, place: Place) -> ColumnElement[bool]:
        """Whether the entry is in a listing of the authors and topics."""
        there = listing.alias()
        return or_(*(_stands(there, place, conditions) for conditions in walks(self.query, there)))

    def _holds(self, tree: Expression, place: Place) -> ColumnElement[bool]:
        """Whether a tree holds for the entry."""
        match tree:
            case Words(text=text):
                return has_words(self.connection, tree, place[2]) if text else false()
            case Filter():
                return self._is(tree, place)
            case Not(operand=operand):
                return not_(self._holds(operand, place))
            case All(operands=operands):
                return and_(true(), *(self._holds(one, place) for one in operands))
            case AnyOf(operands=operands):
                return or_(false(), *(self._holds(one, place) for one in operands))

    def _is(self, found: Filter, place: Place) -> ColumnElement[bool]:
        there = listing.alias()
        match found.field:
            case "author":
                listings = _listings_of(found.value, self.query.role, there)
                return or_(*(_stands(there, place, [*one, there.c.topic == ""]) for one in listings))
            case "topic":
                anybody = [there.c.author_id == 0, there.c.part == "", there.c.topic == found.value]
                return _stands(there, place, anybody)
            case "source":
                return _is_of_source(place, found.value)
            case "lang":
                return _is_in_language(place, found.value)
            case "since":
                return _since(found.value, place)
            case "until":
                return not_(_since(_next_day(found.value), place))
        raise QueryError("q", f"{found.field}: is no filter")

    def _dates(self, place: Place) -> Iterator[ColumnElement[bool]]:
        if self.query.since is not None:
            yield place[0] >= self.query.since
        if self.query.until is not None:
            yield place[0] <= self.query.until


def bounds(tree: Expression | None) -> tuple[datetime | None, datetime | None]:
    """Moments between which everything lies that a tree holds for, as far as its days tell: where a walk may begin."""
    parts = tree.operands if isinstance(tree, All) else (tree,)
    days = [part for part in parts if isinstance(part, Filter)]
    first = max((_midnight(part.value) - _EARLIEST for part in days if part.field == "since"), default=None)
    last = min((_midnight(part.value) + _DAY + _LATEST for part in days if part.field == "until"), default=None)
    return first, last


def _since(day: str, place: Place) -> ColumnElement[bool]:
    """Whether the date that the entry shows, in the zone of its source, is `day` or later.

    Only near its beginning somewhere that has to be looked up. What has no date counts by where it stands, in UTC.
    """
    begins = _midnight(day)

    def shows(its: FromClause) -> ColumnElement[bool]:
        return or_(its.c.date >= day, and_(its.c.date.is_(None), its.c.published >= begins))

    near = and_(place[0] >= begins - _EARLIEST, _entry_has(place, shows))
    return or_(place[0] >= begins + _LATEST, near)


def _midnight(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def _next_day(day: str) -> str:
    return (_midnight(day) + _DAY).date().isoformat()


def _is_of_source(place: Place, slug: str) -> ColumnElement[bool]:
    return _entry_has(place, lambda its: its.c.source_id == source_id(slug))


def _is_in_language(place: Place, tag: str) -> ColumnElement[bool]:
    def speaks(its: FromClause) -> ColumnElement[bool]:
        return or_(its.c.language == tag, its.c.language.startswith(f"{tag}-", autoescape=True))

    return _entry_has(place, speaks)


def _entry_has(place: Place, condition: Callable[[FromClause], ColumnElement[bool]]) -> ColumnElement[bool]:
    """A condition on the columns of `entry`, by way of its id: looked up for each entry, see `_stands`."""
    its = entry.alias()
    return select(its.c.id).where(its.c.id == place[2], condition(its)).limit(1).offset(0).exists()


def _stands(there: FromClause, place: Place, conditions: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """A condition on the listings of an entry that is walked past.

    The offset tells PostgreSQL to look it up for each entry: else it may come from the other side, and read all that
    somebody wrote, or the whole archive, for the sake of one page.
    """
    at_entry = [there.c[listed.name] == column for listed, column in zip(LISTED, place, strict=True)]
    return select(literal(1)).select_from(there).where(*conditions, *at_entry).limit(1).offset(0).exists()
