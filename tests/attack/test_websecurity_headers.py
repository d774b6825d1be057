"""What every answer tells a browser, and what no client can have it tell another."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import get_type_hints
from urllib.parse import quote
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from feeds.settings import SETTINGS
from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from tests.attack.conftest import Told
from tests.builders import NOW
from tests.site import fill
from tests.site import make_app
from tests.site import make_client

PAGES = ["/", "/entries", "/authors/writer1", "/topics", "/search?q=Tool", "/nothing", "/zh/about", "/api"]
FEEDS = ["/entries.rss", "/entries.atom", "/entries.json", "/opml", "/authors/writer1.rss", "/nothing.rss"]
API = ["/api/v1/entries", "/api/v1/openapi.json", "/api/v1/nothing", "/api/v1/entries?form=csv"]
REST = ["/healthz", "/robots.txt", "/sitemap.xml", "/static/site.js", "/favicon.ico", "/Entries/", "/pictures/x/y"]
_KEY = "k" * 32


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """What is told does not depend on the database."""
    url = f"sqlite:///{tmp_path_factory.mktemp('headers') / 'store.db'}"
    migrate(url)
    with open_store(url) as opened:
        fill(opened, NOW)
        yield opened


@pytest.fixture(scope="module")
def client(store: Store) -> FlaskClient:
    return make_client(store)


@pytest.mark.parametrize("path", [*PAGES, *FEEDS, *API, *REST])
def test_every_answer_is_taken_for_what_it_is_and_sets_no_cookie(client: FlaskClient, path: str) -> None:
    reply = client.get(path, headers={"Cookie": "session=x; language=zh"}, buffered=True)
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "Set-Cookie" not in reply.headers
    assert "cookie" not in reply.headers.get("Vary", "").lower()
    assert not reply.content_type.startswith(("text/xml", "application/octet-stream"))


@pytest.mark.parametrize("path", PAGES)
def test_pages_run_nothing_but_our_script_and_stand_in_no_frame(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(rule.strip().partition(" ")[::2] for rule in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert not {"unsafe-inline", "unsafe-eval", "*", "data:", "blob:"} & set("".join(policy.values()).split("'"))
    assert "data:" not in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("path", [*FEEDS, *API])
def test_what_anybody_may_read_any_script_may_read_and_none_with_credentials(client: FlaskClient, path: str) -> None:
    headers = client.get(path, headers={"Origin": "https://evil.example"}).headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers
    assert "Cross-Origin-Resource-Policy" not in headers


@pytest.mark.parametrize("path", ["/", "/authors/writer1", "/healthz"])
def test_pages_are_read_by_no_script_of_another_site(client: FlaskClient, path: str) -> None:
    assert "Access-Control-Allow-Origin" not in client.get(path, headers={"Origin": "https://evil.example"}).headers


def test_a_script_of_another_site_may_not_ask_to_write(client: FlaskClient) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    allowed = client.options("/api/v1/documents", headers=asked).headers.get("Access-Control-Allow-Methods", "")
    assert "POST" not in allowed


@pytest.mark.parametrize("path", [*PAGES, *FEEDS, *API, *REST])
def test_browsers_are_told_to_stay_with_tls_where_there_is_tls(store: Store, path: str) -> None:
    secure = make_client(store, PUBLIC_BASE_URL="https://feeds.example.org").get(path, buffered=True)
    plain = make_client(store, PUBLIC_BASE_URL="http://feeds.example.org").get(path, buffered=True)
    assert secure.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "Strict-Transport-Security" not in plain.headers


_CLAIMS = [
    {"Host": "evil.example"},
    {"Host": "feeds.example.org:443@evil.example"},
    {"Host": 'evil.example"><script>'},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "gopher", "X-Forwarded-Port": "99"},
    {"Forwarded": "host=evil.example;proto=https", "X-Forwarded-Prefix": "/evil.example", "X-Original-URL": "/evil"},
    {"X-Rewrite-Url": "/evil", "X-Forwarded-Server": "evil.example", "X-HTTP-Method-Override": "DELETE"},
    {"X-Forwarded-For": "evil.example, 10.0.0.1", "Client-IP": "evil.example", "X-Real-IP": "evil.example"},
    {"Origin": "https://evil.example", "Referer": "https://evil.example/evil"},
]


@pytest.mark.parametrize("path", [*PAGES[:5], *FEEDS, *API[:3], "/sitemap.xml", "/Entries/", "/authors/WRITER1"])
def test_nothing_that_a_client_says_of_our_name_is_in_an_answer_or_the_cache(
    client: FlaskClient, path: str, tell: Told
) -> None:
    for claims in _CLAIMS:
        reply = client.get(path, headers=claims)
        assert b"evil" not in reply.data
        assert not any("evil" in value for value in reply.headers.values())
    again = client.get(path)
    assert b"evil" not in again.data and again.status_code == reply.status_code
    if path == "/":
        tell(f"{len(_CLAIMS)} false names of ours, at 16 addresses", "none believed, none cached")


_OUTSIDE = "evil.example"
_LEADING = [
    *(
        "".join(marks)
        for marks in itertools.product(("/", "\\", "%5c", "%2f", "%09", "%0a", "%0d", "%20", "."), repeat=2)
    ),
    "%0d%0aLocation:%20https:",
    "%E2%80%AE",
    "@",
    "https:",
    "https%3a%2f%2f",
    ";@",
    "%00",
    "%ff",
]


@pytest.mark.parametrize("prefix", ["", "/", "/zh/", "/en//", "/Entries/", "/authors/", "/feed/", "/static/"])
def test_no_redirect_leads_away_or_takes_a_line_of_its_own(client: FlaskClient, prefix: str) -> None:
    for marks in _LEADING:
        for tail in ("", "/", "/..", "?x=%0d%0aSet-Cookie:a=b", ".RSS"):
            path, _, query = f"{prefix}{marks}{_OUTSIDE}{tail}".partition("?")
            reply = client.get(path="/", environ_overrides={"PATH_INFO": _as_wsgi(path), "QUERY_STRING": query})
            location = reply.headers.get("Location", "")
            assert urlsplit(location).netloc in {"", "feeds.example.org"}, (path, location)
            assert not location.startswith(("//", "/\\", "\\")), (path, location)
            assert not any(c in value for value in reply.headers.values() for c in "\r\n")


@pytest.mark.parametrize(
    "words", ["a\r\nSet-Cookie: x=y", "a\nX: y", "a\x00b", "\u2028x", 'x", "y', 'x>; rel="evil"', "é" * 40]
)
@pytest.mark.parametrize(
    "address",
    [
        "/search?q={}",
        "/search.rss?q={}",
        "/api/v1/entries?q={}",
        "/api/v1/{}",
        "/authors/{}",
        "/documents/{}.rss",
        "/api/v1/entries?cursor={}",
        "/entries.rss?cursor={}",
        "/api/v1/entries?q=x&limit=1&fields={}",
        "/feeds/{}.json",
    ],
)
def test_no_parameter_makes_a_header(client: FlaskClient, address: str, words: str) -> None:
    reply = client.get(address.format(quote(words, safe="")))
    assert reply.status_code in {200, 301, 400, 404, 410}
    for name, value in reply.headers.items():
        assert not any(c in f"{name}{value}" for c in "\r\n\0")
        assert name != "Set-Cookie"
    assert 'rel="evil"' not in reply.headers.get("Link", "")


@pytest.mark.parametrize("given", ["x\u0000", "a b", "é", "<script>", "x" * 65, "a\tb", ""])
def test_a_request_id_is_told_back_only_if_it_is_one(client: FlaskClient, given: str) -> None:
    reply = client.get("/api/v1/entries", environ_overrides={"HTTP_X_REQUEST_ID": given})
    assert len(reply.headers["X-Request-Id"]) == 32


def test_there_is_no_secret_with_a_default_and_no_session(store: Store) -> None:
    app = make_app(store)
    assert app.secret_key is None and not app.debug
    secrets = [setting for setting in SETTINGS if setting.name.endswith(("KEY", "SECRET", "PASSWORD", "_TOKEN"))]
    assert {setting.name for setting in secrets} == {"IMAGE_PROXY_KEY", "METRICS_TOKEN"}
    assert all(setting.default == "" for setting in secrets)
    assert get_type_hints(load_settings)["return"].__name__ == "Settings"


def test_settings_show_no_secret() -> None:
    told = {"DATABASE_URL": "postgres://user:pa55word@127.0.0.1/x", "IMAGE_PROXY_KEY": _KEY}
    shown = repr(load_settings(told))
    assert "pa55word" not in shown and _KEY not in shown


def _as_wsgi(path: str) -> str:
    from urllib.parse import unquote_to_bytes

    return unquote_to_bytes(path).decode("latin-1")
