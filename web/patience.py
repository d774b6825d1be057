"""A worker of gunicorn whose threads never wait for a slow client.

A threaded worker gives a thread to a connection and lets it wait there, without end, for the rest of a request: eight
clients that send half a line each stop a process with eight threads. Here the head of a request is collected beside
the threads, by the loop that also watches idle connections, and a thread takes over once it is whole. What has to wait
in a thread after that, for a body or for a client that reads its answer, waits for a bounded time.
"""

from __future__ import annotations

import socket
import struct
import time
from contextlib import suppress
from queue import Full
from queue import Queue
from threading import Thread
from typing import Any

from gunicorn.util import close_graceful
from gunicorn.workers import gthread

#: Seconds that a client may take for the head of a request, and for each step of sending or reading a body.
HEAD_SECONDS = 20.0
STEP_SECONDS = 20
#: Bytes of a head: the request line and the headers that we allow are far shorter.
MOST_OF_HEAD = 64 * 1024
#: Seconds that a thread waits for the first byte, which most send at once; and in a worker that stops.
_FIRST_SECONDS, _LAST_SECONDS = 0.05, 1.0
#: Seconds that a thread gives to what is left of a body that nobody wanted to read.
_DRAIN_SECONDS = 0.1
#: Threads that end connections: each waits up to two seconds for its client to do the same.
_CLOSERS = 8
#: Connections that wait for that; further ones are cut.
_MOST_ENDING = 64
_READ = 16 * 1024
_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: 29\r\n\r\nThe headers are too long.   \n"
)


class Connection(gthread.TConn):  # type: ignore[misc]  # gunicorn has no types
    """A connection that knows whether a whole head has come, and that does not keep the loop waiting when it ends."""

    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: Any, ending: Queue[socket.socket]) -> None:
        super().__init__(cfg, sock, client, server)
        self._ending = ending
        #: Since when a head is waited for; None between requests.
        self.since: float | None = time.monotonic()
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            sock.setsockopt(socket.SOL_SOCKET, option, struct.pack("ll", STEP_SECONDS, 0))

    def has_head(self) -> bool | None:
        """Collect what has come; None where there will be nothing to answer."""
        unreader = self.parser.unreader
        held = unreader.take_buffered()
        came, is_open = self._received(len(held))
        held += came
        if held:
            unreader.unread(held)
        if b"\r\n\r\n" in held.lstrip(b"\r\n"):
            self.since = None
            return True
        self.since = self.since or time.monotonic()
        if len(held) > MOST_OF_HEAD:
            self.sock.sendall(_TOO_LARGE)
            return None
        return False if is_open and time.monotonic() - self.since < HEAD_SECONDS else None

    def _received(self, held: int) -> tuple[bytes, bool]:
        """What can be had without waiting, and whether more may come."""
        pieces: list[bytes] = []
        size = held
        while size <= MOST_OF_HEAD:
            try:
                piece = self.sock.recv(_READ, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return b"".join(pieces), True
            except OSError:
                return b"".join(pieces), False
            if not piece:
                return b"".join(pieces), False
            pieces.append(piece)
            size += len(piece)
            if len(piece) < _READ:
                break
        return b"".join(pieces), True

    def close(self, graceful: bool = False) -> None:
        """Gunicorn waits for the other side in the loop that serves all connections; we do so elsewhere."""
        if not graceful:
            super().close()
            return
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)
        try:
            self._ending.put_nowait(self.sock)
        except Full:
            super().close()


class PatientWorker(gthread.ThreadWorker):  # type: ignore[misc]
    """The threaded worker with such connections."""

    def init_process(self) -> None:
        """Runs until the process ends."""
        self._ending: Queue[socket.socket] = Queue(_MOST_ENDING)
        for _ in range(_CLOSERS):
            Thread(target=self._end_connections, daemon=True).start()
        super().init_process()

    def accept(self, listener: Any) -> None:
        """As gunicorn does it, with connections of ours."""
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        client.setblocking(True)
        self.enqueue_req(Connection(self.cfg, client, address, listener.getsockname(), self._ending))

    def handle(self, conn: Connection) -> Any:
        """Answer one request, or tell the loop to call again when more of it has come. Runs in a thread."""
        if not conn.initialized and not conn.wait_for_data(_FIRST_SECONDS if self.alive else _LAST_SECONDS):
            return self._later()
        conn.init()
        whole = conn.has_head()
        if whole:
            return super().handle(conn)
        return False if whole is None else self._later()

    def _later(self) -> Any:
        """A worker that stops waits for nobody."""
        return gthread._DEFER if self.alive else False

    def murder_pending(self) -> None:
        """Who has not sent a whole head by now; gunicorn would wait as long as for the next request."""
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, (conn.since or conn.timeout) + HEAD_SECONDS)
        super().murder_pending()

    def _keepalive_after(self, conn: Connection, keepalive: bool) -> bool:
        """A body that nobody read ends the connection, unless it is there already."""
        return keepalive and bool(conn.parser.finish_body(deadline=time.monotonic() + _DRAIN_SECONDS))

    def _end_connections(self) -> None:
        while True:
            close_graceful(self._ending.get())
