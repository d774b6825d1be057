"""A site with one entry of each kind, and how tests visit it."""

from __future__ import annotations

from datetime import date
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient

from feeds.model import Evidence
from feeds.model import Link
from feeds.model import Media
from feeds.model import Problem
from feeds.model import Rel
from feeds.model import Role
from feeds.model import Skip
from feeds.model import TopicHit
from feeds.settings import Settings
from feeds.settings import load_settings
from feeds.store import Store
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_topics
from web import create_app

BASE = "https://feeds.example.org"
FEEDS = ["/entries.rss", "/entries.atom", "/entries.json"]
TYPES = ["application/rss+xml", "application/atom+xml", "application/feed+json"]
RAG = TopicHit("rag", 2.0, (Evidence("检索", "检索增强", "title"),))
#: One of each: an article with everything, a post, an undated post in another language that quotes it.
DRAFTS = (
    make_draft(
        "切分决定检索的好坏。",
        1,
        title="检索增强 <三种> 办法 & 教训",
        people=(make_person(), make_person("李译", None, Role.TRANSLATOR)),
        quoted=(make_person("Ann Example", "ann_ex", Role.QUOTED, "https://x.example/ann/1"),),
        url="https://blog.example.com/rag",
        links=(
            Link("https://blog.example.com/rag", Rel.ORIGINAL, "原文"),
            Link("https://code.example.com/x", Rel.PROJECT),
        ),
        media=(Media("https://blog.example.com/i.png", alt="图"),),
        topics=(RAG,),
    ),
    make_draft(
        "今天试了一个新的代码助手。", 2, topics=make_topics("coding"), published=make_published(date(2024, 5, 2))
    ),
    make_draft(
        "A note on a small tool, without any date.",
        3,
        language="en",
        people=(make_person("王 五", None),),
        published=None,
        quotes=(2,),
    ),
)
SKIPS = (Skip("empty slot", 90, "### 9"), Skip("empty slot", 95))


def make_client(store: Store, **environ: str) -> FlaskClient:
    app = create_app(make_settings(**environ), store)
    app.testing = True
    client = app.test_client()
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def make_settings(**environ: str) -> Settings:
    return load_settings({"PUBLIC_BASE_URL": BASE, "SITE_NAME": "读报", **environ})


def fill(store: Store, now: datetime) -> FlaskClient:
    problems = (Problem("2024-02-30 is no date", 44),)
    store.save(make_batch(DRAFTS, skips=SKIPS, problems=problems, url="https://notes.example.com/5"), now)
    return make_client(store)


def ids(client: FlaskClient, query: str = "") -> list[str]:
    return [entry["id"] for entry in get_data(client, f"/api/v1/entries{query}")]


def get_data(client: FlaskClient, path: str) -> list[dict[str, Any]]:
    reply = client.get(path)
    assert reply.status_code == 200, reply.text
    data: list[dict[str, Any]] = reply.get_json()["data"]
    return data


def find(client: FlaskClient, words: str) -> dict[str, Any]:
    return next(entry for entry in get_data(client, "/api/v1/entries") if words in entry["content_text"])


def page_of(entry: dict[str, Any]) -> str:
    return f"/entries/{entry['id'].removeprefix('urn:uuid:')}"
