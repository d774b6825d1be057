"""The grammar of queries, read by recursive descent: time and depth are bounded by bounds on length and nesting.

    query := any                        any    := all ("OR" all)*           all := factor ("AND"? factor)*
    factor := "-" factor | "(" any ")" | words | "phrase" | field ":" value ("," value)*

Words one behind the other must all be there; `OR` binds weaker than that. `NOT` is another way to write `-`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from feeds.errors import NotFoundError
from feeds.query.canonical import all_of
from feeds.query.canonical import any_of
from feeds.query.canonical import negated
from feeds.query.canonical import written
from feeds.query.errors import QuerySyntaxError
from feeds.query.lexer import Kind
from feeds.query.lexer import Token
from feeds.query.lexer import tokens
from feeds.query.names import AsWritten
from feeds.query.names import Names
from feeds.query.tree import NOTHING
from feeds.query.tree import Expression
from feeds.query.tree import Filter
from feeds.query.tree import Words
from feeds.query.values import ROLES
from feeds.query.values import first_day
from feeds.query.values import language
from feeds.query.values import last_day
from feeds.query.values import role
from feeds.search.analysis import plain
from feeds.text import clean_text

#: Characters, words with filters, and groups within groups.
LONGEST = 1000
MOST_PARTS = 50
DEEPEST = 10

_COMMAS = re.compile("[,、]")
_VALUES: dict[str, Callable[[str], str]] = {
    "lang": language,
    "role": role,
    "since": first_day,
    "until": last_day,
}


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was read."""

    #: None asks for everything; canonical.
    tree: Expression | None
    #: Which of a person's entries `author:` and the listing of an author hold; None where the query does not say.
    role: str | None = None

    @property
    def canonical(self) -> str:
        """The one way to write it; empty where it asks for everything."""
        parts = ["" if self.tree is None else written(self.tree), f"role:{self.role}" if self.role else ""]
        return " ".join(filter(None, parts))


def parse(text: str, names: Names | None = None) -> Query:
    """Read a query; `names` resolve what it names. Raises `QuerySyntaxError`, a `QueryError`, with the place."""
    if len(text) > LONGEST:
        raise QuerySyntaxError(text, LONGEST, LONGEST + 1, f"a query has at most {LONGEST} characters")
    return _Parser(text, names or AsWritten()).run()


class _Parser:
    """The tokens of a query, and the next one of them."""

    def __init__(self, text: str, names: Names) -> None:
        self._text = text
        self._names = names
        self._tokens = list(tokens(text))
        self._at = 0
        self._parts = 0
        self._role: Token | None = None

    def run(self) -> Query:
        tree = self._any(0)
        if (token := self._peek()) is not None:  # only a closing parenthesis ends an expression before the end
            raise self._wrong(token, "this parenthesis was never opened")
        if tree is None and self._tokens and self._role is None:
            tree = NOTHING
        return Query(tree, None if self._role is None else role(self._role.value))

    def _any(self, depth: int) -> Expression | None:
        found = [self._all(depth)]
        while (operator := self._take(Kind.OR)) is not None:
            self._check_operand(operator, depth)
            found.append(self._all(depth))
        operands = [one for one in found if one is not None]
        return any_of(operands) if operands else None

    def _all(self, depth: int) -> Expression | None:
        """None where all words are without letters and digits: they ask for nothing."""
        operands = []
        start = self._peek()
        if start is not None and start.kind in {Kind.OR, Kind.AND}:
            raise self._wrong(start, f"nothing stands in front of {start.kind.value}")
        while (token := self._peek()) is not None and token.kind not in {Kind.OR, Kind.CLOSE}:
            if self._take(Kind.AND) is not None:
                self._check_operand(token, depth)
                continue
            if (operand := self._factor(depth, is_whole=depth == 0)) is not None:
                operands.append(operand)
        return all_of(operands) if operands else None

    def _check_operand(self, operator: Token, depth: int) -> None:
        following = self._peek()
        if following is None or following.kind in {Kind.OR, Kind.AND, Kind.CLOSE}:
            raise self._wrong(operator, f"nothing stands behind {operator.kind.value}")

    def _factor(self, depth: int, *, is_whole: bool) -> Expression | None:
        token = self._next()
        if depth > DEEPEST:
            raise self._wrong(token, f"there are more than {DEEPEST} groups within each other")
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise self._wrong(token, f"a query has at most {MOST_PARTS} parts")
        if token.kind is Kind.NOT:
            return self._not(token, depth)
        if token.kind is Kind.OPEN:
            return self._group(token, depth)
        if token.kind is Kind.FIELD:
            return self._field(token, is_whole)
        text = plain(clean_text(token.value))
        return Words(text) if text else None

    def _not(self, token: Token, depth: int) -> Expression | None:
        following = self._peek()
        if following is None or following.kind in {Kind.OR, Kind.AND, Kind.CLOSE}:
            raise self._wrong(token, "nothing stands behind -")
        operand = self._factor(depth + 1, is_whole=False)
        return None if operand is None else negated(operand)

    def _group(self, token: Token, depth: int) -> Expression | None:
        if (closing := self._take(Kind.CLOSE)) is not None:
            raise QuerySyntaxError(self._text, token.start, closing.end, "nothing stands in the parentheses")
        found = self._any(depth + 1)
        if self._take(Kind.CLOSE) is None:
            raise self._wrong(token, "this parenthesis is never closed")
        return found

    def _field(self, token: Token, is_whole: bool) -> Expression | None:
        if token.name == "role":
            self._set_role(token, is_whole)
            return None
        values = [value for part in _COMMAS.split(token.value) if (value := " ".join(clean_text(part).split()))]
        if not values:
            raise self._wrong(token, f"nothing stands behind {token.name}:")
        self._parts += len(values) - 1
        if self._parts > MOST_PARTS:
            raise self._wrong(token, f"a query has at most {MOST_PARTS} parts")
        return any_of([Filter(token.name, self._value(token, value)) for value in values])

    def _set_role(self, token: Token, is_whole: bool) -> None:
        if not is_whole:
            raise self._wrong(token, "role: holds for the whole query; it cannot stand in a group or behind -")
        if self._role is not None and self._role.value.casefold() != token.value.casefold():
            raise self._wrong(token, "there is a role: already")
        self._value(token, token.value)
        self._role = token

    def _value(self, token: Token, value: str) -> str:
        try:
            if token.name in _VALUES:
                return _VALUES[token.name](value)
            return self._names.slug(token.name, value.replace('"', ""))
        except NotFoundError as error:
            near = self._names.near(error)
            raise self._wrong(token, f"there is no {token.name} {value!r}", tuple(near)) from error
        except ValueError as error:
            allowed = ROLES if token.name == "role" else ()
            raise self._wrong(token, f"{token.name}: {error}", allowed) from error

    def _wrong(self, token: Token, problem: str, allowed: tuple[str, ...] = ()) -> QuerySyntaxError:
        return QuerySyntaxError(self._text, token.start, token.end, problem, allowed)

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, kind: Kind) -> Token | None:
        token = self._peek()
        if token is None or token.kind is not kind:
            return None
        self._at += 1
        return token

    def _next(self) -> Token:
        token = self._tokens[self._at]
        self._at += 1
        return token
