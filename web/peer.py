"""The socket of a client, as the worker of gunicorn uses it: every wait for a client ends."""

from __future__ import annotations

import time
from collections import deque
from select import POLLIN
from select import POLLOUT
from select import poll
from socket import SHUT_WR
from socket import socket

#: Seconds that a thread waits for a body, and anybody for an answer to be taken.
BODY, TAKEN = 30.0, 60.0
#: Bytes a second that a client has to take of a long answer, on average, once it was waited for so long.
PACE = 1 << 16
#: Bytes of an answer that are kept for a client; beyond it a thread waits as well.
_KEPT = 1 << 22
_PIECE = 1 << 16


class Peer:
    """The socket of a client, never blocking: what it does not take is kept, what it does not send is waited for.

    Only so long, in all: what takes longer raises `TimeoutError`. As much of a socket as gunicorn uses.
    """

    def __init__(self, real: socket) -> None:
        real.setblocking(False)
        self._real = real
        self._until = 0.0
        #: Of the present answer: bytes that were taken, and seconds that a thread waited for them to be.
        self._taken, self._waited = 0, 0.0
        self._timeout: float | None = None
        #: What the client has not taken yet.
        self.unsent: deque[memoryview] = deque()
        self.fileno = real.fileno
        self.getsockname = real.getsockname
        self.close = real.close
        self.send = self.sendall

    def begin(self) -> None:
        """A thread begins to work for the client."""
        self._until = time.monotonic() + BODY
        self._taken, self._waited = 0, 0.0

    def collect(self) -> bytes | None:
        """What has come, empty at the end; None where nothing has."""
        try:
            return self._real.recv(_PIECE)
        except BlockingIOError:
            return None

    def recv(self, size: int) -> bytes:
        """The next bytes, waited for."""
        while True:
            try:
                return self._real.recv(size)
            except BlockingIOError:
                self._wait(POLLIN, self._until if self._timeout is None else time.monotonic() + self._timeout)

    def sendall(self, data: bytes) -> None:
        """Send, or keep to be sent."""
        rest = memoryview(data)
        if not self.unsent:
            rest = rest[self._send(rest) :]
        if rest:
            self.unsent.append(rest)
        while sum(map(len, self.unsent)) > _KEPT and self.push():
            begun = time.monotonic()
            self._wait(POLLOUT, begun + TAKEN + self._taken / PACE - self._waited)
            self._waited += time.monotonic() - begun

    def push(self) -> bool:
        """Send of what is kept as much as is taken; tell whether some is left."""
        while self.unsent:
            rest = self.unsent[0]
            sent = self._send(rest)
            if sent < len(rest):
                self.unsent[0] = rest[sent:]
                return True
            self.unsent.popleft()
        return False

    def say_goodbye(self) -> None:
        """Nothing more is sent."""
        self._real.shutdown(SHUT_WR)

    def setblocking(self, _: bool) -> None:
        """It never blocks."""

    def gettimeout(self) -> float | None:
        """See `socket.gettimeout`."""
        return self._timeout

    def settimeout(self, seconds: float | None) -> None:
        """See `socket.settimeout`."""
        self._timeout = seconds

    def _send(self, data: memoryview) -> int:
        sent = 0
        try:
            while sent < len(data):
                sent += self._real.send(data[sent:])
        except BlockingIOError:
            pass
        finally:
            self._taken += sent
        return sent

    def _wait(self, what: int, until: float) -> None:
        waiting = poll()
        waiting.register(self._real, what)
        if not waiting.poll(max(0.0, until - time.monotonic()) * 1000):
            raise TimeoutError("the client is too slow")
