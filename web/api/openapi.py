"""The OpenAPI 3.1 document, made from the declarations that requests are checked by, and the page that shows it.

https://spec.openapis.org/oas/v3.1.1.html
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response
from flask import render_template

from feeds.addresses import API
from web.api.answering import JSON
from web.api.answering import NDJSON
from web.api.answering import answer_json
from web.api.given import Parameter
from web.api.given import Schema
from web.api.operations import OPERATIONS
from web.api.operations import Operation
from web.api.schemas import SCHEMAS
from web.api.schemas import ref
from web.api.schemas import thing
from web.api.writing import ABOUT_DOCUMENT
from web.api.writing import PART
from web.cache import Rendered
from web.conditional import REVALIDATE
from web.conditional import answer
from web.state import State
from web.state import get_state

VERSION = "1.0.0"
_TOKEN = "token"
_PROBLEM = "application/problem+json"
_DESCRIPTION = (
    "Entries of newsletters, posts, recaps and articles, per author, topic, source and document. Reading takes no "
    "token. Dates are RFC 3339 in UTC; what is not known is null. Lists are walked along `next`, which begins with the "
    "path; the `Link` header says the same. Every answer has an `ETag` to ask again with, and an `X-Request-Id`, which "
    "a client may give. A parameter that is not declared here, given twice, or with a value that cannot be answered is "
    "a 400 that names what is allowed. Keys, parameters, operations and words of open lists may be added; nothing is "
    "taken away without `Deprecation` and `Sunset` headers half a year ahead."
)
_BAD = {
    400: "A parameter is unknown, given twice, or has a value that cannot be answered.",
    401: "No token, or none that is known.",
    403: "The token does not allow this, or the store cannot be written.",
    404: "There is none.",
    410: "It was withdrawn.",
    413: "The document is too large.",
    422: "The document cannot be read; the problems say why.",
    429: "The token has written too often; Retry-After says when it may again.",
    501: "This server reads no documents.",
}


def openapi() -> Response:
    """The document as JSON."""
    return answer_json(document(get_state()))


def page() -> Response:
    """The document for people; nothing in it runs."""
    html = render_template("api.html", operations=OPERATIONS, schemas=SCHEMAS, version=VERSION, kind=kind)
    return answer(Rendered(html.encode(), "text/html; charset=utf-8"), REVALIDATE)


def document(state: State) -> dict[str, Any]:
    """What the API of a site is."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"{state.site.name}: API",
            "version": VERSION,
            "summary": "Entries per author, topic, source and document.",
            "description": _DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": state.site.url(API)}],
        "tags": [
            {"name": "Reading", "description": "For everybody."},
            {"name": "Writing", "description": "For those with a token; `feedwright tokens add` makes one."},
        ],
        "paths": paths,
        "components": {
            "schemas": dict(SCHEMAS),
            "securitySchemes": {_TOKEN: {"type": "http", "scheme": "bearer", "description": "See RFC 6750."}},
        },
    }


def kind(schema: Schema) -> str:
    """A schema in a few words, for the page."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(one) for one in schema["anyOf"]))
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'])}"
    types = schema.get("type", "object")
    told = " or ".join(types) if isinstance(types, list) else str(types)
    return f"{told} ({schema['format']})" if "format" in schema else told


def _operation(operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [operation.tag],
        "summary": operation.summary,
        "parameters": [_parameter(parameter) for parameter in operation.parameters],
        "responses": dict(_responses(operation)),
        "security": [{_TOKEN: []}] if operation.permission else [],
    }
    if operation.description:
        told["description"] = operation.description
    if operation.takes_document:
        told["requestBody"] = _document_body()
    return told


def _parameter(parameter: Parameter[Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "description": parameter.description,
        "schema": parameter.schema,
    }
    if parameter.schema.get("type") == "array":
        told |= {"style": "form", "explode": False}
    if parameter.example:
        told["example"] = _example(parameter)
    return told


def _example(parameter: Parameter[Any]) -> object:
    kind = parameter.schema.get("type")
    if kind == "array":
        return parameter.example.split(",")
    return int(parameter.example) if kind == "integer" else parameter.example


def _responses(operation: Operation) -> Iterable[tuple[str, dict[str, Any]]]:
    for status, meaning in operation.statuses.items():
        yield str(status), {"description": meaning, **_headers(operation, status), **_content(operation, status)}
    if operation.method == "GET":
        yield "304", {"description": "The client has it: the tag given as If-None-Match is that of the answer."}
    for status in operation.problems:
        yield str(status), _bad(_BAD[status])
    too_long: Schema = {"schema": {"type": "string"}}
    yield "414", {"description": "The address is longer than the server reads.", "content": {"text/html": too_long}}
    yield "default", _bad("Something else is wrong; the store may not answer (503).")


def _bad(meaning: str) -> dict[str, Any]:
    return {"description": meaning, "content": {_PROBLEM: {"schema": ref("Problem")}}}


def _headers(operation: Operation, status: int) -> Mapping[str, Any]:
    """Only those that every answer of the status has, or that a client needs to know of."""
    words = {"schema": {"type": "string"}}
    if status in {HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.CREATED}:
        return {"headers": {"Location": {"description": "Where it is.", **words}}}
    if NDJSON in operation.media_types:
        return {"headers": {"Link": {"description": 'The next page (rel="next"), where there is one.', **words}}}
    return {}


def _content(operation: Operation, status: int) -> Mapping[str, Any]:
    if operation.schema is None or status == HTTPStatus.MOVED_PERMANENTLY:
        return {}
    content: dict[str, Any] = {JSON: {"schema": ref(operation.schema)}}
    for media_type in operation.media_types[1:]:
        means = "A thing of `data` a line." if media_type == NDJSON else "A line of names, then a line a thing."
        content[media_type] = {"schema": {"type": "string", "description": means}}
    return {"content": content}


def _document_body() -> Mapping[str, Any]:
    file: Schema = {"type": "string", "contentMediaType": "application/octet-stream", "description": "The file."}
    about: dict[str, Schema] = {
        parameter.name: {**parameter.schema, "description": parameter.description} for parameter in ABOUT_DOCUMENT
    }
    form = {**thing({PART: file, **about}, tuple(about)), "additionalProperties": False}
    raw: Schema = {"type": "string", "minLength": 1}
    types = ("text/markdown", "text/plain", "text/html", "application/octet-stream")
    return {
        "required": True,
        "description": "The bytes of the document, in any encoding; `charset` of the media type is asked first.",
        "content": {"multipart/form-data": {"schema": form}, **{name: {"schema": raw} for name in types}},
    }
