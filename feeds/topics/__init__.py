"""Which topics an entry belongs to, and why. The rules are data (`topics.toml`), matched in one pass over the text."""

from __future__ import annotations

from feeds.topics.loading import load_topics
from feeds.topics.rules import Company
from feeds.topics.rules import Rule
from feeds.topics.rules import Topic
from feeds.topics.rules import Weights
from feeds.topics.topics import Topics

__all__ = ["Company", "Rule", "Topic", "Topics", "Weights", "load_topics"]
