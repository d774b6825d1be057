"""Whoever writes, the hub hears of it: the command, the worker, the API; nobody waits for it who need not."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event

import pytest
from flask.testing import FlaskClient

import feedwright
from feeds.announcing import Announcer
from feeds.formats import FORMATS
from feeds.hub import post
from feeds.model import Permission
from feeds.model import Token
from feeds.settings import Settings
from feeds.settings import load_settings
from feeds.store import Store
from feeds.tokens import digest
from feeds.websub import ATTEMPTS
from feeds.websub import MOST
from feeds.websub import publish
from scrapers import samples_folder
from tests.benches import item
from tests.benches import open_bench
from tests.benches import round_of
from tests.benches import rss
from tests.benches import source
from tests.builders import make_batch
from tests.builders import make_drafts
from tests.hubs import Hub
from tests.hubs import listening
from tests.hubs import status
from tests.servers import FakeTime
from tests.servers import Reply
from tests.servers import serving
from web import create_app

ROOT = Path(__file__).parent.parent
SITE = "https://feeds.example.org"
ENTRIES = {f"{SITE}/entries{suffix}" for suffix in FORMATS}
TEXT = "今天把灯修好了，晚上可以在院子里看书，小猫在窗台上看了一会儿雨，又睡着了。"
RULES = '[[topic]]\nslug = "lamp"\nzh = "灯"\nen = "Lamp"\nrules = [{ words = ["灯"], weight = 9 }]\n'
SAMPLE = samples_folder() / "posts-202603.md"


def settings(hub: Hub) -> Settings:
    return load_settings({"WEBSUB_HUB": hub.url, "PUBLIC_BASE_URL": SITE})


@pytest.fixture
def hub() -> Iterator[Hub]:
    with listening(status(204)) as opened:
        yield opened


# The announcer


def test_what_is_written_is_told_without_anybody_waiting(store: Store, hub: Hub, now: datetime) -> None:
    with Announcer(settings(hub), window=0.0) as announcer:
        with announcer.announced(store):
            store.save(make_batch(), now)
        assert set(hub.told()) >= ENTRIES


def test_writes_that_come_close_together_are_told_once(store: Store, hub: Hub, now: datetime) -> None:
    with Announcer(settings(hub), window=3600.0) as announcer:
        for day in range(3):
            with announcer.announced(store):
                store.save(make_batch(make_drafts(f"{TEXT}{day}")), now + timedelta(days=day))
        assert hub.forms.empty()
    told = hub.told()
    assert (set(told) >= ENTRIES, len(told), hub.forms.qsize()) == (True, len(set(told)), 0)


def test_what_is_written_while_the_hub_is_told_is_told_after_it(store: Store, now: datetime) -> None:
    asked, answered = Event(), Event()

    def slowly(handler: object) -> None:
        asked.set()
        answered.wait(60)
        status(204)(handler)  # type: ignore[arg-type]

    with listening(slowly) as hub, Announcer(settings(hub), window=0.0) as announcer:
        with announcer.announced(store):
            store.save(make_batch(), now)
        assert asked.wait(60)
        with announcer.announced(store):
            store.withdraw(store.ids()[0][0], now)
        answered.set()
        assert set(hub.told()) >= ENTRIES
        assert set(hub.told()) >= ENTRIES


def test_nothing_is_told_where_nothing_changed_or_no_hub_is_set(store: Store, hub: Hub, now: datetime) -> None:
    store.save(make_batch(), now)
    with Announcer(settings(hub)) as announcer, announcer.announced(store):
        store.save(make_batch(), now)
    with Announcer(load_settings({"PUBLIC_BASE_URL": SITE})) as silent, silent.announced(store):
        store.save(make_batch(make_drafts(TEXT)), now)
    assert hub.forms.empty()


def test_what_was_written_before_something_failed_is_told(store: Store, hub: Hub, now: datetime) -> None:
    with Announcer(settings(hub)) as announcer, pytest.raises(ZeroDivisionError), announcer.announced(store):
        store.save(make_batch(), now)
        raise ZeroDivisionError
    assert set(hub.told()) >= ENTRIES


def test_a_bug_in_telling_is_logged_and_the_next_write_is_told(
    store: Store, hub: Hub, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    broken = [True]

    def sometimes(url: str, form: bytes) -> object:
        if broken:
            broken.clear()
            raise RuntimeError("odd")
        return post(url, form)

    announcer = Announcer(settings(hub), sometimes)  # type: ignore[arg-type]
    with caplog.at_level(logging.ERROR):
        for day in range(2):
            with announcer.announced(store):
                store.save(make_batch(make_drafts(f"{TEXT}{day}")), now + timedelta(days=day))
            announcer.close()
    assert "a bug of ours" in caplog.text
    assert set(hub.told()) >= ENTRIES


# The API


@pytest.fixture
def client(store: Store, hub: Hub, now: datetime) -> Iterator[FlaskClient]:
    store.add_token(Token("all", digest("secret"), frozenset(Permission), now))
    known = settings(hub)
    with Announcer(known, window=0.0) as announcer:
        receiver = feedwright.Receiver(known)
        yield create_app(known, store, receiver, lambda: now, announcer.announced).test_client()


def test_a_document_that_is_sent_and_an_entry_that_is_withdrawn_are_told(
    client: FlaskClient, store: Store, hub: Hub
) -> None:
    headers = {"Authorization": "Bearer secret"}
    sent = client.post("/api/v1/documents?name=a.md", data=SAMPLE.read_bytes(), headers=headers)
    assert sent.status_code == 201
    assert set(hub.told()) >= ENTRIES
    assert client.delete(f"/api/v1/entries/{store.ids()[0][0]}", headers=headers).status_code == 204
    while not set(hub.told()) >= ENTRIES:  # the document's feeds may be told in more than one form
        pass


def test_an_answer_does_not_wait_for_the_hub(store: Store, now: datetime) -> None:
    asked, over = Event(), Event()

    def never(handler: object) -> None:
        asked.set()
        over.wait(60)
        status(204)(handler)  # type: ignore[arg-type]

    store.save(make_batch(), now)
    store.add_token(Token("all", digest("secret"), frozenset(Permission), now))
    with listening(never) as hub, Announcer(settings(hub), window=0.0) as announcer:
        client = create_app(settings(hub), store, None, lambda: now, announcer.announced).test_client()
        path = f"/api/v1/entries/{store.ids()[0][0]}"
        assert client.delete(path, headers={"Authorization": "Bearer secret"}).status_code == 204
        assert asked.wait(60)
        over.set()


def test_the_application_that_gunicorn_serves_announces(
    hub: Hub, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEBSUB_HUB", hub.url)
    monkeypatch.setenv("DATABASE_URL", store_url)
    announced = feedwright.application().extensions["feedwright"].announced
    assert isinstance(announced.__self__, Announcer)


# The worker


def test_what_a_worker_stores_is_told_source_by_source(store: Store, hub: Hub, tmp_path: Path) -> None:
    time = FakeTime()
    feed = rss(item("a", "小灯", TEXT), title="檐下集")
    with (
        serving(lambda asked: Reply(200 if asked.path == "/feed" else 404, feed)) as server,
        Announcer(settings(hub), window=3600.0) as announcer,
        open_bench(store, time, tmp_path, source("yard", "feed", f"{server.url}/feed")) as bench,
    ):
        bench = replace(bench, announced=partial(announcer.announced, store))
        assert [done.attempt.new for done in round_of(bench)] == [1]
        announcer.close()
        assert set(hub.told()) >= ENTRIES | {f"{SITE}/sources/yard{suffix}" for suffix in FORMATS}


# The commands


def run(tmp_path: Path, hub: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {
        "DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite3'}",
        "PUBLIC_BASE_URL": SITE,
        "WEBSUB_HUB": hub,
    }
    command = [sys.executable, "-W", "error", str(ROOT / "feedwright.py"), *arguments]
    return subprocess.run(command, env=env | more, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_an_ingest_tells_the_hub_of_each_changed_feed_once_at_its_end(tmp_path: Path, hub: Hub) -> None:
    done = run(tmp_path, hub.url, "ingest", str(samples_folder()))
    assert (done.returncode, "WebSub" in done.stderr) == (0, False), done.stderr
    forms = [hub.told() for _ in range(hub.forms.qsize())]
    urls = [url for form in forms for url in form]
    assert len(urls) == len(set(urls)) and all(len(form) <= MOST for form in forms)
    assert set(urls) >= ENTRIES
    assert run(tmp_path, hub.url, "ingest", str(samples_folder())).returncode == 0
    assert hub.forms.empty()


def test_sync_retopic_and_withdraw_tell_the_hub_before_they_end(tmp_path: Path, hub: Hub) -> None:
    sources = tmp_path / "sources.toml"
    rules = tmp_path / "topics.toml"
    rules.write_text(
        '[[topic]]\nslug = "lamp"\nzh = "灯"\nen = "Lamp"\nrules = [{ words = ["灯"], weight = 9 }]\n', "utf-8"
    )
    with serving(lambda asked: Reply(200 if asked.path == "/feed" else 404, rss(item("a", "小灯", TEXT)))) as server:
        sources.write_text(source("yard", "feed", f"{server.url}/feed"), "utf-8")
        synced = run(tmp_path, hub.url, "sync", SOURCES=str(sources), FETCH_NETWORKS="127.0.0.0/8")
    assert synced.returncode == 0, synced.stderr
    assert set(hub.all_told()) >= ENTRIES
    assert run(tmp_path, hub.url, "retopic", TOPICS=str(rules)).returncode == 0
    assert f"{SITE}/topics/lamp.rss" in hub.all_told()
    listed = run(tmp_path, hub.url, "list").stdout.split()[0]
    assert run(tmp_path, hub.url, "withdraw", "--yes", listed).returncode == 0
    assert set(hub.all_told()) >= ENTRIES


def test_whatever_the_hub_does_the_ingest_is_done(tmp_path: Path) -> None:
    with listening(status(500)) as hub:
        done = run(tmp_path, hub.url, "ingest", str(SAMPLE))
        assert (done.returncode, hub.forms.qsize()) == (0, ATTEMPTS)
        assert "was not told of" in done.stderr and "it answered 500" in done.stderr
    (tmp_path / "store.sqlite3").unlink()
    done = run(tmp_path, hub.url, "ingest", str(SAMPLE))  # nobody listens there any more
    assert done.returncode == 0 and "ConnectError" in done.stderr


def test_a_hub_that_hangs_is_not_waited_for() -> None:
    over = Event()
    with listening(lambda handler: over.wait(30) or None) as hub:
        try:
            assert publish(hub.url, ["a"], partial(post, patience=0.05), lambda seconds: None) == 0
            assert hub.forms.qsize() == ATTEMPTS
        finally:
            over.set()
