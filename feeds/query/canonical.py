"""One form for all queries that mean the same: equal trees, and one way to write each."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Iterator

from feeds.query.tree import All
from feeds.query.tree import AnyOf
from feeds.query.tree import Expression
from feeds.query.tree import Filter
from feeds.query.tree import Not
from feeds.query.tree import Words

#: What needs no quotation marks.
_BARE = re.compile(r"\w[\w.+#&'/@-]*")
#: Words first, then what is known of entries, then groups, then what is left out.
_ORDER = ("words", "author", "topic", "source", "lang", "since", "until", "group", "not")


def negated(operand: Expression) -> Expression:
    """What is not so; not not so is so."""
    return operand.operand if isinstance(operand, Not) else Not(operand)


def all_of(operands: Iterable[Expression]) -> Expression:
    """At least one operand."""
    return _combined(All, operands)


def any_of(operands: Iterable[Expression]) -> Expression:
    """At least one operand."""
    return _combined(AnyOf, operands)


def written(tree: Expression) -> str:
    """The query that is read as this tree."""
    match tree:
        case Words(text=text):
            return _quoted(text)
        case Filter(field=field, value=value):
            return f"{field}:{_quoted(value)}"
        case Not(operand=operand):
            return f"-{_grouped(operand)}"
        case All(operands=operands):
            return " ".join(map(_grouped, operands))
        case AnyOf(operands=operands):
            return _listed(operands) or " OR ".join(map(_grouped, operands))


def _listed(operands: Iterable[Expression]) -> str | None:
    """Several values of one field: `topic:agents,rag`."""
    filters = [one for one in operands if isinstance(one, Filter) and _BARE.fullmatch(one.value)]
    if len(filters) < len(tuple(operands)) or len({one.field for one in filters}) > 1:
        return None
    return f"{filters[0].field}:{','.join(one.value for one in filters)}"


def _combined(kind: type[All] | type[AnyOf], operands: Iterable[Expression]) -> Expression:
    flat = dict.fromkeys(part for operand in operands for part in _flattened(kind, operand))
    found = tuple(sorted(flat, key=_rank))
    return found[0] if len(found) == 1 else kind(found)


def _flattened(kind: type[All] | type[AnyOf], operand: Expression) -> Iterator[Expression]:
    if isinstance(operand, kind):
        yield from operand.operands
    else:
        yield operand


def _rank(node: Expression) -> tuple[int, str]:
    match node:
        case Words():
            place = "words"
        case Filter(field=field):
            place = field
        case Not():
            place = "not"
        case _:
            place = "group"
    return _ORDER.index(place), written(node)


def _grouped(node: Expression) -> str:
    if isinstance(node, All) or (isinstance(node, AnyOf) and _listed(node.operands) is None):
        return f"({written(node)})"
    return written(node)


def _quoted(text: str) -> str:
    return text if _BARE.fullmatch(text) else f'"{text}"'
