"""PostgreSQL as it is met outside: addresses, TLS, what is said of failures, and servers that go and come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote
from urllib.parse import urlsplit

import psycopg
import pytest
import trustme
from sqlalchemy import text

from feeds.errors import StoreError
from feeds.settings import load_settings
from feeds.store import migrate
from feeds.store import open_store
from feeds.store.engine import make_engine
from feeds.store.engine import reading
from feeds.store.engine import store_url as parse_url
from tests.builders import NOW
from tests.builders import make_batch
from tests.conftest import database_url
from tests.postgres import NoServerError
from tests.postgres import Server
from tests.postgres import create_database
from tests.postgres import own_server
from tests.tls import tls_proxy
from web import create_app

SECRET = "se/cret:#?"
#: What a password may be made of, each as it would stand in the address.
LEAKS = ("se/cret", "cret", quote(SECRET, safe=""), SECRET)


@pytest.fixture(scope="module")
def own() -> Iterator[Server]:
    """A server that these tests stop and start."""
    try:
        with own_server() as server:
            create_database(server.url, "feeds")
            migrate(database_url(server.url, "feeds"))
            yield server
    except NoServerError as error:
        pytest.skip(f"a server of PostgreSQL cannot be started: {error}")


# Addresses


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "POSTGRES"])
def test_platforms_may_name_the_database_as_they_do(postgres_store_url: str, scheme: str) -> None:
    address = f"{scheme}://{postgres_store_url.partition('://')[2]}"
    with open_store(load_settings({"DATABASE_URL": address}).database_url) as store:
        assert (store.version(), store.look(()).version) == (0, 0)


def test_a_percent_encoded_password_is_taken_as_it_was_meant() -> None:
    parsed = parse_url("postgres://al%40ice:p%40ss%2Fw%C3%B6rd%25@db.example.org:6543/feeds?sslmode=require")
    assert (parsed.username, parsed.password, parsed.port) == ("al@ice", "p@ss/wörd%", 6543)
    assert parsed.query == {"sslmode": "require"}


@pytest.mark.parametrize("form", ["?host={folder}&port={port}", "%2Fsocket"], ids=["parameter", "encoded host"])
def test_a_socket_can_be_named(own: Server, form: str) -> None:
    if form.startswith("?"):
        address = database_url(own.socket_url, "feeds")
    else:
        plain = urlsplit(own.url)
        folder = quote(str(own.folder), safe="")
        address = f"postgresql://{plain.netloc.rpartition('@')[0]}@{folder}:{own.port}/feeds"
    with open_store(address) as store:
        assert (store.version(), store.look(()).version) == (0, 0)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (f"postgresql://u:{SECRET}@127.0.0.1/x", "no address|names no database|host|connect"),
        ("postgresql://u:se/cret@127.0.0.1", "names no database"),
        ("postgresql://u:se/cret@more@127.0.0.1/x", "write %40"),
        ("postgresql://u:se/cret@127.0.0.1:port/x", "no address"),
        ("postgresql://u:se/cret@127.0.0.1:1/x", "refused.*check host and port in DATABASE_URL"),
        ("postgresql://u:se/cret@127.0.0.1:1/x?nonsense=1", "nonsense.*docs/databases.md"),
        ("postgresql://u:se/cret@127.0.0.1:1/x?sslmode=nonsense", "sslmode"),
        ("postgresql://u:se/cret@127.0.0.1:1/x?prepared_statements=no", "true or false"),
        ("postgresql://u:se/cret@/x?host=/nowhere", "check that the server runs.*socket"),
        ("mysql://u:se/cret@127.0.0.1/x", "not supported"),
    ],
)
def test_an_address_that_does_not_work_says_why_without_the_password(address: str, words: str) -> None:
    with pytest.raises(StoreError, match=f"(?i){words}") as raised:
        open_store(address)
    assert "\n" not in str(raised.value)
    cause: BaseException | None = raised.value
    while cause is not None:
        assert not any(leak in str(cause) for leak in LEAKS)
        cause = cause.__cause__


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"password": "se%2Fcret"}, "authentication failed for user.*percent-encode"),
        ({"username": "nobody_known"}, "nobody_known.*check user and password"),
        ({"path": "/missing"}, "missing.*does not exist.*createdb"),
    ],
    ids=lambda wrong: next(iter(wrong)) if isinstance(wrong, dict) else "",
)
def test_a_server_that_refuses_is_told_with_what_to_do(own: Server, wrong: dict[str, str], words: str) -> None:
    parts = urlsplit(own.url)
    user, password = wrong.get("username", parts.username), wrong.get("password", parts.password)
    netloc = f"{user}:{password}@127.0.0.1:{own.port}"
    with pytest.raises(StoreError, match=words) as raised:
        open_store(parts._replace(netloc=netloc, path=wrong.get("path", "/feeds")).geturl())
    assert not any(leak in str(raised.value) for leak in (*LEAKS, str(parts.password)))


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    """Who signs certificates here."""
    return trustme.CA()


@pytest.mark.parametrize(
    ("mode", "name", "signed_by_ours", "words"),
    [
        ("require", "other.example.org", False, None),
        ("verify-ca", "other.example.org", True, None),
        ("verify-full", "localhost", True, None),
        ("verify-full", "localhost", False, "certificate verify failed.*sslrootcert"),
        ("verify-ca", "localhost", False, "certificate verify failed.*sslrootcert"),
        ("verify-full", "other.example.org", True, "does not match.*use a name that stands in the certificate"),
    ],
)
def test_tls_is_as_strict_as_the_address_asks(
    own: Server, authority: trustme.CA, tmp_path: Path, mode: str, name: str, signed_by_ours: bool, words: str | None
) -> None:
    roots = tmp_path / "roots.pem"
    authority.cert_pem.write_to_path(str(roots))
    signing = authority if signed_by_ours else trustme.CA()
    user = urlsplit(own.url).netloc.rpartition("@")[0]
    with tls_proxy(signing, name, ("127.0.0.1", own.port)) as port:
        asked = f"?sslmode={mode}" + ("" if mode == "require" else f"&sslrootcert={roots}")
        address = f"postgres://{user}@localhost:{port}/feeds{asked}"
        if words is not None:
            with pytest.raises(StoreError, match=words):
                open_store(address)
            return
        with open_store(address) as store:
            assert (store.version(), store.look(()).version) == (0, 0)


def test_a_server_without_tls_is_refused_where_tls_is_asked_for(own: Server) -> None:
    with pytest.raises(StoreError, match="does not support SSL.*set up TLS"):
        open_store(f"{database_url(own.url, 'feeds')}?sslmode=require")


# Poolers, restarts


def test_a_pooler_meets_no_prepared_statement(postgres_store_url: str) -> None:
    address = f"{postgres_store_url}?prepared_statements=false"
    engine = make_engine(parse_url(address), read_only=True)
    with reading(engine) as connection:
        for _ in range(10):
            connection.execute(text("SELECT version FROM state WHERE id = :id"), {"id": 1})
        assert connection.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 0
    engine.dispose()
    with open_store(address) as store:
        store.save(make_batch(), NOW)
        assert (store.version(), store.look(()).store_version) == (1, 1)


def test_reading_is_of_one_moment(postgres_store_url: str) -> None:
    engine = make_engine(parse_url(postgres_store_url))
    asked = text("SELECT version FROM state")
    with reading(engine) as connection:
        before = connection.scalar(asked)
        with psycopg.connect(postgres_store_url) as other:
            other.execute("UPDATE state SET version = version + 1")
        assert connection.scalar(asked) == before
    engine.dispose()


def test_a_server_that_was_started_again_is_found_by_a_process_that_was_not(own: Server) -> None:
    with open_store(database_url(own.url, "feeds")) as store:
        store.save(make_batch(), NOW)
        client = create_app(load_settings({"PUBLIC_BASE_URL": "https://feeds.example.org"}), store).test_client()
        paths = ["/entries.rss", "/api/v1/entries", "/entries"]
        before = {path: client.get(path).data for path in paths}
        own.stop()
        try:
            away = [client.get(path) for path in paths]
        finally:
            own.start()
        assert [(answer.status_code, answer.headers["Retry-After"]) for answer in away] == [(503, "30")] * 3
        assert {path: client.get(path).data for path in paths} == before
        own.stop()
        own.start()
        assert {path: client.get(path).data for path in paths} == before
        own.stop()
        own.start()
        store.save(make_batch(name="more.md"), NOW)
