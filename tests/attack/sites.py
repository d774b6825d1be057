"""A site that lives through all that happens to its store, and how its answers must be meanwhile."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from feeds.model import Permission
from feeds.model import Token
from feeds.settings import load_settings
from feeds.store import open_store
from feeds.tokens import digest
from feedwright import Receiver
from tests.attack.killing import command
from tests.attack.killing import run
from tests.attack.scenes import BEFORE
from tests.attack.scenes import NOW
from tests.attack.stores import BASE
from web import create_app

ASKED = ("/entries.rss", "/entries.json", "/entries", "/api/v1/entries", "/search.json?q=%E6%A3%80%E7%B4%A2")
WELL = [200] * len(ASKED)
_TOKEN = "fw_" + "t" * 40


def environ(url: str, folder: Path) -> dict[str, str]:
    """Settings with few rules."""
    topics = folder / "TOPICS.toml"
    topics.write_text(BEFORE, "utf-8")
    told = {"SOURCE_DATE_EPOCH": str(int(NOW.timestamp())), "PUBLIC_BASE_URL": BASE, "PATH": os.environ["PATH"]}
    return {**told, "DATABASE_URL": url, "TOPICS": str(topics)}


@contextmanager
def site(told: dict[str, str]) -> Iterator[FlaskClient]:
    """The application as gunicorn would run it, that opens the store itself."""
    settings = load_settings(told)
    app = create_app(settings, ingest=Receiver(settings))
    with app.test_client() as client:
        yield client
    state = app.extensions["feedwright"]
    for opened in (state._store, state._writer):
        if opened is not None:
            opened.close()


def ask(client: FlaskClient) -> list[int]:
    """The statuses of all answers; those that are none are as they must be."""
    found = []
    for path in ASKED:
        with client.get(path) as answer:
            found.append(answer.status_code)
            if answer.status_code != 200:
                check_refusal(answer, path)
    return found


def check_refusal(answer: TestResponse, path: str) -> None:
    """503 with Retry-After, in the form of what was asked for; nobody keeps it."""
    assert answer.status_code == 503, answer.text
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.headers["Cache-Control"] in {"no-cache", "no-store"}
    assert "ETag" not in answer.headers
    if path.startswith("/api/"):
        assert answer.mimetype == "application/problem+json"
        assert answer.json["code"] == "store_unavailable"
    elif "." in path.partition("?")[0]:
        assert answer.mimetype == "text/plain"


def send(client: FlaskClient, name: str, text: str) -> TestResponse:
    """A document by the API."""
    headers = {"Authorization": f"Bearer {_TOKEN}", "Content-Type": "text/markdown"}
    return client.post(f"/api/v1/documents?name={name}", data=text.encode(), headers=headers)


def add_token(url: str) -> None:
    """That allows to write."""
    with open_store(url) as store:
        store.add_token(Token("test", digest(_TOKEN), frozenset(Permission), NOW))


def ingest(told: dict[str, str], documents: Path, folder: Path) -> tuple[int, str]:
    """Status and words of `feedwright ingest`."""
    ended = run(command("ingest", str(documents)), told, folder / "log")
    return ended.status, ended.said
