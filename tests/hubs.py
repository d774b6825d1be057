"""A WebSub hub of our own on loopback."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

Respond = Callable[[BaseHTTPRequestHandler], None]


class Hub:
    """Its address, and the forms that it got."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.forms: Queue[dict[str, list[str]]] = Queue()

    def told(self) -> list[str]:
        """The feeds of the next form; waits for it."""
        return self.forms.get(timeout=60)["hub.url"]

    def all_told(self) -> list[str]:
        """The feeds of all forms that came until now."""
        return [url for _ in range(self.forms.qsize()) for url in self.told()]


@contextmanager
def listening(respond: Respond) -> Iterator[Hub]:
    """A hub that responds so, after it has noted what it was told."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            hub.forms.put(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            respond(self)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub = Hub(f"http://127.0.0.1:{server.server_address[1]}/")
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def status(code: int) -> Respond:
    """An answer without words."""

    def respond(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return respond
