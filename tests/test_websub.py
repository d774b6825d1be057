"""A WebSub hub of our own on loopback: what it is told, and that nothing it does stops an ingest."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Event
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest

from feeds.formats import FORMATS
from feeds.formats.items import hub
from feeds.listing import Site
from feeds.model import ALL
from feeds.model import Scope
from feeds.websub import ATTEMPTS
from feeds.websub import MOST
from feeds.websub import Answer
from feeds.websub import changed_feeds
from feeds.websub import publish
from scrapers import samples_folder

ROOT = Path(__file__).parent.parent
SITE = Site("https://feeds.example.org", "读报", "zh-Hans")
HUB = "https://hub.example.org/"


class Hub:
    """Answers in turn with what it was given, the last for ever, and keeps what it was told."""

    def __init__(self, *answers: Answer | OSError) -> None:
        self.answers = list(answers)
        self.told: list[tuple[str, dict[str, list[str]]]] = []
        self.slept: list[float] = []

    def post(self, url: str, form: bytes) -> Answer:
        self.told.append((url, parse_qs(form.decode())))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, OSError):
            raise answer
        return answer

    def publish(self, feeds: list[str]) -> int:
        return publish(HUB, feeds, self.post, self.slept.append)


# What is decided


def test_a_listing_that_changed_is_a_feed_in_every_format() -> None:
    scopes = [
        ALL,
        Scope("author", "王-五"),
        Scope("topic", "rag"),
        Scope("source", "garden"),
        Scope("document", "a b.md"),
    ]
    feeds = changed_feeds(scopes, SITE)
    paths = ["/entries", "/authors/%E7%8E%8B-%E4%BA%94", "/topics/rag", "/sources/garden", "/documents/a%20b.md"]
    endings = [script + suffix for script in ("", ".zh-Hans", ".zh-Hant") for suffix in FORMATS]
    assert sorted(feeds) == sorted(f"https://feeds.example.org{path}{ending}" for path in paths for ending in endings)
    assert {hub(replace(SITE, hub=HUB), url.removeprefix(SITE.base_url)) for url in feeds} == {HUB}
    assert changed_feeds([Scope("store")], SITE) == changed_feeds([], SITE) == ()


def test_a_hub_is_told_of_many_feeds_at_once_and_of_each_once() -> None:
    hub = Hub(Answer(204))
    feeds = [f"https://feeds.example.org/{number}.rss?a=1&b=2" for number in range(MOST + 1)]
    assert hub.publish(feeds) == MOST + 1
    assert [form["hub.mode"] for _, form in hub.told] == [["publish"]] * 2
    assert [url for _, form in hub.told for url in form["hub.url"]] == feeds


def test_nothing_is_sent_where_nothing_changed() -> None:
    hub = Hub(Answer(204))
    assert (hub.publish([]), hub.told) == (0, [])


@pytest.mark.parametrize("first", [Answer(503), Answer(429), OSError("refused")], ids=str)
def test_a_hub_that_fails_for_a_moment_is_told_again(first: Answer | OSError) -> None:
    hub = Hub(first, Answer(202))
    assert hub.publish(["a"]) == 1
    assert (len(hub.told), len(hub.slept)) == (2, 1)


@pytest.mark.parametrize(
    ("answer", "asked", "words"),
    [
        (Answer(500), ATTEMPTS, "it answered 500"),
        (OSError("timed out"), ATTEMPTS, "timed out"),
        (Answer(403), 1, "it answered 403"),
        (
            Answer(301, "https://new.example.org/hub"),
            1,
            "set WEBSUB_HUB to where it is now: https://new.example.org/hub",
        ),
        (Answer(308, "file:///etc/passwd"), 1, "it redirects (308)"),
        (Answer(307, "/again"), 4, "it redirects (307)"),
    ],
)
def test_a_hub_that_does_not_take_it_is_a_warning(
    caplog: pytest.LogCaptureFixture, answer: Answer | OSError, asked: int, words: str
) -> None:
    hub = Hub(answer)
    with caplog.at_level(logging.WARNING):
        assert hub.publish(["a"] * (MOST + 5)) == 0
    assert len(hub.told) == asked
    assert [words in record.getMessage() for record in caplog.records] == [True]
    assert f"{MOST + 5} feeds" in caplog.text


def test_a_redirect_that_keeps_the_method_is_followed() -> None:
    hub = Hub(Answer(307, "/v2"), Answer(204))
    assert hub.publish(["a"]) == 1
    assert [url for url, _ in hub.told] == [HUB, f"{HUB}v2"]


# What is done


@contextmanager
def listening(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """A hub on loopback; its address, and the forms that it got."""
    told: list[dict[str, list[str]]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            answer(self)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/", told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def status(code: int, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def ingest(tmp_path: Path, hub: str, *paths: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite3'}",
        "PUBLIC_BASE_URL": "https://feeds.example.org",
        "WEBSUB_HUB": hub,
    }
    command = [sys.executable, "-W", "error", str(ROOT / "feedwright.py"), "ingest", *paths]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_an_ingest_tells_the_hub_of_each_changed_feed_once_at_its_end(tmp_path: Path) -> None:
    with listening(status(204)) as (hub, told):
        done = ingest(tmp_path, hub, str(samples_folder()))
        assert (done.returncode, "WebSub" in done.stderr) == (0, False), done.stderr
        urls = [url for form in told for url in form["hub.url"]]
        assert len(urls) == len(set(urls)) and all(len(form["hub.url"]) <= MOST for form in told)
        assert {f"https://feeds.example.org/entries{suffix}" for suffix in FORMATS} <= set(urls)
        told.clear()
        assert ingest(tmp_path, hub, str(samples_folder())).returncode == 0
        assert told == []


def test_whatever_the_hub_does_the_ingest_is_done(tmp_path: Path) -> None:
    sample = str(samples_folder() / "posts-202603.md")
    with listening(status(500)) as (hub, told):
        done = ingest(tmp_path, hub, sample)
        assert (done.returncode, len(told)) == (0, ATTEMPTS)
        assert "was not told of" in done.stderr and "it answered 500" in done.stderr
    (tmp_path / "store.sqlite3").unlink()
    done = ingest(tmp_path, hub, sample)  # nobody listens there any more
    assert done.returncode == 0 and "ConnectError" in done.stderr


def test_a_hub_that_hangs_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import feedwright

    over = Event()
    monkeypatch.setattr(feedwright, "_HUB_PATIENCE", 0.05)
    with listening(lambda handler: over.wait(30) or None) as (hub, told):
        try:
            assert publish(hub, ["a"], feedwright._post, lambda seconds: None) == 0
            assert len(told) == ATTEMPTS
        finally:
            over.set()
