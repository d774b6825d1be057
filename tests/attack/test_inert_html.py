"""What is left of markup that runs, without a browser: no element, attribute or address that any reader would obey."""

from __future__ import annotations

import socket
import time
import unicodedata
import warnings
from collections.abc import Iterator
from html.parser import HTMLParser
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st
from lxml import etree

import feedwright
from feeds.model import EntryQuery
from feeds.model import Upload
from feeds.scripts import convert_html
from feeds.settings import load_settings
from feeds.store import Store
from feeds.text import clean_html
from scrapers.html import _ATTRIBUTES
from scrapers.html import _TAGS
from scrapers.html import leads_to_web
from scrapers.html import parse
from scrapers.html import sanitised
from scrapers.markdown import to_html
from tests.attack.carriers import CARRIERS
from tests.attack.conftest import FULL
from tests.attack.conftest import Told
from tests.attack.vectors import ADDRESSES
from tests.attack.vectors import VECTORS
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_person
from tests.site import make_client
from web import outside
from web.outside import PictureError
from web.outside import fetch_picture

#: What the sanitiser itself adds.
_ADDED = {"a": {"rel"}, "img": {"referrerpolicy", "loading"}}
_PIECES = st.lists(
    st.sampled_from(
        [
            "<b>",
            "</b>",
            "<p>",
            "<img src=x",
            " onerror=alert(1)",
            ">",
            "<",
            "=",
            "&gt;",
            "&#x338;",
            "\u0338",
            "\u0327",
            "&#x0;",
        ]
        + [
            "\ufeff",
            "x",
            " ",
            '"',
            "'",
            "`",
            "<!--",
            "-->",
            "<svg>",
            "</svg>",
            "<style>",
            "</style>",
            "<math>",
            "<a title=",
            "中",
        ]
    ),
    max_size=14,
).map("".join)


class _Reader(HTMLParser):
    """A parser unlike those that wrote it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        allowed = _ATTRIBUTES.get(tag, set()) | _ADDED.get(tag, set()) | {"lang", "title"}
        names = [name for name, _ in attrs if name not in allowed]
        addresses = [value or "" for name, value in attrs if name in {"href", "src", "poster"}]
        self.found += [] if tag in _TAGS else [tag]
        self.found += [f"{tag} {name}" for name in names]
        self.found += [value for value in addresses if not value.lower().startswith(("http", "mailto:", "tel:"))]


def _runs(html: str) -> list[str]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.found


def _clean(html: str) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return sanitised(parse(html, "https://news.example.com/a"))


def test_nothing_of_any_vector_runs_in_any_form_of_unicode(tell: Told) -> None:
    for vector in VECTORS:
        for html in (vector, to_html(vector)):
            clean = _clean(html)
            for written in (clean, unicodedata.normalize("NFC", clean), unicodedata.normalize("NFD", clean)):
                assert _runs(written) == [], vector
            assert _runs(convert_html(clean, "zh-Hant")) == [] and clean_html(clean) == clean
    tell(f"{len(VECTORS)} vectors as HTML and as Markdown", "no element, attribute or address that is not allowed")


@settings(deadline=None, max_examples=3000 if FULL else 60)
@given(_PIECES)
def test_nothing_of_what_pieces_make_runs(html: str) -> None:
    clean = _clean(html)
    assert _runs(clean) == [] and _runs(unicodedata.normalize("NFC", clean)) == [] and _runs(clean_html(clean)) == []


def test_a_stroke_behind_a_tag_stays_text() -> None:
    """In NFC `>` and U+0338 are one character, and the tag went on through the text."""
    assert _clean("<b>&#x338; onfocus=alert(1) autofocus </b>") == "<b>&#x338; onfocus=alert(1) autofocus </b>"
    assert _clean("<p>1 &gt;&#x338; 2</p>") == "<p>1 &gt;\u0338 2</p>"


def test_films_are_fetched_by_nobody_who_does_not_play_them_and_posters_are_absolute() -> None:
    html = _clean('<video src="/a.mp4" poster="//p.example/x.png" autoplay></video>')
    assert 'preload="none"' in html and "autoplay" not in html
    assert 'poster="https://p.example/x.png"' in html
    assert _clean('<video src="/a.mp4" poster="javascript:alert(1)">').count("=") == 2


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_that_runs_leads_to_the_web(address: str) -> None:
    assert not leads_to_web(address) or address.startswith(("https:", "//"))


@pytest.mark.parametrize("carrier", CARRIERS)
def test_nothing_that_is_stored_leads_to_what_runs(store: Store, carrier: str) -> None:
    format = "feed" if carrier.startswith("feed") else carrier
    data = CARRIERS[carrier](VECTORS[:3]).encode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        feedwright.Receiver(load_settings({}))(Upload(name=f"{carrier}.md", data=data, format=format), store)
    entries = store.entries(EntryQuery(limit=50)).entries
    assert entries
    for entry in entries:
        people = [person.url for person in (*entry.people, *entry.quoted)]
        links = [link.url for link in entry.links] + [media.url for media in entry.media]
        for url in (entry.url, entry.document.url, entry.source.url, *people, *links):
            assert url is None or leads_to_web(url), url
        assert _runs(entry.content_html) == []
        assert make_client(store).get(f"/entries/{entry.id.removeprefix('urn:uuid:')}").status_code == 200
    for report in store.documents():
        assert all(url is None or leads_to_web(url) for url in (report.info.url, report.info.cover))


@pytest.mark.parametrize(
    "title",
    ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1) ", "<img src=x onerror=alert(1)//<b>>",
     "</title><script>", "<!--", "<?x", "a < b", "1<2"],
)  # fmt: skip
def test_a_title_opens_no_tag_where_a_reader_takes_it_for_html(store: Store, title: str) -> None:
    store.save(make_batch([make_draft(title=title, people=(make_person(title),))]), NOW)
    root = etree.fromstring(make_client(store).get("/entries.rss").data)
    for element in root.iter("title", "category"):
        assert (
            _runs(f"<h1>{element.text}</h1>") == ["h1"]
            if "h1" not in _TAGS
            else _runs(f"<h1>{element.text}</h1>") == []
        )
        assert "<!" not in (element.text or "") and "<?" not in (element.text or "")


@pytest.fixture
def dripping() -> Iterator[int]:
    """The port of a host that sends a byte now and then, and no end."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=_drip, args=(listening,), daemon=True)
        thread.start()
        yield listening.getsockname()[1]
    thread.join(5)


def _drip(listening: socket.socket) -> None:
    made, _ = listening.accept()
    with made:
        try:
            made.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            for _ in range(200):
                made.sendall(b"y")
                time.sleep(0.05)
        except OSError:
            return


def test_a_host_of_pictures_that_never_ends_is_left(dripping: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step was short enough, all of them together had no bound while the headers came."""
    from ipaddress import ip_network

    monkeypatch.setattr(outside, "_ALL", 0.5)
    began = time.monotonic()
    with pytest.raises(PictureError):
        fetch_picture(f"http://127.0.0.1:{dripping}/x.png", (ip_network("127.0.0.0/8"),))
    assert time.monotonic() - began < 8
