"""How often one address may have something read that is not in memory."""

from __future__ import annotations

from flask import Flask
from flask import request

from feeds.addresses import PROBES
from feeds.addresses import STATIC
from web.api.problems import asks_too_often
from web.clients import Limiter
from web.clients import client


def register(app: Flask) -> None:
    """Have the application count who asks, where a limit is set. What is in memory is answered before that."""
    limit = app.extensions["feedwright"].settings.reads_per_minute
    if not limit:
        return
    limiter = Limiter(limit)

    def count() -> None:
        if request.method in {"GET", "HEAD"} and not _is_free(request.path):
            allowed, allowance = limiter.hit(client())
            if not allowed:
                raise asks_too_often(allowance.limit, allowance.reset)

    app.before_request(count)


def _is_free(path: str) -> bool:
    """What a platform asks for all the time, and what costs nothing."""
    return path in PROBES or path.startswith(f"{STATIC}/")
