"""Topic rules as tests write them, and what they say of a text."""

from __future__ import annotations

from collections.abc import Callable

from feeds.topics import Topics

#: Reads rules from their text; the fixture `load`.
LoadRules = Callable[[str], Topics]

#: A topic, to be followed by its rules.
TOPIC = '[[topic]]\nslug = "tea"\nzh = "茶"\nen = "Tea"\n'


def slugs(topics: Topics, text: str, title: str | None = None) -> set[str]:
    """The topics of a text."""
    return {hit.slug for hit in topics.classify(title, text)}
