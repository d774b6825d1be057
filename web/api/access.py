"""Who may write: bearer tokens (RFC 6750), and how often."""

from __future__ import annotations

from flask import Response
from flask import g
from flask import request

from feeds.errors import ReadOnlyError
from feeds.model import Permission
from feeds.tokens import find_token
from web.api.problems import asks_too_often
from web.api.problems import forbidden
from web.api.problems import too_many
from web.api.problems import unauthorised
from web.clients import Allowance
from web.clients import Limiter
from web.clients import client
from web.state import State

_WINDOW_SECONDS = 60
#: Wrong tokens that one address may show in a minute. The right one always passes, so that nobody locks others out.
WRONG_PER_MINUTE = 30


def authorise(needed: Permission, state: State, limiter: Limiter, wrong: Limiter) -> None:
    """Raises `Problem` unless the request carries a token that allows what is `needed`, and now.

    Raises `ReadOnlyError` where no token would help.
    """
    if state.settings.store_readonly:
        raise ReadOnlyError("the store was built with the program (STORE_READONLY)")
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not given.strip():
        raise unauthorised("This takes a token: Authorization: Bearer TOKEN. `feedwright tokens add` makes one.")
    token = find_token(given.strip(), state.store.tokens())
    if token is None:
        _count_wrong(wrong)
        raise unauthorised("The token is not known here, or was taken back.", "invalid_token")
    if needed not in token.permissions:
        raise forbidden(needed.value)
    allowed, g.allowance = limiter.hit(token.name)
    if not allowed:
        raise too_many(g.allowance.limit, g.allowance.reset)


def _count_wrong(wrong: Limiter) -> None:
    allowed, allowance = wrong.hit(client())
    if not allowed:
        raise asks_too_often(allowance.limit, allowance.reset)


def add_allowance(response: Response) -> Response:
    """Tell what is left, where something was counted (draft-ietf-httpapi-ratelimit-headers)."""
    allowance: Allowance | None = g.get("allowance")
    if allowance is not None:
        response.headers["RateLimit-Policy"] = f'"writes";q={allowance.limit};w={_WINDOW_SECONDS}'
        response.headers["RateLimit"] = f'"writes";r={allowance.left};t={allowance.reset}'
    return response
