"""Which walk answers a query where several could: along the hits of its words, a language, or its listings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy import Connection
from sqlalchemy import Select
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import tuple_
from sqlalchemy import union

from feeds.model import EntryQuery
from feeds.query.tree import AnyOf
from feeds.query.tree import Expression
from feeds.query.tree import Filter
from feeds.query.tree import Not
from feeds.query.tree import conjuncts
from feeds.query.tree import together
from feeds.store.conditions import Conditions
from feeds.store.conditions import Place
from feeds.store.conditions import bound
from feeds.store.conditions import bounds
from feeds.store.conditions import in_walks
from feeds.store.conditions import source_id
from feeds.store.cursor import Position
from feeds.store.indexing import CELL
from feeds.store.indexing import cell
from feeds.store.schema import author
from feeds.store.schema import entry
from feeds.store.schema import listing
from feeds.store.schema import search_entry
from feeds.store.schema import source
from feeds.store.schema import topic
from feeds.store.searching import Extent
from feeds.store.searching import Hits
from feeds.store.searching import Way
from feeds.store.searching import among
from feeds.store.searching import gathered
from feeds.store.searching import hits
from feeds.store.searching import is_text
from feeds.store.searching import knows_few
from feeds.store.searching import walks_all_but
from feeds.store.searching import way_to

#: A language of no more entries than this is walked whatever else is asked for but words.
_SELDOM = 2_000
#: Nobody keeps count of languages: more entries than this are many.
_COUNTED = 100_000
#: The keys of no more entries than this are gathered, to have hits be among them.
_FEW = 8_000


@dataclass(frozen=True, slots=True)
class Leading:
    """A query whose words are looked up first."""

    #: None for all texts.
    words: Expression | None
    #: What the texts must not have.
    without: Expression | None
    #: What else must hold.
    rest: Expression | None
    way: Way
    #: The ids of a few entries that hits must be among; None where nothing tells which, or where they are many.
    few: Select[Any] | None


def leading_words(connection: Connection, query: EntryQuery) -> Leading | None:
    """The words to begin with; None where there are none, or where walking along the listing costs less.

    A source is a listing too, and so is a language. What must not be there leads where nothing else does and the
    database can walk along all other texts.
    """
    parts = conjuncts(query.where)
    wanted = [part for part in parts if is_text(part)]
    unwanted = [part.operand for part in parts if isinstance(part, Not) and is_text(part.operand)]
    words = together(tuple(wanted))
    listed = _is_listed(query) or bool(_asked(query))
    if words is None and (not unwanted or listed or not walks_all_but(connection)):
        return None
    sizes = _Sizes.of(connection, query)
    without = AnyOf(tuple(unwanted)) if len(unwanted) > 1 else next(iter(unwanted), None)
    way = way_to(connection, words, without, sizes.extent())
    if way is Way.LISTING:
        return None
    used = {*wanted, *map(Not, unwanted)}
    rest = tuple(part for part in parts if part not in used)
    few = _few(connection, query, sizes) if knows_few(connection) else None
    return Leading(words, without, together(rest), way, few)


def _few(connection: Connection, query: EntryQuery, sizes: _Sizes) -> Select[Any] | None:
    """Entries that all of a listing is among, where they are few."""
    live = entry.c.withdrawn_at.is_(None)
    if sizes.languages is not None and sizes.languages <= _SELDOM:
        return select(entry.c.id).where(_speaks(_spoken(connection, query)), live)
    if sizes.source is not None and sizes.source <= min(_FEW, sizes.listings or _FEW):
        return select(entry.c.id).where(entry.c.source_id == source_id(str(query.source)), live)
    if sizes.listings is not None and sizes.listings <= _FEW:
        return select(listing.c.entry_id).where(*in_walks(query))
    return None


def leading_languages(connection: Connection, query: EntryQuery) -> list[str]:
    """The tags of the languages to walk along; none where others narrow more."""
    tags = _spoken(connection, query)
    return [] if tags and _is_listed(query) and _speaking(connection, tags, _SELDOM) is None else tags


def _is_listed(query: EntryQuery) -> bool:
    return bool(query.authors or query.topics or query.source)


def _asked(query: EntryQuery) -> tuple[str, ...]:
    """Languages that all must be in one of; none where it may be in any."""
    named = (part.value for part in conjuncts(query.where) if isinstance(part, Filter) and part.field == "lang")
    return query.languages or tuple(islice(named, 1))


def _spoken(connection: Connection, query: EntryQuery) -> list[str]:
    """The tags of these languages, as entries have them."""
    if not (asked := _asked(query)):
        return []
    tags = [tag for tag in _tags(connection) if any(tag == one or tag.startswith(f"{one}-") for one in asked)]
    return tags or [asked[0]]


def _tags(connection: Connection) -> list[str]:
    """All languages of entries: one step along the index for each."""
    live = entry.c.withdrawn_at.is_(None)
    found = select(func.min(entry.c.language).label("tag")).where(live).cte("tags", recursive=True)
    following = select(func.min(entry.c.language)).where(live, entry.c.language > found.c.tag)
    step = select(following.correlate(found).scalar_subquery()).where(found.c.tag.is_not(None))
    return [tag for tag in connection.scalars(select(found.union_all(step).c.tag)) if tag is not None]


def _speaks(tags: Sequence[str]) -> ColumnElement[bool]:
    return entry.c.language.in_(tags)


def _speaking(connection: Connection, tags: Sequence[str], most: int) -> int | None:
    """How many entries there are in languages; None for more than `most`."""
    some = select(entry.c.id).where(_speaks(tags), entry.c.withdrawn_at.is_(None)).limit(most + 1)
    number = connection.scalar(select(func.count()).select_from(some.subquery())) or 0
    return number if number <= most else None


def walk_of_hits(conditions: Conditions, leading: Leading, after: Position | None, limit: int) -> Select[Any]:
    """The sort keys of a page. Rows of the full text stand by the second: those of the last one are looked at all.

    The keys are asked for first: only with these themselves does PostgreSQL know that few rows are left.
    """
    query, connection = conditions.query, conditions.connection
    place = (search_entry.c.published, search_entry.c.order_key, search_entry.c.entry_id)
    rest = Conditions(connection, replace(query, where=leading.rest))
    its = [search_entry.c.entry_id.is_not(None), *rest.of(place), *conditions.first_of_story(place)]
    its += between(query, place, after)

    def where(found: Hits) -> list[ColumnElement[bool]]:
        few = [] if leading.few is None else [among(found.key, leading.few)]
        return [found.condition, *its, *_between_keys(query, found.key, after), *few]

    found = hits(connection, leading.words, leading.without)
    first = found
    if leading.words is not None and leading.way is Way.GATHERED:
        first = gathered(leading.words, leading.without)
    walked = select(first.key.label("key")).select_from(first.rows).where(*where(first))
    keys = connection.scalars(walked.order_by(first.key.desc()).limit(limit)).all()
    last = keys[-1] if keys else 0
    known = select(*place).where(search_entry.c.key.in_(keys))
    of_last_second = select(*place).select_from(found.rows).where(*where(found), found.key.between(last & -CELL, last))
    page = union(known, of_last_second).subquery("page")
    return select(page).order_by(*newest_first(tuple(page.c))).limit(limit)


def between(query: EntryQuery, place: Place, after: Position | None) -> list[ColumnElement[bool]]:
    """Where on a walk a page begins, and where nothing more can come."""
    first, last = bounds(query.where)
    conditions: list[ColumnElement[bool]] = [] if after is None else [tuple_(*place) < bound(after)]
    conditions += [] if first is None else [place[0] >= first]
    return conditions + ([] if last is None else [place[0] <= last])


def newest_first(place: Place) -> list[ColumnElement[Any]]:
    """The order of all listings."""
    return [column.desc() for column in place]


def _between_keys(query: EntryQuery, key: ColumnElement[int], after: Position | None) -> list[ColumnElement[bool]]:
    """The same for the rows of the full text, as far as their keys tell."""
    first, last = bounds(query.where)
    lows = [at for at in (first, query.since) if at is not None]
    highs = [at for at in (last, query.until, after[0] if after else None) if at is not None]
    conditions = [key >= cell(max(lows))] if lows else []
    return conditions + ([key < cell(min(highs)) + CELL] if highs else [])


@dataclass(frozen=True, slots=True)
class _Sizes:
    """At most how many entries there are of what a query asks for; None for what it does not, and for many."""

    listings: int | None
    source: int | None
    languages: int | None

    @classmethod
    def of(cls, connection: Connection, query: EntryQuery) -> _Sizes:
        role = {"byline": author.c.entries, "quoted": author.c.quoted}
        whose = role.get(query.role, author.c.entries + author.c.quoted)
        sizes = []
        if query.authors:
            sizes.append(select(func.sum(whose)).where(author.c.slug.in_(query.authors)))
        if query.topics:
            sizes.append(select(func.sum(topic.c.entries)).where(topic.c.slug.in_(query.topics)))
        listings = [int(connection.scalar(size) or 0) for size in sizes]
        own = select(source.c.entries).where(source.c.slug == query.source)
        tags = _spoken(connection, query)
        most = _SELDOM if _is_listed(query) or knows_few(connection) else _COUNTED
        return cls(
            listings=min(listings, default=None),
            source=None if query.source is None else int(connection.scalar(own) or 0),
            languages=_speaking(connection, tags, most) if tags else None,
        )

    def extent(self) -> Extent | None:
        """Of the listing that is walked where the words do not lead; None where there is none, or nothing tells."""
        known = [size for size in (self.languages, self.listings, self.source) if size is not None]
        return Extent(min(known), known[0]) if known else None
