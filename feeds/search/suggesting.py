"""What somebody may be about to type: topics by the beginning of a name. Authors: `Store.suggest_authors`."""

from __future__ import annotations

from collections.abc import Iterable

from feeds.search.folding import fold
from feeds.topics import Topic


def suggest_topics(beginning: str, topics: Iterable[Topic], limit: int = 10) -> tuple[Topic, ...]:
    """Topics with a slug, a name or a word of a name that begins so; those whose whole name does come first."""
    key = fold(beginning.strip())
    if not key:
        return ()
    ranked = [(place, topic) for topic in topics if (place := _place(topic, key)) is not None]
    return tuple(topic for _, topic in sorted(ranked, key=lambda pair: pair[0])[:limit])


def _place(topic: Topic, key: str) -> int | None:
    names = [topic.slug, fold(topic.name_zh), fold(topic.name_en)]
    if any(name.startswith(key) for name in names):
        return 0
    words = [word for name in names for word in name.replace("-", " ").split()]
    return 1 if any(word.startswith(key) for word in words) else None
