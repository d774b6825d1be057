"""Our errors as answers: problem+json for the API (RFC 9457), plain text for feeds, a page for people."""

from __future__ import annotations

import json
from http import HTTPStatus

from flask import Flask
from flask import Response
from flask import current_app
from flask import render_template
from flask import request
from werkzeug.exceptions import ClientDisconnected
from werkzeug.exceptions import HTTPException

from feeds.errors import DocumentError
from feeds.errors import GoneError
from feeds.errors import NotFoundError
from feeds.errors import QueryError
from feeds.errors import ReadOnlyError
from feeds.errors import StoreError
from feeds.query import QuerySyntaxError
from web.api.operations import BY_NAME
from web.api.problems import Problem
from web.headers import is_api
from web.headers import is_feed
from web.state import get_state
from web.suggestions import Suggestion
from web.suggestions import suggest

#: Seconds after which a store that did not answer may do so.
_RETRY_AFTER = "30"


def register(app: Flask) -> None:
    """Have the application answer errors so."""
    app.register_error_handler(NotFoundError, _not_found)
    app.register_error_handler(QueryError, _bad_query)
    app.register_error_handler(DocumentError, _bad_document)
    app.register_error_handler(ReadOnlyError, _read_only)
    app.register_error_handler(StoreError, _no_store)
    app.register_error_handler(ClientDisconnected, _too_slow)
    app.register_error_handler(HTTPException, _http_error)


def _not_found(error: NotFoundError) -> Response:
    if isinstance(error, GoneError):
        return _answer(HTTPStatus.GONE, "gone", f"The {error.kind} was withdrawn.")
    near = suggest(error, get_state())
    return _answer(HTTPStatus.NOT_FOUND, "not_found", f"There is no {error.kind} {error.key!r}.", near)


def _bad_query(error: QueryError) -> Response:
    operation = BY_NAME.get((request.endpoint or "").removeprefix("api."))
    known = operation is not None and error.parameter in operation.names
    code = "invalid_parameter" if known else "unknown_parameter"
    more: dict[str, object] = {"parameter": error.parameter, "allowed": list(error.allowed)}
    if isinstance(error, QuerySyntaxError):
        more |= {"start": error.start, "end": error.end}
    return _answer(HTTPStatus.BAD_REQUEST, code, f"{error}.", more=more)


def _bad_document(error: DocumentError) -> Response:
    """Nothing of it was kept."""
    problems = [{"message": error.problem, "line": error.line}]
    detail = f"The document cannot be read: {error.problem}."
    return _answer(HTTPStatus.UNPROCESSABLE_ENTITY, "unreadable_document", detail, more={"problems": problems})


def _read_only(error: ReadOnlyError) -> Response:
    """Such a site is built anew from its documents; asking again helps nobody."""
    return _answer(HTTPStatus.FORBIDDEN, "read_only", "The store of this site can be read and not written.")


def _no_store(error: StoreError) -> Response:
    current_app.logger.error("the store does not answer: %s", error, exc_info=error)
    response = _answer(HTTPStatus.SERVICE_UNAVAILABLE, "store_unavailable", "The store does not answer.")
    response.headers["Retry-After"] = _RETRY_AFTER
    return response


def _too_slow(error: ClientDisconnected) -> Response:
    """A body that is waited for, see `web.peer`, and not for ever; who has left hears nothing of it."""
    return _answer(HTTPStatus.REQUEST_TIMEOUT, "request_timeout", "The body did not come in time.")


def _http_error(error: HTTPException) -> Response:
    """Errors of routing, and bugs, which Flask has logged and made a 500 of. Their headers, such as Allow, are kept."""
    status = HTTPStatus(error.code or 500)
    detail = "There is nothing at this address." if status is HTTPStatus.NOT_FOUND else f"{error.description}"
    code, more, headers = status.phrase.lower().replace(" ", "_"), {}, dict(error.get_headers())
    if isinstance(error, Problem):
        code, more, headers = error.problem_code, error.more, error.headers
    response = _answer(status, code, detail, more=more)
    for name, value in headers.items():
        if name.lower() not in {"content-type", "content-length"}:
            response.headers[name] = value
    return response


def _answer(
    status: HTTPStatus,
    code: str,
    detail: str,
    near: tuple[Suggestion, ...] = (),
    more: dict[str, object] | None = None,
) -> Response:
    if is_api():
        body = _problem(status, code, detail, near, more or {})
        response = Response(body, status, content_type="application/problem+json")
    elif is_feed():
        response = Response(_plain(detail, near), status, content_type="text/plain; charset=utf-8")
    else:
        response = Response(render_template("error.html", title=status.phrase, detail=detail, near=near), status)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _problem(status: HTTPStatus, code: str, detail: str, near: tuple[Suggestion, ...], more: dict[str, object]) -> str:
    """`code` is stable; `title` and `detail` are for people. The type is "about:blank": the status says it all."""
    problem = {"type": "about:blank", "title": status.phrase, "status": int(status), "detail": detail, "code": code}
    problem |= more
    if near:
        problem["near"] = [{"slug": suggestion.slug, "name": suggestion.name} for suggestion in near]
    return json.dumps(problem, ensure_ascii=False)


def _plain(detail: str, near: tuple[Suggestion, ...]) -> str:
    site = get_state().site
    lines = [detail, *(f"Did you mean {suggestion.name}? {site.url(suggestion.path)}" for suggestion in near)]
    return "\n".join(lines) + "\n"
