"""One request with a document in it, to an address that the user gave: it may well be in a private network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from scrapers.fetch.answer import shown
from scrapers.fetch.network import explained

_SECONDS = 120.0
_MOST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Posted:
    """The answer, whatever it is."""

    status: int
    body: bytes


def post(url: str, parameters: Mapping[str, str], data: bytes, token: str, agent: str) -> Posted:
    """Send `data` with a bearer token (RFC 6750); redirects are not followed, so the token goes nowhere else.

    Raises `FetchError`.
    """
    headers = {"Authorization": f"Bearer {token}", "User-Agent": agent, "Content-Type": "application/octet-stream"}
    with explained(shown(url)), httpx.Client(timeout=_SECONDS, trust_env=False, follow_redirects=False) as client:
        answer = client.post(url, params=dict(parameters), headers=headers, content=data)
    return Posted(answer.status_code, answer.content[:_MOST_BYTES])
