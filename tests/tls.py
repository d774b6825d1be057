"""TLS before a PostgreSQL server that has none: a proxy with certificates of its own making, as poolers and clouds do.

The server of the tests is built without TLS; what is tried here is our side of it, in libpq.
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress

import trustme

#: Requests before the first message: https://www.postgresql.org/docs/current/protocol-message-formats.html
_TLS = 80877103
_GSS = 80877104


@contextmanager
def tls_proxy(authority: trustme.CA, name: str, target: tuple[str, int]) -> Iterator[int]:
    """The port of a proxy that shows a certificate for a name, signed by an authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(name).configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_serve, args=(listening, context, target), daemon=True).start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)


def _serve(listening: socket.socket, context: ssl.SSLContext, target: tuple[str, int]) -> None:
    with suppress(OSError):
        while True:
            client, _ = listening.accept()
            threading.Thread(target=_answer, args=(client, context, target), daemon=True).start()


def _answer(client: socket.socket, context: ssl.SSLContext, target: tuple[str, int]) -> None:
    """One connection; each direction has a thread, which ends with the other."""
    with suppress(OSError), client:
        while (asked := struct.unpack("!II", client.recv(8, socket.MSG_WAITALL))[1]) == _GSS:
            client.sendall(b"N")
        if asked != _TLS:
            return  # nobody gets through in the clear
        client.sendall(b"S")
        with context.wrap_socket(client, server_side=True) as inside, socket.create_connection(target) as server:
            back = threading.Thread(target=_pump, args=(server, inside), daemon=True)
            back.start()
            _pump(inside, server)
            back.join()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)
