"""How documents are read by the settings: topics, aliases and sources from their files, and the moment."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from typing import TYPE_CHECKING

from feeds.settings import Settings
from scrapers.fingerprint import fingerprint

if TYPE_CHECKING:
    from scrapers.pipeline import Plan


def reading_plan(settings: Settings) -> Plan:
    """How documents are read, now. Raises `ConfigError`."""
    from feeds.aliases import load_aliases  # only here, since those who ask for the time alone load no rules
    from feeds.topics import load_topics
    from scrapers.pipeline import Plan
    from scrapers.sources import load_sources

    known = fingerprint(settings)  # before the rules: what changes meanwhile must count as changed
    rules = load_topics(settings.topics), load_aliases(settings.authors), load_sources(settings.sources)
    return Plan(*rules, reading_time(settings), fingerprint=known)


def reading_time(settings: Settings) -> datetime:
    """What counts as now for documents that do not say more."""
    return settings.source_date_epoch or datetime.now(UTC)
