"""What an answer costs in a large archive beside the same answer in a small one.

    python -m tests.benchmarks.reading SMALL LARGE [repetitions] [part of a name …]

SMALL and LARGE are addresses of stores that `tests.benchmarks.stores` made, of 10 000 and 1 000 000 entries as a rule:
the newest entries of both are the same. Each case is asked in turns of both, cold (nothing is kept rendered) and in
this process: the network does not count, and the ratio does not depend on what else the machine does. On a busy machine
the time of the processor is the steadier figure; with PostgreSQL it is that of the web process alone.
"""

from __future__ import annotations

import gc
import random
import statistics
import sys
import time
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import quote

from feeds.addresses import entry_path
from feeds.model import EntryQuery
from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import open_store
from feeds.store.bounds import cursor_at
from tests.benchmarks.made import NEWEST
from tests.benchmarks.made import Made
from tests.benchmarks.made import topic_rules
from web.application import create_app

REPETITIONS = 40
#: Seconds for one case, after which fewer repetitions must do.
_PATIENCE = 8
#: Of the topics of the made archive all are in the rules. An archive may be made with fewer.
_TOPICS, _FEWER = 200, 34
#: Ranks of what is chosen: much, some, little; of the small archive all have a page at least.
_BUSY, _SOME, _RARE = 0, 8, 18
_PARTS = ("much", "some", "little")


#: Milliseconds of the clock, and of the processor; the work of a server of its own is not in the second.
Taken = tuple[float, float]


@dataclass
class Site:
    """An application without a cache of feeds."""

    store: Store
    app: Any
    #: The address of each case here; they may differ where a cursor or an id is part of them.
    paths: dict[str, list[str]] = field(default_factory=dict)
    times: dict[str, list[Taken]] = field(default_factory=dict)
    bytes: dict[str, int] = field(default_factory=dict)

    def ask(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """One request."""
        address, _, query = path.partition("?")
        told: list[Any] = []
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": _raw(address),
            "QUERY_STRING": query,
            "HTTP_HOST": "127.0.0.1",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": None,
            "wsgi.errors": sys.stderr,
            **headers,
        }
        answer = self.app.wsgi_app(environ, lambda status, headers, error=None: told.append((status, headers)))
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        return int(told[0][0][:3]), dict(told[0][1]), body


def main() -> None:
    """Print p50 and p99 of both, and the ratio of the p50s."""
    small, large, *rest = sys.argv[1:]
    repetitions = int(rest.pop(0)) if rest and rest[0].isdigit() else REPETITIONS
    with _opened(small) as few, _opened(large) as many:
        gc.freeze()  # as a web process does
        cases = [case for case in _cases(few, many) if not rest or any(words in case for words in rest)]
        sizes = [sum(tally.entries for tally in site.store.sources()) for site in (few, many)]
        print(f"{'milliseconds':<34}{sizes[0]:>10,} p50{'p99':>9}{sizes[1]:>12,} p50{'p99':>9}{'ratio':>8}{_HEAD}")
        for case in cases:
            _measure(case, (few, many), repetitions)
            print(f"{case:<34}{_row(few.times[case], many.times[case])}{many.bytes[case]:>10,}", flush=True)


_HEAD = f"{'of CPU p50':>14}{'p99':>9}{'ratio':>8}{'bytes':>10}"


def _row(few: Sequence[Taken], many: Sequence[Taken]) -> str:
    cells = []
    for part, wide in ((0, True), (1, False)):
        (small, small_worst), (large, worst) = (
            [_p([t[part] for t in times], p) for p in (50, 99)] for times in (few, many)
        )
        both = (
            f"{small:>14.2f}{small_worst:>9.2f}{large:>16.2f}{worst:>9.2f}" if wide else f"{large:>14.2f}{worst:>9.2f}"
        )
        cells.append(f"{both}{large / max(small, 0.001):>8.2f}")
    return "".join(cells)


def _measure(case: str, sites: Sequence[Site], repetitions: int) -> None:
    for site in sites:
        status, _, body = site.ask(site.paths[case][0])
        site.bytes[case] = len(body)
        if status != 200:
            raise SystemExit(f"{case}: {site.paths[case][0]} answers {status}: {body[:300].decode()}")
        site.times[case] = []
    began = time.perf_counter()
    for number in range(repetitions):
        for site in sites:
            path = site.paths[case][number % len(site.paths[case])]
            start, used = time.perf_counter(), time.thread_time()
            site.ask(path)
            site.times[case].append((1000 * (time.perf_counter() - start), 1000 * (time.thread_time() - used)))
        if time.perf_counter() - began > _PATIENCE and number >= 4:
            return


def _p(times: Sequence[float], percent: int) -> float:
    return (
        sorted(times)[min(len(times) - 1, len(times) * percent // 100)] if percent != 50 else statistics.median(times)
    )


def _cases(few: Site, many: Site) -> list[str]:
    for site in (few, many):
        site.paths = {name: paths for name, paths in _paths(site.store) if paths}
    return [name for name in few.paths if name in many.paths]


def _paths(store: Store) -> Iterator[tuple[str, list[str]]]:
    """Names of cases with the addresses that are asked in turn."""
    made = Made(_TOPICS)
    number = _FEWER if len(store.topics()) <= _FEWER else _TOPICS
    # Of fewer topics those are asked for that are as frequent for their number.
    words, topics = made.words, [made.topic_slugs[rank * number // _TOPICS] for rank in range(_TOPICS)]
    authors = [store.author(f"@{made.people[rank].handle}").slug for rank in (_BUSY, _SOME, _RARE)]
    page = store.entries(EntryQuery(limit=50))
    oldest = _oldest(store)
    middle = oldest + (NEWEST - oldest) / 2
    deep = cursor_at(middle)
    yield "home", ["/"]
    for suffix in ("rss", "atom", "json"):
        yield f"feed of all, {suffix}", [f"/entries.{suffix}"]
    yield "page of all", ["/entries"]
    yield "second page", [f"/entries?cursor={page.next}"]
    yield "deep page", [f"/entries?cursor={deep}"]
    yield "deep page, JSON Feed", [f"/entries.json?cursor={deep}"]
    yield "API page", ["/api/v1/entries?limit=50"]
    for part, author in zip(_PARTS, authors, strict=True):
        yield f"author with {part}", [f"/authors/{quote(author)}.rss"]
    for part, rank in zip(_PARTS, (_BUSY, _SOME, _RARE), strict=True):
        yield f"topic with {part}", [f"/topics/{topics[rank]}.rss"]
    yield "four topics", [f"/topics/{','.join(topics[5:9])}.rss"]
    yield "author × topic, much", [f"/authors/{quote(authors[0])}/topics/{topics[0]}.rss"]
    yield "author × topic, little", [f"/authors/{quote(authors[1])}/topics/{topics[2]}.rss"]
    yield "page of an author", [f"/authors/{quote(authors[0])}"]
    yield "page of a topic", [f"/topics/{topics[0]}"]
    yield "source", ["/sources/series-0.rss"]
    yield "page of a source", ["/sources/series-0"]
    yield "document", [f"/documents/{page.entries[0].document.name}.rss"]
    yield "one entry a story", ["/entries.rss?collapse=story"]
    yield "entry", [entry_path(entry.id) for entry in page.entries[:20]]
    yield "archive, newest month", [f"/entries/archive/{NEWEST:%Y-%m}.atom"]
    yield "archive, older", [f"/topics/{topics[0]}/archive/{middle:%Y-%m}.atom"]
    yield "archive, page", [f"/entries/archive/{middle:%Y-%m}"]
    yield "authors", ["/authors"]
    yield "topics", ["/topics"]
    yield "sources", ["/sources"]
    yield "documents", ["/documents"]
    yield "stories", ["/stories"]
    yield "stories of a month", [f"/stories/archive/{middle:%Y-%m}"]
    yield "lists of all, OPML", ["/opml"]
    yield "site map", ["/sitemap.xml"]
    yield "API authors", ["/api/v1/authors"]
    yield "API documents", ["/api/v1/documents"]
    yield "API sources", ["/api/v1/sources"]
    yield "API stories", ["/api/v1/stories"]
    yield "API changes", ["/api/v1/changes?limit=50"]
    yield "API statistics", ["/api/v1/statistics/topics"]
    yield "count of a topic", [f"/api/v1/entries?limit=1&include=count&topic={topics[0]}"]
    yield "count of a word", [f"/api/v1/entries?limit=1&include=count&q={quote(words[0])}"]
    recently = (NEWEST - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    yield "API, updated within an hour", [f"/api/v1/entries?updated_since={recently}"]
    facets = "facets=topic,author,source,month"
    yield "facets of all", [f"/api/v1/entries?limit=1&{facets}"]
    yield "facets of an author", [f"/api/v1/entries?limit=1&{facets}&author={quote(authors[1])}"]
    yield "facets of a topic", [f"/api/v1/entries?limit=1&{facets}&topic={topics[0]}"]
    yield from _searches(words, topics, authors)


def _searches(words: Sequence[str], topics: Sequence[str], authors: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    def ask(*queries: str) -> list[str]:
        return [f"/api/v1/entries?limit=50&q={quote(query)}" for query in queries]

    chance = random.Random(7)
    yield "search, words of all kinds", ask(*(words[int(20_000 ** chance.random()) - 1] for _ in range(40)))
    yield "search, in most entries", ask(*words[:5])
    yield "search, in some", ask(*words[500:520])
    yield "search, in few", ask(*words[15_000:15_020])
    yield "search, one character", ask(*(word[0] for word in words[:8]))
    yield (
        "search, two words",
        ask(*(f"{one} {other}" for one, other in zip(words[100:110], words[200:210], strict=True))),
    )
    yield "search, two of most", ask(f"{words[0]} {words[1]}", f"{words[2]} {words[3]}")
    yield "search, either", ask(f"{words[3_000]} OR {words[4_000]}", f"{words[10]} OR {words[9_000]}")
    yield "search, a row of words", ask(f"{words[0]}{words[1]}", f"{words[1]}{words[0]}", f"{words[5]}{words[9]}")
    yield "search, nothing there", ask("龘龘", "qqqqqq", f'"{words[18_000]} {words[19_000]}"')
    yield "search, not a word", ask(f"-{words[2_000]}", f"-{words[9_000]}")
    yield "search, not one of most", ask(f"-{words[0]}", f"-{words[1]}")
    yield "search, one without another", ask(f"{words[0]} -{words[1]}", f"{words[900]} -{words[0]}")
    yield "search in a topic", ask(*(f"topic:{topics[n]} {words[n * 30]}" for n in (0, 3, 20, 60, 110, 150)))
    yield "search in a source", ask(*(f"source:series-{n} {word}" for n in (0, 9) for word in words[300:305]))
    yield "search of an author", ask(*(f"author:{authors[0]} {words[n * 30]}" for n in (0, 3, 20, 60)))
    yield "search, by relevance", [f"{path}&sort=relevance" for path in ask(words[0], words[300], words[5_000])]
    yield "lang:en", ask("lang:en")
    yield "lang:zh", ask("lang:zh")
    yield "lang:ja, one in a thousand", ask("lang:ja")
    yield "lang:ko, none", ask("lang:ko")
    yield "topic and lang:en", ask(f"topic:{topics[0]} lang:en", f"topic:{topics[30]} lang:en")
    yield "topic and lang:ja", ask(f"topic:{topics[0]} lang:ja", f"topic:{topics[30]} lang:ja")
    yield "author and lang:ja", ask(f"author:{authors[0]} lang:ja")
    yield "source and lang:ja", ask("source:series-0 lang:ja", "source:series-9 lang:ja")
    yield "word and lang:ja", ask(f"{words[0]} lang:ja", f"{words[900]} lang:ja")
    yield "not a topic", ask(f"-topic:{topics[0]}", f"-topic:{topics[100]}")
    yield "either of two topics, in a query", ask(f"topic:{topics[100]} OR topic:{topics[150]}")
    yield (
        "topic and a long time ago",
        ask(f"topic:{topics[30]} until:2026-03-15", f"topic:{topics[3]} before:2026-03-20"),
    )
    yield "search page", [f"/search?q={quote(words[300])}"]


def _oldest(store: Store) -> Any:
    low, high = NEWEST.replace(year=2000), NEWEST
    while (high - low).days > 0:
        middle = low + (high - low) / 2
        low, high = (
            (low, middle) if store.entries(EntryQuery(limit=1, cursor=cursor_at(middle))).entries else (middle, high)
        )
    return high


def _raw(path: str) -> str:
    from urllib.parse import unquote_to_bytes

    return unquote_to_bytes(path).decode("latin-1")


@contextmanager
def _opened(url: str) -> Iterator[Site]:
    with TemporaryDirectory() as folder, open_store(url, read_only=True) as store:
        rules = Path(folder, "topics.toml")
        rules.write_text(topic_rules(_TOPICS), "utf-8")
        settings = load_settings({"DATABASE_URL": url, "CACHE_BYTES": "0", "TOPICS": str(rules)})
        yield Site(store, create_app(settings, store))


if __name__ == "__main__":
    main()
