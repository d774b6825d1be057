"""The stories of the seeds, where they are beside the project."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from datetime import datetime
from pathlib import Path

import pytest

from feeds.aliases import load_aliases
from feeds.model import EntryQuery
from feeds.model import RelationKind
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from feeds.topics import load_topics
from scrapers.ingest import ingest
from scrapers.paths import find_documents
from scrapers.pipeline import Plan
from scrapers.sources import load_sources

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with the five seeds; skips without them."""
    if not CORPUS.is_dir():
        pytest.skip("the corpus is not beside the project (../shared/corpus)")
    url = f"sqlite:///{tmp_path_factory.mktemp('stories') / 'store.db'}"
    migrate(url)
    with open_store(url) as store:
        plan = Plan(load_topics(), load_aliases(), load_sources(), datetime.now(UTC))
        assert not [o.failure for o in ingest(find_documents([str(CORPUS / "seeds")]), store, plan) if o.failure]
        yield store


def test_the_translations_of_the_seeds_are_found_and_no_others(seeds: Store) -> None:
    entries = {entry.id: entry for entry in seeds.entries(EntryQuery(limit=1000)).entries}
    found = {
        (entries[relation.entry].document.name, entries[relation.entry].place.section, entry.place.section)
        for entry in entries.values()
        for relation in entry.relations
        if relation.kind is RelationKind.TRANSLATION_OF
    }
    assert found == {("001.md", "65", "60"), ("001.md", "65", "73")}


@pytest.mark.parametrize(
    ("key", "documents"),
    [
        ("repo:github.com/karpathy/llm.c", {"001.md", "002.md"}),
        ("name:llama3", {"000.md", "001.md", "002.md"}),
        ("name:commandr+", {"000.md", "001.md"}),
    ],
)
def test_news_of_the_seeds_stand_in_stories_across_documents(seeds: Store, key: str, documents: set[str]) -> None:
    (found,) = [seeds.story(known.id) for known in seeds.stories(1000).stories if key in known.keys]
    assert {told.entry.document.name for told in found.tellings} == documents


@pytest.mark.parametrize(
    ("key", "document", "section", "belongs"),
    [
        pytest.param("repo:github.com/karpathy/llm.c", "001.md", "45", True, id="told without its name"),
        pytest.param("repo:github.com/karpathy/llm.c", "001.md", "76", True, id="an update"),
        pytest.param("repo:github.com/karpathy/llm.c", "002.md", "discord/8", False, id="a sentence of a digest"),
        pytest.param("name:commandr+", "000.md", "2", False, id="one of several models"),
        pytest.param("name:llama3", "002.md", "discord/3", None, id="one of several items"),
    ],
)
def test_what_is_told_in_passing_belongs_to_no_story(
    seeds: Store, key: str, document: str, section: str, belongs: bool | None
) -> None:
    (found,) = [seeds.story(known.id) for known in seeds.stories(1000).stories if key in known.keys]
    hangs = {(told.entry.document.name, told.entry.place.section): told.hangs for told in found.tellings}
    assert hangs.get((document, section)) is (None if belongs is None else not belongs)
