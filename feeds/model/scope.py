"""What a listing depends on: parts of the store whose changes are counted."""

from __future__ import annotations

from dataclasses import dataclass

from feeds.model.answer import EntryQuery


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


def scopes_of(query: EntryQuery) -> tuple[Scope, ...]:
    """What a listing depends on. Of authors and topics together the authors suffice: there are fewer of theirs."""
    return (
        tuple(author_scope(slug) for slug in query.authors)
        or tuple(topic_scope(slug) for slug in query.topics)
        or ((document_scope(query.document),) if query.document is not None else ())
        or ((source_scope(query.source),) if query.source is not None else (ALL,))
    )
