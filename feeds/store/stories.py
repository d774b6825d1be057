"""Stories kept up to date: what the entries around those that changed make, in the same transaction.

Only that part of the store is looked at that is joined, or was joined, with the changed entries, by indexed look-ups.
What it makes depends on the entries alone, not on the order in which they came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import delete
from sqlalchemy import select
from sqlalchemy import update

from feeds.model import Precision
from feeds.model import RelationKind
from feeds.store.about import AboutRow
from feeds.store.about import Holders
from feeds.store.about import holders
from feeds.store.about import replaced
from feeds.store.about import rows_of
from feeds.store.codec import pack
from feeds.store.codec import people
from feeds.store.engine import chunks
from feeds.store.features import Features
from feeds.store.relations import LIVE
from feeds.store.relations import Likeness
from feeds.store.relations import likeness
from feeds.store.relations import related_by
from feeds.store.relations import save_companions
from feeds.store.relations import save_likenesses
from feeds.store.relations import save_threads
from feeds.store.schema import entry
from feeds.store.schema import entry_about
from feeds.store.schema import story
from feeds.store.schema import story_alias
from feeds.store.schema import story_entry
from feeds.store.statements import SOME
from feeds.store.statements import add
from feeds.store.statements import among
from feeds.store.statements import put
from feeds.store.statements import upsert
from feeds.store.written import NOTHING
from feeds.store.written import Written
from feeds.stories import QUOTE
from feeds.stories import Group
from feeds.stories import Node
from feeds.stories import Pair
from feeds.stories import group
from feeds.windows import Holder
from feeds.windows import Window
from feeds.windows import windows

#: Entries that one change can make be looked at again; only chains that have gone wrong are longer.
REACH = 2000
#: Entries of its story that an entry is shown with.
COMPANIONS = 10

_PAIRS = {
    RelationKind.TRANSLATION_OF: "translation",
    RelationKind.DUPLICATE_OF: "text",
    RelationKind.QUOTES: QUOTE,
}
_KNOWN = select(entry_about.c.entry_id).where(among(entry_about.c.entry_id)).distinct()
_NODES = select(*(entry.c[name] for name in ("id", "published", "precision", "title", "people")))
_NODES = _NODES.where(among(entry.c.id), entry.c.withdrawn_at.is_(None))
_JOINED = select(story_entry.c.story_id).where(among(story_entry.c.entry_id))
_BELONGING = select(story_entry).where(among(story_entry.c.entry_id))
_MEMBERS = select(story_entry).where(among(story_entry.c.story_id))
_IN_ORDER = select(story_entry.c.story_id, story_entry.c.entry_id).where(among(story_entry.c.story_id))
_IN_ORDER = _IN_ORDER.order_by(story_entry.c.story_id, story_entry.c.position)
#: The windows of each key.
_Windows = dict[str, tuple[Window, ...]]


@dataclass(frozen=True, slots=True)
class Connected:
    """The entries that a change of stories shows at; they may be others than those that it began with."""

    #: A reader sees them changed.
    changed: frozenset[str] | set[str] = frozenset()
    #: They came to another story, or to one, or left it: a listing with one entry a story shows others now.
    moved: frozenset[str] | set[str] = frozenset()


def connect(
    connection: Connection,
    ids: Iterable[str],
    document_id: int | None = None,
    written: Written = NOTHING,
) -> Connected:
    """Bring relations and stories up to date with entries that are new, changed, withdrawn or back.

    `document_id` is the document that was read, whose threads are looked for. The last step before
    `feeds.store.changes.mark`.
    """
    touched = set(ids)
    if not touched:
        return Connected()
    old = touched - written.new
    before = rows_of(connection, old)
    alike = _alike(connection, touched, written.features)
    after = {row for one in alike for row in _about(one)}
    moved, now = _moved(connection, before, after)
    changed = save_threads(connection, document_id, alike, written) if document_id is not None else set()
    likenesses = save_likenesses(connection, old, alike)
    regrouped = _Regrouping(connection, touched | moved | likenesses, now, _tying(touched, after), written.new).run()
    return Connected(changed | likenesses | regrouped.changed, regrouped.moved)


def unfound(connection: Connection, ids: Iterable[str]) -> set[str]:
    """Those of the entries about which nothing is known yet: they were written before there were stories."""
    missing = set(ids)
    for some in chunks(sorted(missing)):
        missing -= set(connection.scalars(_KNOWN, {SOME: some}))
    return missing


class _Regrouping:
    """The stories around some entries, made anew."""

    def __init__(
        self,
        connection: Connection,
        start: Collection[str],
        known: _Windows,
        tying: Mapping[str, set[str]],
        new: Set[str],
    ) -> None:
        """`known` are the windows of some keys as they are now, `tying` the keys of `_tying`; others are looked up.

        The entries that are `new` are in no story yet.
        """
        self._connection = connection
        self._start = set(start)
        self._tying = tying
        self._new = new
        #: The entries that the stories are made of, and those that only hang on them.
        self._reached: set[str] = set()
        self._hanging: set[str] = set()
        self._windows: _Windows = dict(known)
        self._used: defaultdict[str, dict[Window, None]] = defaultdict(dict)
        self._pairs: set[Pair] = set()
        #: The members of the stories as they were, by story.
        self._before: dict[str, list[str]] = {}
        #: Which entry belonged to which story.
        self._belonged: set[tuple[str, str]] = set()

    def run(self) -> Connected:
        """Make them, write them, and give the entries that are now shown with others than before."""
        self._reach()
        nodes = _nodes(self._connection, self._reached | self._hanging)
        groups = group({key: tuple(parts) for key, parts in self._used.items()}, self._pairs, nodes)
        self._write(groups, nodes)
        affected = {i for members in self._before.values() for i in members}
        affected |= {member.id for one in groups for member in one.members}
        belong = {(one.id, member.id) for one in groups for member in one.members if not member.hangs}
        changed = save_companions(self._connection, _companions(self._connection, affected))
        return Connected(changed, {entry_id for _, entry_id in self._belonged ^ belong})

    def _reach(self) -> None:
        """Everything that is, or was, tied to the entries at the start; what only hangs on it is not followed."""
        frontier = set(self._start)
        while frontier and len(self._reached) < REACH:
            self._reached |= frontier
            found = self._by_keys(frontier) | self._by_pairs(frontier) | self._by_stories(frontier)
            frontier = found - self._reached

    def _by_keys(self, frontier: set[str]) -> set[str]:
        asked = rows_of(self._connection, frontier - self._tying.keys())
        keys = {row.key for row in asked if row.tie is not None}
        keys = keys.union(*(self._tying[entry_id] for entry_id in frontier & self._tying.keys()))
        missing = keys - self._windows.keys()
        self._windows |= _windows(holders(self._connection, missing), missing)
        found = set()
        for key in sorted(keys):
            for window in self._windows[key]:
                if any(holder.id in frontier for holder in window):
                    self._used[key][window] = None
                    found |= {holder.id for holder in window if holder.ties}
                    self._hanging |= {holder.id for holder in window if not holder.ties}
        return found

    def _by_pairs(self, frontier: set[str]) -> set[str]:
        found = set()
        for kind, pairs in related_by(self._connection, _PAIRS, frontier).items():
            for one, other in pairs:
                self._pairs.add(Pair(one, other, _PAIRS[kind]))
                found |= {one, other}
        return found

    def _by_stories(self, frontier: set[str]) -> set[str]:
        joined: set[str] = set()
        # What changed may have hung on stories that it leaves now.
        asked = _JOINED if self._start & frontier else _JOINED.where(story_entry.c.hangs.is_(False))
        for some in chunks(sorted(frontier - self._new)):
            joined |= set(self._connection.scalars(asked, {SOME: some}))
        found = set()
        for some in chunks(sorted(joined - self._before.keys())):
            for row in self._connection.execute(_MEMBERS, {SOME: some}):
                self._before.setdefault(row.story_id, []).append(row.entry_id)
                if not row.hangs:
                    found.add(row.entry_id)
                    self._belonged.add((row.story_id, row.entry_id))
        return found

    def _write(self, groups: Sequence[Group], nodes: Mapping[str, Node]) -> None:
        made = {one.id for one in groups}
        for some in chunks(sorted(made | self._before.keys())):
            self._connection.execute(delete(story_entry).where(story_entry.c.story_id.in_(some)))
        upsert(self._connection, story, [_story_row(one, nodes) for one in groups])
        put(self._connection, story_entry, [row for one in groups for row in _member_rows(one)])
        self._redirect(groups, made)

    def _redirect(self, groups: Sequence[Group], made: set[str]) -> None:
        """Ids that are gone lead to the story that most of their entries are in now; to none where there is none."""
        for some in chunks(sorted(made)):
            self._connection.execute(delete(story_alias).where(story_alias.c.id.in_(some)))
        for gone in sorted(self._before.keys() - made):
            heir = _heir(set(self._before[gone]), groups)
            if heir is None:
                self._connection.execute(delete(story_alias).where(story_alias.c.story_id == gone))
            else:
                leads_on = update(story_alias).where(story_alias.c.story_id == gone).values(story_id=heir)
                self._connection.execute(leads_on)
                add(self._connection, story_alias, [{"id": gone, "story_id": heir}])
            self._connection.execute(delete(story).where(story.c.id == gone))


def _alike(connection: Connection, ids: Iterable[str], known: Mapping[str, Features]) -> list[Likeness]:
    found = []
    for some in chunks(sorted(ids)):
        found += [likeness(row, known.get(row.id)) for row in connection.execute(LIVE, {SOME: some})]
    return found


def _tying(ids: Iterable[str], rows: Iterable[AboutRow]) -> dict[str, set[str]]:
    """By entry: the keys by which it ties others or hangs on them."""
    found: dict[str, set[str]] = {entry_id: set() for entry_id in ids}
    for row in rows:
        if row.tie is not None:
            found[row.entry_id].add(row.key)
    return found


def _about(one: Likeness) -> Iterable[AboutRow]:
    row = one.row
    dated = row.precision != Precision.UNKNOWN.value
    for key, ties in one.about.items():
        yield AboutRow(key, row.published, row.id, dated, ties)
    for key in one.finding:
        yield AboutRow(key, row.published, row.id, dated, None)


def _moved(connection: Connection, before: set[AboutRow], after: set[AboutRow]) -> tuple[set[str], _Windows]:
    """Write the rows; gives the entries that share something else now, since a key's windows have moved, and these."""
    keys = {row.key for row in before ^ after if row.tie is not None}
    held = holders(connection, keys)
    old, new = _windows(held, keys), _windows(replaced(connection, keys, held, before, after), keys)
    moved = {key: set(old[key]) ^ set(new[key]) for key in keys}
    return {holder.id for parts in moved.values() for window in parts for holder in window}, new


def _windows(held: Holders, keys: Collection[str]) -> _Windows:
    return {
        key: windows(key, [Holder(r.entry_id, r.published, r.dated, bool(r.tie)) for r in held.of(key)]) for key in keys
    }


def _nodes(connection: Connection, ids: Iterable[str]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for some in chunks(sorted(ids)):
        for row in connection.execute(_NODES, {SOME: some}):
            author = next((person.slug for person in people(row.people)), "")
            dated = row.precision != Precision.UNKNOWN.value
            found[row.id] = Node(row.published, dated, row.title is not None, author)
    return found


def _story_row(one: Group, nodes: Mapping[str, Node]) -> dict[str, Any]:
    """What hangs on a story, or has no date of its own, says nothing about its time where others do."""
    all_dates = [nodes[member.id].at for member in one.members]
    dated = [member for member in one.members if nodes[member.id].is_dated]
    tied = [nodes[member.id].at for member in dated if not member.hangs]
    dates = tied or [nodes[member.id].at for member in dated] or all_dates
    return {
        "id": one.id,
        "lead": one.lead,
        "entries": len(one.members),
        "first": min(dates),
        "last": max(dates),
        "keys": pack(one.keys),
    }


def _member_rows(one: Group) -> Iterable[dict[str, Any]]:
    for position, member in enumerate(one.members, 1):
        yield {
            "story_id": one.id,
            "entry_id": member.id,
            "position": position,
            "how": member.how,
            "key": member.key,
            "weak": member.is_weak,
            "hangs": member.hangs,
        }


def _heir(members: set[str], groups: Iterable[Group]) -> str | None:
    common = [(-len(members & {member.id for member in one.members}), one.id) for one in groups]
    number, heir = min(common, default=(0, ""))
    return heir if number else None


def _companions(connection: Connection, ids: Collection[str]) -> dict[str, list[str]]:
    """For each entry the first others of the story it belongs to, then of those that it hangs on."""
    belongs: defaultdict[str, list[tuple[bool, str]]] = defaultdict(list)
    for some in chunks(sorted(ids)):
        for row in connection.execute(_BELONGING, {SOME: some}):
            belongs[row.entry_id].append((row.hangs, row.story_id))
    members: defaultdict[str, list[str]] = defaultdict(list)
    for some in chunks(sorted({story_id for joined in belongs.values() for _, story_id in joined})):
        for row in connection.execute(_IN_ORDER, {SOME: some}):
            members[row.story_id].append(row.entry_id)
    return {i: _first_others(i, [members[story_id] for _, story_id in sorted(belongs[i])]) for i in ids}


def _first_others(entry_id: str, stories: Iterable[Sequence[str]]) -> list[str]:
    others = dict.fromkeys(other for members in stories for other in members if other != entry_id)
    return list(others)[:COMPANIONS]
