"""Who may ask how often, and that nobody learns a token."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable
from ipaddress import ip_network

import pytest
from flask.testing import FlaskClient

import feedwright
from feeds.model import Permission
from feeds.model import Token
from feeds.settings import load_settings
from feeds.store import Store
from feeds.tokens import digest
from feeds.tokens import new_token
from feeds.visible import PlainFormatter
from tests.attack.conftest import Told
from tests.builders import NOW
from tests.site import fill
from web import create_app
from web.api.access import WRONG_PER_MINUTE
from web.clients import client_address
from web.clients import house

Rounds = Callable[[int, int], int]
PROXIES = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("198.51.100.7", "", "198.51.100.7"),
        ("198.51.100.7", "203.0.113.9", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "192.0.2.1, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "192.0.2.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "10.9.9.9", "10.9.9.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "unknown", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9, <script>", "10.0.0.1"),
        ("10.0.0.1", "203.0.113.9:4711", "10.0.0.1"),
        ("::ffff:10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ("fd00::1", "2001:db8::1", "2001:db8::1"),
        ("10.0.0.1", ", ".join(["10.0.0.2"] * 5000), "10.0.0.2"),
        ("", "203.0.113.9", ""),
    ],
)
def test_only_trusted_proxies_are_believed_about_whom_they_ask_for(peer: str, forwarded: str, client: str) -> None:
    assert client_address(peer, forwarded.split(","), PROXIES) == client


def test_nobody_has_many_addresses_of_one_house() -> None:
    assert house("2001:db8:0:7::1") == house("2001:db8::7:ffff:0:0:9") == "2001:db8:0:7::/64"
    assert house("::ffff:198.51.100.7") == "198.51.100.7"
    assert house("198.51.100.7") != house("198.51.100.8")
    assert house("fe80::1%eth0") and house("no address") == "no address"


def test_reads_are_limited_by_address_and_feeds_in_memory_are_free(store: Store, rounds: Rounds, tell: Told) -> None:
    fill(store, NOW)
    limit = rounds(5, 500)
    client = _client(store, READS_PER_MINUTE=str(limit), TRUSTED_PROXIES="10.0.0.0/8")
    assert client.get("/entries.rss", headers=_from("192.0.2.1")).status_code == 200
    for number in range(limit):
        assert client.get(f"/search?q=Tool{number}", headers=_from("203.0.113.9")).status_code == 200
    for path in ("/search?q=x", "/api/v1/entries", "/search.rss?q=y"):
        refused = client.get(path, headers=_from("192.0.2.77, 203.0.113.9"))
        assert (refused.status_code, int(refused.headers["Retry-After"]) > 0) == (429, True)
    assert client.get("/entries.rss", headers=_from("203.0.113.9")).status_code == 200
    assert client.get("/healthz", headers=_from("203.0.113.9")).status_code == 200
    assert client.get("/search?q=z", headers=_from("203.0.113.10")).status_code == 200
    tell(f"{limit} searches of one address, and three more", "429 with Retry-After; others and feeds in memory go on")


def test_an_address_that_a_client_makes_up_is_not_counted_for_it(store: Store) -> None:
    client = _client(store, READS_PER_MINUTE="3")
    for number in range(3):
        client.get("/api/v1/entries", headers=_from(f"192.0.2.{number}"))
    assert client.get("/api/v1/entries", headers=_from("192.0.2.9")).status_code == 429


def test_wrong_tokens_are_counted_by_address_and_the_right_one_always_passes(store: Store, tell: Told) -> None:
    words = _token(store)
    client = _client(store)
    answers = [_send(client, new_token()) for _ in range(WRONG_PER_MINUTE + 2)]
    assert answers == [401] * WRONG_PER_MINUTE + [429, 429]
    assert _send(client, words) not in {401, 403, 429}
    tell(f"{len(answers)} wrong tokens", "429 from the 31st on; the right one passes")


@pytest.mark.parametrize(
    "header",
    [
        "Bearer {}x",
        "Bearer {} {}",
        "Basic {}",
        "{}",
        "Bearer",
        "Bearer \t",
        "bearer,{}",
        "Bearer é",
        "Bearer " + "x" * 5000,
    ],
)
def test_nothing_but_a_token_is_one(store: Store, header: str) -> None:
    words = _token(store)
    value = header.replace("{}", words)
    reply = _client(store).post("/api/v1/documents?name=x.md", data=b"x", headers={"Authorization": value})
    assert reply.status_code == 401
    assert words.encode() not in reply.data


@pytest.mark.parametrize("place", ["?token={}&name=x.md", "?access_token={}&name=x.md", "?name=x.md&key={}"])
def test_a_token_in_an_address_is_none(store: Store, place: str) -> None:
    words = _token(store)
    reply = _client(store).post(f"/api/v1/documents{place.format(words)}", data=b"x")
    assert reply.status_code == 401 and words.encode() not in reply.data


def test_no_answer_log_or_store_tells_a_token(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    words, log = _token(store), io.StringIO()
    handler = logging.StreamHandler(log)
    handler.setFormatter(PlainFormatter())
    logging.getLogger().addHandler(handler)
    try:
        client = _client(store)
        client.application.testing = False
        monkeypatch.setattr(Store, "document_at", _bug)
        broken = client.post(
            "/api/v1/documents?name=x.md", data=b"### 01\n\n2026-03-02\n\nx\n@y\nz", headers=_bearer(words)
        )
        assert broken.status_code in {422, 500}
        assert words not in broken.get_data(as_text=True) + log.getvalue()
    finally:
        logging.getLogger().removeHandler(handler)
    kept = store.tokens()
    assert words not in repr(kept)
    assert [token.digest for token in kept] == [digest(words)]


def _bug(*_: object) -> None:
    raise RuntimeError("a bug")


def _client(store: Store, **environ: str) -> FlaskClient:
    settings = load_settings({"SOURCE_DATE_EPOCH": "1780000000", **environ})
    app = create_app(settings, store, feedwright.Receiver(settings), lambda: NOW)
    app.testing = True
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = "10.1.2.3"
    return client


def _token(store: Store) -> str:
    words = new_token()
    assert store.add_token(Token(words[4:12], digest(words), frozenset(Permission), NOW))
    return words


def _bearer(words: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {words}"}


def _send(client: FlaskClient, words: str) -> int:
    return client.post("/api/v1/documents?name=x.md", data=b"nothing", headers=_bearer(words)).status_code


def _from(addresses: str) -> dict[str, str]:
    return {"X-Forwarded-For": addresses}
