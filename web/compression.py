"""Content codings: which one a client wants (RFC 9110, section 12.5.3), and bodies in it, the same bytes each time."""

from __future__ import annotations

import gzip
from functools import lru_cache

import brotli

IDENTITY = "identity"
#: What we can write, what we prefer first.
CODINGS = ("br", "gzip", IDENTITY)
#: Bytes; less is sent as it is, since it fits into one packet either way.
WORTH_IT = 1024

#: Beyond these levels a few percent cost several times as much.
_GZIP_LEVEL, _BROTLI_QUALITY = 6, 5
_ALIASES = {"x-gzip": "gzip"}


@lru_cache(maxsize=256)
def choose(accepted: str | None, large: bool) -> str | None:
    """The coding for an Accept-Encoding header, None where the client refuses all that we have.

    A client that says nothing gets the bytes as they are, though it would have to take any. What is not `large` is
    coded only where the client refuses it otherwise.
    """
    if accepted is None:
        return IDENTITY
    weights = _weights(accepted)
    rest = weights.get("*")
    wanted = {coding: weights.get(coding, rest or 0.0) for coding in CODINGS if coding != IDENTITY}
    # Unless it is named it is the last choice, and is refused only together with everything (RFC 9110, 12.5.3).
    plain = weights.get(IDENTITY, 0.0005 if rest is None else min(rest, 0.0005))
    if plain and not large:
        return IDENTITY
    best = max(CODINGS, key=lambda coding: plain if coding == IDENTITY else wanted[coding])
    return best if (plain if best == IDENTITY else wanted[best]) else None


def compress(body: bytes, coding: str) -> bytes:
    """The body in a coding. No time is written into it."""
    if coding == "gzip":
        return gzip.compress(body, _GZIP_LEVEL, mtime=0)
    if coding == "br":
        return bytes(brotli.compress(body, quality=_BROTLI_QUALITY))
    return body


def coded_tag(etag: str, coding: str) -> str:
    """The entity tag, quoted, of a body in a coding: each has its own, since the bytes differ (RFC 9110, 8.8.3.3)."""
    return f'"{etag}"' if coding == IDENTITY else f'"{etag}-{coding}"'


def _weights(accepted: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for item in accepted.lower().split(","):
        name, *parameters = (part.strip() for part in item.split(";"))
        if name:
            found[_ALIASES.get(name, name)] = _weight(parameters)
    return found


def _weight(parameters: list[str]) -> float:
    """1.0 unless told; 0.0 for what is no number, since a coding that was meant to be refused does harm."""
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(max(float(value), 0.0), 1.0)
            except ValueError:
                return 0.0
    return 1.0
