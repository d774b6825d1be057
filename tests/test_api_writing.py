"""Writing through the API: tokens, documents that are sent, entries that are withdrawn."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import feedwright
from feeds.model import Permission
from feeds.model import Token
from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import open_store
from feeds.tokens import PREFIX
from feeds.tokens import digest
from feeds.tokens import find_token
from feeds.tokens import new_token
from tests.builders import NOW
from tests.builders import make_batch
from web import create_app
from web.api.writing import MAX_BYTES

API = "/api/v1"
SAMPLES = Path(__file__).parent.parent / "scrapers" / "samples"
POSTS = (SAMPLES / "posts-202603.md").read_bytes()
WORDS = {name: new_token() for name in ("all", "documents", "withdraw")}


@pytest.fixture
def client(store: Store) -> FlaskClient:
    """An application that reads documents; three tokens."""
    add_tokens(store)
    return make_client(store)


def add_tokens(store: Store) -> None:
    for name, words in WORDS.items():
        allowed = frozenset(Permission) if name == "all" else frozenset({Permission(name)})
        assert store.add_token(Token(name, digest(words), allowed, NOW))


def make_client(store: Store | None, **environ: str) -> FlaskClient:
    settings = load_settings({"SOURCE_DATE_EPOCH": "1780000000", **environ})
    app = create_app(settings, store, feedwright.Receiver(settings), lambda: NOW)
    app.testing = True
    return app.test_client()


def bearer(name: str = "all") -> dict[str, str]:
    return {"Authorization": f"Bearer {WORDS[name]}"}


def send(client: FlaskClient, data: bytes, query: str = "name=2026-03.md", **more: Any) -> TestResponse:
    return client.post(f"{API}/documents?{query}", data=data, headers=bearer(), content_type="text/markdown", **more)


def code(reply: TestResponse) -> str:
    assert reply.content_type == "application/problem+json"
    problem: dict[str, Any] = json.loads(reply.data)
    assert problem["status"] == reply.status_code
    return str(problem["code"])


def ids(client: FlaskClient, query: str = "") -> list[str]:
    return [entry["id"] for entry in client.get(f"{API}/entries?limit=100&{query}").get_json()["data"]]


# Tokens


def test_a_token_is_found_by_its_words_alone_and_no_more_once_revoked() -> None:
    token = Token("a", digest("secret"), frozenset(Permission), NOW)
    revoked = Token("b", digest("old"), frozenset(Permission), NOW, NOW)
    assert find_token("secret", [revoked, token]) is token
    assert find_token("old", [revoked, token]) is None
    assert find_token("Secret", [revoked, token]) is None


def test_tokens_are_made_listed_and_revoked_on_the_command_line(store_url: str) -> None:
    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(feedwright.main, ["tokens", *words], env={"DATABASE_URL": store_url})
        return done.exit_code, done.output

    status, words = run("add", "ci", "--documents")
    assert (status, words.startswith(PREFIX)) == (0, True)
    assert run("add", "ci")[0] == 1
    listed = json.loads(run("list", "--json")[1])["tokens"]
    assert [(row["name"], row["allows"], row["revoked"]) for row in listed] == [("ci", ["documents"], None)]
    assert words.strip() not in run("list")[1]
    assert run("revoke", "ci") == (0, "Revoked.\n")
    assert run("revoke", "ci") == (0, "It was revoked before.\n")
    assert run("revoke", "nobody")[0] == 1
    assert "revoked" in run("list")[1]


def test_the_store_keeps_no_token(tmp_path: Path, empty_store: Path) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(empty_store.read_bytes())
    with open_store(f"sqlite:///{path}") as store:
        add_tokens(store)
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert digest(WORDS["all"]).encode() in kept and WORDS["all"].encode() not in kept


@pytest.mark.parametrize(
    "given",
    [None, "", "Bearer", "Bearer ", "Basic YTpi", f"Basic {WORDS['all']}", "Bearer wrong", f"Bearer {WORDS['all']}x"],
    ids=["nothing", "empty", "scheme alone", "no token", "password", "token as password", "wrong", "one letter more"],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/documents?name=a.md"), ("DELETE", "/entries/x")])
def test_nobody_writes_without_a_token(client: FlaskClient, given: str | None, method: str, path: str) -> None:
    headers = {} if given is None else {"Authorization": given}
    reply = client.open(f"{API}{path}", method=method, data=b"x", headers=headers)
    assert (reply.status_code, code(reply)) == (401, "unauthorized")
    assert reply.headers["WWW-Authenticate"].startswith('Bearer realm="feedwright"')
    assert 'error="invalid_token"' in reply.headers["WWW-Authenticate"] or given is None or "wrong" not in given


@pytest.mark.parametrize(
    ("name", "method", "path"),
    [
        ("withdraw", "POST", "/documents?name=a.md"),
        ("documents", "DELETE", f"/entries/{'0' * 8}-0000-5000-8000-{'0' * 12}"),
    ],
)
def test_a_token_allows_what_it_was_made_for(client: FlaskClient, name: str, method: str, path: str) -> None:
    reply = client.open(f"{API}{path}", method=method, data=POSTS, headers=bearer(name))
    assert (reply.status_code, code(reply)) == (403, "forbidden")
    assert 'error="insufficient_scope"' in reply.headers["WWW-Authenticate"]


def test_a_revoked_token_is_none(client: FlaskClient, store: Store) -> None:
    store.revoke_token("all", NOW)
    assert send(client, POSTS).status_code == 401


def test_who_writes_too_often_waits(store: Store) -> None:
    add_tokens(store)
    client = make_client(store, WRITES_PER_MINUTE="2")
    statuses = [send(client, b"x", "name=") for _ in range(3)]
    assert [reply.status_code for reply in statuses] == [400, 400, 429]
    assert [reply.headers["RateLimit"].split(";")[1] for reply in statuses] == ["r=1", "r=0", "r=0"]
    assert code(statuses[2]) == "too_many_requests"
    assert 1 <= int(statuses[2].headers["Retry-After"]) <= 60
    assert statuses[2].headers["RateLimit-Policy"] == '"writes";q=2;w=60'
    assert client.delete(f"{API}/entries/x", headers=bearer("withdraw")).status_code == 404


# Documents


def test_a_document_that_is_sent_is_a_document_like_any_other(client: FlaskClient) -> None:
    reply = send(client, POSTS)
    told = reply.get_json()
    assert reply.status_code == 201
    assert (told["document"]["name"], told["document"]["source"]) == ("2026-03.md", "posts")
    assert told["new"] == told["document"]["entries"] == len(ids(client, "document=2026-03.md")) > 0
    assert client.get(reply.headers["Location"]).get_json() == told["document"]
    assert reply.headers["X-Request-Id"]


def test_the_same_bytes_again_change_nothing(client: FlaskClient, store: Store) -> None:
    first = send(client, POSTS).get_json()
    before = store.version()
    again = send(client, POSTS)
    assert again.status_code == 200
    assert (again.get_json()["new"], again.get_json()["unchanged"]) == (0, first["new"])
    assert store.version() == before


def test_a_new_version_takes_the_place_of_the_old_one(client: FlaskClient) -> None:
    send(client, POSTS)
    before = ids(client)
    told = send(client, POSTS.partition(b"### 05")[0]).get_json()
    assert told["new"] == 0 < told["withdrawn"]
    assert len(set(before) - set(ids(client))) == told["withdrawn"]


def test_a_version_that_lost_nearly_everything_withdraws_nothing(client: FlaskClient) -> None:
    send(client, POSTS)
    before = ids(client)
    told = send(client, POSTS.partition(b"### 02")[0]).get_json()
    assert (told["withdrawn"], set(ids(client))) == (0, set(before))
    assert told["document"]["problems"]


def test_one_name_in_two_sources_is_two_documents(client: FlaskClient) -> None:
    assert send(client, POSTS, "name=a.md&source=one").status_code == 201
    assert send(client, POSTS, "name=a.md&source=two").status_code == 201
    assert [d["source"] for d in client.get(f"{API}/documents").get_json()["data"]] in (["one", "two"], ["two", "one"])


def test_a_form_can_hold_the_document(client: FlaskClient) -> None:
    form = {"document": (io.BytesIO(POSTS), "posts-202603.md", "text/markdown"), "source": "mine"}
    told = client.post(f"{API}/documents", data=form, headers=bearer()).get_json()
    assert (told["document"]["name"], told["document"]["source"]) == ("posts-202603.md", "mine")


def test_a_form_that_is_sent_by_mistake_of_curl_is_the_bytes(client: FlaskClient) -> None:
    reply = client.post(
        f"{API}/documents?name=a.md", data=POSTS, headers=bearer(), content_type="application/x-www-form-urlencoded"
    )
    assert reply.status_code == 201


def test_the_media_type_tells_the_encoding(client: FlaskClient) -> None:
    data = POSTS.decode().replace("🧱", "").encode("gb18030")
    reply = client.post(
        f"{API}/documents?name=a.md", data=data, headers=bearer(), content_type="text/markdown; charset=GB18030"
    )
    assert (reply.status_code, reply.get_json()["document"]["encoding"]) == (201, "gb18030")


@pytest.mark.parametrize(
    ("data", "reason"),
    [(b"", "empty"), (b"\x89PNG\r\n\x1a\n" + bytes(99), "PNG"), ("随便写写。".encode(), "no format")],
    ids=["empty", "picture", "no format"],
)
def test_what_cannot_be_read_is_told_with_the_reason_and_leaves_nothing(
    client: FlaskClient, store: Store, data: bytes, reason: str
) -> None:
    reply = send(client, data)
    assert (reply.status_code, code(reply)) == (422, "unreadable_document")
    assert reason in json.loads(reply.data)["problems"][0]["message"]
    assert store.documents() == ()


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("", "name"),
        ("name=", "name"),
        ("name=a/b.md", "name"),
        ("name=..%5Cb.md", "name"),
        ("name=..", "name"),
        ("name=%00", "name"),
        ("name=" + "a" * 201, "name"),
        ("name=a.md&source=Mine", "source"),
        ("name=a.md&format=word", "format"),
        ("name=a.md&titel=x", "titel"),
    ],
)
def test_bad_words_about_a_document_are_refused(client: FlaskClient, query: str, parameter: str) -> None:
    reply = send(client, POSTS, query)
    assert (reply.status_code, json.loads(reply.data)["parameter"]) == (400, parameter)


@pytest.mark.parametrize(
    ("part", "more"),
    [("", {"name": "a.md"}), ("file", {}), ("document", {"x": "y"}), ("document", {"name": "a/b"})],
    ids=["no file", "another name", "another field", "a bad name"],
)
def test_a_form_that_is_wrong_is_refused(client: FlaskClient, part: str, more: dict[str, Any]) -> None:
    form = {**more, **({part: (io.BytesIO(POSTS), "a.md")} if part else {})}
    reply = client.post(f"{API}/documents", data=form, headers=bearer(), content_type="multipart/form-data")
    assert reply.status_code == 400


class Endless(io.RawIOBase):
    """A body that tells no length, as with `Transfer-Encoding: chunked`."""

    def __init__(self) -> None:
        self.given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        buffer[:] = b"a" * len(buffer)
        self.given += len(buffer)
        return len(buffer)


def test_a_large_document_is_refused_before_it_is_read(client: FlaskClient) -> None:
    body, length = Endless(), {"CONTENT_LENGTH": str(MAX_BYTES + 1)}
    reply = send(client, b"", environ_overrides={"wsgi.input": io.BufferedReader(body), **length})
    assert (reply.status_code, code(reply), json.loads(reply.data)["limit"]) == (413, "document_too_large", MAX_BYTES)
    assert body.given == 0


def test_a_body_without_a_length_is_read_no_farther_than_the_limit(client: FlaskClient) -> None:
    body = Endless()
    stream = {"wsgi.input": io.BufferedReader(body), "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}
    reply = send(client, b"", environ_overrides=stream)
    assert (reply.status_code, code(reply)) == (413, "document_too_large")
    assert body.given <= 2 * MAX_BYTES


def test_a_body_that_does_not_come_in_time_is_told_so(client: FlaskClient) -> None:
    class Slow:
        """As `web.peer` ends the wait for a client."""

        def read(self, size: int = -1) -> bytes:
            raise TimeoutError("the client is too slow")

    stopped = send(client, b"", environ_overrides={"wsgi.input": Slow(), "wsgi.input_terminated": True})
    assert (stopped.status_code, code(stopped)) == (408, "request_timeout")


def test_a_web_process_without_parsers_says_so(store: Store) -> None:
    add_tokens(store)
    client = create_app(load_settings({}), store).test_client()
    reply = send(client, POSTS)
    assert (reply.status_code, code(reply)) == (501, "not_implemented")


def test_the_process_that_reads_documents_starts_without_parsers(store_url: str) -> None:
    heavy = ("bs4", "dateparser", "markdown_it", "nh3", "feedgen", "scrapers", "limits", "rich")
    script = f"import sys, feedwright; feedwright.application(); print(*(n for n in {heavy!r} if n in sys.modules))"
    environ = {**os.environ, "DATABASE_URL": store_url}
    root = Path(feedwright.__file__).parent
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=root, env=environ, capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == []


@pytest.fixture
def read_only(tmp_path: Path, empty_store: Path) -> Iterator[FlaskClient]:
    """A store whose file may not be written."""
    path = tmp_path / "store.db"
    path.write_bytes(empty_store.read_bytes())
    with open_store(f"sqlite:///{path}") as store:
        add_tokens(store)
    with open_store(f"sqlite:///{path}", read_only=True) as store:
        yield make_client(store)


def test_a_store_that_cannot_be_written_is_told_apart(read_only: FlaskClient) -> None:
    reply = send(read_only, POSTS)
    assert (reply.status_code, code(reply)) == (403, "read_only")


def test_a_process_opens_the_store_for_writing_when_something_is_written(store_url: str, store: Store) -> None:
    add_tokens(store)
    client = make_client(None, DATABASE_URL=store_url)
    assert send(client, POSTS).status_code == 201
    state = client.application.extensions["feedwright"]
    assert state.writer is not state.store
    assert len(ids(client)) > 0
    state.writer.close()
    state.store.close()


# Withdrawing


def test_an_entry_is_withdrawn_for_good(client: FlaskClient, store: Store) -> None:
    store.save(make_batch(), NOW)
    (entry_id,) = ids(client)
    for _ in range(2):
        reply = client.delete(f"{API}/entries/{entry_id}", headers=bearer("withdraw"))
        assert (reply.status_code, reply.data) == (204, b"")
    assert client.get(f"{API}/entries/{entry_id}").status_code == 410
    store.save(make_batch(), NOW + timedelta(days=1))
    assert ids(client) == []


@pytest.mark.parametrize("words", ["x", "00000000-0000-5000-8000-000000000000"])
def test_what_is_not_there_is_not_withdrawn(client: FlaskClient, words: str) -> None:
    reply = client.delete(f"{API}/entries/{words}", headers=bearer())
    assert (reply.status_code, code(reply)) == (404, "not_found")
