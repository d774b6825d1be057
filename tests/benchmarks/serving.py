"""What a hot feed costs beside a bare WSGI function with the same body: `python -m tests.benchmarks.serving`.

Both run under gunicorn with the settings of `web.server`, one worker each, and take turns; each round's ratio counts,
so that it does not matter what else the machine does. The load comes from `wrk` where there is one, else from Python.
DATABASE_URL names another database than a SQLite file of its own; it must be empty. Beside the ratio of requests a
second stands that of requests a second of the server's own time, where the system tells it: on a busy machine it is
the steadier one.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Thread
from typing import Any

from feeds.store import migrate
from feeds.store import open_store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft

ROUNDS = 5
SECONDS = 2
CONNECTIONS = 16
FEED = "/entries.rss"
#: The columns of the table: what a client sends beside its request.
CASES = {"200": {}, "304": {"If-None-Match": ""}, "200 gzip": {"Accept-Encoding": "gzip"}}


#: The port and the process of a server.
Server = tuple[int, int]
#: Requests a second, and requests a second of the server's own time.
Speed = tuple[float, float]


def bare() -> Any:
    """The function to compare with: it knows its body and its tag, and nothing else."""
    folder = Path(os.environ["BARE_BODIES"])
    bodies = {coding: (folder / coding).read_bytes() for coding in ("identity", "gzip")}
    tag = (folder / "tag").read_text()
    headers = {
        coding: [("Content-Type", "application/rss+xml; charset=utf-8"), ("Content-Length", str(len(body)))]
        for coding, body in bodies.items()
    }

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("HTTP_IF_NONE_MATCH") == tag:
            start_response("304 NOT MODIFIED", [("ETag", tag)])
            return ()
        coding = "gzip" if environ.get("HTTP_ACCEPT_ENCODING") == "gzip" else "identity"
        start_response("200 OK", headers[coding])
        return (bodies[coding],)

    return application


def main() -> None:
    """Print requests a second of both, and the median of the ratios."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder:
        environment = _prepare(Path(folder))
        with _serving("web:create_app()", environment) as hot:
            tag = _fetch_bodies(hot, Path(folder))
            with _serving("tests.benchmarks.serving:bare()", environment) as plain:
                results = _measure(hot, plain, tag, rounds)
    print(f"{'':<10}{'bare/s':>10}{'hot/s':>10}{'ratio':>8}{'of CPU time':>14}")
    for case, pairs in results.items():
        ratio, of_time = (statistics.median(ours[i] / theirs[i] for theirs, ours in pairs) for i in (0, 1))
        theirs, ours = (statistics.median(one[side][0] for one in pairs) for side in (0, 1))
        print(f"{case:<10}{theirs:>10,.0f}{ours:>10,.0f}{ratio:>8.2f}{of_time:>14.2f}")


def _prepare(folder: Path) -> dict[str, str]:
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{folder / 'store.sqlite3'}"
    migrate(url)
    random.seed(20_240_501)
    letters = "山水风云花草树石灯桥船路门窗书信茶酒饭衣鞋帽春夏秋冬东西南北上下左右大小高低远近新旧明暗红绿蓝白"
    with open_store(url) as store:
        texts = ("".join(random.choices(letters, k=700)) for _ in range(50))
        store.save(make_batch([make_draft(text, number) for number, text in enumerate(texts, 1)]), NOW)
    return os.environ | {"DATABASE_URL": url, "BARE_BODIES": str(folder), "WEB_CONCURRENCY": "1"}


def _fetch_bodies(server: Server, folder: Path) -> str:
    """What the bare function is to answer with; it also warms the cache."""
    port = server[0]
    for coding in ("identity", "gzip"):
        _get(port, {"Accept-Encoding": coding})
        answer = _get(port, {"Accept-Encoding": coding})
        (folder / coding).write_bytes(answer[1])
    tag = _get(port, {})[0]
    assert _get(port, {"If-None-Match": tag})[1] == b""
    (folder / "tag").write_text(tag)
    return tag


def _get(port: int, headers: dict[str, str]) -> tuple[str, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", FEED, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.headers.get("ETag", ""), body


def _measure(hot: Server, plain: Server, tag: str, rounds: int) -> dict[str, list[tuple[Speed, Speed]]]:
    results: dict[str, list[tuple[Speed, Speed]]] = {case: [] for case in CASES}
    for _ in range(rounds):
        for case, template in CASES.items():
            headers = {name: value or tag for name, value in template.items()}
            results[case].append((_load(plain, headers), _load(hot, headers)))
    return results


def _load(server: Server, headers: dict[str, str]) -> Speed:
    port, process = server
    before = _seconds(process)
    speed = _requests_a_second(port, headers)
    used = _seconds(process) - before
    return speed, speed * SECONDS / used if used else 1.0


def _seconds(process: int) -> float:
    """What the workers of a gunicorn have used so far of the processor; 0 where the system does not tell."""
    try:
        workers = Path(f"/proc/{process}/task/{process}/children").read_text().split()
        fields = [Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split() for worker in workers]
    except OSError:
        return 0.0
    return sum(int(one[11]) + int(one[12]) for one in fields) / os.sysconf("SC_CLK_TCK")


def _requests_a_second(port: int, headers: dict[str, str]) -> float:
    if (wrk := shutil.which("wrk")) is None:
        return _load_from_python(port, headers)
    sent = [word for name, value in headers.items() for word in ("-H", f"{name}: {value}")]
    command = [wrk, "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", *sent, f"http://127.0.0.1:{port}{FEED}"]
    told = subprocess.run(_pinned(1, command), capture_output=True, text=True, check=True).stdout
    found = re.search(r"Requests/sec:\s+([\d.]+)", told)
    assert found is not None and "Non-2xx" not in told, told
    return float(found[1])


def _load_from_python(port: int, headers: dict[str, str]) -> float:
    counts = [0] * 4
    until = time.monotonic() + SECONDS

    def ask(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < until:
            connection.request("GET", FEED, headers=headers)
            connection.getresponse().read()
            counts[number] += 1

    threads = [Thread(target=ask, args=(number,)) for number in range(len(counts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


@contextmanager
def _serving(application: str, environment: dict[str, str]) -> Iterator[Server]:
    """gunicorn on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", "python:web.server", "--max-requests", "0"]
    command += ["--bind", f"127.0.0.1:{port}", application]
    process = subprocess.Popen(_pinned(0, command), env=environment, stderr=subprocess.DEVNULL)
    try:
        _await(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def _await(port: int) -> None:
    for _ in range(200):
        try:
            _get(port, {})
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("gunicorn does not answer")


def _pinned(core: int, command: list[str]) -> list[str]:
    """Server and load on cores of their own, where the machine can do that."""
    taskset = shutil.which("taskset")
    return [taskset, "-c", str(core), *command] if taskset and (os.cpu_count() or 1) > 1 else command


if __name__ == "__main__":
    main()
