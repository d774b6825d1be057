"""A query as a tree of values. Equal trees mean the same; `feeds.query.canonical` makes them so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Words:
    """Words that stand one behind the other in an entry; folded. Without letters and digits nothing has them."""

    text: str


@dataclass(frozen=True, slots=True)
class Filter:
    """What is known of an entry: `field` is one of `feeds.query.lexer.FIELDS` but "role"."""

    field: str
    #: A slug, a language tag, a day (YYYY-MM-DD).
    value: str


@dataclass(frozen=True, slots=True)
class Not:
    """All that `operand` is not."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class All:
    """What is in all of the operands; two at least."""

    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """What is in one of the operands; two at least."""

    operands: tuple[Expression, ...]


Expression: TypeAlias = Words | Filter | Not | All | AnyOf

#: What no entry is in.
NOTHING = Words("")


def conjuncts(tree: Expression | None) -> tuple[Expression, ...]:
    """The parts that must all be true."""
    if tree is None:
        return ()
    return tree.operands if isinstance(tree, All) else (tree,)


def together(parts: tuple[Expression, ...]) -> Expression | None:
    """The other way round."""
    if len(parts) < 2:
        return parts[0] if parts else None
    return All(parts)


def searched(tree: Expression | None) -> Iterator[str]:
    """The words that entries have, not those that they must not have: what is marked, and ranked by."""
    match tree:
        case Words(text=text) if text:
            yield text
        case All(operands=operands) | AnyOf(operands=operands):
            for operand in operands:
                yield from searched(operand)
