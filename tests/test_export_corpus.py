"""A real document exported and compared with the live site, file by file; skips where there is no corpus.

All of the corpus takes minutes: see `tests.compared`.
"""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from pathlib import Path

import pytest

from feeds.aliases import load_aliases
from feeds.settings import load_settings
from feeds.store import migrate
from feeds.store import open_store
from feeds.topics import load_topics
from scrapers.ingest import ingest
from scrapers.paths import find_documents
from scrapers.pipeline import Plan
from scrapers.sources import load_sources
from tests.compared import compare
from web.export import export_site

SEED = Path(__file__).parents[2] / "shared/corpus/seeds/000.md"
#: Each topic takes thirty files; two are enough to see one with archives.
_RULES = """
[[topic]]
slug = "models"
zh = "模型"
en = "Models"
rules = [{words = ["模型"], weight = 2.0}]

[[topic]]
slug = "companies"
zh = "公司"
en = "Companies"
rules = [{words = ["公司"], weight = 2.0}]
"""


@pytest.mark.skipif(not SEED.is_file(), reason="the corpus is not beside the project (../shared/corpus)")
def test_every_file_of_a_real_document_is_what_the_live_site_serves(tmp_path: Path) -> None:
    (tmp_path / "topics.toml").write_text(_RULES, encoding="utf-8")
    url = f"sqlite:///{tmp_path / 'store.db'}"
    migrate(url)
    named = {"DATABASE_URL": url, "TOPICS": str(tmp_path / "topics.toml")}
    settings = load_settings({"PUBLIC_BASE_URL": "https://feeds.example.org", **named})
    with open_store(url) as store:
        plan = Plan(load_topics(settings.topics), load_aliases(), load_sources(), datetime(2024, 6, 1, tzinfo=UTC))
        assert [outcome.failure for outcome in ingest(find_documents([str(SEED)]), store, plan)] == [None]
        assert {topic.slug for topic in store.topics()} == {"models", "companies"}
        export_site(settings, tmp_path / "out", store=store)
        done = compare(tmp_path / "out", settings, store)
    assert done.different == []
    assert done.feeds > 60 and done.pages > 60
