"""Why an entry is in a topic, as the page, the API and the command tell it."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from feeds.aliases import load_aliases
from feeds.model import EntryQuery
from feeds.settings import load_settings
from feeds.store import Store
from feeds.topics import load_topics
from scrapers.ingest import ingest
from scrapers.pipeline import Plan
from scrapers.sources import load_sources
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from web import create_app

TEXT = "通义千问今天更新，跑分接近 Claude。周末要下雨。"


@pytest.fixture
def client(store: Store) -> FlaskClient:
    topics = load_topics()
    store.save(make_batch([make_draft(TEXT, topics=topics.classify(None, TEXT))]), NOW)
    client = create_app(load_settings({}), store).test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def path(client: FlaskClient, store: Store) -> str:
    return store.entries(EntryQuery()).entries[0].id.removeprefix("urn:uuid:")


def test_the_page_of_an_entry_says_why_it_is_in_its_topics(client: FlaskClient, path: str) -> None:
    page = client.get(f"/entries/{path}").text
    assert "Why these topics" in page
    assert "“通义千问” at the beginning" in page


def test_the_api_gives_the_same_sentence(client: FlaskClient, path: str) -> None:
    entry = client.get(f"/api/v1/entries/{path}").get_json()
    (alibaba,) = (topic for topic in entry["topics"] if topic["slug"] == "alibaba")
    assert alibaba["why"].startswith("In 阿里: “通义千问” at the beginning")
    assert "near_topics" not in entry


def test_who_asks_is_told_which_topics_came_near(client: FlaskClient, path: str) -> None:
    entry = client.get(f"/api/v1/entries/{path}?include=near_topics").get_json()
    given = {topic["slug"] for topic in entry["topics"]}
    assert not given & {near["slug"] for near in entry["near_topics"]}
    assert all(near["why"].startswith("Not in ") and near["score"] >= 0.5 for near in entry["near_topics"])
    assert client.get(f"/api/v1/entries/{path}?include=everything").status_code == 400


def test_the_api_tells_how_topics_are_spread(client: FlaskClient) -> None:
    found = client.get("/api/v1/statistics/topics").get_json()
    assert (found["entries"], found["without_topics"]) == (1, 0)
    (alibaba,) = (topic for topic in found["topics"] if topic["slug"] == "alibaba")
    assert alibaba["months"] == [{"month": "2024-04", "entries": 1}]
    assert client.get("/api/v1/statistics/topics?limit=1").status_code == 400


def test_tags_of_front_matter_are_kept_with_the_entry(store: Store, tmp_path: Path) -> None:
    document = tmp_path / "one.md"
    front = "---\ntitle: 雨天\ndate: 2024-05-02\nauthor: 林小雨\ntags: [RAG, 散步]\n---\n\n"
    document.write_text(front + "今天下雨，没有出门。\n\n晚上读了一会儿书，早早睡了。\n", encoding="utf-8")
    (outcome,) = ingest([document], store, Plan(load_topics(), load_aliases(), load_sources(), NOW))
    assert outcome.failure is None
    (entry,) = store.entries(EntryQuery()).entries
    assert entry.labels == ("RAG", "散步")
    assert [hit.slug for hit in entry.topics] == ["rag"]
    store.retopic(load_topics().classify, NOW)
    assert [hit.slug for hit in store.entries(EntryQuery()).entries[0].topics] == ["rag"]
