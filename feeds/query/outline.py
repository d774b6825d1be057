"""A query as an indented list of its parts, with the tokens that words are looked for by."""

from __future__ import annotations

from collections.abc import Iterator

from feeds.query.grammar import Query
from feeds.query.tree import All
from feeds.query.tree import AnyOf
from feeds.query.tree import Expression
from feeds.query.tree import Filter
from feeds.query.tree import Not
from feeds.query.tree import Words
from feeds.search.analysis import phrase


def outline(query: Query) -> Iterator[str]:
    """Lines of text."""
    if query.tree is None:
        yield "everything"
    else:
        yield from _lines(query.tree, 0)
    if query.role is not None:
        yield f"role {query.role}"


def _lines(tree: Expression, depth: int) -> Iterator[str]:
    indent = "  " * depth
    match tree:
        case Words(text=text):
            yield f"{indent}words {text!r}: {_tokens(text)}"
        case Filter(field=field, value=value):
            yield f"{indent}{field} {value}"
        case Not(operand=operand):
            yield f"{indent}not"
            yield from _lines(operand, depth + 1)
        case All(operands=operands) | AnyOf(operands=operands):
            yield f"{indent}{'all of' if isinstance(tree, All) else 'any of'}"
            for operand in operands:
                yield from _lines(operand, depth + 1)


def _tokens(text: str) -> str:
    found = phrase(text)
    if found is None:
        return "no letter and no digit, so nothing has them"
    return " ".join(found.tokens) + ("…" if found.open else "")
