"""Rows of authors: found or made for the people of a batch, and asked for by any of their names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection
from sqlalchemy import Row
from sqlalchemy import bindparam
from sqlalchemy import func
from sqlalchemy import select
from sqlalchemy import update

from feeds.authors import free_slug
from feeds.authors import key_for
from feeds.authors import own_name
from feeds.authors import plain_handle
from feeds.authors import slug_for
from feeds.authors import slugify
from feeds.errors import NotFoundError
from feeds.errors import StoreError
from feeds.model import Person
from feeds.model import Role
from feeds.model import Tally
from feeds.store.engine import chunks
from feeds.store.schema import alias
from feeds.store.schema import author
from feeds.store.statements import SOME
from feeds.store.statements import add
from feeds.store.statements import among

_ATTEMPTS = 3
#: Behind every character that a name has.
_LAST = "\U0010ffff"

_BY_KEY = select(author).where(among(author.c.key))
_TAKEN = select(author.c.slug).where(among(author.c.slug))


@dataclass(frozen=True, slots=True)
class Seen:
    """A person in an entry, and when that was published (microseconds; 0 for unknown)."""

    person: Person
    at: int


@dataclass(frozen=True, slots=True)
class Known:
    """A person's row and address."""

    id: int
    slug: str


def resolve(connection: Connection, seen: Sequence[Seen]) -> dict[str, Known]:
    """The rows of everybody seen, by `feeds.authors.key_for`; made and given their newest names where needed."""
    by_key: defaultdict[str, list[Seen]] = defaultdict(list)
    for one in seen:
        if (key := key_for(one.person)) is not None:
            by_key[key].append(one)
    rows = _rows(connection, by_key)
    for _ in range(_ATTEMPTS):
        missing = [key for key in sorted(by_key) if key not in rows]
        if not missing:
            break
        _make(connection, [(key, by_key[key]) for key in missing])
        rows |= _rows(connection, missing)
    else:
        raise StoreError("cannot write the store: another process keeps taking the same author names; try again")
    _rename(connection, [(rows[key], by_key[key]) for key in sorted(by_key)])
    _add_aliases(connection, [(rows[key].id, by_key[key]) for key in sorted(by_key)])
    return {key: Known(row.id, row.slug) for key, row in rows.items()}


def spell(connection: Connection, known: Mapping[str, Known], spellings: Iterable[tuple[str, str]]) -> None:
    """Have authors, by key, found under other spellings of theirs (`feeds.aliases.Aliases.spellings`)."""
    _write_aliases(connection, {(known[main].id, key.removeprefix("@")) for main, key in spellings if main in known})


def find(connection: Connection, name: str) -> Tally:
    """The author with this slug or, failing that, the only one with this handle or name. Raises `NotFoundError`.

    A slug that nobody's entries have any more gives way to the author who uses the name now.
    """
    row = _by_slug(connection, name)
    if row is None or not (row.entries or row.quoted):
        row = _by_name(connection, name) or row
    if row is None:
        raise NotFoundError("author", name)
    return _tally(row, _aliases(connection, [row.id])[row.id])


def read_busiest(connection: Connection, limit: int | None, offset: int) -> tuple[Tally, ...]:
    """Everybody who stands in a byline, those with the most entries first; without the first `offset` of them."""
    order = (author.c.entries.desc(), author.c.slug)
    asked = select(author).where(author.c.entries > 0).order_by(*order).limit(limit).offset(offset)
    rows = connection.execute(asked).all()
    names = _aliases(connection, [row.id for row in rows])
    return tuple(_tally(row, names[row.id]) for row in rows)


def count_all(connection: Connection) -> int:
    """How many stand in a byline."""
    return connection.scalar(select(func.count()).select_from(author).where(author.c.entries > 0)) or 0


def read_after(connection: Connection, slug: str, limit: int) -> tuple[Tally, ...]:
    """Those who stand in a byline, in the order of their slugs, the first ones behind `slug`."""
    asked = select(author).where(author.c.entries > 0, author.c.slug > slug).order_by(author.c.slug).limit(limit)
    rows = connection.execute(asked).all()
    names = _aliases(connection, [row.id for row in rows])
    return tuple(_tally(row, names[row.id]) for row in rows)


def read_beginning(connection: Connection, beginning: str, limit: int) -> tuple[Tally, ...]:
    """Those in a byline with a slug or a name that begins so, those with the most entries first."""
    key = slugify(beginning.strip().lstrip("@＠"))
    if key is None:
        return ()
    named = select(alias.c.author_id).where(alias.c.key >= key, alias.c.key < f"{key}{_LAST}")
    begun = ((author.c.slug >= key) & (author.c.slug < f"{key}{_LAST}")) | author.c.id.in_(named)
    asked = select(author).where(author.c.entries > 0, begun).order_by(author.c.entries.desc(), author.c.slug)
    rows = connection.execute(asked.limit(limit)).all()
    names = _aliases(connection, [row.id for row in rows])
    return tuple(_tally(row, names[row.id]) for row in rows)


def _rows(connection: Connection, keys: Collection[str]) -> dict[str, Row[Any]]:
    found: dict[str, Row[Any]] = {}
    for some in chunks(sorted(keys)):
        found |= {row.key: row for row in connection.execute(_BY_KEY, {SOME: some})}
    return found


def _make(connection: Connection, missing: Sequence[tuple[str, Sequence[Seen]]]) -> None:
    taken = _taken_slugs(connection, [slug_for(seen[0].person) or key for key, seen in missing])
    rows = []
    for key, seen in missing:
        slug = free_slug(slug_for(seen[0].person) or key, key, taken)
        taken.add(slug)
        rows.append(_new_row(key, slug, seen))
    add(connection, author, rows)


def _taken_slugs(connection: Connection, wanted: Iterable[str]) -> set[str]:
    """Those of the wanted slugs, with and without an addition, that somebody has."""
    taken: set[str] = set()
    for some in chunks(sorted(set(wanted))):
        taken |= set(connection.scalars(_TAKEN, {SOME: some}))
    for slug in list(taken):
        longer = author.c.slug.startswith(f"{slug}-", autoescape=True)
        taken |= set(connection.scalars(select(author.c.slug).where(longer)))
    return taken


def _new_row(key: str, slug: str, seen: Sequence[Seen]) -> dict[str, Any]:
    name, name_at = _newest_name(seen) or (plain_handle(seen[0].person) or seen[0].person.name, -1)
    handle, handle_at = _oldest_handle(seen) or (None, 0)
    return {
        "key": key,
        "slug": slug,
        "name": name,
        "name_at": name_at,
        "handle": handle,
        "handle_at": handle_at,
        "entries": 0,
        "quoted": 0,
    }


def _newest_name(seen: Iterable[Seen]) -> tuple[str, int] | None:
    named = [(one.at, name) for one in _main_first(seen) if (name := own_name(one.person)) is not None]
    at, name = max(named, default=(0, None))
    return None if name is None else (name, at)


def _main_first(seen: Iterable[Seen]) -> list[Seen]:
    """Those seen under their own name; where nobody is, those under another one."""
    people = list(seen)
    return [one for one in people if one.person.known_as is None] or people


def _oldest_handle(seen: Iterable[Seen]) -> tuple[str, int] | None:
    spelled = [(one.at, handle) for one in _main_first(seen) if (handle := plain_handle(one.person)) is not None]
    at, handle = min(spelled, default=(0, None))
    return None if handle is None else (handle, at)


def _rename(connection: Connection, people: Iterable[tuple[Row[Any], Sequence[Seen]]]) -> None:
    """By date of publication, so that the order in which documents are read does not show."""
    changes = []
    for row, seen in people:
        name, handle = _newest_name(seen), _oldest_handle(seen)
        before = {"name": row.name, "name_at": row.name_at, "handle": row.handle, "handle_at": row.handle_at}
        change = dict(before)
        if name is not None and (name[1], name[0]) > (row.name_at, row.name):
            change |= {"name": name[0], "name_at": name[1]}
        if handle is not None and (handle[1], handle[0]) < (row.handle_at, row.handle or ""):
            change |= {"handle": handle[0], "handle_at": handle[1]}
        if change != before:
            changes.append({"row": row.id, **change})
    if changes:
        fixed = ("name", "name_at", "handle", "handle_at")
        statement = update(author).where(author.c.id == bindparam("row")).values({n: bindparam(n) for n in fixed})
        connection.execute(statement, changes)


def _add_aliases(connection: Connection, people: Iterable[tuple[int, Sequence[Seen]]]) -> None:
    """Names, and handles that are another one's."""
    names = {(author_id, name) for author_id, seen in people for one in seen for name in _names(one.person)}
    _write_aliases(connection, names)


def _names(person: Person) -> Iterable[str]:
    other = plain_handle(person) if person.known_as is not None else None
    return [name for name in (own_name(person), other) if name is not None]


def _write_aliases(connection: Connection, names: Iterable[tuple[int, str]]) -> None:
    rows = [{"author_id": author_id, "name": name, "key": slugify(name) or name} for author_id, name in names]
    add(connection, alias, sorted(rows, key=lambda row: (row["author_id"], row["name"])))


def _by_slug(connection: Connection, name: str) -> Row[Any] | None:
    """`@name` means the one with the handle; a slug in other letters is found too."""
    handle = name.strip().lstrip("@＠")
    if not handle:
        return None
    folded = slug_for(Person("", handle, handle, Role.AUTHOR)) or ""
    wanted = [name, folded, slugify(name) or ""]
    found = author.c.slug.in_(wanted) | (author.c.key == f"@{handle.lower()}")
    rows = connection.execute(select(author).where(found)).all()
    if name.startswith(("@", "＠")):
        return next((row for row in rows if row.key == f"@{handle.lower()}"), None)
    return min(rows, key=lambda row: wanted.index(row.slug) if row.slug in wanted else len(wanted), default=None)


def _by_name(connection: Connection, name: str) -> Row[Any] | None:
    """The one who uses the name; of several the one with entries, if only one has any."""
    key = slugify(name)
    named = select(alias.c.author_id).where(alias.c.key == key)
    rows = connection.execute(select(author).where(author.c.id.in_(named))).all()
    if len(rows) > 1:
        rows = [row for row in rows if row.entries > 0]
    return rows[0] if len(rows) == 1 else None


def _aliases(connection: Connection, ids: Sequence[int]) -> defaultdict[int, set[str]]:
    found: defaultdict[int, set[str]] = defaultdict(set)
    for some in chunks(ids):
        for row in connection.execute(select(alias).where(alias.c.author_id.in_(some))):
            found[row.author_id] |= {row.name, row.key}
    return found


def _tally(row: Row[Any], names: set[str]) -> Tally:
    others = tuple(sorted(names - {row.name, row.slug}))
    return Tally(row.slug, row.name, row.entries, row.newest, row.handle, others)
