"""How gunicorn runs us: its settings file, as in `gunicorn --config python:web.server`.

The master loads the modules and then forks; each worker makes an application of its own, so that no connection, no
lock and no thread is there when it is forked. That is why `preload_app` stays off; the modules, which are most of the
memory, are shared without it.
"""

from __future__ import annotations

import gc
import os
from typing import Any

# ruff: noqa: E402
# What is loaded makes objects by the hundred thousand, of which hardly one goes: looking through them again and again
# takes a tenth of the time.
gc.disable()

import web.application  # noqa: F401  # loaded once: the workers that are forked share its memory
from feeds.connections import web_share
from feeds.platforms import refuse_to_lose
from feeds.settings import load_settings
from feeds.store import open_store
from web.metrics.cells import Board
from web.request_line import take_raw_addresses
from web.state import USUAL_THREADS

gc.freeze()
gc.enable()

_settings = load_settings()

#: A platform that names a port wants all interfaces; without one, this machine alone is served.
bind = f"{'0.0.0.0' if os.environ.get('PORT') else '127.0.0.1'}:{_settings.port}"
workers = _settings.web_concurrency
#: With threads that no slow client holds, and nobody left at the door.
worker_class = "web.gunicorn_worker.PatientWorker"
#: The kernel would wait for a slow client where the loop should.
sendfile = False
#: Answers are made by one core at a time, so more of them only wait: for the store, and for clients.
threads = USUAL_THREADS
#: Idle connections beside them, of proxies and readers that keep theirs open.
worker_connections = 1000
#: A worker that says nothing for so long is killed. Threads go on saying that it lives while one of them is slow: this
#: ends a worker that hangs altogether. What a request may take is bounded where it is spent, in the store.
timeout = 30
#: Platforms give 30 seconds between SIGTERM and SIGKILL: what has begun is answered before, nothing new is taken.
graceful_timeout = 25
#: Seconds that an idle connection is kept. A platform's router keeps its own for up to 90, and a request that it sends
#: just as we close is lost; readers that come by themselves would hold all `worker_connections` with so much.
keepalive = 95 if os.environ.get("PORT") else 5
#: The heartbeat file on a disk that can block is how healthy workers get killed; /dev/shm is memory.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
#: Since gunicorn 25 a control socket is opened in $HOME, which a platform may not let us write.
control_socket_disable = True
#: Our own address is a setting: no proxy is believed about it.
forwarded_allow_ips = ""
#: A leak, ours or a library's, ends with its worker; the jitter keeps workers from ending together.
max_requests = 1_000_000
max_requests_jitter = 100_000
#: The most that there is: a query of many Chinese words takes nine bytes for each.
limit_request_line = 8190
#: The other one is in C and refuses raw addresses out of our reach.
http_parser = "python"
#: Whoever stands in front has a log of requests already.
accesslog = None
errorlog = "-"

# What cannot go well ends here, with the reason, before anybody is served.
web_share(_settings, threads)
refuse_to_lose(_settings, "what is sent to the API")
if _settings.store_readonly:
    open_store(_settings.database_url, read_only=True).close()

#: A row for each worker, and for those that stand beside them while a new version is loaded (HUP) or added (TTIN).
_board = Board(workers + 64)


def when_ready(server: object) -> None:
    """All is loaded: the collector lets it alone from here on, since what it looks through is shared no more."""
    gc.freeze()


def pre_fork(server: object, worker: Any) -> None:
    """A worker is about to begin: it is told where to count."""
    worker.row = _board.take()


def post_fork(server: object, worker: object) -> None:
    """A worker begins."""
    take_raw_addresses()


def post_worker_init(worker: Any) -> None:
    """A worker has its application, which stays: no answer waits until the collector has looked through all of it."""
    gc.freeze()
    state = getattr(worker.wsgi, "extensions", {}).get("feedwright")
    if state is not None and state.meter is not None and worker.row is not None:
        state.meter.join(_board, worker.row)


def child_exit(server: object, worker: Any) -> None:
    """A worker is gone, whether it was asked to or not."""
    if worker.row is not None:
        _board.give_back(worker.row)
