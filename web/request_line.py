"""Addresses as people type them, under gunicorn: what should have been percent-encoded is, before anybody looks.

gunicorn refuses what is not in ASCII (RFC 9112, section 3): `/authors/王五` would be a 400. Browsers encode, curl does
so in the path only, some readers do not at all.
"""

from __future__ import annotations

import re

from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser

#: Bytes of characters that no address may hold as they are.
_RAW = re.compile(rb"[\x80-\xff]")


class EncodingRequest(Request):  # type: ignore[misc]  # gunicorn has no types
    """A request whose target is in ASCII, whatever came."""

    def parse_request_line(self, line_bytes: bytes) -> None:
        """Raises what gunicorn raises for a line that is none."""
        method, space, rest = line_bytes.partition(b" ")
        super().parse_request_line(method + space + _RAW.sub(_encoded, rest))


def take_raw_addresses() -> None:
    """Have the requests of this process read so."""
    RequestParser.mesg_class = EncodingRequest


def _encoded(found: re.Match[bytes]) -> bytes:
    return b"%%%02X" % found[0][0]
