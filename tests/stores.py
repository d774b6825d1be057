"""A store with rows in every table, and what stands in the tables of a store."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table
from sqlalchemy import insert
from sqlalchemy import select

import scrapers
from feeds.aliases import load_aliases
from feeds.model import Permission
from feeds.model import Token
from feeds.store import Store
from feeds.store.engine import make_engine
from feeds.store.engine import reading
from feeds.store.engine import store_url
from feeds.store.engine import writing
from feeds.store.schema import crawl
from feeds.store.schema import host
from feeds.store.schema import metadata
from feeds.topics import load_topics
from scrapers.ingest import ingest
from scrapers.pipeline import Plan
from scrapers.sources import load_sources
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_drafts

SAMPLES = Path(scrapers.__file__).parent / "samples"
LATER = NOW + timedelta(days=1)
#: A document, and the same one edited: a text changed, and a text left.
TEXTS = (
    "雨后的院子里长出了几株番茄，叶子很好看。",
    "Notes on C++ and GPT-4, “quoted” \U0001f345 % \\ \t tab.",
    "第三条。",
)
EDITED = (TEXTS[0] + "补记：已经结果。", TEXTS[1])
BATCH, EDITION = make_batch(make_drafts(*TEXTS), name="own.md"), make_batch(make_drafts(*EDITED), name="own.md")


def fill_store(store: Store) -> None:
    """Rows of all kinds: the samples, an edited document, an entry that is withdrawn, tokens."""
    plan = Plan(load_topics(), load_aliases(), load_sources(), NOW)
    list(ingest(sorted(SAMPLES.glob("*.md")), store, plan))
    store.save(BATCH, NOW)
    store.save(EDITION, LATER)
    store.withdraw(next(id for id, _ in store.ids()), LATER)
    store.add_token(Token("robot", "0" * 64, frozenset(Permission), NOW))
    store.add_token(Token("old", "1" * 64, frozenset({Permission.WITHDRAW}), NOW))
    store.revoke_token("old", LATER)


def fill_crawl(url: str) -> None:
    """What workers know, as they would leave it."""
    facts = {
        "slug": "far",
        "name": "远方",
        "kind": "feed",
        "address": "https://far.example.org/feed",
        "memory": '{"a": 1}',
    }
    state = {"fingerprint": "f", "enabled": True, "gone": False, "next_try": LATER, "last_attempt": NOW, "period": 900}
    counts = {"failures": 1, "attempts": 1 << 40, "unchanged": 2, "requests": 3, "bytes": 4}
    engine = make_engine(store_url(url))
    with writing(engine) as connection:
        connection.execute(insert(crawl), [facts | state | counts])
        connection.execute(insert(host), [{"name": "far.example.org", "owner": "one", "free": LATER}])
    engine.dispose()


def read_tables(url: str, tables: Mapping[str, Sequence[str]] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of all tables in one order; or some columns of some tables."""
    engine = make_engine(store_url(url), read_only=True)
    wanted = {table.name: table for table in metadata.sorted_tables}
    try:
        with reading(engine) as connection:
            return {
                name: sorted(map(tuple, connection.execute(select(*columns(wanted[name], names)))), key=repr)
                for name, names in (tables or dict.fromkeys(wanted, ())).items()
            }
    finally:
        engine.dispose()


def columns(table: Table, names: Sequence[str]) -> list[Any]:
    """Those with the names, or all."""
    return [column for column in table.columns if not names or column.name in names]
