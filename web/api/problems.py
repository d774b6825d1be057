"""What keeps the API from doing as it is asked, beside wrong parameters; `web.errors` makes the answers."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from werkzeug.exceptions import HTTPException


class Problem(HTTPException):
    """A status, a stable code of ours, a sentence for people, headers, and members that programs read (RFC 9457)."""

    def __init__(
        self,
        status: HTTPStatus,
        name: str,
        detail: str,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.code = status.value
        self.problem_code = name
        self.headers = dict(headers or {})
        self.more = dict(more or {})


def unauthorised(detail: str, error: str | None = None) -> Problem:
    """Nobody is known by what the request carries (RFC 6750, section 3)."""
    challenge = 'Bearer realm="feedwright"' + (f', error="{error}"' if error else "")
    return Problem(HTTPStatus.UNAUTHORIZED, "unauthorized", detail, {"WWW-Authenticate": challenge})


def forbidden(needed: str) -> Problem:
    """The token is a good one and does not allow this."""
    challenge = f'Bearer realm="feedwright", error="insufficient_scope", scope="{needed}"'
    detail = f"The token does not allow this; it takes one with the permission {needed!r}."
    return Problem(HTTPStatus.FORBIDDEN, "forbidden", detail, {"WWW-Authenticate": challenge})


def too_many(limit: int, seconds: int) -> Problem:
    """The token has done what it may for now."""
    detail = f"This token may write {limit} times a minute; try again in {seconds} seconds."
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests", detail, {"Retry-After": str(seconds)})


def asks_too_often(limit: int, seconds: int) -> Problem:
    """One address has asked for more than it may."""
    detail = f"This address may do so {limit} times a minute; try again in {seconds} seconds."
    return Problem(HTTPStatus.TOO_MANY_REQUESTS, "too_many_requests", detail, {"Retry-After": str(seconds)})


def too_large(limit: int) -> Problem:
    """The body is longer than we read."""
    detail = f"The document is larger than {limit:,} bytes; split it."
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "document_too_large", detail, more={"limit": limit})


def no_ingest() -> Problem:
    """Nobody told this process how to read documents."""
    detail = "This server reads no documents; start it as `feedwright serve` does, with feedwright:application()."
    return Problem(HTTPStatus.NOT_IMPLEMENTED, "not_implemented", detail)
