"""Rows of relations: what an entry quotes, translates, is a part of, says again, and shares a story with.

Both directions of a relation are rows; what it is decided by is pure (`feeds.relations`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Row
from sqlalchemy import Select
from sqlalchemy import and_
from sqlalchemy import bindparam
from sqlalchemy import delete
from sqlalchemy import select

from feeds.about import about
from feeds.model import Precision
from feeds.model import RelationKind
from feeds.model import Role
from feeds.relations import LATE
from feeds.relations import SOON
from feeds.relations import Relatable
from feeds.relations import body
from feeds.relations import marks
from feeds.relations import relatable
from feeds.relations import same_words
from feeds.relations import sketch
from feeds.relations import translation
from feeds.store.about import AboutRow
from feeds.store.about import holders
from feeds.store.codec import links
from feeds.store.codec import people
from feeds.store.codec import place
from feeds.store.codec import strings
from feeds.store.engine import chunks
from feeds.store.features import Features
from feeds.store.features import is_translated
from feeds.store.schema import entry
from feeds.store.schema import relation
from feeds.store.statements import SOME
from feeds.store.statements import add
from feeds.store.statements import among
from feeds.store.written import Written
from feeds.threads import Part
from feeds.threads import threads

#: A relation and what the other end calls it.
INVERSE = {
    RelationKind.QUOTES: RelationKind.QUOTED_BY,
    RelationKind.TRANSLATION_OF: RelationKind.TRANSLATED_BY,
    RelationKind.PART_OF: RelationKind.HAS_PART,
    RelationKind.DUPLICATE_OF: RelationKind.HAS_DUPLICATE,
    RelationKind.SAME_STORY: RelationKind.SAME_STORY,
}
COLUMNS = [
    entry.c[name]
    for name in "id title content_text language url links natural_keys people place published precision".split()
]

#: The live entries among some.
LIVE = select(*COLUMNS).where(among(entry.c.id), entry.c.withdrawn_at.is_(None))
_TEXTS = LIVE.with_only_columns(entry.c.id, entry.c.published, entry.c.content_text)
_LED = select(entry.c.id).where(entry.c.document_id == bindparam("document"), entry.c.withdrawn_at.is_(None))
_RELATIONS = select(relation.c.entry_id, relation.c.kind, relation.c.other_id).where(
    among(relation.c.entry_id), relation.c.kind.in_(bindparam("kinds", expanding=True))
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Who relates to whom, by id.
Pairs = set[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Likeness:
    """An entry with the keys of those that may be like it."""

    row: Row[Any]
    entry: Relatable
    #: Keys of its translations or originals: by what their links say, and by their anchors.
    linked: tuple[str, ...]
    marks: tuple[str, ...]
    #: Keys of entries of the same words.
    sketch: tuple[str, ...]
    #: The keys under which the entry itself is found, beside those of what it is about.
    finding: tuple[str, ...]
    #: The keys of what it is about, each with whether it ties by it.
    about: Mapping[str, bool]


def save_quotes(connection: Connection, ids: Iterable[str], quotes: Pairs) -> set[str]:
    """Make `quotes`, pairs of who quotes whom, all that the entries `ids` quote; the quotes of new ones are just added.

    Gives the entries whose relations changed.
    """
    known = _from(connection, (RelationKind.QUOTES,), ids)
    return _replace(connection, RelationKind.QUOTES, quotes, known[RelationKind.QUOTES])


def save_threads(connection: Connection, document_id: int, read: Iterable[Likeness], written: Written) -> set[str]:
    """Relate the parts of every thread among the live entries that a document leads; gives the entries that changed.

    Those `read` need not be read once more.
    """
    rows = sorted(_led(connection, document_id, read, written), key=lambda row: place(row.place).position)
    ids = [row.id for row in rows]
    known = _from(connection, (RelationKind.QUOTES, RelationKind.PART_OF), ids)
    quotes: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in known[RelationKind.QUOTES]:
        quotes[one].add(other)
    found = threads([_part(row, quotes[row.id]) for row in rows])
    wanted = {(later, run[0]) for run in found for later in run[1:]}
    return _replace(connection, RelationKind.PART_OF, wanted, known[RelationKind.PART_OF])


def likeness(row: Row[Any], known: Features | None = None) -> Likeness:
    """An entry, a row of `COLUMNS`, as its translations and repetitions are looked for.

    What its words tell may be `known`.
    """
    its: Mapping[str, bool]
    if known is None:
        made = _relatable(row)
        (mine, theirs), words = marks(made), sketch(made.body)
        its = about(row.title, row.content_text, row.url, links(row.links), strings(row.natural_keys)).rows()
    else:
        made = replace(known.relatable, id=row.id, published=_published(row))
        (mine, theirs), words, its = known.marks, known.sketch, known.about
    linked = tuple(sorted(made.own | made.originals | made.translations))
    return Likeness(row, made, linked, theirs, words, (*mine, *words), its)


def save_likenesses(connection: Connection, ids: Collection[str], alike: Sequence[Likeness]) -> set[str]:
    """Relate entries (`alike`) to their translations and repetitions; `ids` are those that may be related already.

    Gives the entries whose relations changed.
    """
    wanted = {
        RelationKind.TRANSLATION_OF: _translations(connection, alike),
        RelationKind.DUPLICATE_OF: _repetitions(connection, alike),
    }
    known = related_by(connection, wanted.keys(), ids)
    return set().union(*(_replace(connection, kind, pairs, known[kind]) for kind, pairs in wanted.items()))


def save_companions(connection: Connection, companions: Mapping[str, Sequence[str]]) -> set[str]:
    """Make these, by id, the entries that each entry is shown with as of the same story; gives those that changed."""
    wanted = {(one, other) for one, others in companions.items() for other in others}
    known = _from(connection, (RelationKind.SAME_STORY,), companions)
    return _replace(connection, RelationKind.SAME_STORY, wanted, known[RelationKind.SAME_STORY])


def related_by(
    connection: Connection, kinds: Collection[RelationKind], ids: Iterable[str]
) -> dict[RelationKind, Pairs]:
    """The pairs of these kinds that have one of the entries at either end."""
    found = _from(connection, (*kinds, *(INVERSE[kind] for kind in kinds)), ids)
    return {kind: found[kind] | {(other, one) for one, other in found[INVERSE[kind]]} for kind in kinds}


def _relatable(row: Row[Any]) -> Relatable:
    return relatable(
        id=row.id,
        language=row.language,
        published=_published(row),
        title=row.title,
        text=row.content_text,
        url=row.url,
        links=links(row.links),
        natural_keys=strings(row.natural_keys),
        is_translated=is_translated(people(row.people)),
    )


def _published(row: Row[Any]) -> datetime | None:
    return None if row.precision == Precision.UNKNOWN.value else row.published


def _translations(connection: Connection, alike: Sequence[Likeness]) -> Pairs:
    found = [
        *_candidates(connection, alike, lambda one: one.linked, None),
        *_candidates(connection, alike, lambda one: one.marks, SOON),
    ]
    known = {one.row.id: one.entry for one in alike}
    known |= {row.id: _relatable(row) for row in _rows(connection, LIVE, {other for _, other in found} - known.keys())}
    tried = (translation(one.entry, known[other]) for one, other in found if other in known)
    return {pair for pair in tried if pair is not None}


def _repetitions(connection: Connection, alike: Sequence[Likeness]) -> Pairs:
    """There can be many candidates: all texts with a turn of phrase. So no more is read of them than is compared."""
    found = list(_candidates(connection, alike, lambda one: one.sketch, LATE))
    known = {one.row.id: (one.row.published, one.entry.body) for one in alike}
    others = _rows(connection, _TEXTS, {other for _, other in found} - known.keys())
    known |= {row.id: (row.published, body(row.content_text)) for row in others}
    return {
        _later_first((one.row.published, one.row.id), (known[other][0], other))
        for one, other in found
        if other in known and same_words(one.entry.body, known[other][1])
    }


def _later_first(one: tuple[datetime, str], other: tuple[datetime, str]) -> tuple[str, str]:
    return max(one, other)[1], min(one, other)[1]


def _candidates(
    connection: Connection,
    alike: Sequence[Likeness],
    keys: Callable[[Likeness], tuple[str, ...]],
    within: timedelta | None,
) -> Iterator[tuple[Likeness, str]]:
    """Each entry with the ids of those that have one of its keys, `within` so much time."""
    around = None if within is None else _around(alike, within)
    found = holders(connection, {key for one in alike for key in keys(one)}, around)
    for one in alike:
        others = {h.entry_id for key in keys(one) for h in found.of(key) if _is_near(h, one, within)} - {one.row.id}
        for other in sorted(others):
            yield one, other


def _rows(connection: Connection, asked: Select[Any], ids: Iterable[str]) -> Iterator[Row[Any]]:
    for some in chunks(sorted(ids)):
        yield from connection.execute(asked, {SOME: some})


def _around(alike: Sequence[Likeness], within: timedelta) -> tuple[datetime, datetime]:
    dates = [one.row.published for one in alike] or [EPOCH]
    return min(dates) - within, max(dates) + within


def _is_near(holder: AboutRow, one: Likeness, within: timedelta | None) -> bool:
    return within is None or abs(holder.published - one.row.published) <= within


def _led(connection: Connection, document_id: int, read: Iterable[Likeness], written: Written) -> list[Row[Any]]:
    its = set(written.ids if written.is_all else connection.scalars(_LED, {"document": document_id}))
    rows = [one.row for one in read if one.row.id in its]
    return [*rows, *_rows(connection, LIVE, its - {row.id for row in rows})]


def _part(row: Row[Any], quotes: set[str]) -> Part:
    author = next((person.slug for person in people(row.people) if person.role is Role.AUTHOR), "")
    return Part(row.id, place(row.place).section, author, row.content_text, frozenset(quotes))


def _from(
    connection: Connection, kinds: Iterable[RelationKind], ids: Iterable[str]
) -> defaultdict[RelationKind, Pairs]:
    """The relations of these kinds that entries have, by one statement."""
    found: defaultdict[RelationKind, Pairs] = defaultdict(set)
    wanted = {kind.value: kind for kind in kinds}
    for some in chunks(sorted(ids)):
        for entry_id, kind, other_id in connection.execute(_RELATIONS, {SOME: some, "kinds": sorted(wanted)}):
            found[wanted[kind]].add((entry_id, other_id))
    return found


def _replace(connection: Connection, kind: RelationKind, wanted: Pairs, before: Pairs) -> set[str]:
    """Make the pairs `before` the pairs `wanted`; gives the entries at the ends of those that differ."""
    if gone := [row for pair in sorted(before - wanted) for row in _both(kind, *pair)]:
        same = (relation.c[name] == bindparam(f"old_{name}") for name in ("entry_id", "kind", "other_id"))
        rows = [{f"old_{name}": value for name, value in row.items()} for row in gone]
        connection.execute(delete(relation).where(and_(*same)), rows)
    add(connection, relation, [row for pair in sorted(wanted - before) for row in _both(kind, *pair)])
    return {entry_id for pair in before ^ wanted for entry_id in pair}


def _both(kind: RelationKind, one: str, other: str) -> Iterator[dict[str, str]]:
    yield {"entry_id": one, "kind": kind.value, "other_id": other}
    if INVERSE[kind] is not kind:  # each end of those has rows of its own
        yield {"entry_id": other, "kind": INVERSE[kind].value, "other_id": one}
