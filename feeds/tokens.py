"""Bearer tokens (RFC 6750): drawn at random, kept as a hash, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable

from feeds.model import Token

#: So that a program that looks for secrets in texts can tell one of ours.
PREFIX = "fwt_"
_BYTES = 32


def new_token() -> str:
    """A token of 256 random bits; it is shown once and kept nowhere."""
    return PREFIX + secrets.token_urlsafe(_BYTES)


def digest(token: str) -> str:
    """SHA-256, hexadecimal: nothing slower is needed for what nobody could guess."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_token(given: str, known: Iterable[Token]) -> Token | None:
    """The token that counts with these words; all are compared, so that the time tells nothing."""
    asked = digest(given)
    found = None
    for token in known:
        if hmac.compare_digest(asked, token.digest) and token.revoked is None:
            found = token
    return found
