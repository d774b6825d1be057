"""The worker of gunicorn: its threads never wait for clients, and it leaves nobody at the door when it stops.

gunicorn's own threaded worker gives a connection to a thread before its request is there and until its answer is taken:
as many slow clients as there are threads, and nobody else is served (https://github.com/benoitc/gunicorn/pull/3519 is
about those that send nothing). Here the loop collects requests and sends what is not taken: a thread gets a request
that is whole, and leaves an answer that is whole.

Nor does gunicorn's own take anything new after SIGTERM, but keeps the door open until the last answer is sent: whoever
connects meanwhile waits for nothing, for up to `graceful_timeout` seconds, and is cut off.
"""

from __future__ import annotations

import re
import selectors
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from errno import EMFILE
from errno import ENFILE
from typing import Any

from gunicorn.workers.gthread import TConn
from gunicorn.workers.gthread import ThreadWorker

from web.peer import TAKEN
from web.peer import Peer

#: Seconds for the head of a request, and for a client to close.
_HEAD, _CLOSED = 10.0, 2.0
#: The longest head; what gunicorn allows for one line is far less.
_LONGEST_HEAD = 1 << 16
#: Of a longer body, or one of unknown length, the thread itself waits for the rest.
_COLLECTED = 1 << 18
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
#: The length is not told, or the client wants to hear first that it may send.
_UNKNOWN = re.compile(rb"\r\n(?:transfer-encoding|expect):", re.IGNORECASE)
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class _Waiting:
    """What the loop waits for at a connection, and until when."""

    def __init__(self, until: float, late: bytes = b"") -> None:
        self.until = until
        #: Said to a client that is late.
        self.late = late


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """See the head of this module. The threads are for our own work only."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._waiting: dict[Any, _Waiting] = {}
        #: Requests with long bodies, of which some threads may wait for the rest, and those whose turn has not come.
        self._long = 0
        self._queued: deque[Any] = deque()
        self._swept = 0.0

    def accept(self, listener: Any) -> None:
        """A client comes. Of too many who wait the one that would be given up first goes."""
        try:
            client, address = listener.accept()
        except OSError as error:  # it is gone already, or another worker has it
            if error.errno in {EMFILE, ENFILE}:
                self._make_room()
            return
        self.nr_conns += 1
        connection = TConn(self.cfg, Peer(client), address, listener.getsockname())
        connection.collected = b""
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        self._wait(connection, selectors.EVENT_READ, self._collect, time.monotonic() + _HEAD)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Called with False where there are too many connections, and once when the worker stops.

        Then who has come is let in and answered, and the door is shut: others go elsewhere at once.
        """
        super().set_accept_enabled(enabled)
        if not self.alive and not enabled:
            for listener in self.sockets:
                self._let_in(listener)
                listener.close()

    def _let_in(self, listener: object) -> None:
        waiting = True
        while waiting and self.nr_conns < self.worker_connections:
            before = self.nr_conns
            with suppress(OSError):
                self.accept(listener)
            waiting = self.nr_conns > before

    def _make_room(self) -> None:
        if self._waiting:
            self._drop(min(self._waiting, key=lambda one: self._waiting[one].until))

    def murder_keepalived(self, force: bool = False) -> None:
        """Give up those who are late."""
        now = time.monotonic()
        if now < self._swept + 0.5 and not force:
            return
        self._swept = now
        for connection in [one for one, waiting in self._waiting.items() if force or waiting.until <= now]:
            late = self._waiting[connection].late
            if late and not connection.sock.unsent:
                with suppress(OSError):  # it may have gone a moment ago
                    connection.sock.sendall(late)
            self._drop(connection)

    def _cap_keepalive(self, deadline: float) -> None:
        """The worker stops: who has not begun a request need not."""
        for connection, waiting in self._waiting.items():
            if not connection.collected and not connection.sock.unsent:
                waiting.until = min(waiting.until, deadline)

    def _wait(self, connection: Any, what: int, then: Callable[[Any], None], until: float, late: bytes = b"") -> None:
        self._waiting[connection] = _Waiting(until, late)
        self.poller.register(connection.sock, what, lambda _: self._run(then, connection))

    def _run(self, then: Callable[[Any], None], connection: Any) -> None:
        try:
            then(connection)
        except Exception as error:
            self.log.debug("Gave up a connection: %r", error)
            self._drop(connection)

    def _leave(self, connection: Any) -> None:
        if self._waiting.pop(connection, None) is not None:
            self.poller.unregister(connection.sock)

    def _drop(self, connection: Any) -> None:
        self._leave(connection)
        self.nr_conns -= 1
        connection.sock.close()

    def _collect(self, connection: Any) -> None:
        """Bytes of a request have come."""
        piece = connection.sock.collect()
        if piece is None:
            return
        if not piece:
            self._drop(connection)
            return
        if not connection.collected:  # a head takes its time from its first byte on
            self._waiting[connection].until = time.monotonic() + _HEAD
            self._waiting[connection].late = _TOO_SLOW
        connection.collected += piece
        self._begin(connection)

    def _begin(self, connection: Any) -> None:
        """Give the request to a thread where it is whole."""
        head = connection.collected.find(_END)
        if head < 0:
            if len(connection.collected) > _LONGEST_HEAD:
                connection.sock.sendall(_TOO_LONG)
                self._part(connection)
            return
        length = _body_length(connection.collected[: head + 2])
        if length is not None and length <= _COLLECTED:
            if len(connection.collected) < head + len(_END) + length:
                self._waiting[connection].until = max(self._waiting[connection].until, time.monotonic() + _HEAD)
                return
            self._leave(connection)
            self._submit(connection)
            return
        self._leave(connection)
        self._queued.append(connection)
        self._next_long()

    def _next_long(self) -> None:
        """Half of the threads may wait for long bodies, so that the others never do."""
        while self._queued and self._long < max(1, self.cfg.threads // 2):
            self._long += 1
            connection = self._queued.popleft()
            connection.is_long = True
            self._submit(connection)

    def _submit(self, connection: Any) -> None:
        connection.init()
        connection.parser.unreader.unread(connection.collected)
        connection.collected = b""
        connection.data_ready = True
        connection.sock.begin()
        self.enqueue_req(connection)

    def _keepalive_after(self, conn: Any, keepalive: bool) -> bool:
        """A body that nobody read and that is not there yet is not waited for."""
        return bool(keepalive and conn.parser.finish_body(deadline=time.monotonic() + 0.1))

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """A thread is done."""
        if getattr(conn, "is_long", False):
            conn.is_long = False
            self._long -= 1
            self._next_long()
        try:
            is_kept = fs.result() is True and self.alive
            self._send(conn, is_kept)
        except Exception:
            self._drop(conn)

    def _send(self, connection: Any, is_kept: bool) -> None:
        if not connection.sock.push():
            self._after(connection, is_kept)
            return

        def more(_: Any) -> None:
            if not connection.sock.push():
                self._leave(connection)
                self._after(connection, is_kept)

        self._wait(connection, selectors.EVENT_WRITE, more, time.monotonic() + TAKEN)

    def _after(self, connection: Any, is_kept: bool) -> None:
        """The answer is sent: the next request is waited for, or that the client closes."""
        if not is_kept:
            self._part(connection)
            return
        connection.collected = connection.parser.unreader.take_buffered()
        self._wait(connection, selectors.EVENT_READ, self._collect, time.monotonic() + self.cfg.keepalive)
        if connection.collected:
            self._begin(connection)

    def _part(self, connection: Any) -> None:
        """Closed at once the client might lose the answer (RFC 9112, section 9.6)."""
        self._leave(connection)
        connection.sock.say_goodbye()
        self._wait(connection, selectors.EVENT_READ, self._ignore, time.monotonic() + _CLOSED)

    def _ignore(self, connection: Any) -> None:
        if connection.sock.collect() == b"":
            self._drop(connection)


def _body_length(head: bytes) -> int | None:
    """How long the body behind a head is; None where nothing tells."""
    if _UNKNOWN.search(head):
        return None
    found = _LENGTH.search(head)
    return 0 if found is None else int(found[1])
