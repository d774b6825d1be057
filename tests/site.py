"""A site with a few invented entries, served as gunicorn would serve it, for tests that look at pages."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from datetime import datetime
from datetime import timedelta
from html import escape
from pathlib import Path
from threading import Thread

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import WSGIRequestHandler
from werkzeug.serving import make_server

from feeds.model import Draft
from feeds.model import Evidence
from feeds.model import Link
from feeds.model import Media
from feeds.model import Rel
from feeds.model import Role
from feeds.model import TopicHit
from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_person
from tests.builders import make_published
from web import create_app

RAG = TopicHit("rag", 2.0, (Evidence("检索", "检索增强", "title"), Evidence("向量库", "向量库", "body")))
PICTURE = "https://pictures.example.org/a.png?w=1&h=2"
#: An article with all that an entry can have.
ARTICLE = make_draft(
    "切分决定检索的好坏，向量库倒在其次。",
    1,
    title="检索增强 <三种> 办法 & 教训",
    content_html=f'<p>切分决定检索的好坏。</p><p><img alt="图 > 表" src="{escape(PICTURE)}" loading="lazy"></p>',
    people=(make_person(), make_person("李译", None, Role.TRANSLATOR), make_person("王问", None, Role.INTERVIEWEE)),
    quoted=(make_person("Ann Example", "ann_ex", Role.QUOTED, "https://x.example/ann/1"),),
    url="https://blog.example.com/rag-zh",
    links=(Link("https://blog.example.com/rag", Rel.ORIGINAL, "原文"), Link("https://code.example.com/x", Rel.PROJECT)),
    media=(Media(PICTURE, alt="图"),),
    topics=(RAG,),
)


def drafts() -> tuple[Draft, ...]:
    """The article, and a post a week for thirty weeks by ten people."""
    topics = (TopicHit("coding", 1.5), TopicHit("openai", 1.2), TopicHit("rag", 1.1))
    posts = (
        make_draft(
            f"第 {number} 周的随手一记：今天试了一个新的小工具 Tool{number}，比旧的好用。",
            number + 1,
            people=(make_person(f"作者{number % 10}", f"writer{number % 10}"),),
            topics=topics[: number % 3],
            published=make_published(date(2024, 5, 1) - timedelta(weeks=number)),
        )
        for number in range(1, 31)
    )
    return (ARTICLE, *posts)


def fill(store: Store, now: datetime) -> None:
    """Write them."""
    store.save(make_batch(drafts(), url="https://notes.example.com/5", title="随手集 第 5 期"), now)


def make_app(store: Store, **environ: str) -> Flask:
    """The application over a store."""
    app = create_app(load_settings({"PUBLIC_BASE_URL": "https://feeds.example.org", **environ}), store)
    app.testing = True
    return app


def make_client(store: Store, language: str | None = "en", **environ: str) -> FlaskClient:
    """A client that asks for pages in a language."""
    client = make_app(store, **environ).test_client()
    if language is not None:
        client.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    return client


@contextmanager
def served(store: Store, **environ: str) -> Iterator[str]:
    """The address of the site, over HTTP."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = make_app(store, **{"PUBLIC_BASE_URL": base, **environ})
        options = {"threaded": True, "fd": listening.fileno(), "request_handler": _Silent}
        server = make_server("127.0.0.1", 0, app, **options)  # type: ignore[arg-type]
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield base
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


@contextmanager
def stocked(folder: Path) -> Iterator[Store]:
    """A store in a folder with the entries of `fill`, for tests that only read."""
    url = f"sqlite:///{folder / 'store.db'}"
    migrate(url)
    with open_store(url) as store:
        fill(store, NOW)
        yield store


class _Silent(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:
        """The tests say what went wrong."""
