"""Sending to a WebSub hub: what `feeds.websub` decides goes out here."""

from __future__ import annotations

import httpx

from feeds.websub import Answer

#: Seconds that a hub may take to connect, and again to answer.
PATIENCE = 5.0
_HEADERS = {"Content-Type": "application/x-www-form-urlencoded", "User-Agent": "Feedwright"}


def post(url: str, form: bytes, patience: float = PATIENCE) -> Answer:
    """Send a form; what a hub says in its body is not read. Raises `OSError` where nothing is answered in time."""
    try:
        with (
            httpx.Client(timeout=patience) as client,
            client.stream("POST", url, content=form, headers=_HEADERS) as answer,
        ):
            return Answer(answer.status_code, answer.headers.get("Location"))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
