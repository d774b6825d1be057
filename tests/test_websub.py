"""What a WebSub hub is told, and what is done where it does not take it."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from feeds.formats import FORMATS
from feeds.formats.items import hub
from feeds.listing import Site
from feeds.model import ALL
from feeds.model import Scope
from feeds.store import Store
from feeds.websub import ATTEMPTS
from feeds.websub import MOST
from feeds.websub import Answer
from feeds.websub import changed_feeds
from feeds.websub import publish
from tests.builders import NOW
from tests.visiting import BASE
from tests.visiting import fill
from tests.visiting import make_client

ROOT = Path(__file__).parent.parent
SITE = Site(BASE, "读报", "zh-Hans")
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


def test_a_hub_is_named_in_the_headers_of_feeds(store: Store) -> None:
    fill(store, NOW)
    client = make_client(store, WEBSUB_HUB="https://hub.example.org/?a=1")
    for path in ("/entries.rss", "/topics/rag.json", "/topics/rag.zh-Hant.atom"):
        own = f'<https://hub.example.org/?a=1>; rel="hub", <{BASE}{path}>; rel="self"'
        assert client.get(path).headers["Link"] == own
        assert client.get(path, headers={"If-None-Match": "*"}).headers["Link"] == own
        assert client.head(f"{path}?utm=1").headers["Link"] == own
    assert "Link" not in make_client(store).get("/entries.rss").headers


@pytest.mark.parametrize(
    "path",
    [
        "/topics/coding,rag.atom",
        "/authors/rainlin/topics/rag.json",
        "/entries.rss?q=rag",
        "/entries.rss?mode=summary",
        "/search.json?q=rag",
        "/entries/archive/2024-05.atom",
        "/opml",
    ],
)
def test_no_hub_is_named_where_nobody_tells_it_of_changes(store: Store, path: str) -> None:
    fill(store, NOW)
    reply = make_client(store, WEBSUB_HUB="https://hub.example.org/").get(path)
    assert reply.status_code == 200
    assert "Link" not in reply.headers and b"hub.example.org" not in reply.data
