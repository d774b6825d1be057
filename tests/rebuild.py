"""Build a store of documents and print the digests of all its feeds; a process of its own for `test_rebuild`."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from feeds.aliases import load_aliases
from feeds.formats import FORMATS
from feeds.model import EntryQuery
from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from feeds.topics import load_topics
from scrapers.ingest import ingest
from scrapers.pipeline import Plan
from scrapers.sources import load_sources
from web import create_app


def paths(store: Store) -> Iterator[str]:
    """Every listing that has a feed."""
    yield "/entries"
    yield from (f"/authors/{tally.slug}" for tally in store.authors())
    yield from (f"/topics/{tally.slug}" for tally in store.topics())
    yield from (f"/sources/{tally.slug}" for tally in store.sources())


def ids(store: Store) -> Iterator[str]:
    """Of all entries, in the order of the listing."""
    cursor = None
    while True:
        page = store.entries(EntryQuery(limit=500, cursor=cursor))
        yield from (entry.id for entry in page.entries)
        if (cursor := page.next) is None:
            return


def main() -> None:
    """Runs of paths come as JSON on standard input, the moment that counts as now as an argument."""
    settings = load_settings()
    migrate(settings.database_url)
    with open_store(settings.database_url) as store:
        plan = Plan(load_topics(), load_aliases(), load_sources(), datetime.fromisoformat(sys.argv[1]))
        for run in json.load(sys.stdin):
            list(ingest([Path(path) for path in run], store, plan))
        client = create_app(settings, store).test_client()
        found = {"ids": hashlib.sha256("\n".join(ids(store)).encode()).hexdigest()}
        for path in paths(store):
            for suffix in FORMATS:
                answer = client.get(path + suffix)
                assert answer.status_code == 200, path + suffix
                found[path + suffix] = hashlib.sha256(answer.data).hexdigest()
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    main()
