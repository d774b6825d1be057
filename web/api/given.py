"""What a request gives: parameters as operations declare them, and how the words of a request become their values."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from typing import Generic
from typing import TypeVar
from typing import cast

from werkzeug.datastructures import MultiDict

from feeds.errors import QueryError
from web.state import State

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Schema = Mapping[str, Any]


@dataclass(frozen=True, eq=False, kw_only=True)
class Parameter(Generic[T_co]):
    """One parameter of an operation."""

    name: str
    description: str
    #: JSON Schema of the value; what stands in an array has commas between it.
    schema: Schema
    #: The value of the words. Raises `QueryError`, or `NotFoundError` for a part of the path.
    read: Callable[[str, State], T_co]
    #: The value where none is given.
    default: T_co
    #: Words that can be asked for with the sample documents.
    example: str = ""
    #: "query" or "path".
    place: str = "query"
    required: bool = False


class Given:
    """The values of a request, by their parameters."""

    def __init__(self, values: Mapping[Parameter[Any], Any]) -> None:
        self._values = values

    def __getitem__(self, parameter: Parameter[T]) -> T:
        return cast(T, self._values.get(parameter, parameter.default))

    def but(self, values: Mapping[Parameter[Any], Any]) -> Given:
        """The same with other values for some."""
        return Given({**self._values, **values})

    def scope(self, path: str, but: Iterable[Parameter[Any]]) -> str:
        """The list that is asked for with what filters it: the same for all its pages, whatever form they have."""
        left_out = {parameter.name for parameter in but}
        named = {parameter.name: value for parameter, value in self._values.items() if parameter.name not in left_out}
        return f"{path} {sorted(named.items())!r}"


def read_given(
    parameters: Sequence[Parameter[Any]], query: MultiDict[str, str], path: Mapping[str, str], state: State
) -> Given:
    """The values of a request.

    Raises `QueryError` for a parameter that the operation does not take, that is given twice, or that has a value which
    cannot be answered; `NotFoundError` for a path that leads nowhere.
    """
    declared = {parameter.name: parameter for parameter in parameters if parameter.place == "query"}
    check_names(query, tuple(declared))
    values: dict[Parameter[Any], Any] = {
        parameter: parameter.read(path[parameter.name], state) for parameter in parameters if parameter.place == "path"
    }
    for name, words in query.items():
        values[declared[name]] = read_words(declared[name], words, state)
    return Given(values)


def check_names(given: MultiDict[str, Any], allowed: Sequence[str]) -> None:
    """Raises `QueryError` for a parameter that is not allowed, or given twice: no typing mistake goes unnoticed."""
    for name, values in given.lists():
        if name not in allowed:
            raise QueryError(name, "is no parameter here", allowed)
        if len(values) > 1:
            raise QueryError(name, "is given more than once; several values stand in one, with commas between them")


def read_words(parameter: Parameter[T], words: str, state: State) -> T:
    """The value of the words of one parameter. Raises `QueryError`."""
    _check_words(parameter, words)
    return parameter.read(words, state)


def _check_words(parameter: Parameter[Any], words: str) -> None:
    """Raises `QueryError` for what the schema does not allow; lists of allowed words and numbers are left to `read`."""
    schema = parameter.schema
    if any(unicodedata.category(c) == "Cc" for c in words):
        raise QueryError(parameter.name, "has a control character in it")
    if schema.get("type") != "array":
        _check_word(parameter.name, words, schema)
        return
    each = words.split(",")
    if len(each) > schema.get("maxItems", len(each)):
        raise QueryError(parameter.name, f"has more than {schema['maxItems']} values")
    for word in each:
        _check_word(parameter.name, word, schema["items"])


def _check_word(name: str, word: str, schema: Schema) -> None:
    if len(word) < schema.get("minLength", 0):
        raise QueryError(name, "is empty or too short; leave it out, or give " + _wanted(schema))
    if len(word) > schema.get("maxLength", len(word)):
        raise QueryError(name, f"is longer than {schema['maxLength']} characters")
    if "pattern" in schema and not re.fullmatch(schema["pattern"], word):
        raise QueryError(name, f"{word[:80]!r} does not look like one; give {_wanted(schema)}")


def _wanted(schema: Schema) -> str:
    return f"what matches {schema['pattern']}"
