"""An exported site beside the live one, file by file: `python -m tests.compared DIR`, with the settings of the export.

Pages differ in three things, which are brought to one: forms to search with, the picture proxy, and the ending of what
they link to in the API.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

from flask.testing import FlaskClient

from feeds.settings import Settings
from feeds.settings import load_settings
from feeds.store import Store
from web import create_app

_FORM = re.compile(rb'<form class="search.*?</form>\n', re.DOTALL)
#: What stands in the folder and at no address.
_OURS = ".nojekyll"


@dataclass(slots=True)
class Compared:
    """What came of it, in names of files."""

    feeds: int = 0
    pages: int = 0
    others: int = 0
    different: list[str] = field(default_factory=list)


def compare(folder: Path, settings: Settings, store: Store | None = None) -> Compared:
    """Ask the live site for what every file of the manifest of an export holds."""
    client = create_app(replace(settings, image_proxy_key=None), store).test_client()
    done = Compared()
    for name, digest in manifest(folder):
        written = (folder / name).read_bytes()
        is_page = name.endswith(".html")
        if sha256(written).hexdigest() != digest or _live(client, name, is_page) != written:
            done.different.append(name)
        done.pages += is_page
        done.feeds += _is_feed(name)
        done.others += not is_page and not _is_feed(name)
    return done


def manifest(folder: Path) -> Iterator[tuple[str, str]]:
    """Every file that the export made, with the SHA-256 that it noted."""
    for line in (folder / ".feedwright/files.txt").read_text(encoding="utf-8").split("\n"):
        name, _, noted = line.partition("\t")
        if name and name != _OURS:
            yield name, noted.partition("\t")[0]


def _is_feed(name: str) -> bool:
    return name.endswith((".rss", ".atom", ".json", ".opml")) and not name.startswith("api/")


def _live(client: FlaskClient, name: str, is_page: bool) -> bytes:
    path = f"/{name}"
    if is_page:
        path = re.sub(r"(?:(?<=/)index)?\.html$", "", path)
    elif name == "favicon.ico":
        path = "/static/favicon.ico"
    elif name.startswith("api/") and name != "api/v1/openapi.json":
        path = path.removesuffix(".json").replace(".ndjson", "?format=ndjson")
    address, mark, query = path.partition("?")
    with client.get(quote(address) + mark + query, buffered=True) as reply:
        return _as_exported(reply.data) if is_page else reply.data


def _as_exported(page: bytes) -> bytes:
    return _FORM.sub(b"", page).replace(b'/revisions">', b'/revisions.json">')


def main(folder: str) -> int:
    """Say what was compared, and name what is different."""
    done = compare(Path(folder), load_settings())
    print(f"{done.feeds} feeds, {done.pages} pages, {done.others} others; {len(done.different)} different")
    print(*done.different[:20], sep="\n")
    return bool(done.different)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
