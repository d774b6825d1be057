"""Pictures of other sites, fetched for our readers: the one place of the web process that reaches out.

Every address is judged where it is connected to, on every hop, so that no name and no redirect leads into a private
network; what comes is bounded in bytes and in time.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Collection
from collections.abc import Iterator
from contextlib import closing
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.client import HTTPException
from http.client import HTTPResponse
from ipaddress import IPv4Network
from ipaddress import IPv6Network
from threading import Timer
from typing import TypeAlias
from urllib.parse import SplitResult
from urllib.parse import urljoin
from urllib.parse import urlsplit

from feeds.addresses import ascii_url
from feeds.errors import FeedwrightError
from feeds.networks import refusal_of_host

#: Bytes of a picture; seconds for each step, and for all of them together; redirects that are followed.
MOST_BYTES = 8 * 1024 * 1024
_STEP, _ALL = 5.0, 15.0
_REDIRECTS = 3
_CHUNK = 64 * 1024
_PORTS = {"http": 80, "https": 443}
#: Drawings in SVG may hold scripts; anything else that calls itself a picture may be something else.
TYPES = frozenset(
    f"image/{kind}" for kind in ("jpeg", "png", "gif", "webp", "avif", "bmp", "x-icon", "vnd.microsoft.icon")
)
_Networks: TypeAlias = Collection[IPv4Network | IPv6Network]


class PictureError(FeedwrightError):
    """A picture cannot be had: it is none, too large, too slow, or stands where we do not go."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What came."""

    body: bytes
    #: One of `TYPES`.
    media_type: str


def fetch_picture(url: str, allowed: _Networks = ()) -> Picture:
    """The picture at an address. `allowed` networks may be connected to beside public ones. Raises `PictureError`."""
    deadline = time.monotonic() + _ALL
    for _ in range(_REDIRECTS + 1):
        with _asked(url, allowed, deadline) as response:
            location = response.headers.get("Location")
            if response.status not in {301, 302, 303, 307, 308} or not location:
                return _read(response, deadline)
            url = urljoin(url, location)
    raise PictureError("more redirects than are followed")


@contextmanager
def _asked(url: str, allowed: _Networks, deadline: float) -> Iterator[HTTPResponse]:
    try:
        parts = _parts(url)
        with closing(HTTPConnection(parts.hostname or "", parts.port or _PORTS[parts.scheme])) as connection:
            connection.sock = _connected(parts.scheme, connection.host, connection.port, allowed, deadline)
            connection.sock.settimeout(_STEP)
            with _cut_off_at(deadline, connection.sock):
                _ask(connection, parts)
                yield connection.getresponse()
    except (OSError, HTTPException, ValueError) as error:
        raise PictureError(f"cannot be reached: {error}") from error


@contextmanager
def _cut_off_at(deadline: float, connected: socket.socket) -> Iterator[None]:
    """Who sends a byte now and then keeps every step short and never ends: what is left of the time ends it."""
    timer = Timer(max(0.0, deadline - time.monotonic()), socket.socket.shutdown, (connected, socket.SHUT_RDWR))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _parts(url: str) -> SplitResult:
    parts = urlsplit(ascii_url(url) or "")
    if parts.scheme not in _PORTS or not parts.hostname or parts.username is not None:
        raise PictureError("no address of the web")
    return parts


def _ask(connection: HTTPConnection, parts: SplitResult) -> None:
    """Without cookies, referrer or compression: what is unpacked has no bounds."""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.putrequest("GET", target, skip_host=True, skip_accept_encoding=True)
    for name, value in (("Host", parts.netloc), ("Accept", "image/*"), ("Accept-Encoding", "identity")):
        connection.putheader(name, value)
    connection.endheaders()


def _connected(scheme: str, host: str, port: int, allowed: _Networks, deadline: float) -> socket.socket:
    """A connection to an address that was judged; one bad address refuses the name altogether."""
    addresses = list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=1)))
    if not addresses or refusal_of_host(addresses, port, allowed) is not None:  # the reader is not told where it leads
        raise PictureError("stands in a network or at a port that is not public")
    made = socket.create_connection((addresses[0], port), timeout=_left(deadline))
    return ssl.create_default_context().wrap_socket(made, server_hostname=host) if scheme == "https" else made


def _read(response: HTTPResponse, deadline: float) -> Picture:
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if response.status != 200:
        raise PictureError(f"the answer is {response.status}")
    if media_type not in TYPES:
        raise PictureError(f"{media_type or 'nothing said'} is no picture that is passed on")
    if int(response.headers.get("Content-Length") or 0) > MOST_BYTES:
        raise PictureError("is too large")
    body = b""
    while chunk := response.read1(_CHUNK):
        body += chunk
        if len(body) > MOST_BYTES:
            raise PictureError("is too large")
        _left(deadline)
    _left(deadline)
    return Picture(body, media_type)


def _left(deadline: float) -> float:
    if (left := deadline - time.monotonic()) <= 0:
        raise PictureError("took too long")
    return min(left, _STEP)
