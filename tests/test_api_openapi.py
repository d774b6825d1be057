"""The OpenAPI document says what the API does: every example is asked for, every answer fits its schema."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

import feedwright
from feeds.model import Link
from feeds.model import Permission
from feeds.model import Rel
from feeds.model import Token
from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from feeds.tokens import digest
from scrapers.ingest import ingest
from scrapers.paths import find_documents
from scrapers.plans import reading_plan
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from web import create_app
from web.api.operations import BY_NAME
from web.api.operations import OPERATIONS
from web.api.operations import Example
from web.api.operations import Operation
from web.api.parameters import SAMPLE_STORY
from web.api.resources import ALL

API = "/api/v1"
SAMPLES = Path(__file__).parent.parent / "scrapers" / "samples"
TOKEN = "a token for tests"
LINK = (Link("https://blog.example.com/same", Rel.ORIGINAL),)
READING = [operation for operation in OPERATIONS if operation.permission is None]
EXAMPLES = [(operation, example) for operation in READING for example in operation.examples]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample documents, and a story, which they have none of."""
    url = f"sqlite:///{tmp_path_factory.mktemp('openapi') / 'store.db'}"
    migrate(url)
    settings = load_settings({"DATABASE_URL": url, "SOURCE_DATE_EPOCH": "1780000000"})
    with open_store(url) as opened:
        for outcome in ingest(find_documents([str(SAMPLES)]), opened, reading_plan(settings)):
            assert outcome.failure is None
        for name in ("one.md", "two.md"):
            draft = make_draft(f"{name} 也说到了同一件事。", url="https://blog.example.com/same", links=LINK)
            opened.save(make_batch([draft], name=name), NOW)
        for days, words in enumerate(["改过的一条。", "改过的一条，又改了。"]):
            draft = make_draft(words, natural_keys=("https://posts.example.com/1",))
            opened.save(make_batch([draft], name="edited.md"), NOW + timedelta(days=days))
        opened.add_token(Token("test", digest(TOKEN), frozenset(Permission), NOW))
        yield opened


@pytest.fixture(scope="module")
def client(store: Store) -> FlaskClient:
    app = create_app(load_settings({}), store, feedwright.Receiver(load_settings({})), lambda: NOW)
    app.testing = True
    return app.test_client()


@pytest.fixture(scope="module")
def document(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"{API}/openapi.json").get_json()
    return found


def check(document: dict[str, Any], name: str, value: object) -> None:
    """Raise unless a value fits a schema of the document."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def address(operation: Operation, example: Example, store: Store) -> str:
    """Where the example leads; the id of the story that there is stands for the one that examples have."""
    path = operation.path
    for parameter in operation.parameters:
        if parameter.place == "path":
            words = parameter.example.replace(SAMPLE_STORY, store.stories(1).stories[0].id)
            path = path.replace(f"{{{parameter.name}}}", words)
    return f"{API}{path}" + (f"?{urlencode(example.query)}" if example.query else "")


def test_the_document_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    OpenAPIV31SpecValidator(document).validate()


@pytest.mark.parametrize("path", sorted({operation.path for operation in OPERATIONS}))
def test_the_document_has_every_route_and_every_parameter(document: dict[str, Any], path: str) -> None:
    for operation in (operation for operation in OPERATIONS if operation.path == path):
        told = document["paths"][path][operation.method.lower()]
        assert {p["name"] for p in told["parameters"]} == {p.name for p in operation.parameters}
        assert "default" in told["responses"] and (bool(told["security"]) == (operation.permission is not None))


def test_every_route_of_the_api_is_declared(client: FlaskClient) -> None:
    routed = {
        rule.endpoint.removeprefix("api.")
        for rule in client.application.url_map.iter_rules(endpoint=None)
        if rule.rule.startswith(f"{API}/")
    }
    assert routed == {*BY_NAME, "openapi"}


@pytest.mark.parametrize(("operation", "example"), EXAMPLES, ids=[f"{o.name}: {e.summary}" for o, e in EXAMPLES])
def test_an_example_is_answered_as_declared(
    client: FlaskClient, store: Store, document: dict[str, Any], operation: Operation, example: Example
) -> None:
    reply = client.get(address(operation, example, store), headers=dict(example.headers))
    assert reply.status_code == 200, reply.text
    assert reply.mimetype in operation.media_types
    if reply.mimetype == "application/json":
        assert operation.schema is not None
        check(document, operation.schema, reply.get_json())
    assert len(reply.text.splitlines()) > 0


@pytest.mark.parametrize("operation", READING, ids=lambda operation: operation.name)
def test_every_operation_has_examples_and_every_parameter_an_example_of_its_own(
    client: FlaskClient, store: Store, document: dict[str, Any], operation: Operation
) -> None:
    assert operation.examples
    for parameter in operation.parameters:
        if parameter.place == "query" and parameter.example:
            example = Example("", {parameter.name: parameter.example})
            reply = client.get(address(operation, example, store))
            assert reply.status_code == 200, (parameter.name, reply.text)
            if reply.mimetype == "application/json" and operation.schema:
                check(document, operation.schema, reply.get_json())


@pytest.mark.parametrize("name", ALL)
def test_a_schema_has_the_keys_of_its_resource(document: dict[str, Any], name: str) -> None:
    schema = document["components"]["schemas"][name]
    assert schema["required"] == list(ALL[name])
    assert set(schema["properties"]) - set(ALL[name]) == ({"snippet"} if name == "Entry" else set())


def test_entries_with_a_past_and_with_a_story_fit_their_schemas(
    client: FlaskClient, store: Store, document: dict[str, Any]
) -> None:
    edited = client.get(f"{API}/entries?document=edited.md").get_json()["data"][0]
    whole = client.get(f"{API}/entries/{edited['id']}?include=revisions,stories,near_topics").get_json()
    assert len(whole["revisions"]) == 2
    check(document, "EntryDetails", whole)
    check(document, "RevisionPage", client.get(f"{API}/entries/{edited['id']}/revisions").get_json())
    assert client.get(f"{API}/stories").get_json()["data"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/entries?limit=0", 400),
        ("GET", "/entries?x=1", 400),
        ("GET", "/authors/nobodyy", 404),
        ("GET", "/nothing", 404),
        ("PUT", "/entries", 405),
        ("POST", "/documents", 401),
        ("POST", "/documents?name=a.md", 422),
        ("DELETE", "/entries/x", 404),
    ],
)
def test_every_error_is_a_problem(
    client: FlaskClient, document: dict[str, Any], method: str, path: str, status: int
) -> None:
    headers = {} if status == 401 else {"Authorization": f"Bearer {TOKEN}"}
    reply = client.open(f"{API}{path}", method=method, headers=headers)
    assert reply.status_code == status
    check(document, "Problem", json.loads(reply.data))


def test_a_receipt_fits_its_schema(client: FlaskClient, document: dict[str, Any]) -> None:
    data = (SAMPLES / "newsletter-012.md").read_bytes()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    reply = client.post(f"{API}/documents?name=sent.md", data=data, headers=headers)
    assert reply.status_code == 201
    check(document, "Receipt", reply.get_json())


def test_the_page_tells_every_operation_and_runs_nothing(client: FlaskClient) -> None:
    reply = client.get("/api")
    assert reply.content_type == "text/html; charset=utf-8"
    for operation in OPERATIONS:
        assert f'id="{operation.id}"' in reply.text
    inline = r"<script(?! src=\"/static/)|<style|\sstyle=|\son[a-z]+="
    assert not re.search(inline + r"|(?:src|href)=\"https?://(?!127)", reply.text)
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
