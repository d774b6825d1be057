"""Connections: names are resolved once, every address is judged, and a judged address is connected to.

Nothing is resolved a second time between the judgement and the connection, so a name cannot change its mind in between.
TLS still asks for the name, and the `Host` header still carries it.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from ssl import SSLContext
from ssl import create_default_context
from typing import Any
from typing import cast

import certifi
import httpcore
import httpx

from feeds.errors import FetchError
from feeds.errors import RefusedError
from feeds.networks import refusal_of_host
from scrapers.fetch.answer import shown
from scrapers.fetch.limits import Limits

Resolve = Callable[[str, int], Sequence[str]]


def resolve(host: str, port: int) -> Sequence[str]:
    """The addresses of a name, by the system; numbers in whatever spelling come back as addresses."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


#: Seconds that are left for the present request.
Remaining = Callable[[], float]


class _RefusedError(Exception):
    """Crosses httpcore, which knows no errors of ours."""


class JudgedBackend(httpcore.NetworkBackend):
    """Connects to hosts that `refusal_of_host` has nothing against."""

    def __init__(self, limits: Limits, resolve: Resolve, inner: httpcore.NetworkBackend, remaining: Remaining) -> None:
        self._limits = limits
        self._resolve = resolve
        self._inner = inner
        self._remaining = remaining

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of `host` that answers. One bad address refuses the name altogether."""
        try:
            addresses = _in_time(self._resolve, host, port, timeout)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError("the host has no address") from error
        if (why := refusal_of_host(addresses, port, self._limits.allowed)) is not None:
            raise _RefusedError(why)
        return self._first(addresses, port, timeout)

    def _first(self, addresses: Sequence[str], port: int, timeout: float | None) -> httpcore.NetworkStream:
        failed: Exception = httpcore.ConnectError("the host has no address")
        for address in addresses:
            try:
                return _Timed(self._inner.connect_tcp(address, port, timeout), self._remaining)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None
    ) -> httpcore.NetworkStream:
        """Nobody publishes there."""
        raise _RefusedError("leads to a socket of this machine")

    def sleep(self, seconds: float) -> None:
        """httpcore waits so between attempts to connect; there are none."""


def _in_time(resolve: Resolve, host: str, port: int, timeout: float | None) -> Sequence[str]:
    """The system's resolver knows no time-out: one that hangs is left behind."""
    found: list[Sequence[str]] = []
    failed: list[Exception] = []

    def ask() -> None:
        try:
            found.append(resolve(host, port))
        except (OSError, UnicodeError) as error:
            failed.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(timeout)
    if failed:
        raise failed[0]
    if not found:
        raise httpcore.ConnectTimeout("the name of the host was not found in time")
    return found[0]


class _Timed(httpcore.NetworkStream):
    """A connection on which no step takes longer than what is left for the whole: headers may come byte by byte."""

    def __init__(self, inner: httpcore.NetworkStream, remaining: Remaining) -> None:
        self._inner = inner
        self._remaining = remaining

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Some bytes, or `ReadTimeout`."""
        left = self._remaining()
        if left <= 0:
            raise httpcore.ReadTimeout("the whole took too long")
        return self._inner.read(max_bytes, left if timeout is None else min(left, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send some bytes."""
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """The same, encrypted; the name is the one asked for, not the judged address."""
        return _Timed(self._inner.start_tls(ssl_context, server_hostname, timeout), self._remaining)

    def get_extra_info(self, info: str) -> Any:
        """What the connection knows of itself."""
        return self._inner.get_extra_info(info)


class _Stream(httpx.SyncByteStream):
    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with _translated():
            yield from self._stream

    def close(self) -> None:
        if hasattr(self._stream, "close"):
            self._stream.close()


class JudgedTransport(httpx.BaseTransport):
    """httpx over a pool of judged connections; no proxy, whatever the environment says."""

    def __init__(
        self, limits: Limits, resolve: Resolve, backend: httpcore.NetworkBackend | None, remaining: Remaining
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=create_default_context(cafile=certifi.where()),
            max_connections=16,
            max_keepalive_connections=8,
            keepalive_expiry=15.0,
            network_backend=JudgedBackend(limits, resolve, backend or httpcore.SyncBackend(), remaining),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; the body is read by whoever gets the response."""
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=cast(Iterable[bytes], request.stream),
            extensions=request.extensions,
        )
        with _translated():
            answer = self._pool.handle_request(asked)
        stream = _Stream(cast(Iterable[bytes], answer.stream))
        return httpx.Response(answer.status, headers=answer.headers, stream=stream, extensions=answer.extensions)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


_ERRORS = {
    httpcore.ConnectTimeout: httpx.ConnectTimeout,
    httpcore.ReadTimeout: httpx.ReadTimeout,
    httpcore.WriteTimeout: httpx.WriteTimeout,
    httpcore.PoolTimeout: httpx.PoolTimeout,
    httpcore.ConnectError: httpx.ConnectError,
    httpcore.ReadError: httpx.ReadError,
    httpcore.WriteError: httpx.WriteError,
    httpcore.RemoteProtocolError: httpx.RemoteProtocolError,
    httpcore.ProtocolError: httpx.ProtocolError,
    httpcore.UnsupportedProtocol: httpx.UnsupportedProtocol,
}


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except tuple(_ERRORS) as error:
        kind = next(ours for theirs, ours in _ERRORS.items() if isinstance(error, theirs))
        raise kind(str(error)) from error


@contextmanager
def explained(url: str) -> Iterator[None]:
    """What goes wrong on the way, as `FetchError` in words."""
    try:
        yield
    except _RefusedError as error:
        raise RefusedError(shown(url), str(error)) from error
    except httpx.ConnectTimeout as error:
        raise FetchError(shown(url), "nobody answered in time") from error
    except httpx.TimeoutException as error:
        raise FetchError(shown(url), "the answer stopped coming") from error
    except httpx.RemoteProtocolError as error:
        raise FetchError(shown(url), f"the answer was cut off or is no HTTP ({error})") from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
        raise FetchError(shown(url), f"cannot be reached ({error or type(error).__name__})") from error
