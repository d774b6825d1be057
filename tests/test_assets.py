"""The files that all pages share."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.test import create_environ

from feeds.store import Store
from tests.site import make_client


@pytest.fixture
def client(store: Store) -> Iterator[FlaskClient]:
    with make_client(store) as made:
        yield made


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("style.css", "text/css"),
        ("site.js", "text/javascript"),
        ("favicon.svg", "image/svg+xml"),
        ("favicon.ico", "image/vnd.microsoft.icon"),
    ],
)
def test_a_shared_file_has_its_type_and_validators(client: FlaskClient, name: str, media_type: str) -> None:
    whole = client.get(f"/static/{name}")
    assert whole.status_code == 200 and whole.mimetype == media_type
    assert client.get(f"/static/{name}", headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    head = client.head(f"/static/{name}")
    assert head.status_code == 200 and int(head.headers["Content-Length"]) == len(whole.data) > 0


def test_the_stylesheet_is_sent_compressed(client: FlaskClient) -> None:
    coded = client.get("/static/style.css", headers={"Accept-Encoding": "br"})
    assert coded.headers["Content-Encoding"] == "br"
    assert len(coded.data) < len(client.get("/static/style.css").data) / 3


def test_a_shared_file_is_kept_for_good_only_at_the_address_of_what_is_in_it(client: FlaskClient) -> None:
    address = re.findall(r'rel="stylesheet" href="([^"]+)"', client.get("/").text)[0]
    assert "immutable" in client.get(address).headers["Cache-Control"]
    for other in ("/static/style.css", "/static/style.css?v=00000000"):
        assert client.get(other).headers["Cache-Control"] == "public, no-cache"


@pytest.mark.parametrize("path", ["/static/nothing", "/static/../assets.py", "/static/%2e%2e/assets.py"])
def test_nothing_else_is_there(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/static/style.css", "/static/favicon.svg", "/robots.txt", "/"])
def test_no_answer_holds_a_file_open_for_a_server_that_may_not_close_it(client: FlaskClient, path: str) -> None:
    """werkzeug's server closes no answer whose client is gone when it looks for more from it."""
    answered = client.application.wsgi_app(create_environ(path), lambda *told: lambda piece: None)
    assert next(iter(answered))
    del answered  # an open file would warn when it is collected, and warnings are errors here
    gc.collect()
