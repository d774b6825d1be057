"""An exported site on the servers that it is for: every link leads somewhere, feeds are what they were."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import urllib.request
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urljoin
from urllib.parse import urlsplit

import pytest

from feeds.addresses import STATIC
from feeds.store import migrate
from feeds.store import open_store
from tests.exports import BASE
from tests.exports import Site
from tests.exports import exported
from tests.exports import fill
from tests.exports import settings_of
from tests.hosting import pages
from web import create_app

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
DOCS = Path(__file__).parents[1] / "docs" / "export.md"
_LINK = re.compile(r'(?:href|src|action)="([^"]*)"')
_LOCATION = re.compile(r"<loc>([^<]*)</loc>")
#: A feed, a list, things of the API, and what their servers call them.
_TYPES = {
    "/entries": "text/html",
    "/en/": "text/html",
    "/zh/topics/rag": "text/html",
    "/entries.rss": "application/rss+xml",
    "/topics/rag.zh-Hant.atom": "application/atom+xml",
    "/topics/rag.json": "application/feed+json",
    "/opml": "text/x-opml",
    "/authors.opml": "text/x-opml",
    "/api/v1/topics/rag": "application/json",
    "/api/v1/openapi.json": "application/json",
    "/api/v1/entries": "application/json",
    "/api/v1/entries.ndjson": "application/x-ndjson",
    "/sitemap.xml": "application/xml",
    "/robots.txt": "text/plain",
    "/static/style.css": "text/css",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("hosted")
    url = f"sqlite:///{folder / 'store.db'}"
    migrate(url)
    with open_store(url) as store:
        fill(store)
        yield exported(settings_of(url, folder), store, folder / "out")


@dataclass
class Crawl:
    """What following every link of every page found."""

    seen: set[str] = field(default_factory=set)
    pages: int = 0
    broken: set[tuple[str, str]] = field(default_factory=set)


def crawl(host: str) -> Crawl:
    """From the front page and the site map; links to where the site will be served lead to the host.

    Files can answer a query only where it says no more than which version of them is meant.
    """
    done = Crawl(seen={"/", "/sitemap.xml", "/404"})
    waiting = deque([("", path) for path in done.seen])
    connection = HTTPConnection(urlsplit(host).netloc, timeout=60)
    while waiting:
        page, path = waiting.popleft()
        connection.request("GET", path)
        reply = connection.getresponse()
        text = reply.read().decode("utf-8", "replace")
        if reply.status != 200:
            done.broken.add((page, path))
        kind = reply.headers.get_content_type()
        done.pages += kind == "text/html"
        pattern = _LINK if kind == "text/html" else _LOCATION if kind.endswith("/xml") else None
        for link in pattern.findall(text) if pattern else ():
            to = urlsplit(urljoin(f"{BASE}{path}", unescape(link)))
            if to.query and f"{to.scheme}://{to.netloc}" == BASE and not to.path.startswith(STATIC):
                done.broken.add((path, link))
            elif f"{to.scheme}://{to.netloc}" == BASE and to.path not in done.seen:
                done.seen.add(to.path)
                waiting.append((path, to.path))
    connection.close()
    return done


@contextmanager
def nginx(folder: Path, files: Path) -> Iterator[str]:
    """A real one, with the very lines of the documentation; skips where there is none."""
    if NGINX is None:
        pytest.skip("there is no nginx on this machine")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = re.search(r"^    server \{.*?^    \}$", DOCS.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert server is not None
    lines = server[0].replace("root /srv/site;", f"listen 127.0.0.1:{port}; root {files};")
    places = "".join(f"{name}_temp_path {folder}/{name};\n" for name in _TEMPORARY)
    whole = f"daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1; user root;\n"
    whole += f"events {{}}\nhttp {{ access_log off;\n{places}{lines}\n}}\n"
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    process = subprocess.Popen([NGINX, "-p", str(folder), "-e", f"{folder}/error.log", "-c", f"{folder}/nginx.conf"])
    try:
        _await(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


def _await(process: subprocess.Popen[bytes], port: int) -> None:
    """Until it answers, or ends; the test's own limit is the deadline."""
    while process.poll() is None:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
    pytest.fail(f"nginx ended with {process.returncode}")


def answer(host: str, path: str) -> tuple[str, bytes]:
    """The content type and the body."""
    with urllib.request.urlopen(f"{host}{path}", timeout=60) as reply:
        return reply.headers.get_content_type(), reply.read()


def test_every_link_of_every_page_leads_somewhere_on_a_host_like_github_pages(site: Site) -> None:
    with pages(site.folder) as host:
        done = crawl(host)
    assert done.broken == set()
    assert done.pages > 80


def test_every_link_of_every_page_leads_somewhere_on_nginx(site: Site, tmp_path: Path) -> None:
    with nginx(tmp_path, site.folder) as host:
        done = crawl(host)
    assert done.broken == set()
    assert done.pages > 80


def test_nginx_gives_the_bytes_and_the_types_of_the_live_site(site: Site, tmp_path: Path) -> None:
    live = create_app(site.settings, site.store).test_client()
    with nginx(tmp_path, site.folder) as host:
        found = {path: answer(host, path) for path in _TYPES}
        status = _status(host, "/nothing"), _status(host, "/.feedwright/files.txt")
    assert {path: kind for path, (kind, _) in found.items()} == _TYPES
    feeds = [path for path, kind in _TYPES.items() if "+" in kind or "opml" in kind]
    assert [path for path in feeds if live.get(path).data != found[path][1]] == []
    assert [path for path in feeds if live.get(path).mimetype != found[path][0]] == []
    assert status == ((404, True), (404, True))


def test_a_host_like_github_pages_shows_what_is_missing_and_leaves_no_file_out(site: Site, tmp_path: Path) -> None:
    shutil.copytree(site.folder, tmp_path / "site")
    (tmp_path / "site/_kept.html").write_text("kept")
    with pages(tmp_path / "site") as host:
        assert _status(host, "/nothing") == (404, True)
        assert _status(host, "/Topics/rag") == (404, True)  # letters count in their case
        assert _status(host, "/_kept") == (200, False)
        (tmp_path / "site/.nojekyll").unlink()
        assert _status(host, "/_kept") == (404, True)


def _status(host: str, path: str) -> tuple[int, bool]:
    """The status, and whether our own page says that there is nothing."""
    connection = HTTPConnection(urlsplit(host).netloc, timeout=60)
    connection.request("GET", path)
    reply = connection.getresponse()
    words = reply.read()
    connection.close()
    return reply.status, b"noindex" in words
