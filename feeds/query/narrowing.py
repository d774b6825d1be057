"""What of a query a listing answers by itself: filters that all entries must pass become fields of an `EntryQuery`."""

from __future__ import annotations

from dataclasses import replace

from feeds.errors import QueryError
from feeds.model import EntryQuery
from feeds.query.canonical import all_of
from feeds.query.grammar import Query
from feeds.query.tree import All
from feeds.query.tree import AnyOf
from feeds.query.tree import Expression
from feeds.query.tree import Filter
from feeds.query.tree import Not
from feeds.query.tree import conjuncts
from feeds.query.tree import together

_FIELDS = {"author": "authors", "topic": "topics", "lang": "languages"}


def narrowed(base: EntryQuery, query: Query) -> EntryQuery:
    """The entries of `base` for which `query` holds too. Raises `QueryError` where they ask for different roles."""
    if query.role is not None and base.role not in {"byline", query.role}:
        raise QueryError("role", f"is {base.role!r} here and {query.role!r} in the query; leave one out")
    found = replace(base, role=query.role or base.role)
    rest: list[Expression] = []
    for part in conjuncts(query.tree):
        field, values = _values(part)
        if field == "source" and len(values) == 1 and found.source is None:
            found = replace(found, source=values[0])
        elif field in _FIELDS and not getattr(found, _FIELDS[field]):
            found = replace(found, **{_FIELDS[field]: values})  # type: ignore[arg-type]  # all three are tuples of words
        else:
            rest.append(part)
    where = [*conjuncts(base.where), *rest]
    return replace(found, where=all_of(where) if where else None)


def names_authors(tree: Expression | None) -> bool:
    """Whether a role makes a difference."""
    match tree:
        case Filter(field=field):
            return field == "author"
        case Not(operand=operand):
            return names_authors(operand)
        case All(operands=operands) | AnyOf(operands=operands):
            return any(map(names_authors, operands))
    return False


def as_tree(base: EntryQuery) -> Expression | None:
    """The authors, topics, source and tree of an `EntryQuery` as one tree, to be told in words."""
    parts = [
        *_any("author", base.authors),
        *_any("topic", base.topics),
        *_any("source", (base.source,) if base.source else ()),
        *_any("lang", base.languages),
        *conjuncts(base.where),
    ]
    return together(tuple(parts))


def _any(field: str, values: tuple[str, ...]) -> tuple[Expression, ...]:
    filters = tuple(Filter(field, value) for value in values)
    return (AnyOf(filters),) if len(filters) > 1 else filters


def _values(part: Expression) -> tuple[str, tuple[str, ...]]:
    """The field and the values of one filter, or of several of one field; ("", ()) for anything else."""
    filters = part.operands if isinstance(part, AnyOf) else (part,)
    found = [one for one in filters if isinstance(one, Filter)]
    if len(found) < len(filters) or len({one.field for one in found}) != 1:
        return "", ()
    return found[0].field, tuple(one.value for one in found)
