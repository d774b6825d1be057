"""How gunicorn runs us: its settings file, as in `gunicorn --config python:web.server`."""

from __future__ import annotations

import os

import web.application  # noqa: F401  # loaded once: the workers that are forked share its memory
from feeds.settings import load_settings
from web.request_line import take_raw_addresses

_settings = load_settings()

#: A platform that names a port wants all interfaces; without one, this machine alone is served.
bind = f"{'0.0.0.0' if os.environ.get('PORT') else '127.0.0.1'}:{_settings.port}"
workers = _settings.web_concurrency
#: Threads, and a loop that waits for slow clients in their place.
worker_class = "web.patience.PatientWorker"
threads = 8
#: The kernel would wait for the client where the loop should.
sendfile = False
#: The heartbeat file on a disk that can block is how healthy workers get killed; /dev/shm is memory.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
#: Since gunicorn 25 a control socket is opened in $HOME, which a platform may not let us write.
control_socket_disable = True
#: Our own address is a setting: no proxy is believed about it.
forwarded_allow_ips = ""
#: A leak, ours or a library's, ends with its worker; the jitter keeps workers from ending together.
max_requests = 1_000_000
max_requests_jitter = 100_000
graceful_timeout = 25
keepalive = 5
#: The most that there is: a query of many Chinese words takes nine bytes for each.
limit_request_line = 8190
#: The other one is in C and refuses raw addresses out of our reach.
http_parser = "python"
accesslog = None
errorlog = "-"


def post_fork(server: object, worker: object) -> None:
    """A worker begins."""
    take_raw_addresses()
