"""A web process does not grow with what it is asked: the short version of `tests.benchmarks.memory`."""

from __future__ import annotations

from pathlib import Path

import pytest

from feeds.settings import load_settings
from feeds.store import Store
from tests.benchmarks.made import NEWEST
from tests.benchmarks.made import Made
from tests.benchmarks.made import batches
from tests.benchmarks.made import topic_rules
from tests.benchmarks.memory import questions
from tests.benchmarks.reading import Site
from web.application import create_app

MADE = Made(topics=12, authors=20)
ROUNDS, MOST = 6, 10


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells what a process has in memory")
def test_asking_the_same_again_and_again_keeps_nothing(store: Store, store_url: str, tmp_path: Path) -> None:
    for batch in batches(MADE, 60):
        store.save(batch, NEWEST)
    rules = tmp_path / "topics.toml"
    rules.write_text(topic_rules(12), "utf-8")
    settings = load_settings({"DATABASE_URL": store_url, "TOPICS": str(rules), "CACHE_BYTES": "400000"})
    site = Site(store, create_app(settings, store))
    asked = questions(MADE)[::5] + questions(MADE)[1::5] + questions(MADE)[2::20]
    assert {site.ask(path)[0] for path in asked} == {200}
    before = megabytes()
    for _ in range(ROUNDS):
        for path in asked:
            site.ask(path)
    assert megabytes() - before < MOST, "megabytes more"


def megabytes() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:")) / 1024
