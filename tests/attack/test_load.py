"""Many who read while somebody writes, and clients that are slow on purpose."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import ExitStack
from contextlib import contextmanager
from pathlib import Path

import pytest

from feeds.store import Store
from tests.attack import clients
from tests.attack.clients import Told as Seen
from tests.attack.conftest import Told
from tests.attack.killing import PRELOADED
from tests.attack.scenes import BEFORE
from tests.attack.serving import ask
from tests.attack.serving import serving
from tests.builders import make_batch
from tests.builders import make_draft

CLIENTS = 8


def percentile(seconds: list[float], part: float) -> str:
    """In milliseconds."""
    return f"{sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * part))] * 1000:.0f} ms"


def test_eight_clients_get_no_error_and_nothing_stale_while_documents_come(
    store_url: str, tmp_path: Path, rounds: Callable[[int, int], int], tell: Told
) -> None:
    topics = tmp_path / "topics.toml"
    topics.write_text(BEFORE, "utf-8")
    (tmp_path / "documents").mkdir()
    context = clients.context
    context.set_forkserver_preload([*PRELOADED, "tests.attack.clients"])
    written, results = context.Value("i", 0, lock=False), context.Queue()
    stop, silent = context.Event(), context.Event()
    with serving(store_url, tmp_path / "log", TOPICS=str(topics)) as port:
        writer = context.Process(
            target=clients.write_on, args=(store_url, str(tmp_path / "documents"), written, stop, str(topics))
        )
        writer.start()
        readers = [
            context.Process(target=clients.read_on, args=(port, seed, silent, written, results))
            for seed in range(CLIENTS)
        ]
        for reader in readers:
            reader.start()
        writer.join(rounds(3, 60))
        stop.set()
        writer.join(60)
        # What a client has at the end can be compared only when nobody writes any more.
        silent.set()
        seen: list[Seen] = [results.get(timeout=300) for _ in readers]
        for process in (*readers, writer):
            process.join(60)
            assert process.exitcode == 0
            process.close()
    results.close()
    results.join_thread()
    wrong = [words for one in seen for words in one.wrong]
    assert wrong == []
    seconds = [taken for one in seen for taken in one.seconds]
    answers, fresh = sum(one.answers for one in seen), sum(one.fresh for one in seen)
    assert written.value > 0 and answers > 0
    database = store_url.partition(":")[0]
    tell(
        f"{database}: {CLIENTS} clients, {answers} answers ({fresh} of them 304), {written.value} documents meanwhile",
        f"0 errors, 0 stale, p50 {percentile(seconds, 0.5)}, p99 {percentile(seconds, 0.99)}",
    )


HEAD = b"HTTP/1.1\r\nHost: x\r\n"
#: What slow clients send at first, then a byte a second of, and whether they read.
SLOW = {
    "say nothing": (b"", b""),
    "send half a head": (b"GET /entries.rss " + HEAD + b"X: ", b"x"),
    "send a body byte by byte": (b"POST /api/v1/documents " + HEAD + b"Content-Length: 100000\r\n\r\n", b"x"),
    "send a long body byte by byte": (b"POST /api/v1/documents " + HEAD + b"Content-Length: 9000000\r\n\r\n", b"x"),
    "never end a chunked body": (b"GET /entries.rss " + HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b""),
    "do not read": ((b"GET /entries.rss " + HEAD + b"\r\n") * 20, b""),
    "do not close": (b"GET /entries.rss " + HEAD + b"Connection: close\r\n\r\n", b""),
}


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
def test_slow_clients_do_not_stop_others(
    store_url: str, store: Store, tmp_path: Path, now: object, rounds: Callable[[int, int], int], tell: Told
) -> None:
    drafts = [make_draft(f"{number} " + "很长的一段话。" * 900, number) for number in range(1, 31)]
    store.save(make_batch(drafts), now)  # type: ignore[arg-type]
    number = rounds(40, 200)
    with serving(store_url, tmp_path / "log", workers=1) as port:
        quiet = _latencies(port, 30)
        for what, (first, then) in SLOW.items():
            with _slow_clients(port, number, first, then):
                seconds = _latencies(port, rounds(5, 300))
            tell(
                f"{number} clients that {what}",
                f"others: p50 {percentile(seconds, 0.5)}, p99 {percentile(seconds, 0.99)} "
                f"(p50 {percentile(quiet, 0.5)} without them)",
            )
        assert ask(port, "/entries.rss")[0] == 200


def _latencies(port: int, number: int) -> list[float]:
    found = []
    for _ in range(number):
        begun = time.monotonic()
        assert ask(port, "/entries.rss")[0] == 200
        found.append(time.monotonic() - begun)
    return found


@contextmanager
def _slow_clients(port: int, number: int, first: bytes, then: bytes) -> Iterator[None]:
    with ExitStack() as stack:
        found = []
        for _ in range(number):
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(("127.0.0.1", port))
            client.sendall(first)
            found.append(client)
        stop = threading.Event()
        sender = threading.Thread(target=_send_on, args=(found, then, stop))
        sender.start()
        try:
            yield
        finally:
            stop.set()
            sender.join()


def _send_on(connections: list[socket.socket], then: bytes, stop: threading.Event) -> None:
    while then and not stop.wait(1):
        for client in connections:
            try:
                client.send(then)
            except OSError:  # given up by the server
                continue
