"""How the entries of a query are spread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Count:
    """A value that entries can have in common, with their number."""

    #: A slug, or a month as YYYY-MM where the source is.
    key: str
    #: The name of an author or a source; else the key.
    name: str
    entries: int


@dataclass(frozen=True, slots=True)
class Facets:
    """The entries of a query counted by what they have in common."""

    #: By facet: the values with the most entries, or the months, the latest first.
    counts: Mapping[str, tuple[Count, ...]]
    #: How many entries were counted.
    entries: int
    #: Whether these are all of the query; else they are its newest.
    complete: bool
