"""Who may write, and what is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from feeds.model.document import Problem
from feeds.model.document import Skip
from feeds.model.entry import Saved


class Permission(StrEnum):
    """What a token allows."""

    DOCUMENTS = "documents"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token; the token itself only its owner has."""

    name: str
    #: See `feeds.tokens.digest`.
    digest: str
    permissions: frozenset[Permission]
    created: datetime
    #: When it was taken back; None while it counts.
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A document that somebody sends."""

    #: As a file would be called; a later one of the same name and source takes its place.
    name: str
    data: bytes
    #: What the sender says of it; None to find out.
    source: str | None = None
    format: str | None = None
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an `Upload` that could be read."""

    #: The slug.
    source: str
    location: str
    saved: Saved
    skips: tuple[Skip, ...]
    problems: tuple[Problem, ...]
    #: Whether the source had no such document before.
    is_new: bool
