"""An application that tells what it was sent, for tests of how it came."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """The length and the hash of the body; behind /large so many megabytes as the query says; /unread reads nothing."""
    if environ["PATH_INFO"] == "/large":
        body = b"x" * (int(environ["QUERY_STRING"]) << 20)
    elif environ["PATH_INFO"] == "/unread":
        body = b"unread"
    else:
        sent = environ["wsgi.input"].read()
        body = f"{len(sent)} {hashlib.sha256(sent).hexdigest()}".encode()
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return [body]
