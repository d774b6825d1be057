"""What a process loads, and what it leaves until it is needed: loading is most of the time until it answers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from feeds.store import open_store
from tests.builders import NOW
from tests.builders import make_batch

ROOT = Path(__file__).parent.parent
POSTS = "### 01\n\n2026-03-01\n\n林舟\n@linzhou\n晒书要趁早，午后容易起风。\n"

#: What reads documents, knows entries again, and finds topics in them.
READING = (
    "scrapers.formats scrapers.ingest scrapers.normalise bs4 dateparser markdown_it nh3 feedparser trafilatura yaml "
    "feeds.identity feeds.relations rapidfuzz feeds.topics.classifying ahocorasick_rs opencc"
)
#: What makes and moves stores, and what only stores on PostgreSQL need.
STORES = "alembic feeds.store.indexes feeds.store.copying sqlalchemy.dialects.postgresql psycopg"
#: What asks others.
NETWORK = "httpx httpcore certifi dulwich urllib.request"
#: What writes feeds in XML and lists of feeds.
WRITERS = "feedgen lxml dateutil feeds.formats.rss feeds.formats.opml"
#: What few pages need, and what only tests need.
RARE = "feeds.differences prometheus_client babel rich"
#: What serves.
WEB = "flask werkzeug jinja2 gunicorn polib web"
#: What a reading of documents begins with.
RULES = "feeds.topics feeds.aliases scrapers.sources feeds.announcing"


def run(code: str, url: str, *arguments: str) -> list[str]:
    """The modules that are there after the code was run in a process of its own, with a store."""
    script = f"import sys\ntry:\n    {code}\nfinally:\n    print(*sys.modules, file=sys.stderr)"
    environ = {**os.environ, "DATABASE_URL": url, "PUBLIC_BASE_URL": "http://localhost"}
    command = [sys.executable, "-c", script, *arguments]
    ran = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stderr.split()


def among(forbidden: str, loaded: list[str]) -> set[str]:
    """What was loaded and need not be."""
    return set(forbidden.split()) & set(loaded)


@pytest.fixture
def with_entry(sqlite_store_url: str) -> str:
    """The address of a store with an entry on SQLite."""
    with open_store(sqlite_store_url) as store:
        store.save(make_batch(), NOW)
    return sqlite_store_url


def test_a_web_process_starts_without_what_few_requests_need(sqlite_store_url: str) -> None:
    loaded = run("import web.server", sqlite_store_url)
    assert "web.application" in loaded
    assert among(f"{READING} {STORES} {NETWORK} {WRITERS} {RARE} scrapers limits", loaded) == set()


@pytest.mark.parametrize(
    ("suffix", "not_needed"),
    [(".json", WRITERS), (".rss", "feeds.formats.atom feeds.formats.opml")],
    ids=["json", "rss"],
)
def test_the_first_feed_loads_its_own_writer_at_most(with_entry: str, suffix: str, not_needed: str) -> None:
    client = "feedwright.application().test_client()"
    loaded = run(f"import feedwright; assert {client}.get('/entries{suffix}').status_code == 200", with_entry)
    assert "sqlalchemy.dialects.sqlite" in loaded
    assert among(f"{READING} {STORES} {NETWORK} {RARE} {not_needed}", loaded) == set()


def test_what_is_unchanged_is_told_without_anything_that_reads(sqlite_store_url: str, tmp_path: Path) -> None:
    (tmp_path / "posts.md").write_text(POSTS, "utf-8")
    code = "import feedwright; feedwright.main(standalone_mode=False)"
    assert "scrapers.ingest" in run(code, sqlite_store_url, "ingest", str(tmp_path / "posts.md"))
    loaded = run(code, sqlite_store_url, "ingest", str(tmp_path / "posts.md"))
    assert "scrapers.unchanged" in loaded
    assert among(f"{READING} {STORES} {NETWORK} {WRITERS} {WEB} {RULES} babel", loaded) == set()


def test_the_collector_lets_alone_what_workers_share(sqlite_store_url: str) -> None:
    code = "import gc, web.server; web.server.when_ready(None); assert gc.get_freeze_count() > len(gc.get_objects())"
    assert "web.application" in run(f"{code}; assert gc.isenabled()", sqlite_store_url)
