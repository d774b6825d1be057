"""Who may write: bearer tokens (RFC 6750), and how often."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flask import Response
from flask import g
from flask import request

from feeds.errors import ReadOnlyError
from feeds.model import Permission
from feeds.tokens import find_token
from web.api.problems import forbidden
from web.api.problems import too_many
from web.api.problems import unauthorised
from web.state import State

if TYPE_CHECKING:
    from limits.strategies import MovingWindowRateLimiter

_WINDOW_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a token may still do."""

    limit: int
    left: int
    #: Seconds until it may do one thing more than `left`.
    reset: int


class Limiter:
    """Counts the writes of each token over the last minute, in the memory of this process.

    With several processes a token can write so often in each.
    """

    def __init__(self, a_minute: int) -> None:
        self._a_minute = a_minute

    def hit(self, name: str) -> tuple[bool, Allowance]:
        """Count one write; whether it is allowed, and what is left then."""
        from limits import RateLimitItemPerMinute

        item = RateLimitItemPerMinute(self._a_minute)
        allowed = self._strategy.hit(item, name)
        window = self._strategy.get_window_stats(item, name)
        reset = max(1, math.ceil(window.reset_time - time.time()))
        return allowed, Allowance(self._a_minute, window.remaining, min(reset, _WINDOW_SECONDS))

    @cached_property
    def _strategy(self) -> MovingWindowRateLimiter:
        """Only here, since most processes never write and the library takes its time to import."""
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        return MovingWindowRateLimiter(MemoryStorage())


def authorise(needed: Permission, state: State, limiter: Limiter) -> None:
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
        raise unauthorised("The token is not known here, or was taken back.", "invalid_token")
    if needed not in token.permissions:
        raise forbidden(needed.value)
    allowed, g.allowance = limiter.hit(token.name)
    if not allowed:
        raise too_many(g.allowance.limit, g.allowance.reset)


def add_allowance(response: Response) -> Response:
    """Tell what is left, where something was counted (draft-ietf-httpapi-ratelimit-headers)."""
    allowance: Allowance | None = g.get("allowance")
    if allowance is not None:
        response.headers["RateLimit-Policy"] = f'"writes";q={allowance.limit};w={_WINDOW_SECONDS}'
        response.headers["RateLimit"] = f'"writes";r={allowance.left};t={allowance.reset}'
    return response
