"""What a listing depends on: parts of the store whose changes are counted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """All entries that something has in common.

    A listing has the scopes of its authors, else of its topics, its source or its document, else `ALL`: it can only
    change together with one of them.
    """

    #: "all", "author", "topic", "source" or "document".
    kind: str
    #: A slug, the name of a document, or "" for all entries.
    key: str = ""


ALL = Scope("all")


def author_scope(slug: str) -> Scope:
    """Entries with this author in the byline, or quoted."""
    return Scope("author", slug)


def topic_scope(slug: str) -> Scope:
    """Entries in this topic."""
    return Scope("topic", slug)


def source_scope(slug: str) -> Scope:
    """Entries of this source."""
    return Scope("source", slug)


def document_scope(name: str) -> Scope:
    """Entries that stand in a document of this name."""
    return Scope("document", name)
