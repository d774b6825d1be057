"""The topics of a rules file, and the question which of them a text belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from feeds.errors import NotFoundError
from feeds.model import TopicHit
from feeds.topics.rules import RuleBook
from feeds.topics.rules import Topic

if TYPE_CHECKING:
    from feeds.topics.classifying import Classifier
    from feeds.topics.scoring import Explanation


class Topics:
    """All topics in the order of the file. Making it is cheap; the first text builds what matching needs."""

    def __init__(self, book: RuleBook) -> None:
        self._book = book
        self._by_slug = {topic.slug: topic for topic in book.topics}

    def __iter__(self) -> Iterator[Topic]:
        return iter(self._book.topics)

    def __len__(self) -> int:
        return len(self._book.topics)

    def get(self, slug: str) -> Topic:
        """The topic of that slug. Raises `NotFoundError`."""
        try:
            return self._by_slug[slug]
        except KeyError:
            raise NotFoundError("topic", slug) from None

    def classify(
        self, title: str | None, text: str, *, labels: Sequence[str] = (), links: Sequence[str] = ()
    ) -> tuple[TopicHit, ...]:
        """The topics that an entry belongs to, the best first.

        `text` is plain, `labels` are tags and categories that its author gave to this entry, `links` its addresses.
        """
        explained = self.explain(title, text, labels=labels, links=links)
        return tuple(TopicHit(e.slug, e.score, e.evidence) for e in explained if e.given)

    def explain(
        self, title: str | None, text: str, *, labels: Sequence[str] = (), links: Sequence[str] = ()
    ) -> tuple[Explanation, ...]:
        """Every topic of which anything was found, given or not, the best first."""
        return self._matching.explain(title, text, labels=labels, links=links)

    @cached_property
    def _matching(self) -> Classifier:
        from feeds.topics.classifying import Classifier  # whoever only names topics finds none

        return Classifier(self._book)
