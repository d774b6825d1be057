"""The real documents, measured against the gold standard through the API; skips where there is no corpus."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import feedparser
import pytest
from lxml import etree
from werkzeug.serving import make_server

from feeds.aliases import load_aliases
from feeds.model import EntryQuery
from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from feeds.text import letters
from feeds.topics import load_topics
from scrapers.ingest import ingest
from scrapers.paths import find_documents
from scrapers.pipeline import Plan
from scrapers.sources import load_sources
from web import create_app

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
pytestmark = pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the project (../shared/corpus)")

#: What the project promises, as the mean over the five documents.
PROMISED = {
    "recall": 0.98,
    "precision": 0.98,
    "end": 0.95,
    "title": 0.95,
    "people": 0.95,
    "date": 1.0,
    "link": 0.85,
    "links": 0.97,
    "quotes": 0.75,
    "topics_micro_f1": 0.87,
}


@pytest.fixture(scope="module")
def seeds(shared_store: Store) -> Store:
    """A store with the five seeds."""
    plan = Plan(load_topics(), load_aliases(), load_sources(), datetime.now(UTC))
    outcomes = list(ingest(find_documents([str(CORPUS / "seeds")]), shared_store, plan))
    assert [outcome.failure for outcome in outcomes] == [None] * 5
    return shared_store


@pytest.fixture(scope="module")
def server(seeds: Store) -> Iterator[str]:
    """The address of a real server on a free port."""
    made = make_server("127.0.0.1", 0, create_app(load_settings({}), seeds), threaded=True)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture(scope="module")
def figures(server: str) -> dict[str, Any]:
    rows = [_score().score(gold, server, 0) for gold in sorted((CORPUS / "gold").glob("*.json"))]
    counts = {key: sum(row["_topics"][key] for row in rows) for key in ("tp", "extra", "missing")}
    means = {key: [row[key] for row in rows if row[key] is not None] for key in PROMISED if key != "topics_micro_f1"}
    return {key: sum(have) / len(have) for key, have in means.items()} | {"topics_micro_f1": _score().f1(**counts)}


@pytest.mark.parametrize("figure", PROMISED)
def test_the_seeds_score_what_is_promised(figure: str, figures: dict[str, Any]) -> None:
    assert figures[figure] >= PROMISED[figure]


@pytest.mark.parametrize("suffix", ["rss", "atom", "json"])
def test_every_feed_of_the_seeds_is_sound(suffix: str, seeds: Store) -> None:
    client = create_app(load_settings({}), seeds).test_client()
    listings = [
        "/entries",
        *(f"/authors/{a.slug}" for a in seeds.authors()),
        *(f"/topics/{t.slug}" for t in load_topics()),
    ]
    for listing in listings:
        answer = client.get(f"{listing}.{suffix}")
        assert answer.status_code == 200, listing
        if suffix == "json":
            assert answer.get_json()["version"] == "https://jsonfeed.org/version/1.1"
        else:
            etree.fromstring(answer.data, etree.XMLParser(resolve_entities=False, no_network=True))
            assert not feedparser.parse(answer.data).bozo, listing


@pytest.mark.parametrize("path", sorted(CORPUS.glob("more/*/*.md")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_sibling_document_gives_entries_that_are_whole(path: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    migrate(url)
    with open_store(url) as store:
        (outcome,) = ingest([path], store, Plan(load_topics(), load_aliases(), load_sources(), datetime.now(UTC)))
        assert outcome.failure is None
        entries = store.entries(EntryQuery(limit=1000)).entries
    assert len(entries) == outcome.entries
    texts = [letters(entry.content_text) for entry in entries]
    assert all(len(text) > 1 or entry.media for text, entry in zip(texts, entries, strict=True))
    assert not [text for text in texts if len(text) > 60 and text[: len(text) // 2] == text[len(text) // 2 :]]


def _score() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", CORPUS / "score.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
