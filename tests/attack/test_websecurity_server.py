"""Gunicorn with our settings: requests that are read in two ways, slow clients, limits, methods, odd targets."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.attack.conftest import Told
from tests.attack.running import Running
from tests.attack.running import running

Rounds = Callable[[int, int], int]
_END = b"Host: x\r\nConnection: close\r\n\r\n"
_HIDDEN = b"GET /hidden-request HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("websecurity")) as made:
        yield made


def _post(*headers: bytes) -> bytes:
    return b"POST /healthz HTTP/1.1\r\nHost: x\r\n" + b"".join(header + b"\r\n" for header in headers) + b"\r\n"


SHAPES = {
    "length and chunked": _post(b"Content-Length: 5", b"Transfer-Encoding: chunked") + b"0\r\n\r\n" + _HIDDEN,
    "chunked and length": _post(b"Transfer-Encoding: chunked", b"Content-Length: 5") + b"0\r\n\r\n" + _HIDDEN,
    "two lengths": _post(b"Content-Length: 0", b"Content-Length: 44") + _HIDDEN,
    "two equal lengths": _post(b"Content-Length: 0", b"Content-Length: 0") + _HIDDEN,
    "lengths in a list": _post(b"Content-Length: 0, 44") + _HIDDEN,
    "a signed length": _post(b"Content-Length: +0") + _HIDDEN,
    "a negative length": _post(b"Content-Length: -44") + _HIDDEN,
    "a length in hexadecimal": _post(b"Content-Length: 0x2c") + _HIDDEN,
    "a length in other digits": _post("Content-Length: ٤٤".encode()) + _HIDDEN,
    "a length with underscores": _post(b"Content-Length: 4_4") + _HIDDEN,
    "a space before the colon": _post(b"Content-Length : 44") + _HIDDEN,
    "a folded line": _post(b"X: y\r\n Content-Length: 44") + _HIDDEN,
    "chunked with a space": _post(b"Transfer-Encoding : chunked") + b"0\r\n\r\n" + _HIDDEN,
    "chunked behind a tab": _post(b"Transfer-Encoding:\tchunked, chunked") + b"0\r\n\r\n" + _HIDDEN,
    "chunked spelled otherwise": _post(b"Transfer-Encoding: xchunked") + b"0\r\n\r\n" + _HIDDEN,
    "chunked before identity": _post(b"Transfer-Encoding: chunked, identity") + b"0\r\n\r\n" + _HIDDEN,
    "chunked with a vertical tab": _post(b"Transfer-Encoding: \x0bchunked") + b"0\r\n\r\n" + _HIDDEN,
    "chunked in HTTP/1.0": b"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n0\r\n\r\n"
    + _HIDDEN,
    "a bare line feed": b"GET / HTTP/1.1\nHost: x\nX: y\r\n\r\n" + _HIDDEN,
    "a bare carriage return": b"GET / HTTP/1.1\r\nHost: x\rContent-Length: 44\r\n\r\n" + _HIDDEN,
    "a null in a header": _post(b"X: a\x00b") + _HIDDEN,
    "a header without a name": _post(b": y") + _HIDDEN,
    "a chunk of a bad size": _post(b"Transfer-Encoding: chunked") + b"0x2c\r\n" + _HIDDEN,
    "a chunk of a negative size": _post(b"Transfer-Encoding: chunked") + b"-1\r\n" + _HIDDEN,
    "a chunk that is longer than it says": _post(b"Transfer-Encoding: chunked") + b"1\r\nabc\r\n0\r\n\r\n" + _HIDDEN,
    "a trailer that frames": _post(b"Transfer-Encoding: chunked") + b"0\r\nContent-Length: 44\r\n\r\n" + _HIDDEN,
    "two hosts": b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + _HIDDEN,
    "a raw character before the version": b"GET /\xe5\r HTTP/1.1\r\nHost: x\r\n\r\n" + _HIDDEN,
    "a second line in the target": b"GET /\xe5\x0b\nX HTTP/1.1\r\nHost: x\r\n\r\n" + _HIDDEN,
    "an upgrade": b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"
    b"HTTP2-Settings: AAMAAABkAAQAAP__\r\nContent-Length: 0\r\nContent-Length: 44\r\n\r\n" + _HIDDEN,
    "HTTP/2 without TLS": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _HIDDEN,
    "a proxy line": b"PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n" + _HIDDEN,
}


#: At once, or where the head was answered before the body turned out to be none.
_REFUSED = ([], [b"400"], [b"501"], [b"505"], [b"405"], [b"405", b"400"])


@pytest.mark.parametrize("words", SHAPES.values(), ids=SHAPES)
def test_what_is_read_in_two_ways_hides_no_second_request(server: Running, words: bytes) -> None:
    reply = server.say(words + b"GET /healthz HTTP/1.0\r\n\r\n")
    assert b"hidden-request" not in reply and b"404" not in reply[:200].splitlines()[0]
    assert re.findall(rb"HTTP/1\.1 (\d+)", reply) in _REFUSED


def test_a_body_that_nobody_reads_is_no_request(server: Running, tell: Told) -> None:
    reply = server.say(
        b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(_HIDDEN)
        + _HIDDEN
        + b"GET /healthz HTTP/1.1\r\n"
        + _END
    )
    assert reply.count(b"HTTP/1.1 200") == 2 and b"404" not in reply
    tell(f"{len(SHAPES)} requests that are read in two ways", "refused, each with one answer at most")


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"TRACE / HTTP/1.1", 405),
        (b"TRACK / HTTP/1.1", 405),
        (b"DELETE / HTTP/1.1", 405),
        (b"PUT /entries HTTP/1.1", 405),
        (b"PROPFIND / HTTP/1.1", 405),
        (b"get / HTTP/1.1", 400),
        (b"GET\t/ HTTP/1.1", 400),
        (b"GET / HTTP/1.1 HTTP/1.1", 400),
        (b"GET / HTTP/9.9", 400),
        (b"GET  / HTTP/1.1", 400),
        (b"\x16\x03\x01\x02 / HTTP/1.1", 400),
        (b"GET /%00 HTTP/1.1", 404),
        (b"GET /../../etc/passwd HTTP/1.1", 404),
        (b"GET /static/../server.py HTTP/1.1", 404),
        (b"GET /static/%2e%2e/server.py HTTP/1.1", 404),
        (b"GET /static/..%2fserver.py HTTP/1.1", 404),
        (b"GET /static/%2e%2e%2f%2e%2e%2fpyproject.toml HTTP/1.1", 404),
        (b"GET /static//etc/passwd HTTP/1.1", 404),
        (b"GET /static/..\\server.py HTTP/1.1", 404),
    ],
    ids=str,
)
def test_methods_and_targets_that_nobody_needs(server: Running, line: bytes, status: int) -> None:
    reply = server.say(line + b"\r\nX-Secret: told-back\r\n" + _END)
    assert int(reply[9:12]) in ({400, 404} if status == 404 else {status, 505 if b"9.9" in line else status})
    assert b"told-back" not in reply and b"root:" not in reply


@pytest.mark.parametrize("line", [b"CONNECT evil.example:443 HTTP/1.1", b"OPTIONS * HTTP/1.1", b"CONNECT / HTTP/1.1"])
def test_there_is_no_tunnel(server: Running, line: bytes) -> None:
    assert server.status(line + b"\r\n" + _END + _HIDDEN) in {0, 200, 400, 404, 405}
    assert server.say(line + b"\r\nHost: x\r\n\r\n" + _HIDDEN).count(b"HTTP/1.1 ") <= 2


@pytest.mark.parametrize(
    "target", ["http://evil.example/entries/", "//evil.example/entries/", "/%2f/evil.example/", "/\\evil.example/"]
)
def test_no_target_names_another_host_in_the_answer(server: Running, target: str) -> None:
    reply = server.say(
        f"GET {target} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n".encode()
        + b"Connection: close\r\n\r\n"
    )
    head = reply.partition(b"\r\n\r\n")[0].decode("latin-1")
    location = re.search(r"(?im)^location: *(\S+)", head)
    assert location is None or re.match(r"/(?![/\\])", location[1]), head


@pytest.mark.parametrize(
    "words",
    [
        b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\n" + _END,
        b"GET / HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n" + _END,
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(200)) + _END,
        b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"a" * 8000) for n in range(20)) + _END,
        b"GET / HTTP/1.1\r\n" + b"X" * 100_000,
    ],
    ids=["line", "header", "headers", "long headers", "no end"],
)
def test_heads_have_bounds(server: Running, words: bytes) -> None:
    assert server.status(words) in {400, 414, 431}


HALVES = {
    "nothing": b"",
    "a head": b"GET / HTTP/1.1\r\nHos",
    "a body without a token": b"POST /api/v1/documents?name=x HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\nabc",
    "a body that nobody reads": b"GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\nabc",
    "a chunk": b"GET /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\nabc",
    "an answer that is not closed": b"GET /healthz HTTP/1.0\r\n\r\n",
    "the next head": b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET / HT",
}


@pytest.mark.parametrize("half", HALVES.values(), ids=HALVES)
def test_clients_that_stop_in_the_middle_stop_nobody(server: Running, rounds: Rounds, tell: Told, half: bytes) -> None:
    """With eight threads, eight such clients were enough. None of them ends before the others are answered."""
    many = rounds(24, 200)
    with ExitStack() as stack:
        for _ in range(many):
            made = stack.enter_context(server.connect())
            made.sendall(half)
        began = time.monotonic()
        assert server.status(b"GET /healthz HTTP/1.1\r\n" + _END) == 200
        waited = time.monotonic() - began
    tell(f"{many} clients that stop after {half[:20]!r}", f"another is answered after {waited:.2f} s")


def test_errors_of_the_server_itself_hold_no_markup(server: Running) -> None:
    reply = server.say(b"GET /<script>alert(1)</script> HTTP/1.1\r\n<script>: alert(1)\r\n\r\n")
    assert b"<script>" not in reply.partition(b"\r\n\r\n")[2]


def test_the_log_has_no_line_that_a_client_wrote(server: Running) -> None:
    for words in (
        b"GET /\x1b[31m%0aFORGED HTTP/1.1\r\n",
        b"GET / HTTP/1.1\r\nFOR\x1bGED: x\r\n",
        b"FORGED\x1b[2J\n\n / HTTP/1.1\r\n",
    ):
        server.say(words + _END)
    told = server.log.read_text("utf-8", "replace")
    assert "\x1b" not in told and not re.search("(?m)^FORGED", told)
