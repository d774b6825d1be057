"""Who and what a query may name: asked while it is read, so that one person has one canonical form."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Protocol

from feeds.errors import NotFoundError
from feeds.model import Source
from feeds.model import Tally
from feeds.search.folding import fold

if TYPE_CHECKING:
    from feeds.topics import Topics


class Names(Protocol):
    """Slugs of authors, topics and sources, and what they are called."""

    def slug(self, kind: str, word: str) -> str:
        """The slug that `word` means. `kind` is "author", "topic" or "source". Raises `NotFoundError`."""

    def name(self, kind: str, slug: str) -> str:
        """What people call it."""

    def near(self, missing: NotFoundError) -> Sequence[str]:
        """Slugs that may have been meant."""


class AsWritten:
    """For who knows no names: every word is its own slug, in lower case."""

    def slug(self, kind: str, word: str) -> str:
        """The word itself."""
        return " ".join(word.casefold().split())

    def name(self, kind: str, slug: str) -> str:
        """The slug itself."""
        return slug

    def near(self, missing: NotFoundError) -> Sequence[str]:
        """Nothing."""
        return ()


class _Known(Protocol):
    def author(self, name: str) -> Tally: ...
    def source(self, slug: str) -> Source: ...


@dataclass(frozen=True, slots=True)
class Directory:
    """The names of a store and of the topics' rules."""

    store: _Known
    topics: Topics
    #: Names of the topics by slug, in the language of the site.
    topic_names: dict[str, str]
    near_by: Callable[[NotFoundError], Sequence[str]] = lambda missing: ()

    def slug(self, kind: str, word: str) -> str:
        """See `Names`."""
        if kind == "author":
            return self.store.author(word).slug
        return self._topic(word) if kind == "topic" else self.store.source(word.casefold()).slug

    def name(self, kind: str, slug: str) -> str:
        """See `Names`."""
        try:
            if kind == "author":
                return self.store.author(slug).name
            return self.topic_names.get(slug, slug) if kind == "topic" else self.store.source(slug).name
        except NotFoundError:
            return slug

    def near(self, missing: NotFoundError) -> Sequence[str]:
        """See `Names`."""
        return self.near_by(missing)

    def _topic(self, word: str) -> str:
        """By slug, else by one of its names."""
        wanted = fold(word)
        for topic in self.topics:
            if wanted in {topic.slug, fold(topic.name_zh), fold(topic.name_en)}:
                return topic.slug
        raise NotFoundError("topic", word)
