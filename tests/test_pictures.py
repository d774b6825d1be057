"""The proxy of pictures: signed addresses only, public networks only, pictures only, within bounds."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler
from http.server import ThreadingHTTPServer
from ipaddress import ip_network

import pytest
from flask.testing import FlaskClient

from feeds.errors import ConfigError
from feeds.settings import load_settings
from feeds.store import Store
from tests.site import PICTURE
from tests.site import fill
from tests.site import make_client
from tests.test_pages import path_of
from web import outside
from web import proxy
from web.outside import Picture
from web.outside import PictureError
from web.outside import fetch_picture
from web.pictures import picture_path

KEY = "0123456789abcdef0123456789abcdef"
#: One address of the machine; 127.0.0.2 stays forbidden.
LOOPBACK = [ip_network("127.0.0.1/32")]
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def client(store: Store, now: datetime) -> FlaskClient:
    fill(store, now)
    return make_client(store, IMAGE_PROXY_KEY=KEY)


class Host(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        kind, _, words = self.path.strip("/").partition("/")
        if kind in {"to", "loop"}:
            self.send_response(302)
            self.send_header("Location", words.replace("_", "/") if kind == "to" else self.path)
            self.end_headers()
            return
        self.send_response(int(kind))
        self.send_header("Content-Type", words.replace("_", "/"))
        self.end_headers()
        self.wfile.write(PNG)

    def log_message(self, format: str, *args: object) -> None:
        """The tests say what went wrong."""


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.png",
        "http://localhost/a.png",
        "http://[::1]/a.png",
        "http://2130706433/a.png",
        "http://0x7f.1/a.png",
        "http://169.254.169.254/latest/meta-data",
        "https://user@example.org/a.png",
        "http://127.0.0.1:22/",
        "ftp://example.org/a.png",
        "file:///etc/passwd",
        "http:///a.png",
        "http://example.org:99999/a.png",
        "nonsense",
    ],
)
def test_addresses_that_lead_astray_are_refused(url: str) -> None:
    with pytest.raises(PictureError):
        fetch_picture(url)


def test_a_picture_comes_through(host: str) -> None:
    assert fetch_picture(f"{host}/200/image_png", LOOPBACK) == Picture(PNG, "image/png")


@pytest.mark.parametrize("path", ["200/image_svg+xml", "200/text_html", "200/", "404/image_png", "500/image_png"])
def test_what_is_no_picture_does_not(host: str, path: str) -> None:
    with pytest.raises(PictureError):
        fetch_picture(f"{host}/{path}", LOOPBACK)


def test_every_hop_is_judged(host: str) -> None:
    inside = f"{host}/to/{host.replace('/', '_').replace('127.0.0.1', '127.0.0.2')}_200_image_png"
    with pytest.raises(PictureError, match="not public"):
        fetch_picture(inside, LOOPBACK)
    good = f"{host}/to/_200_image"
    with pytest.raises(PictureError, match="no picture"):
        fetch_picture(good, LOOPBACK)


def test_redirects_end(host: str) -> None:
    with pytest.raises(PictureError, match="redirects"):
        fetch_picture(f"{host}/loop", LOOPBACK)


def test_a_large_one_is_not_read_to_its_end(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside, "MOST_BYTES", 4)
    with pytest.raises(PictureError, match="large"):
        fetch_picture(f"{host}/200/image_png", LOOPBACK)


def test_pages_show_pictures_through_the_proxy_by_signed_addresses(
    client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fetched(url: str) -> Picture:
        asked.append(url)
        return Picture(PNG, "image/png")

    monkeypatch.setattr(proxy, "fetch_picture", fetched)
    path = picture_path(PICTURE, KEY)
    page = client.get(path_of(store, "切分")).text
    assert f'<img alt="图 > 表" src="{path}"' in page or f'<img alt="图 &gt; 表" src="{path}"' in page
    reply = client.get(path)
    assert (reply.data, reply.content_type, asked) == (PNG, "image/png", [PICTURE])
    assert "max-age=604800" in reply.headers["Cache-Control"]
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert PICTURE.replace("&", "&amp;") in client.get("/entries.rss").text.replace("&amp;amp;", "&amp;")


def test_what_we_did_not_sign_is_not_fetched(
    client: FlaskClient, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy, "fetch_picture", lambda url: pytest.fail(f"fetched {url}"))
    path = picture_path(PICTURE, KEY)
    _, _, signature, packed = path.split("/")
    other = picture_path("https://example.org/b.png", KEY).rpartition("/")[2]
    paths = [
        f"/pictures/{signature}/{other}",
        f"/pictures/x/{packed}",
        f"/pictures/{signature}/%FF",
        f"/pictures/é/{packed}",
    ]
    for forged in [*paths, picture_path(PICTURE, KEY[::-1])]:
        assert client.get(forged).status_code == 404
    assert make_client(store).get(path).status_code == 404


def test_a_picture_that_cannot_be_had_is_a_bad_gateway_in_words(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(url: str) -> Picture:
        raise PictureError("is too large")

    monkeypatch.setattr(proxy, "fetch_picture", failing)
    reply = client.get(picture_path(PICTURE, KEY))
    assert (reply.status_code, reply.text) == (502, "The picture cannot be shown: is too large.\n")


def test_few_are_fetched_at_once(client: FlaskClient) -> None:
    turns = client.application.extensions["pictures"]
    while turns.acquire(blocking=False):
        pass
    reply = client.get(picture_path(PICTURE, KEY))
    assert (reply.status_code, reply.headers["Retry-After"]) == (503, "5")


@pytest.mark.parametrize("words", ["short", "ü" * 40])
def test_a_key_that_anybody_guesses_is_refused(words: str) -> None:
    with pytest.raises(ConfigError, match="IMAGE_PROXY_KEY"):
        load_settings({"IMAGE_PROXY_KEY": words})
    assert KEY not in repr(load_settings({"IMAGE_PROXY_KEY": KEY}))
