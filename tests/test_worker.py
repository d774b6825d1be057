"""A worker and its sources: what is published, what is a failure, and when it asks again."""

from __future__ import annotations

import json
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feeds.store import Store
from scrapers.fetch import Clock
from scrapers.worker.worker import Bench
from tests.benches import everything
from tests.benches import item
from tests.benches import only
from tests.benches import open_bench
from tests.benches import round_of
from tests.benches import rss
from tests.benches import source
from tests.servers import Asked
from tests.servers import FakeTime
from tests.servers import Reply
from tests.servers import Server
from tests.servers import serving

LOGIN = b"<html><head><title>Sign in</title></head><body><form><input type=password></form></body></html>"
CAPTCHA = (
    "<html><head><title>Just a moment...</title></head><body>Enable JavaScript and cookies to continue</body></html>"
)
XML = {"Content-Type": "application/rss+xml; charset=utf-8"}
TEXTS = [f"第{n}天，院子里的灯亮了{n}盏，小猫在窗台上看了一会儿就睡着了。" for n in range(30)]


def items(*numbers: int) -> list[str]:
    return [item(f"p{n}", f"院子里的第{n}天", TEXTS[n], f"Sun, {n + 1:02} Feb 2026 08:00:00 +0800") for n in numbers]


class Site:
    """Answers as it was last told to."""

    def __init__(self, **replies: Reply) -> None:
        self.replies = {f"/{name}": reply for name, reply in replies.items()}

    def __call__(self, asked: Asked) -> Reply:
        return self.replies.get(asked.path, Reply(404))


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


def watching(
    server: Server, store: Store, time: FakeTime, folder: Path, kind: str, name: str
) -> AbstractContextManager[Bench]:
    """A worker for one source of a server."""
    return open_bench(store, time, folder, source("yard", kind, f"{server.url}/{name}"))


def test_a_feed_is_kept_up_with_and_what_leaves_it_stays(store: Store, time: FakeTime, tmp_path: Path) -> None:
    site = Site(feed=Reply(200, rss(*items(2, 1, 0)), XML))
    with serving(site, time.now) as server:
        toml = source("yard", "feed", f"{server.url}/feed", author="林小雨", name="院子")
        with open_bench(store, time, tmp_path, toml) as bench:
            assert only(bench).attempt.new == 3
            assert round_of(bench) == []
            before = {entry.id: entry for entry in everything(store)}
            site.replies["/feed"] = Reply(200, rss(*items(5, 4, 3, 2)), XML)
            time.at += timedelta(days=2)
            assert only(bench).attempt.new == 3
    after = {entry.id: entry for entry in everything(store)}
    assert before.items() <= after.items()
    assert {person.name for entry in after.values() for person in entry.people} == {"林小雨"}
    assert {entry.source.slug for entry in after.values()} == {"yard"}
    assert [entry.title for entry in everything(store)][:2] == ["院子里的第5天", "院子里的第4天"]


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(500), "the server failed"),
        (Reply(403, CAPTCHA.encode()), "does not let us in"),
        (Reply(200, LOGIN, {"Content-Type": "text/html"}), "is a web page (Sign in)"),
        (Reply(200, CAPTCHA.encode(), XML), "is a web page (Just a moment...)"),
        (Reply(200, rss(), XML), "has no entries"),
        (Reply(200, rss(*items(0)), XML), "shows 1 of 5 posts"),
        (Reply(200, rss(*items(4, 3, 2, 1, 0))[:700], XML), "is cut off"),
        (Reply(200, rss(*items(4, 3, 2, 1, 0)), XML, length=9000), "cut off"),
        (Reply(200, rss(item("e", "Bridge returned error 503!", "Details")), XML), "nothing but errors"),
        (Reply(200, b""), "is empty"),
        (Reply(200, b"Service temporarily unavailable"), "no format we know"),
        (Reply(404), "is not there"),
        (Reply(302, headers={"Location": "http://10.0.0.1/"}), "a private network"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_failure_publishes_nothing_empties_nothing_and_is_told(
    reply: Reply, words: str, store: Store, time: FakeTime, tmp_path: Path
) -> None:
    site = Site(feed=Reply(200, rss(*items(4, 3, 2, 1, 0)), XML))
    with (
        serving(site, time.now) as server,
        open_bench(store, time, tmp_path, source("yard", "feed", f"{server.url}/feed")) as bench,
    ):
        only(bench)
        before, version = everything(store), store.version()
        site.replies["/feed"] = reply
        time.at += timedelta(days=2)
        attempt = only(bench).attempt
    assert attempt.error is not None
    assert words in attempt.error
    assert (everything(store), store.version()) == (before, version)
    health = store.source_health()[0]
    assert (health.state, health.failures, health.entries) == ("failing", 1, 5)
    assert health.last_success is not None
    assert health.next_try > time.now()


def test_a_source_that_recovers_is_well_and_a_smaller_list_is_believed_in_the_end(
    store: Store, time: FakeTime, tmp_path: Path
) -> None:
    site = Site(feed=Reply(200, rss(*items(4, 3, 2, 1, 0)), XML))
    with (
        serving(site, time.now) as server,
        open_bench(store, time, tmp_path, source("yard", "feed", f"{server.url}/feed")) as bench,
    ):
        only(bench)
        site.replies["/feed"] = Reply(200, rss(*items(5)), XML)
        found = []
        for _ in range(3):
            time.at += timedelta(days=2)
            found.append(only(bench).attempt)
    assert [attempt.error is None for attempt in found] == [False, False, True]
    assert found[-1].new == 1
    assert len(everything(store)) == 6
    assert store.source_health()[0].state == "ok"


def test_waits_double_while_a_source_fails_and_retry_after_is_kept(
    store: Store, time: FakeTime, tmp_path: Path
) -> None:
    site = Site(feed=Reply(500))
    with (
        serving(site, time.now) as server,
        open_bench(store, time, tmp_path, source("yard", "feed", f"{server.url}/feed")) as bench,
    ):
        waits = []
        for _ in range(9):
            attempt = only(bench).attempt
            waits.append(attempt.next_try - attempt.at)
            time.at = attempt.next_try
        site.replies["/feed"] = Reply(429, headers={"Retry-After": "100000"})
        busy = only(bench).attempt
        time.at = busy.next_try
        site.replies["/feed"] = Reply(410)
        gone = only(bench).attempt
    assert waits[:4] == [timedelta(minutes=15 * 2**n) for n in range(4)]
    assert max(waits) == timedelta(days=1)
    assert busy.next_try - busy.at >= timedelta(seconds=100000)
    assert gone.gone
    assert gone.next_try - gone.at == timedelta(days=30)
    assert store.source_health()[0].state == "gone"


def test_a_fixed_interval_is_kept_and_another_one_follows_the_news(
    store: Store, time: FakeTime, tmp_path: Path
) -> None:
    site = Site(fast=Reply(200, rss(*items(0)), XML), own=Reply(200, rss(*items(1)), XML))
    with serving(site, time.now) as server:
        toml = source("own", "feed", f"{server.url}/own") + source(
            "steady", "feed", f"{server.url}/fast", interval="2 hours"
        )
        with open_bench(store, time, tmp_path, toml) as bench:
            first = {done.slug: done.attempt for done in round_of(bench)}
            assert first["steady"].next_try - first["steady"].at == timedelta(hours=2)
            spans = []
            for _ in range(12):
                time.at = max(time.at, first["own"].next_try)
                first |= {done.slug: done.attempt for done in round_of(bench)}
                spans.append(first["own"].next_try - first["own"].at)
    assert spans == sorted(spans)
    assert spans[0] == timedelta(hours=1)
    assert spans[-1] > timedelta(minutes=90)


def test_a_permanent_redirect_is_remembered_only_with_a_good_answer(
    store: Store, time: FakeTime, tmp_path: Path
) -> None:
    site = Site(old=Reply(301, headers={"Location": "/new"}), new=Reply(200, LOGIN))
    with (
        serving(site, time.now) as server,
        open_bench(store, time, tmp_path, source("yard", "feed", f"{server.url}/old")) as bench,
    ):
        for reply in (Reply(200, LOGIN), Reply(200, rss(*items(0)), XML), Reply(200, rss(*items(1, 0)), XML)):
            site.replies["/new"] = reply
            only(bench)
            time.at += timedelta(days=2)
        assert server.paths() == ["/old", "/new", "/old", "/new", "/new"]
    assert len(everything(store)) == 2
    assert len(store.documents()) == 1


def test_addresses_in_an_item_start_from_the_item(store: Store, time: FakeTime, tmp_path: Path) -> None:
    body = f"<p>{TEXTS[0]}<img src='a.png'><a href='/b'>b</a></p>"
    site = Site(feed=Reply(200, rss(item("posts/lamp/", "小灯", body)), XML))
    with serving(site, time.now) as server, watching(server, store, time, tmp_path, "feed", "feed") as bench:
        assert only(bench).attempt.new == 1
    (entry,) = everything(store)
    assert entry.media[0].url == "https://blog.example.org/posts/lamp/a.png"
    assert entry.links[0].url == "https://blog.example.org/b"
    assert entry.source.url == "https://blog.example.org/"


def test_guids_that_change_make_nothing_new(store: Store, time: FakeTime, tmp_path: Path) -> None:
    def feed(build: int) -> bytes:
        return rss(*(item(f"p{n}", f"第{n}天", TEXTS[n], guid=f"build-{build}-{n}") for n in range(5)))

    site = Site(feed=Reply(200, feed(1), XML))
    with (
        serving(site, time.now) as server,
        open_bench(store, time, tmp_path, source("yard", "feed", f"{server.url}/feed")) as bench,
    ):
        found = []
        for build in range(3):
            site.replies["/feed"] = Reply(200, feed(build), XML)
            found.append(only(bench).attempt.new)
            time.at += timedelta(days=2)
    assert found == [5, 0, 0]


def test_a_document_is_fetched_with_its_encoding_and_its_format_is_not_forgotten(
    store: Store, time: FakeTime, tmp_path: Path
) -> None:
    text = "---\ntitle: 小灯\nauthor: 林小雨\ndate: 2026-02-01\n---\n\n" + "今天把灯修好了，晚上可以在院子里看书。" * 8
    site = Site(note=Reply(200, text.encode("gb18030"), {"Content-Type": "text/markdown; charset=utf-8"}))
    with (
        serving(site, time.now) as server,
        open_bench(store, time, tmp_path, source("lamp", "url", f"{server.url}/note")) as bench,
    ):
        assert only(bench).attempt.new == 1
        site.replies["/note"] = Reply(200, b"<!doctype html><html><title>x</title><body><p>" + b"welcome " * 999)
        time.at += timedelta(days=2)
        assert "web page" in str(only(bench).attempt.error)
    (entry,) = everything(store)
    assert (entry.title, entry.people[0].name) == ("小灯", "林小雨")


def article(n: int) -> Reply:
    told = {
        "@context": "https://schema.org",
        "@type": "BlogPosting",
        "headline": f"第{n}篇",
        "datePublished": f"2026-02-{n + 1:02}T08:00:00+08:00",
        "author": {"@type": "Person", "name": "叶子"},
    }
    html = (
        f"<!doctype html><html><head><title>第{n}篇</title>"
        f'<script type="application/ld+json">{json.dumps(told)}</script>'
        f"</head><body><nav><a href='/'>首页</a></nav><article><h1>第{n}篇</h1><p>{TEXTS[n] * 3}</p>"
        f"<p>{TEXTS[n + 1] * 2}<img data-src='/{n}.png'></p></article><footer>版权所有</footer></body></html>"
    )
    return Reply(200, html.encode(), {"Content-Type": "text/html", "ETag": f'"{n}"'})


def listing(*numbers: int) -> Reply:
    rows = "".join(f"<li class=post><a href='/a{n}'>第{n}篇</a></li>" for n in numbers)
    return Reply(200, f"<!doctype html><html><title>目录</title><body><ul>{rows}</ul></body></html>".encode())


def test_a_listing_leads_to_its_documents_and_each_is_fetched_once(
    store: Store, time: FakeTime, tmp_path: Path
) -> None:
    site = Site(list=listing(3, 2, 1, 0), **{f"a{n}": article(n) for n in range(8)})
    with serving(site, time.now) as server:
        toml = source("leaf", "listing", f"{server.url}/list", items="li.post", interval="2 hours")
        with open_bench(store, time, tmp_path, toml) as bench:
            assert only(bench).attempt.new == 4
            time.at += timedelta(hours=3)
            site.replies["/list"] = listing(4, 3, 2, 1)
            assert only(bench).attempt.new == 1
            time.at += timedelta(hours=3)
            site.replies["/list"] = listing()
            assert only(bench).attempt.error == "lists nothing any more"
        assert server.paths() == ["/list", "/a0", "/a1", "/a2", "/a3", "/list", "/a4", "/list"]
    newest = everything(store)[0]
    assert (newest.title, newest.people[0].name, len(everything(store))) == ("第4篇", "叶子", 5)
    assert newest.url == f"{server.url}/a4"
    assert newest.media[0].url == f"{server.url}/4.png"
    assert "版权所有" not in newest.content_text


def test_files_are_read_from_beside_the_configuration(store: Store, time: FakeTime, tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    text = "---\ntitle: 小灯\ndate: 2026-02-01\n---\n\n" + "今天把灯修好了，晚上可以在院子里看书。" * 8
    (tmp_path / "notes" / "lamp.md").write_text(text, "utf-8")
    toml = '[[source]]\nslug = "notes"\nkind = "files"\nfiles = ["notes/*.md"]\nauthor = "林小雨"\ntopics = ["rag"]\n'
    with open_bench(store, time, tmp_path, toml) as bench:
        assert only(bench).attempt.new == 1
        time.at += timedelta(days=2)
        (tmp_path / "notes" / "lamp.md").unlink()
        assert only(bench).attempt.error == "matches no file"
    (entry,) = everything(store)
    assert (entry.people[0].name, entry.labels, entry.source.slug) == ("林小雨", ("rag",), "notes")


def test_a_worker_that_is_asked_to_stop_gives_back_what_it_has(store: Store, time: FakeTime, tmp_path: Path) -> None:
    site = Site(list=listing(3, 2, 1, 0), **{f"a{n}": article(n) for n in range(8)})
    with serving(site, time.now) as server:
        toml = source("leaf", "listing", f"{server.url}/list", items="li.post")
        with open_bench(store, time, tmp_path, toml) as bench:
            asked = iter([False, False, False, True])
            stopping = replace(bench, clock=Clock(time.now, time.sleep, lambda: next(asked, True)))
            assert round_of(stopping) == []
            assert 0 < len(everything(store)) < 4
            assert only(bench).attempt.error is None
    assert len(everything(store)) == 4
