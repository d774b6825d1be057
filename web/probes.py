"""Whether we are well, for the machines that watch over us: the process, the store, the figures."""

from __future__ import annotations

import hmac
from http import HTTPStatus

from flask import Blueprint
from flask import Response
from flask import current_app
from flask import request

from feeds.addresses import HEALTHZ
from feeds.addresses import METRICS
from feeds.addresses import READYZ
from feeds.errors import NotFoundError
from feeds.errors import SchemaError
from feeds.errors import StoreError
from feeds.model import SourceHealth
from feeds.store import Figures
from web.state import State
from web.state import get_state

bp = Blueprint("probes", __name__)

#: Seconds after which to ask again.
_RETRY_AFTER = "30"


@bp.get(HEALTHZ)
def healthz() -> Response:
    """Whether the process answers. It asks nobody else: what restarts us while the store is away helps nobody."""
    return _plain("ok")


@bp.get(READYZ)
def readyz() -> Response:
    """Whether the store answers too, with the tables that we need; 503 with the reason otherwise.

    Reasons name neither hosts nor files: those are in the log.
    """
    try:
        get_state().store.check()
    except SchemaError as error:
        return _not_ready(error, "The tables of the store are not those that the program needs: migrate it.")
    except StoreError as error:
        return _not_ready(error, "The store does not answer.")
    return _plain("ready")


@bp.get(METRICS)
def metrics() -> Response:
    """The figures for Prometheus. Raises `NotFoundError` where no token is set."""
    from web.metrics.exposition import Observed
    from web.metrics.exposition import written

    state = get_state()
    if state.meter is None or state.settings.metrics_token is None:
        raise NotFoundError("page", "metrics")
    shown = request.headers.get("Authorization", "").encode()
    if not hmac.compare_digest(shown, f"Bearer {state.settings.metrics_token}".encode()):
        return _plain("Send METRICS_TOKEN as a bearer token.", 401, {"WWW-Authenticate": "Bearer"})
    figures, sources = _of_store(state)
    body, media_type = written(Observed(state.meter.totals(), figures, sources), request.headers.get("Accept"))
    return Response(body, content_type=media_type, headers={"Cache-Control": "no-store"})


def _of_store(state: State) -> tuple[Figures | None, tuple[SourceHealth, ...]]:
    try:
        return state.store.figures(), state.store.source_health()
    except StoreError as error:
        current_app.logger.error("the store gives no figures: %s", error)
        return None, ()


def _not_ready(error: StoreError, reason: str) -> Response:
    current_app.logger.error("not ready: %s", error)
    return _plain(reason, HTTPStatus.SERVICE_UNAVAILABLE, {"Retry-After": _RETRY_AFTER})


def _plain(words: str, status: int = HTTPStatus.OK, headers: dict[str, str] | None = None) -> Response:
    """Nobody keeps it: it is about this moment."""
    kept = {"Cache-Control": "no-store"} | (headers or {})
    return Response(f"{words}\n", status, headers=kept, content_type="text/plain; charset=utf-8")
