"""The site as files: what is in them, what is rewritten, what is removed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote
from urllib.parse import urljoin
from urllib.parse import urlsplit

import pytest
from flask import Flask

from feeds.errors import ExportError
from feeds.settings import Settings
from feeds.settings import load_settings
from feeds.store import Store
from tests import tellings
from tests.builders import make_batch
from tests.builders import make_draft
from tests.site import RAG
from tests.site import drafts
from web import create_app
from web.export import export_site
from web.export import make_app
from web.export.addresses import NOT_EXPORTED
from web.export.addresses import addresses
from web.export.files import Address
from web.export.files import Kind
from web.export.files import file_of
from web.export.files import plan
from web.export.writing import Folder
from web.overviews import pages_of

BASE = "https://feeds.example.org"
REPO = "https://code.example.com/a/b"
TOPICS = "".join(f'[[topic]]\nslug = "{slug}"\nzh = "{slug}"\nen = "{slug}"\n' for slug in ("coding", "openai", "rag"))
_LINK = re.compile(r'(?:href|src|action)="([^"]*)"')


@pytest.fixture
def settings(store_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """With three topics: each takes fifty files."""
    topics = tmp_path_factory.mktemp("rules") / "topics.toml"
    topics.write_text(TOPICS, "utf-8")
    return load_settings({"PUBLIC_BASE_URL": BASE, "DATABASE_URL": store_url, "TOPICS": str(topics)})


@pytest.fixture
def filled(store: Store, now: datetime) -> Store:
    """A few entries, one of them edited."""
    old = replace(drafts()[0], content_text="切分决定检索的好坏。从前这样写。")
    store.save(make_batch([old, *drafts()[1:3]]), now)
    store.save(make_batch(drafts()[:3], url="https://notes.example.com/5", digest="2"), now + timedelta(hours=1))
    return store


def found_by_a_server(folder: Path, path: str) -> bool:
    """As `try_files $uri $uri.html $uri/index.html $uri.json` of nginx looks."""
    name = unquote(path).strip("/")
    return any((folder / f"{name}{ending}".lstrip("/")).is_file() for ending in ("", ".html", "/index.html", ".json"))


def test_every_route_is_exported_or_listed_with_the_reason(filled: Store, settings: Settings) -> None:
    tellings.save(filled, tellings.told("a", 0, REPO), tellings.told("b", 2, REPO))
    app = make_app(settings, filled)
    adapter = app.url_map.bind("feeds.example.org")
    asked = {address.question.partition("?")[0] for address in _all(app)}
    plain = {re.sub(r"^/(?:en|zh)(?=/)", "", path) for path in asked} - {"/404"}
    exported = {str(adapter.match(unquote(path), return_rule=True)[0]) for path in plain}
    rules = {str(rule) for rule in app.url_map.iter_rules() if rule.endpoint not in NOT_EXPORTED}
    # These two are there where a list is longer than a page.
    assert rules - exported == {"/favicon.ico", "/authors/page/<number>", "/documents/page/<number>"}
    assert Address("/favicon.ico", Kind.AS_IT_IS, "/static/favicon.ico") in _all(app)
    assert pages_of("/authors", 801, 400) == ["/authors", "/authors/page/2", "/authors/page/3"]
    assert set(NOT_EXPORTED) <= {rule.endpoint for rule in app.url_map.iter_rules()}


def _all(app: Flask) -> set[Address]:
    with app.app_context():
        return set(addresses(app.extensions["feedwright"], Path(app.static_folder)))


def test_files_hold_what_the_site_serves(filled: Store, settings: Settings, tmp_path: Path) -> None:
    done = export_site(settings, tmp_path / "out", store=filled)
    assert (done.left, done.moved, done.unchanged, done.removed) == ([], False, 0, 0)
    live = create_app(settings, filled).test_client()
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file() and ".feedwright" not in path.parts]
    assert len(files) == done.written
    names = {path.relative_to(tmp_path / "out").as_posix(): path for path in files}
    feeds = [
        name for name in names if name.endswith((".rss", ".atom", ".opml", ".json")) and not name.startswith("api/")
    ]
    assert len(feeds) > 100
    assert [name for name in feeds if live.get(f"/{name}").data != names[name].read_bytes()] == []
    assert live.get("/api/v1/topics/rag").data == names["api/v1/topics/rag.json"].read_bytes()
    assert live.get("/api/v1/entries?format=ndjson").data == names["api/v1/entries.ndjson"].read_bytes()
    revised = [name for name in names if name.endswith("/revisions.json")]
    assert live.get(f"/{revised[0].removesuffix('.json')}").data == names[revised[0]].read_bytes()
    page = live.get("/en/topics/rag").text
    written = (tmp_path / "out/en/topics/rag.html").read_text("utf-8")
    form = re.compile(r'<form class="search".*?</form>\n', re.DOTALL)
    assert form.search(page) and form.sub("", page) == written


def test_no_exported_page_links_to_what_is_not_there(filled: Store, settings: Settings, tmp_path: Path) -> None:
    export_site(settings, tmp_path, store=filled)
    missing = set()
    for page in tmp_path.rglob("*.html"):
        here = f"{BASE}/{page.relative_to(tmp_path).as_posix()}"
        for link in _LINK.findall(page.read_text("utf-8")):
            to = urlsplit(urljoin(here, link.replace("&amp;", "&")))
            if f"{to.scheme}://{to.netloc}" == BASE and (to.query or not found_by_a_server(tmp_path, to.path)):
                missing.add((page.name, link))
    assert missing == set()


def test_only_what_changed_is_written_again(filled: Store, settings: Settings, now: datetime, tmp_path: Path) -> None:
    first = export_site(settings, tmp_path, store=filled)
    again = export_site(settings, tmp_path, store=filled)
    assert (again.written, again.unchanged, again.removed) == (0, first.written, 0)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.html")}
    filled.save(make_batch([make_draft("来得晚的一条。", 90, topics=(RAG,))], name="late.md"), now + timedelta(hours=1))
    more = export_site(settings, tmp_path, store=filled)
    assert 0 < more.written < more.unchanged
    unmoved = {path for path, at in before.items() if path.stat().st_mtime_ns == at}
    assert tmp_path / "en/about.html" in unmoved and tmp_path / "en/entries.html" not in unmoved


def test_what_is_gone_is_removed_and_what_no_export_made_stays(
    filled: Store, settings: Settings, now: datetime, tmp_path: Path
) -> None:
    export_site(settings, tmp_path, store=filled)
    (tmp_path / "CNAME").write_text("feeds.example.org")
    entry = filled.ids()[0][0]
    page = tmp_path / f"entries/{entry.removeprefix('urn:uuid:')}.html"
    assert page.is_file()
    filled.withdraw(entry, now)
    done = export_site(settings, tmp_path, store=filled)
    assert done.removed >= 4 and not page.exists()
    assert (tmp_path / "CNAME").read_text() == "feeds.example.org"


# Files


@pytest.mark.parametrize(
    ("path", "kind", "name"),
    [
        ("/", Kind.PAGE, "index.html"),
        ("/en/", Kind.PAGE, "en/index.html"),
        ("/entries", Kind.PAGE, "entries.html"),
        ("/entries.zh-Hans.rss", Kind.AS_IT_IS, "entries.zh-Hans.rss"),
        ("/documents/%E8%AE%B0.md", Kind.PAGE, "documents/记.md.html"),
        ("/api/v1/entries", Kind.NDJSON, "api/v1/entries.ndjson"),
    ],
)
def test_a_file_is_named_after_its_address(path: str, kind: Kind, name: str) -> None:
    assert file_of(Address(path, kind)) == name


@pytest.mark.parametrize("path", ["/a/..", "/a/%2E%2E", "/a%2Fb", f"/{'记' * 90}", "/.feedwright", "/a%00"])
def test_what_no_file_can_be_called_is_told(path: str) -> None:
    planned = plan([Address(path, Kind.PAGE)])
    assert planned.files == {} and [leaving.path for leaving in planned.left] == [path]


def test_addresses_in_each_others_way_are_told() -> None:
    asked = [Address("/d/a", Kind.PAGE), Address("/d/a.html", Kind.PAGE), Address("/d/a.html/b", Kind.AS_IT_IS)]
    planned = plan(asked)
    assert set(planned.files) == {"d/a.html"}
    assert {leaving.path for leaving in planned.left} == {"/d/a.html", "/d/a.html/b"}


def test_a_broken_write_leaves_the_old_file(tmp_path: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield b"half"
        raise ConnectionError("gone")

    with Folder(tmp_path) as folder:
        assert folder.write("a/b.html", [b"whole"])
    with Folder(tmp_path) as folder, pytest.raises(ExportError):
        folder.write("a/b.html", broken())
    assert (tmp_path / "a/b.html").read_bytes() == b"whole"
    assert not (tmp_path / ".feedwright/part").exists()


def test_a_file_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine")
    with Folder(tmp_path) as folder, pytest.raises(ExportError, match="not from an export"):
        folder.write("index.html", [b"ours"])
    assert (tmp_path / "index.html").read_text() == "mine"


def test_two_exports_do_not_write_into_one_folder(tmp_path: Path) -> None:
    with Folder(tmp_path), pytest.raises(ExportError, match="another export"):
        Folder(tmp_path)


def test_a_note_that_leads_out_of_the_folder_removes_nothing(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("kept")
    own = tmp_path / "out/.feedwright"
    own.mkdir(parents=True)
    (own / "files.txt").write_text(f"../kept.txt\n{tmp_path}/kept.txt\n")
    with Folder(tmp_path / "out") as folder:
        assert folder.keep_only(set()) == 0
    assert (tmp_path / "kept.txt").exists()
