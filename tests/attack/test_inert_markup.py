"""Markup that runs, in every place of every format, shown by a real browser: nothing runs and nobody is told."""

from __future__ import annotations

import json
from collections.abc import Callable
from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import Browser
from playwright.sync_api import Error
from playwright.sync_api import sync_playwright

from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from tests.attack.conftest import Told
from tests.attack.poisoned import entries
from tests.attack.poisoned import paths
from tests.attack.poisoned import poison
from tests.attack.vectors import VECTORS
from tests.attack.vectors import some
from tests.attack.watched import CHROMIUM
from tests.attack.watched import Seen
from tests.attack.watched import watching
from tests.site import make_client
from tests.site import served

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
Rounds = Callable[[int, int], int]
_HTML = "{http://www.w3.org/1999/xhtml}"
_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


@pytest.fixture(scope="module")
def vectors(rounds: Rounds) -> tuple[str, ...]:
    return some(rounds(5, len(VECTORS)))


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory, vectors: tuple[str, ...]) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path_factory.mktemp('inert') / 'store.db'}"
    migrate(url)
    with open_store(url) as store:
        poison(store, vectors)
        yield store


@pytest.fixture(scope="module")
def base(poisoned: Store) -> Iterator[str]:
    with served(poisoned) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        except Error as error:
            pytest.skip(f"Chromium does not start here: {error}")
        yield started
        started.close()


@pytest.mark.parametrize("bypass_csp", [False, True], ids=["with the policy", "without a policy"])
def test_no_page_runs_or_tells_anything(
    browser: Browser, base: str, poisoned: Store, rounds: Rounds, tell: Told, bypass_csp: bool
) -> None:
    lists, own = paths(poisoned)
    most = rounds(4, 25)
    with watching(browser, base, bypass_csp=bypass_csp) as watched:
        for path in [*lists[:: max(1, len(lists) // most)], *own[:: max(1, len(own) // most)]]:
            watched.visit(base + path, "article.entry .content, .excerpt, .card h3, h1")
    _nothing(watched.seen)
    tell(
        f"{watched.seen.pages} pages {'without' if bypass_csp else 'under'} the policy", "nothing ran, left or broke it"
    )


def test_no_content_runs_in_a_page_that_has_no_policy_of_its_own(
    browser: Browser, base: str, poisoned: Store, vectors: tuple[str, ...], tell: Told
) -> None:
    pieces = [entry.content_html for entry in entries(poisoned)]
    with watching(browser, base, bypass_csp=True) as watched:
        for first in range(0, len(pieces), 100):
            watched.insert(pieces[first : first + 100], f"entries {first}")
    _nothing(watched.seen)
    tell(f"{len(vectors)} vectors in 12 formats, {len(pieces)} entries", "nothing ran where a reader inserts them")


@pytest.mark.parametrize("suffix", [".rss", ".atom", ".json", ".zh-Hant.rss"])
def test_no_feed_runs_in_a_reader_that_trusts_it(
    browser: Browser, base: str, poisoned: Store, suffix: str, tell: Told
) -> None:
    client = make_client(poisoned)
    addresses = [f"/sources/{tally.slug}{suffix}" for tally in poisoned.sources()] + [f"/entries{suffix}"]
    count = 0
    with watching(browser, base, bypass_csp=True) as watched:
        for address in addresses:
            texts = _texts(client.get(address).data, suffix)
            count += len(texts)
            watched.insert(texts, address)
            watched.show("\n".join(f"<article>{text}</article>" for text in texts), address)
    _nothing(watched.seen)
    tell(f"{count} texts of {suffix} feeds", "nothing ran in a reader without a policy")


@pytest.mark.parametrize("path", ["/entries.rss", "/entries.atom", "/entries.json", "/opml", "/sitemap.xml"])
def test_a_feed_that_is_opened_in_a_browser_runs_nothing(browser: Browser, base: str, path: str) -> None:
    with watching(browser, base, bypass_csp=True) as watched:
        reply = watched.page.goto(base + path)
        assert reply is not None and reply.headers["x-content-type-options"] == "nosniff"
        said = watched.page.evaluate("window.__said")
    assert (said, watched.seen.requests, watched.seen.moved) == ([], [], [])


def test_titles_stay_titles_where_a_reader_takes_them_for_html(browser: Browser, base: str, poisoned: Store) -> None:
    """Half of the readers do, for RSS; what is plain text in Atom and JSON Feed is shown as such."""
    root = etree.fromstring(make_client(poisoned).get("/entries.rss").data)
    titles = [words for element in root.iter("title", "category", "source") if (words := element.text)]
    with watching(browser, base, bypass_csp=True) as watched:
        watched.show("".join(f"<h2>{title}</h2>" for title in titles), "titles")
        watched.insert([f"<h2>{title}</h2>" for title in titles], "titles")
    _nothing(watched.seen)


def _texts(body: bytes, suffix: str) -> list[str]:
    """What readers take for HTML."""
    if suffix == ".json":
        return [item.get("content_html", "") for item in json.loads(body)["items"]]
    root = etree.fromstring(body)
    if suffix.endswith(".rss"):
        return [element.text or "" for element in root.iter("description", _CONTENT)]
    found = [element for element in root.iter(f"{_ATOM}content", f"{_ATOM}title", f"{_ATOM}summary")]
    assert not any(element.get("type") == "xhtml" or len(element) for element in found)
    return [element.text or "" for element in found if element.get("type") == "html"]


def _nothing(seen: Seen) -> None:
    assert (seen.scripts, seen.requests, seen.moved, seen.markup) == ([], [], [], [])


def test_the_vectors_do_run_where_nobody_cleans_them(browser: Browser, base: str) -> None:
    """Else the tests above could not fail."""
    with watching(browser, base, bypass_csp=True) as watched:
        for number, vector in enumerate(VECTORS[:200:20]):
            watched.insert([vector], f"raw {number}")
    assert len(watched.seen.markup) > 5
    assert len(watched.seen.scripts) + len(watched.seen.requests) > 1


def test_the_vectors_are_many() -> None:
    assert len(VECTORS) > 200
    assert (Path(__file__).parent / "vectors.txt").is_file()
