"""What machines that watch over us are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from feeds.model import Attempt
from feeds.model import Enlisted
from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import migrate
from feeds.store.engine import make_engine
from feeds.store.engine import store_url as parsed
from feeds.store.engine import writing
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from web import create_app

TOKEN = "m" * 32


def make_client(url: str, **environ: str) -> FlaskClient:
    return create_app(load_settings({"DATABASE_URL": url, **environ})).test_client()


def close(client: FlaskClient) -> None:
    client.application.extensions["feedwright"].store.close()


def set_schema(url: str, revision: str) -> None:
    engine = make_engine(parsed(url))
    with writing(engine) as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision}'")
    engine.dispose()


def figures(client: FlaskClient) -> dict[tuple[str, ...], float]:
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200 and answer.content_type.startswith("text/plain")
    assert answer.headers["Cache-Control"] == "no-store"
    families = text_string_to_metric_families(answer.text)
    return {(s.name, *(s.labels[key] for key in sorted(s.labels))): s.value for f in families for s in f.samples}


def test_a_process_without_a_store_is_well_and_not_ready(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 's.db'}"
    client = make_client(url)
    assert client.get("/healthz").text == "ok\n"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert "migrate it" in answer.text and str(tmp_path) not in answer.text
    migrate(url)
    assert client.get("/readyz").text == "ready\n"
    close(client)


def test_tables_that_are_older_than_the_program_are_not_ready_and_newer_ones_are(store_url: str) -> None:
    client = make_client(store_url)
    assert client.get("/readyz").status_code == 200
    set_schema(store_url, "0001")
    assert client.get("/readyz").status_code == 503
    set_schema(store_url, "9999")
    assert client.get("/readyz").status_code == 200, "while a new version is rolled out the old one goes on"
    assert make_client(store_url).get("/readyz").status_code == 503, (
        "but it does not begin with tables it does not know"
    )
    close(client)


def test_a_server_that_does_not_answer_is_not_named_to_the_world() -> None:
    answer = make_client("postgresql://user:secret@127.0.0.1:1/n").get("/readyz")
    assert (answer.status_code, answer.text) == (503, "The store does not answer.\n")
    assert answer.headers["Retry-After"] == "30"


def test_metrics_are_nothing_without_a_token(store_url: str) -> None:
    client = make_client(store_url)
    assert client.get("/metrics").status_code == 404
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    close(client)


@pytest.mark.parametrize("shown", ["", "Bearer", f"Bearer {TOKEN[1:]}", f"Bearer {TOKEN}m", TOKEN, "Bearer é" * 9])
def test_metrics_are_for_those_who_have_the_token(shown: str, tmp_path: Path) -> None:
    client = make_client(f"sqlite:///{tmp_path / 's.db'}", METRICS_TOKEN=TOKEN)
    answer = client.get("/metrics", headers={"Authorization": shown} if shown else {})
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_requests_renderings_and_answers_of_the_cache_are_counted(store: Store, store_url: str) -> None:
    store.save(make_batch([make_draft("第一条。")]), NOW)
    client = make_client(store_url, METRICS_TOKEN=TOKEN)
    tag = client.get("/entries.rss").headers["ETag"]
    for headers in ({}, {"If-None-Match": tag}, {"If-None-Match": tag}, {"Accept-Encoding": "br"}):
        client.get("/entries.rss", headers=headers)
    for path in ("/", "/authors/nobody", "/api/v1/entries", "/static/style.css", "/healthz"):
        client.get(path).close()
    found = figures(client)
    requests = {key[1:]: value for key, value in found.items() if key[0] == "feedwright_requests_total"}
    assert requests[("feed", "200")] == 3 and requests[("feed", "304")] == 2
    assert requests[("page", "200")] == requests[("page", "404")] == requests[("api", "200")] == 1
    assert requests[("static", "200")] == requests[("probe", "200")] == 1
    assert found[("feedwright_renders_total",)] == 1
    assert found[("feedwright_cache_answers_total", "hot")] == 2
    assert found[("feedwright_cache_answers_total", "kept")] == 2, "the first of each form is Flask's"
    assert found[("feedwright_request_seconds_count", "feed")] == 5
    assert found[("feedwright_request_seconds_bucket", "feed", "+Inf")] == 5
    assert found[("feedwright_cache_feeds",)] == 1 and found[("feedwright_cache_bytes",)] > 0
    close(client)


def test_the_store_and_its_sources_are_told_as_they_stand(store: Store, store_url: str) -> None:
    store.save(make_batch([make_draft("第一条。"), make_draft("第二条。", 2)]), NOW)
    crawl = store.crawl()
    crawl.enlist([Enlisted(slug="far", name="Far", kind="feed", address="https://far.example/", fingerprint="1")], NOW)
    crawl.claim("me", NOW, NOW)
    crawl.finish("far", "me", Attempt(at=NOW, next_try=NOW, error="the answer is 500", requests=3, bytes=70))
    client = make_client(store_url, METRICS_TOKEN=TOKEN)
    found = figures(client)
    assert found[("feedwright_store_up",)] == found[("feedwright_documents",)] == 1
    assert found[("feedwright_entries", "garden")] == 2
    assert found[("feedwright_store_version",)] == store.version()
    assert found[("feedwright_source_state", "far", "failing")] == found[("feedwright_source_failures", "far")] == 1
    assert found[("feedwright_fetch_requests_total", "far")] == 3
    assert found[("feedwright_fetched_bytes_total", "far")] == 70
    assert ("feedwright_source_last_success_seconds", "far") not in found
    assert any(key[0] == "feedwright_build_info" for key in found)
    close(client)


def test_the_figures_of_the_process_are_told_without_a_store_too(tmp_path: Path) -> None:
    client = make_client(f"sqlite:///{tmp_path / 's.db'}", METRICS_TOKEN=TOKEN)
    client.get("/entries.rss")
    found = figures(client)
    assert found[("feedwright_store_up",)] == 0
    assert found[("feedwright_requests_total", "feed", "503")] == 1
