"""A worker in a test: its own clock, a server on this machine, sources from a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path

from feeds.aliases import load_aliases
from feeds.model import Entry
from feeds.model import EntryQuery
from feeds.store import Store
from feeds.topics import Topics
from feeds.topics import load_topics
from scrapers.pipeline import Plan
from scrapers.sources import load_sources
from scrapers.worker.worker import Bench
from scrapers.worker.worker import Visited
from scrapers.worker.worker import sync
from tests.servers import FakeTime
from tests.servers import make_fetcher


@cache
def topics() -> Topics:
    """Read once."""
    return load_topics()


@contextmanager
def open_bench(store: Store, time: FakeTime, folder: Path, toml: str, **limits: object) -> Iterator[Bench]:
    """A worker for the sources of a file that stands in `folder`."""
    path = folder / "sources.toml"
    path.write_text(toml, "utf-8")
    sources = load_sources(path)
    plan = Plan(topics(), load_aliases(), sources, time.now())
    with make_fetcher(time, store.crawl(), **limits) as fetcher:
        yield Bench(
            store=store,
            fetcher=fetcher,
            sources=sources,
            plan=plan,
            clock=time.clock(),
            chance=lambda: 0.5,
            owner="test",
            folder=folder,
            cache=folder / "cache",
        )


def round_of(bench: Bench) -> list[Visited]:
    """One round."""
    return list(sync(bench))


def only(bench: Bench) -> Visited:
    """What came of a round in which one source was due."""
    (done,) = sync(bench)
    return done


def everything(store: Store) -> list[Entry]:
    """All entries, the newest first."""
    found: list[Entry] = []
    query = EntryQuery(limit=500)
    while True:
        page = store.entries(query)
        found += page.entries
        if page.next is None:
            return found
        query = replace(query, cursor=page.next)


def source(slug: str, kind: str, address: str, **more: str) -> str:
    """An entry of a sources file."""
    told = {"slug": slug, "kind": kind, "address": address, **more}
    return "\n".join(["[[source]]", *(f'{key} = "{value}"' for key, value in told.items()), "", ""])


def item(key: str, title: str, body: str, date: str = "Sun, 01 Mar 2026 08:00:00 +0800", **more: str) -> str:
    """An item of an RSS feed."""
    told = {
        "title": title,
        "description": body,
        "pubDate": date,
        "guid": key,
        "link": f"https://blog.example.org/{key}",
    }
    elements = "".join(
        f"<{n}>{v.replace('&', '&amp;').replace('<', '&lt;')}</{n}>" for n, v in (told | more).items() if v
    )
    return f"<item>{elements}</item>"


def rss(*items: str, title: str = "檐下集") -> bytes:
    """An RSS feed."""
    head = f"<title>{title}</title><link>https://blog.example.org/</link><description>x</description>"
    text = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{"".join(items)}</channel></rss>'
    return text.encode()
