"""A web server on this machine that answers as a script says, and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from ipaddress import ip_network

from scrapers.fetch import Clock
from scrapers.fetch import Fetcher
from scrapers.fetch import Limits
from scrapers.fetch import Turns
from scrapers.fetch.turns import Hosts
from scrapers.fetch.turns import OwnHosts

LOOPBACK = (ip_network("127.0.0.0/8"),)
AGENT = "Feedwright/test (+https://feeds.example.org)"


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    path: str
    headers: Mapping[str, str]
    at: datetime
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """What the server answers; `length` is what it says of the body, where it lies."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None


Script = Callable[[Asked], Reply]


@dataclass
class Server:
    """A running server."""

    url: str
    log: list[Asked]
    #: What was answered, in the order of the answers.
    statuses: list[int]

    def paths(self) -> list[str]:
        """What was asked, without robots.txt."""
        return [asked.path for asked in self.log if asked.path != "/robots.txt"]


@dataclass
class FakeTime:
    """A clock that only moves when somebody waits."""

    at: datetime = datetime(2026, 3, 1, tzinfo=UTC)
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        """The moment."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Move on."""
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)

    def clock(self) -> Clock:
        """For the fetcher."""
        return Clock(self.now, self.sleep)


def make_fetcher(time: FakeTime, hosts: Hosts | None = None, **limits: object) -> Fetcher:
    """A fetcher that may ask this machine."""
    told = Limits(**({"agent": AGENT, "allowed": LOOPBACK, "connect": 2.0, "read": 2.0} | limits))  # type: ignore[arg-type]
    return Fetcher(told, Turns(hosts or OwnHosts(), time.clock(), "test", 120.0), time.clock())


@contextmanager
def serving(
    script: Script, now: Callable[[], datetime] = lambda: datetime.now(UTC), *, posts: bool = False
) -> Iterator[Server]:
    """Serve on a free port; `now` tells the time of the log."""
    log: list[Asked] = []
    statuses: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # named by the library
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, now(), body)
            log.append(asked)
            reply = script(asked)
            statuses.append(reply.status)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            if "Transfer-Encoding" not in reply.headers:
                self.send_header("Content-Length", str(len(reply.body) if reply.length is None else reply.length))
            if reply.length is not None:
                self.close_connection = True
            self.end_headers()
            self.wfile.write(reply.body)

        if posts:
            do_POST = do_GET  # noqa: N815

        def log_message(self, *arguments: object) -> None:
            """The log is a list."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Clients leave as they like."""

    server = Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield Server(f"http://127.0.0.1:{server.server_port}", log, statuses)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
