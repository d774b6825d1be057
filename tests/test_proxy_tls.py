"""Behind a real nginx that speaks TLS, by the configuration of deploy/: every link is https."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
from http.client import HTTPConnection
from http.client import HTTPResponse
from http.client import HTTPSConnection
from pathlib import Path

import pytest

from feeds.store import Store
from feeds.store import open_store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_topics
from tests.test_processes import PATIENCE
from tests.test_processes import ROOT
from tests.test_processes import free_port
from tests.test_processes import poll
from tests.test_processes import running

NGINX, OPENSSL = shutil.which("nginx") or "/usr/sbin/nginx", shutil.which("openssl")
HOST = "feeds.example.org"
ADDRESSES = [
    "/",
    "/entries",
    "/entries.rss",
    "/topics/rag.atom",
    "/entries.json",
    "/opml",
    "/sitemap.xml",
    "/robots.txt",
    "/api",
    "/api/v1/entries",
    "/api/v1/openapi.json",
]
#: What a client says that nginx passes on as it is.
CLAIMS = {"Host": HOST, "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example", "Forwarded": "proto=http"}
#: Ours by its plain name, by the name of the socket, by a port of this machine.
PLAIN = re.compile(rb"http://(feeds\.example\.org|feedwright|localhost|127\.0\.0\.1)|evil\.example")


@pytest.mark.skipif(not Path(NGINX).exists() or OPENSSL is None, reason="needs nginx and openssl")
def test_behind_nginx_with_tls_every_link_is_https(tmp_path: Path, empty_store: Path) -> None:
    shutil.copy(empty_store, tmp_path / "s.db")
    with open_store(f"sqlite:///{tmp_path / 's.db'}") as store:
        fill(store)
    ports = {"80": free_port(), "443": free_port()}
    configure(tmp_path, ports)
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path / 's.db'}", "PUBLIC_BASE_URL": f"https://{HOST}"}
    socket = f"unix:{tmp_path / 'web.sock'}"
    web = ["-m", "gunicorn", "--config", "python:web.server", "--bind", socket, "feedwright:application()"]
    front = (
        f"import subprocess, sys; sys.exit(subprocess.call(['{NGINX}', '-c', '{tmp_path}/nginx.conf', '-e', 'stderr']))"
    )
    checked = subprocess.run(
        [NGINX, "-t", "-c", f"{tmp_path}/nginx.conf", "-e", "stderr"], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stderr
    with running(web, tmp_path / "web.log", ROOT, **environ), running(["-c", front], tmp_path / "front.log", ROOT):
        try:
            poll(lambda: is_ready(ports["443"], tmp_path))
            for address in ADDRESSES:
                answer, body = ask(ports["443"], address, tmp_path)
                assert answer.status == 200, (address, answer.status)
                assert not PLAIN.search(body), (address, PLAIN.search(body))
                assert not PLAIN.search(str(answer.headers).encode()), address
            assert f"https://{HOST}/".encode() in ask(ports["443"], "/entries.rss", tmp_path)[1]
            moved, _ = ask(ports["443"], "/rss.xml", tmp_path)
            assert moved.status == 301 and not PLAIN.search(moved.headers["Location"].encode())
            assert ask(ports["443"], "/metrics", tmp_path)[0].status == 404
            plain = HTTPConnection("127.0.0.1", ports["80"], timeout=PATIENCE)
            plain.request("GET", "/entries.rss?a=b", headers=CLAIMS)
            assert plain.getresponse().headers["Location"] == f"https://{HOST}/entries.rss?a=b"
            plain.close()
        finally:
            pid = tmp_path / "nginx.pid"
            if pid.exists():
                subprocess.run([NGINX, "-s", "stop", "-c", f"{tmp_path}/nginx.conf", "-e", "stderr"], check=True)


def fill(store: Store) -> None:
    store.save(make_batch([make_draft("第一条。", topics=make_topics("rag")), make_draft("第二条。", 2)]), NOW)


def configure(folder: Path, ports: dict[str, int]) -> None:
    """The site as it stands in deploy/, with other ports and paths, and what a distribution puts around it."""
    site = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    site = re.sub(r"listen \[::\].*\n", "", site)
    site = re.sub(r"listen (\d+)", lambda found: f"listen 127.0.0.1:{ports[found[1]]}", site)
    site = site.replace("/run/feedwright/web.sock", str(folder / "web.sock"))
    site = site.replace(f"/etc/letsencrypt/live/{HOST}/", f"{folder}/")
    user = "user root;" if os.geteuid() == 0 else ""  # it would become somebody who may not look into the folder
    around = f"{user} daemon off; pid {folder}/nginx.pid; worker_processes 1; events {{}}\nhttp {{ access_log off;\n"
    for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"):
        around += f"{name}_temp_path {folder}/{name};\n"
    (folder / "nginx.conf").write_text(f"{around}{site}}}\n", "utf-8")
    made = [str(OPENSSL), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={HOST}"]
    made += ["-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1"]
    made += ["-keyout", f"{folder}/privkey.pem", "-out", f"{folder}/fullchain.pem"]
    subprocess.run(made, check=True, capture_output=True)


def is_ready(port: int, folder: Path) -> bool:
    try:
        return ask(port, "/readyz", folder)[0].status == 200
    except OSError:
        return False


def ask(port: int, address: str, folder: Path) -> tuple[HTTPResponse, bytes]:
    trusted = ssl.create_default_context(cafile=str(folder / "fullchain.pem"))
    connection = HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=trusted)
    connection.request("GET", address, headers=CLAIMS)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body
