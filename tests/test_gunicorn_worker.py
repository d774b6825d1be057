"""Requests that come in pieces, and answers that are taken in pieces, under our worker of gunicorn."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest

from web.gunicorn_worker import PatientWorker
from web.gunicorn_worker import _Waiting
from web.peer import Peer

ROOT = Path(__file__).parent.parent
HEAD = b"HTTP/1.1\r\nHost: x\r\n"
BODY = bytes(range(256)) * 8000


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Of a gunicorn with our settings and the application that tells what it was sent."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        command = [sys.executable, "-m", "gunicorn", "--config", "python:web.server"]
        command += ["--bind", f"fd://{listener.fileno()}", "tests.echo:app"]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {"WEB_CONCURRENCY": "1"},
            stderr=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
        )
        try:
            yield listener.getsockname()[1]
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0


@contextmanager
def client(port: int) -> Iterator[socket.socket]:
    """Connected."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        yield connection


def answer(connection: socket.socket) -> tuple[int, bytes]:
    """The next one."""
    response = HTTPResponse(connection)
    response.begin()
    try:
        return response.status, response.read()
    finally:
        response.close()


def told(body: bytes) -> tuple[int, bytes]:
    """What is answered to a body."""
    return 200, f"{len(body)} {hashlib.sha256(body).hexdigest()}".encode()


@pytest.mark.parametrize("length", [0, 5, 70_000, len(BODY)], ids=["none", "short", "middling", "long"])
def test_a_request_that_comes_in_pieces_is_read_whole(port: int, length: int) -> None:
    body = BODY[:length]
    sent = b"POST / " + HEAD + f"Content-Length: {length}\r\n\r\n".encode() + body
    with client(port) as connection:
        for part in (sent[:3], sent[3:30], sent[30:-1], sent[-1:]):
            connection.sendall(part)
        assert answer(connection) == told(body)
        connection.sendall(sent)
        assert answer(connection) == told(body), "the connection is kept"


def test_requests_that_come_at_once_are_answered_one_after_the_other(port: int) -> None:
    one = b"POST / " + HEAD + b"Content-Length: 3\r\n\r\nabc"
    with client(port) as connection:
        connection.sendall(one + b"GET /unread " + HEAD + b"\r\n" + one)
        with connection.makefile("rb") as answers:
            found = answers.read(1)
            while found.count(b"HTTP/1.1 200 OK") < 3 or not found.endswith(told(b"abc")[1]):
                found += answers.read1(4096)
    assert found.index(told(b"abc")[1]) < found.index(b"unread") < found.rindex(told(b"abc")[1])


def test_a_chunked_body_is_read_whole(port: int) -> None:
    with client(port) as connection:
        connection.sendall(b"POST / " + HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n")
        connection.sendall(b"3\r\nfgh\r\n0\r\n\r\n")
        assert answer(connection) == told(b"abcdefgh")


def test_who_wants_to_hear_first_that_it_may_send_hears_it(port: int) -> None:
    with client(port) as connection:
        connection.sendall(b"POST / " + HEAD + b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"abc")
        assert answer(connection) == told(b"abc")


def test_an_answer_that_is_taken_late_comes_whole(port: int) -> None:
    with client(port) as late, client(port) as other:
        late.sendall(b"GET /large?3 " + HEAD + b"\r\n")
        other.sendall(b"GET /unread " + HEAD + b"\r\n")
        assert answer(other) == (200, b"unread")
        assert answer(late) == (200, b"x" * (3 << 20))


def test_a_body_that_nobody_reads_and_that_does_not_come_is_not_waited_for(port: int) -> None:
    with client(port) as connection:
        connection.sendall(b"POST /unread " + HEAD + b"Content-Length: 9000000\r\n\r\n")
        assert answer(connection) == (200, b"unread")
        assert connection.recv(1) == b"", "the connection ends"


def test_a_head_that_never_ends_is_refused(port: int) -> None:
    with client(port) as connection:
        connection.sendall(b"GET / " + HEAD + b"X: " + b"x" * (1 << 16))
        assert connection.recv(100).startswith(b"HTTP/1.1 431 ")


def test_who_takes_a_long_answer_too_slowly_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    clock = count(step=31)
    monkeypatch.setattr("web.peer._KEPT", 0)
    monkeypatch.setattr("web.peer.time", SimpleNamespace(monotonic=lambda: float(next(clock))))
    peer = Peer(ours)
    peer.begin()
    reader = threading.Thread(target=take_all, args=(theirs,))
    reader.start()
    with pytest.raises(TimeoutError):
        for _ in range(100):
            peer.sendall(bytes(1 << 20))
    ours.close()
    reader.join()


def take_all(connection: socket.socket) -> None:
    with connection:
        while connection.recv(1 << 12):
            pass


class Late:
    """A connection of gunicorn's, as far as it is given up."""

    def __init__(self, sock: Peer) -> None:
        self.sock = sock


def test_a_client_that_goes_while_it_is_told_that_it_is_late_harms_nobody() -> None:
    ours, theirs = socket.socketpair()
    connection = Late(Peer(ours))
    worker = object.__new__(PatientWorker)
    worker._waiting, worker._swept, worker.nr_conns = {connection: _Waiting(0.0, b"late")}, 0.0, 1
    worker.poller = SimpleNamespace(unregister=lambda _: None)
    theirs.close()
    worker.murder_keepalived()
    assert (worker._waiting, worker.nr_conns) == ({}, 0)
