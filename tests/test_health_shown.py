"""How fetched sources are, on the page and in the API: also those that never gave an entry."""

from __future__ import annotations

from datetime import timedelta

from feeds.model import Attempt
from feeds.model import Enlisted
from feeds.settings import load_settings
from feeds.store import Store
from tests.builders import NOW
from web import create_app


def fail(store: Store) -> None:
    address = "https://yard.example.org/feed"
    crawl = store.crawl()
    crawl.enlist([Enlisted(slug="yard", name="檐下集", kind="feed", address=address, fingerprint="1")], NOW)
    assert crawl.claim("worker", NOW, NOW + timedelta(minutes=5), ["yard"])
    attempt = Attempt(at=NOW, next_try=NOW + timedelta(hours=1), error="is an error page <安全验证>")
    assert crawl.finish("yard", "worker", attempt)


def test_a_source_that_only_ever_failed_is_shown_with_the_reason(store: Store) -> None:
    client = create_app(load_settings({}), store).test_client()
    assert client.get("/api/v1/statistics/sources").get_json() == {"sources": []}
    assert "Fetched from elsewhere" not in client.get("/en/sources").text
    fail(store)
    (told,) = client.get("/api/v1/statistics/sources").get_json()["sources"]
    assert (told["slug"], told["state"], told["failures"], told["entries"]) == ("yard", "failing", 1, 0)
    assert (told["last_success"], told["error"]) == (None, "is an error page <安全验证>")
    assert told["next_try"].endswith("Z")
    page = client.get("/en/sources").text
    assert "is an error page &lt;安全验证&gt;" in page
    assert "failing" in page
    assert "失败" in client.get("/zh/sources").text
