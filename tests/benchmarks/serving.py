"""What a hot feed costs beside a bare WSGI function with the same body, and beside nginx with the same file.

    python -m tests.benchmarks.serving [rounds]

The application runs under gunicorn with the settings of `web.server`, as does the bare function, first with no headers
but type and length, then with those of our answer, and under granian,
where that is installed, with nginx beside it. All have one worker and take turns; each round's ratio counts, so that it
does not matter what else the machine does. The load comes from `wrk` where there is one, else from Python.
DATABASE_URL names another database than a SQLite file of its own; it must be empty. Beside the ratio of requests a
second stands that of requests a second of the server's own time, where the system tells it: on a busy machine it is
the steadier one.
"""

from __future__ import annotations

import importlib.util
import json
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
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import ExitStack
from contextlib import contextmanager
from email.message import Message
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
SECONDS = 3
CONNECTIONS = 16
FEED = "/entries.rss"
#: The columns of the table: what a client sends beside its request.
CASES = {"200": {}, "304": {"If-None-Match": ""}, "200 gzip": {"Accept-Encoding": "gzip"}}


#: Headers that the server writes, or that go with the body.
_OF_SERVER = {"Server", "Date", "Connection", "Content-Type", "Content-Length"}
_SILENT: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
#: The port and the process of a server.
Server = tuple[int, int]
#: Requests a second, and requests a second of the server's own time.
Speed = tuple[float, float]


def bare() -> Any:
    """The function to compare with: it knows its body and its tag, and nothing else."""
    return _answering(())


def bare_with_headers() -> Any:
    """The same with the headers of our answer, each of which costs the server time."""
    folder = Path(os.environ["BARE_BODIES"])
    return _answering([tuple(pair) for pair in json.loads((folder / "headers").read_text())])


def _answering(more: Sequence[tuple[str, str]]) -> Any:
    folder = Path(os.environ["BARE_BODIES"])
    bodies = {coding: (folder / coding).read_bytes() for coding in ("identity", "gzip")}
    tag = (folder / "tag").read_text()
    headers = {
        coding: [
            ("Content-Type", "application/rss+xml; charset=utf-8"),
            ("Content-Length", str(len(body))),
            *more,
        ]
        for coding, body in bodies.items()
    }

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("HTTP_IF_NONE_MATCH") == tag:
            start_response("304 NOT MODIFIED", [("ETag", tag), *(pair for pair in more if pair[0] != "ETag")])
            return ()
        coding = "gzip" if environ.get("HTTP_ACCEPT_ENCODING") == "gzip" else "identity"
        start_response("200 OK", headers[coding])
        return (bodies[coding],)

    return application


def main() -> None:
    """Print requests a second of all, and the medians of the ratios."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        environment = _prepare(Path(folder))
        hot = running.enter_context(serving(gunicorn("web:create_app()"), environment))
        tag = _fetch_bodies(hot, Path(folder))
        for name, function in (("bare", "bare"), ("headers", "bare_with_headers")):
            with serving(gunicorn(f"tests.benchmarks.serving:{function}()"), environment) as plain:
                _tell("gunicorn", name, _measure(hot, plain, tag, tag, rounds))
        if shutil.which("nginx") is None or importlib.util.find_spec("granian") is None:
            print("granian beside nginx: both must be installed, `pip install feedwright[granian]` and nginx")
            return
        hot = running.enter_context(serving(_granian, environment))
        file = running.enter_context(serving(_nginx(Path(folder)), environment))
        for coding in ("identity", "gzip"):
            _get(hot[0], {"Accept-Encoding": coding})
        _tell("granian", "nginx", _measure(hot, file, tag, _get(file[0], {})[0], rounds))


def _tell(server: str, other: str, results: dict[str, list[tuple[Speed, Speed]]]) -> None:
    print(f"{server:<10}{f'{other}/s':>10}{'hot/s':>10}{'ratio':>8}{'of CPU time':>14}")
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
    tag, _, headers = _get(port, {})
    (folder / "headers").write_text(json.dumps([pair for pair in headers.items() if pair[0] not in _OF_SERVER]))
    assert _get(port, {"If-None-Match": tag})[1] == b""
    (folder / "tag").write_text(tag)
    return tag


def _get(port: int, headers: dict[str, str]) -> tuple[str, bytes, Message]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", FEED, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.headers.get("ETag", ""), body, answer.headers


def _measure(hot: Server, other: Server, tag: str, other_tag: str, rounds: int) -> dict[str, list[tuple[Speed, Speed]]]:
    results: dict[str, list[tuple[Speed, Speed]]] = {case: [] for case in CASES}
    for _ in range(rounds):
        for case, template in CASES.items():
            theirs, ours = ({name: value or one for name, value in template.items()} for one in (other_tag, tag))
            results[case].append((_load(other, theirs), _load(hot, ours)))
    return results


def _load(server: Server, headers: dict[str, str]) -> Speed:
    port, process = server
    before = _seconds(process)
    speed = _requests_a_second(port, headers)
    used = _seconds(process) - before
    return speed, speed * SECONDS / used if used else 1.0


def _seconds(process: int) -> float:
    """What a server and its workers have used so far of the processor; 0 where the system does not tell."""
    try:
        workers = [str(process), *Path(f"/proc/{process}/task/{process}/children").read_text().split()]
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
def serving(command: Callable[[int], list[str]], environment: dict[str, str]) -> Iterator[Server]:
    """A server on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(_pinned(0, command(port)), env=environment, **_SILENT)
    try:
        _await(port)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(30)


def gunicorn(application: str) -> Callable[[int], list[str]]:
    start = [sys.executable, "-m", "gunicorn", "--config", "python:web.server", "--max-requests", "0"]
    return lambda port: [*start, "--bind", f"127.0.0.1:{port}", application]


def _granian(port: int) -> list[str]:
    options = ["--interface", "wsgi", "--factory", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    return [sys.executable, "-m", "granian", *options, "--workers", "1", "--blocking-threads", "1", "web:create_app"]


def _nginx(folder: Path) -> Callable[[int], list[str]]:
    """The feed as a file; gzip is a file beside it."""
    site = folder / "site"
    site.mkdir()
    (site / FEED.lstrip("/")).write_bytes((folder / "identity").read_bytes())
    (site / f"{FEED.lstrip('/')}.gz").write_bytes((folder / "gzip").read_bytes())
    folder.chmod(0o755)

    def command(port: int) -> list[str]:
        settings = folder / "nginx.conf"
        settings.write_text(_NGINX.format(folder=folder, port=port, site=site), "utf-8")
        return ["nginx", "-c", str(settings), "-p", str(folder), "-e", str(folder / "nginx.log")]

    return command


_NGINX = """daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
events {{ worker_connections 256; }}
http {{
    access_log off;
    sendfile on;
    open_file_cache max=100;
    keepalive_requests 1000000000;
    client_body_temp_path {folder};
    proxy_temp_path {folder};
    fastcgi_temp_path {folder};
    uwsgi_temp_path {folder};
    scgi_temp_path {folder};
    server {{ listen 127.0.0.1:{port}; root {site}; gzip_static on; }}
}}
"""


def _await(port: int) -> None:
    for _ in range(900):
        try:
            _get(port, {})
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("a server does not answer")


def _pinned(core: int, command: list[str]) -> list[str]:
    """Server and load on cores of their own, where the machine can do that."""
    taskset = shutil.which("taskset")
    return [taskset, "-c", str(core), *command] if taskset and (os.cpu_count() or 1) > 1 else command


if __name__ == "__main__":
    main()
