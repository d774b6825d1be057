"""Bodies unpacked while they come, so that a small one cannot become a large one unseen."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from collections.abc import Iterable

import brotli

from feeds.errors import FetchError

#: What we ask for (RFC 9110, section 12.5.3).
ACCEPTED = "gzip, br"
#: Unpacked at once: more is judged before it is held.
_STEP = 256 * 1024

Unpack = Callable[[bytes, int], tuple[bytes, bytes]]


def read_body(
    chunks: Iterable[bytes], coding: str, url: str, limit: int, check: Callable[[], None]
) -> tuple[bytes, int]:
    """The body as it was before it was packed, and the bytes that came.

    `coding` is the `Content-Encoding`; `check` is called a chunk. Raises `FetchError` for more than `limit` bytes, and
    for what cannot be unpacked or ends too early.
    """
    unpacker = _unpacker(coding.strip().lower(), url)
    body, came = bytearray(), 0
    for chunk in chunks:
        check()
        came += len(chunk)
        for piece in unpacker.pieces(chunk):
            body += piece
            if len(body) > limit:
                raise FetchError(url, f"more than {limit:,} bytes")
        if came > limit:
            raise FetchError(url, f"more than {limit:,} bytes")
    if not unpacker.finished:
        raise FetchError(url, "the packed body was cut off")
    return bytes(body), came


def _unpacker(coding: str, url: str) -> _Plain | _Gzip | _Brotli:
    if coding in {"", "identity"}:
        return _Plain()
    if coding in {"gzip", "x-gzip", "deflate"}:
        return _Gzip(url)
    if coding == "br":
        return _Brotli(url)
    raise FetchError(url, f"packed as {coding[:40]!r}, which nobody asked for")


class _Plain:
    finished = True

    def pieces(self, chunk: bytes) -> Iterable[bytes]:
        yield chunk


class _Gzip:
    """gzip (RFC 1952) in one or several members, and zlib, which is called deflate."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._inner = zlib.decompressobj(zlib.MAX_WBITS | 32)
        self._begun = False

    @property
    def finished(self) -> bool:
        return self._inner.eof or not self._begun

    def pieces(self, chunk: bytes) -> Iterable[bytes]:
        rest = chunk
        while rest:
            if self._inner.eof:
                if not rest.startswith(b"\x1f\x8b"):
                    return  # padding behind the last member
                self._inner = zlib.decompressobj(zlib.MAX_WBITS | 32)
            self._begun = True
            try:
                yield self._inner.decompress(rest, _STEP)
            except zlib.error as error:
                raise FetchError(self._url, "the packed body is broken") from error
            rest = self._inner.unconsumed_tail or self._inner.unused_data


class _Brotli:
    def __init__(self, url: str) -> None:
        self._url = url
        self._inner = brotli.Decompressor()
        self._begun = False

    @property
    def finished(self) -> bool:
        return bool(self._inner.is_finished()) or not self._begun

    def pieces(self, chunk: bytes) -> Iterable[bytes]:
        self._begun = self._begun or bool(chunk)
        try:
            yield self._inner.process(chunk, output_buffer_limit=_STEP)
            while not self._inner.can_accept_more_data():
                yield self._inner.process(b"", output_buffer_limit=_STEP)
        except brotli.error as error:
            raise FetchError(self._url, "the packed body is broken") from error
