"""The site as files: what is in them, what they are called, what is removed."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from select import select
from urllib.parse import unquote

import pytest
from flask import Flask

from feeds.errors import ExportError
from feeds.store import migrate
from feeds.store import open_store
from tests.compared import compare
from tests.compared import manifest
from tests.exports import Site
from tests.exports import exported
from tests.exports import files_in
from tests.exports import fill
from tests.exports import settings_of
from web.export import export_site
from web.export import make_app
from web.export.addresses import NOT_EXPORTED
from web.export.addresses import addresses
from web.export.files import Address
from web.export.files import Kind
from web.export.files import file_of
from web.export.files import plan
from web.export.freshness import Stand
from web.export.workers import shared
from web.export.writing import Folder
from web.overviews import pages_of


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """For tests that only read."""
    folder = tmp_path_factory.mktemp("export")
    url = f"sqlite:///{folder / 'store.db'}"
    migrate(url)
    with open_store(url) as store:
        fill(store)
        yield exported(settings_of(url, folder), store, folder / "out")


def test_every_route_is_exported_or_listed_with_the_reason(site: Site) -> None:
    app = make_app(site.settings, site.store)
    adapter = app.url_map.bind("feeds.example.org")
    found = _all(app)
    asked = {address.question.partition("?")[0] for address in found}
    plain = {re.sub(r"^/(?:en|zh)(?=/)", "", path) for path in asked} - {"/404"}
    reached = {str(adapter.match(unquote(path), return_rule=True)[0]) for path in plain}
    rules = {str(rule) for rule in app.url_map.iter_rules() if rule.endpoint not in NOT_EXPORTED}
    # These two are there where a list is longer than a page.
    assert rules - reached == {"/favicon.ico", "/authors/page/<number>", "/documents/page/<number>"}
    assert Address("/favicon.ico", Kind.AS_IT_IS, "/static/favicon.ico") in found
    assert pages_of("/authors", 801, 400) == ["/authors", "/authors/page/2", "/authors/page/3"]
    assert set(NOT_EXPORTED) <= {rule.endpoint for rule in app.url_map.iter_rules()}


def _all(app: Flask) -> set[Address]:
    with app.app_context():
        return set(addresses(app.extensions["feedwright"]))


def test_files_hold_what_the_site_serves(site: Site) -> None:
    assert (site.done.left, site.done.moved, site.done.unchanged, site.done.removed) == ([], False, 0, 0)
    done = compare(site.folder, site.settings, site.store)
    assert done.different == []
    assert done.feeds > 100 and done.pages > 100 and done.others > 20
    assert done.feeds + done.pages + done.others + 1 == site.done.written  # and .nojekyll


def test_the_manifest_names_every_file_with_its_hash(site: Site) -> None:
    found = {name: sha256(data).hexdigest() for name, data in files_in(site.folder).items()}
    del found[".nojekyll"]
    assert dict(manifest(site.folder)) == found


def test_saved_queries_have_their_pages_and_one_that_is_broken_says_why(site: Site) -> None:
    page = (site.folder / "en/feeds.html").read_text("utf-8")
    assert 'href="/en/feeds/small"' in page and "there is no topic" in page
    assert (site.folder / "feeds/small.rss").is_file() and not (site.folder / "feeds/lost.rss").exists()
    assert "/feeds/small</loc>" in (site.folder / "sitemaps/listings.xml").read_text("utf-8")


def test_several_processes_write_what_one_writes(site: Site, tmp_path: Path) -> None:
    done = export_site(site.settings, tmp_path, processes=2)
    assert done.written == site.done.written and done.left == []
    assert files_in(tmp_path) == files_in(site.folder)


def test_what_goes_wrong_in_another_process_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    def halve(number: int) -> int:
        if number == 150:
            raise ExportError("no half")
        return number // 2 if number != 250 else 1 // 0

    with shared(halve, range(100), 4) as halves:
        assert sorted(halves) == sorted(map(halve, range(100)))
    with shared(halve, range(200), 2) as halves, pytest.raises(ExportError, match="no half"):
        list(halves)
    with shared(halve, range(200, 320), 2) as halves, pytest.raises(ExportError, match="ended with 1"):
        list(halves)
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_the_processes_of_a_killed_export_end_with_it() -> None:
    ours, theirs = os.pipe()

    def wait_for_ever(number: int) -> int:
        os.write(theirs, b".")
        signal.pause()
        return number

    def export() -> None:
        with shared(wait_for_ever, range(120), 2) as done:
            list(done)

    killed = get_context("fork").Process(target=export)
    killed.start()
    os.close(theirs)
    with open(ours, "rb", buffering=0) as told:
        assert {told.read(1), told.read(1)} == {b"."}
        killed.kill()
        killed.join()
        assert select([told], [], [], 30)[0] and told.read(1) == b""  # nobody is left who could write


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


@pytest.mark.parametrize(
    "path", ["/a/..", "/a/%2E%2E", "/a%2Fb", f"/{'记' * 90}", "/.feedwright", "/a%00", "/a%0Ab", "/a%E2%80%A8b"]
)
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
        assert folder.write("a/b.html", [b"whole"])[1]
    with Folder(tmp_path) as folder, pytest.raises(ExportError):
        folder.write("a/b.html", broken())
    assert (tmp_path / "a/b.html").read_bytes() == b"whole"
    assert list((tmp_path / ".feedwright").glob("part*")) == []


def test_a_file_of_somebody_else_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("mine")
    with Folder(tmp_path) as folder, pytest.raises(ExportError, match="not from an export"):
        folder.write("index.html", [b"ours"])
    assert (tmp_path / "index.html").read_text() == "mine"


def test_two_exports_do_not_write_into_one_folder(tmp_path: Path) -> None:
    with Folder(tmp_path), pytest.raises(ExportError, match="another export"):
        Folder(tmp_path, patience=0)


def test_a_note_that_leads_out_of_the_folder_removes_nothing(tmp_path: Path) -> None:
    (tmp_path / "kept.txt").write_text("kept")
    own = tmp_path / "out/.feedwright"
    own.mkdir(parents=True)
    (own / "files.txt").write_text(f"../kept.txt\n{tmp_path}/kept.txt\n")
    with Folder(tmp_path / "out") as folder:
        assert folder.finish({}, Stand("", "", "", 0, ""), []) == 0
    assert (tmp_path / "kept.txt").exists()
