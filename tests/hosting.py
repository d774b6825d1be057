"""A static host in the manner of GitHub Pages, as far as its documentation tells, on top of `http.server`.

For `/a` it gives the file `a`, else `a.html`, else sends to the folder `a/`; for `/a/` the file `a/index.html`; for
what it does not find `404.html` with that status. Letters count in their case, nothing is made of a question mark, and
the content type follows from the ending alone. Without `.nojekyll` files that begin with a dot or an underscore are
left out, as Jekyll leaves them out.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote
from urllib.parse import urlsplit


class _Pages(SimpleHTTPRequestHandler):
    extensions_map = {
        "": "application/octet-stream",
        ".html": "text/html; charset=utf-8",
        ".css": "text/css; charset=utf-8",
        ".js": "application/javascript; charset=utf-8",
        ".json": "application/json; charset=utf-8",
        ".xml": "application/xml",
        ".rss": "application/rss+xml",
        ".atom": "application/atom+xml",
        ".txt": "text/plain; charset=utf-8",
        ".svg": "image/svg+xml",
        ".ico": "image/vnd.microsoft.icon",
    }

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, with_body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        root = Path(self.directory)
        found = self._find(root, path)
        if found is None and (root / path.strip("/")).is_dir() and not path.endswith("/"):
            self.send_response(301)
            self.send_header("Location", f"{urlsplit(self.path).path}/")
            self.end_headers()
            return
        file = found or root / "404.html"
        body = file.read_bytes()
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self.guess_type(file.name))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _find(self, root: Path, path: str) -> Path | None:
        name = path.strip("/")
        names = [f"{name}/index.html".lstrip("/")] if path.endswith("/") else [name, f"{name}.html"]
        served = (one for one in names if self._is_served(root, one))
        return next((root / one for one in served if (root / one).is_file()), None)

    def _is_served(self, root: Path, name: str) -> bool:
        parts = name.split("/")
        return ".." not in parts and (
            (root / ".nojekyll").is_file() or not any(p.startswith((".", "_")) for p in parts)
        )

    def log_message(self, format: str, *args: object) -> None:
        """The tests say what went wrong."""


@contextmanager
def pages(folder: Path) -> Iterator[str]:
    """Serve a folder; gives the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Pages, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
