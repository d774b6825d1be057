"""The fetcher against a real server on this machine."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
import zlib
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from contextlib import suppress
from datetime import UTC
from datetime import datetime
from datetime import timedelta

import brotli
import pytest

from feeds.errors import BusyHostError
from feeds.errors import FetchError
from feeds.errors import RefusedError
from feeds.errors import StoppedError
from scrapers.fetch import Clock
from scrapers.fetch import Fetcher
from scrapers.fetch import Limits
from scrapers.fetch import Turns
from scrapers.fetch import Validators
from scrapers.fetch import user_agent
from scrapers.fetch.answer import shown
from scrapers.fetch.turns import OwnHosts
from tests.servers import AGENT
from tests.servers import LOOPBACK
from tests.servers import Asked
from tests.servers import FakeTime
from tests.servers import Reply
from tests.servers import Script
from tests.servers import make_fetcher
from tests.servers import serving


def pages(found: Mapping[str, Reply]) -> Script:
    return lambda asked: found.get(asked.path, Reply(404))


@pytest.fixture
def time() -> FakeTime:
    return FakeTime()


def test_a_page_is_fetched_with_an_honest_name_and_no_cookies(time: FakeTime) -> None:
    page = Reply(200, b"<p>hello", {"Content-Type": "text/html; charset=gbk", "Set-Cookie": "a=b; Path=/"})
    with serving(pages({"/a": page})) as server, make_fetcher(time) as fetcher:
        answer = fetcher.get(f"{server.url}/a")
        fetcher.get(f"{server.url}/a")
    assert (answer.body, answer.media_type, answer.charset) == (b"<p>hello", "text/html", "gbk")
    assert {asked.headers["user-agent"] for asked in server.log} == {AGENT}
    assert all("cookie" not in asked.headers for asked in server.log)
    assert user_agent("1.0", "https://feeds.example.org") == "Feedwright/1.0 (+https://feeds.example.org)"


def test_what_has_not_changed_is_not_sent_again(time: FakeTime) -> None:
    def script(asked: Asked) -> Reply:
        if asked.path == "/robots.txt":
            return Reply(404)
        told = {"ETag": 'W/"7"', "Last-Modified": "Sun, 01 Mar 2026 00:00:00 GMT"}
        return Reply(304, headers=told) if asked.headers.get("if-none-match") == 'W/"7"' else Reply(200, b"x", told)

    with serving(script) as server, make_fetcher(time) as fetcher:
        first = fetcher.get(server.url)
        again = fetcher.get(server.url, first.validators)
    assert first.modified == datetime(2026, 3, 1, tzinfo=UTC)
    assert (again.unchanged, again.body, again.validators) == (True, b"", first.validators)


def test_validators_of_an_answer_without_any_are_not_kept(time: FakeTime) -> None:
    with serving(pages({"/": Reply(200, b"x")})) as server, make_fetcher(time) as fetcher:
        assert fetcher.get(f"{server.url}/", Validators('"old"', None)).validators == Validators()


@pytest.mark.parametrize(
    ("statuses", "moves"), [((301, 308), True), ((301, 302), False), ((302, 301), False), ((307,), False)], ids=str
)
def test_only_an_unbroken_chain_of_permanent_redirects_is_remembered(
    statuses: tuple[int, ...], moves: bool, time: FakeTime
) -> None:
    found = {f"/{n}": Reply(status, headers={"Location": f"/{n + 1}"}) for n, status in enumerate(statuses)}
    found[f"/{len(statuses)}"] = Reply(200, b"here")
    with serving(pages(found)) as server, make_fetcher(time) as fetcher:
        answer = fetcher.get(f"{server.url}/0")
    last = f"{server.url}/{len(statuses)}"
    first_only = f"{server.url}/1" if statuses == (301, 302) else None
    assert (answer.url, answer.moved) == (last, last if moves else first_only)


def test_a_ring_of_redirects_ends(time: FakeTime) -> None:
    ring = {"/a": Reply(302, headers={"Location": "/b"}), "/b": Reply(302, headers={"Location": "/a"})}
    with serving(pages(ring)) as server, make_fetcher(time) as fetcher, pytest.raises(FetchError, match="redirects"):
        fetcher.get(f"{server.url}/a")
    assert len(server.paths()) == 6


@pytest.mark.parametrize(
    ("coding", "packed"),
    [
        ("gzip", gzip.compress(b"abc" * 1000)),
        ("gzip", gzip.compress(b"abc" * 500) + gzip.compress(b"abc" * 500)),
        ("deflate", zlib.compress(b"abc" * 1000)),
        ("br", brotli.compress(b"abc" * 1000)),
    ],
    ids=["gzip", "two members", "deflate", "br"],
)
def test_packed_bodies_are_unpacked(coding: str, packed: bytes, time: FakeTime) -> None:
    page = Reply(200, packed, {"Content-Encoding": coding})
    with serving(pages({"/": page})) as server, make_fetcher(time) as fetcher:
        answer = fetcher.get(f"{server.url}/")
    assert (answer.body, answer.bytes) == (b"abc" * 1000, len(packed))


@pytest.mark.parametrize(
    ("headers", "body", "why"),
    [
        ({"Content-Encoding": "gzip"}, gzip.compress(bytes(50_000_000), 9), "more than 1,000,000 bytes"),
        ({"Content-Encoding": "br"}, brotli.compress(bytes(50_000_000), quality=5), "more than 1,000,000 bytes"),
        ({}, bytes(1_000_001), "more than 1,000,000 bytes"),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"abc" * 1000)[:-9], "cut off"),
        ({"Content-Encoding": "br"}, brotli.compress(b"abc" * 1000)[:-3], "cut off"),
        ({"Content-Encoding": "gzip"}, b"no gzip at all", "broken"),
        ({"Content-Encoding": "lzma"}, b"x", "nobody asked for"),
    ],
    ids=["gzip bomb", "br bomb", "too long", "cut gzip", "cut br", "no gzip", "unknown"],
)
def test_bombs_and_broken_bodies_are_refused(headers: dict[str, str], body: bytes, why: str, time: FakeTime) -> None:
    page = Reply(200, body, headers)
    limited = make_fetcher(time, max_bytes=1_000_000)
    with serving(pages({"/": page})) as server, limited as fetcher, pytest.raises(FetchError, match=why):
        fetcher.get(f"{server.url}/")


def test_a_body_that_ends_too_early_is_no_answer(time: FakeTime) -> None:
    page = Reply(200, b"half of", length=400)
    with serving(pages({"/": page})) as server, make_fetcher(time) as fetcher, pytest.raises(FetchError, match="cut"):
        fetcher.get(f"{server.url}/")


def test_a_body_that_comes_too_slowly_is_given_up(time: FakeTime) -> None:
    def script(asked: Asked) -> Reply:
        if asked.path == "/slow":
            time.at = time.at.replace(year=2027)
        return Reply(404 if asked.path == "/robots.txt" else 200, b"x")

    # Whether the header or the body is waited for when the year has passed is up to the server.
    given_up = pytest.raises(FetchError, match="too long|stopped coming")
    with serving(script) as server, make_fetcher(time) as fetcher, given_up:
        fetcher.get(f"{server.url}/slow")


def test_headers_that_come_byte_by_byte_are_given_up(time: FakeTime) -> None:
    def now() -> datetime:
        time.at += timedelta(seconds=3)
        return time.at

    with dripping() as url:
        clock = Clock(now, time.sleep)
        limits = Limits(agent="x", allowed=LOOPBACK, read=5.0)
        with (
            Fetcher(limits, Turns(OwnHosts(), clock, "x", 60.0), clock) as fetcher,
            pytest.raises(FetchError, match="stopped coming"),
        ):
            fetcher.get(url)


@contextmanager
def dripping() -> Iterator[str]:
    """A server whose answers never get past their headers."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection, suppress(OSError):
                        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Long: ")
                        while not ended.wait(0.005):
                            connection.sendall(b"a")

        threading.Thread(target=drip, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        ended.set()
        listening.shutdown(socket.SHUT_RDWR)


def test_a_name_that_is_not_resolved_in_time_is_given_up(time: FakeTime) -> None:
    never = threading.Event()

    def hangs(host: str, port: int) -> Sequence[str]:
        never.wait(30)
        return []

    limits = Limits(agent="x", connect=0.05)
    turns = Turns(OwnHosts(), time.clock(), "x", 60.0)
    with Fetcher(limits, turns, time.clock(), hangs) as fetcher, pytest.raises(FetchError, match="in time"):
        fetcher.get("http://slow.example.org/")
    never.set()


@pytest.mark.parametrize(
    ("status", "retry", "seconds"),
    [
        (429, {"Retry-After": "120"}, 120.0),
        (503, {"Retry-After": "Sun, 01 Mar 2026 01:00:02 GMT"}, 3600.0),
        (503, {"Retry-After": "soon"}, None),
        (410, {}, None),
        (500, {}, None),
    ],
    ids=["seconds", "date", "words", "gone", "failed"],
)
def test_what_a_server_refuses_is_told_with_the_time_to_wait(
    status: int, retry: dict[str, str], seconds: float | None, time: FakeTime
) -> None:
    found = {"/": Reply(status, b"", retry)}
    with serving(pages(found)) as server, make_fetcher(time) as fetcher, pytest.raises(FetchError) as caught:
        fetcher.get(f"{server.url}/")
    assert (caught.value.status, caught.value.retry_after) == (status, seconds)


def test_requests_to_a_host_keep_their_distance_and_retry_after_holds_for_all_of_it(time: FakeTime) -> None:
    found = {"/busy": Reply(429, headers={"Retry-After": "100"}), "/a": Reply(200, b"a"), "/b": Reply(200, b"b")}
    with serving(pages(found), time.now) as server, make_fetcher(time, delay=5.0) as fetcher:
        fetcher.get(f"{server.url}/a")
        with pytest.raises(FetchError):
            fetcher.get(f"{server.url}/busy")
        fetcher.get(f"{server.url}/b")
    seconds = [(asked.at - server.log[0].at).total_seconds() for asked in server.log]
    assert seconds == [0.0, 5.0, 10.0, 110.0]


def test_nobody_waits_long_for_a_host(time: FakeTime) -> None:
    found = {"/busy": Reply(503, headers={"Retry-After": "3600"}), "/a": Reply(200, b"a")}
    with serving(pages(found), time.now) as server, make_fetcher(time) as fetcher:
        with pytest.raises(FetchError):
            fetcher.get(f"{server.url}/busy")
        with pytest.raises(BusyHostError) as caught:
            fetcher.get(f"{server.url}/a")
        assert caught.value.retry_after == pytest.approx(3600, abs=5)
        time.at += timedelta(hours=1)
        assert fetcher.get(f"{server.url}/a").body == b"a"


def test_robots_txt_is_asked_once_and_obeyed_and_its_delay_kept(time: FakeTime) -> None:
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: feedwright\nDisallow: /private\nCrawl-delay: 30\n"
    found = {"/robots.txt": Reply(200, rules), "/a": Reply(200, b"a")}
    with serving(pages(found), time.now) as server, make_fetcher(time) as fetcher:
        fetcher.get(f"{server.url}/a")
        fetcher.get(f"{server.url}/a")
        with pytest.raises(RefusedError, match=r"robots\.txt"):
            fetcher.get(f"{server.url}/private/a")
    assert [asked.path for asked in server.log] == ["/robots.txt", "/a", "/a"]
    assert (server.log[2].at - server.log[1].at).total_seconds() == 30.0


@pytest.mark.parametrize("status", [404, 403])
def test_a_site_without_rules_is_open(status: int, time: FakeTime) -> None:
    found = {"/robots.txt": Reply(status), "/": Reply(200, b"x")}
    with serving(pages(found)) as server, make_fetcher(time) as fetcher:
        assert fetcher.get(f"{server.url}/").body == b"x"


@pytest.mark.parametrize("status", [500, 429])
def test_a_site_that_cannot_tell_its_rules_is_closed(status: int, time: FakeTime) -> None:
    found = {"/robots.txt": Reply(status), "/": Reply(200, b"x")}
    with serving(pages(found)) as server, make_fetcher(time) as fetcher:
        with pytest.raises(RefusedError, match=r"robots\.txt"):
            fetcher.get(f"{server.url}/")
        assert server.paths() == []


def test_a_redirect_is_allowed_by_robots_txt_too(time: FakeTime) -> None:
    found = {
        "/robots.txt": Reply(200, b"User-agent: *\nDisallow: /b\n"),
        "/a": Reply(302, headers={"Location": "/b"}),
        "/b": Reply(200, b"secret"),
    }
    with serving(pages(found)) as server, make_fetcher(time) as fetcher, pytest.raises(RefusedError):
        fetcher.get(f"{server.url}/a")
    assert server.paths() == ["/a"]


def test_nobody_there_is_told_in_words(time: FakeTime) -> None:
    with serving(pages({})) as server:
        url = server.url
    with make_fetcher(time) as fetcher, pytest.raises(FetchError, match="cannot be"):
        fetcher.get(url)


def test_secrets_stand_in_no_message_and_no_log(time: FakeTime, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(pages({})) as server, make_fetcher(time) as fetcher, pytest.raises(FetchError) as caught:
        fetcher.get(f"{server.url}/feed?token=s3cret#s3cret")
    assert "s3cret" not in str(caught.value)
    assert "s3cret" not in caplog.text
    assert shown("https://user:s3cret@example.org:8443/a?key=s3cret") == "https://example.org:8443/a?…"


def test_waiting_ends_when_the_process_is_asked_to(time: FakeTime) -> None:
    clock = Clock(time.now, time.sleep, lambda: True)
    hosts = OwnHosts()
    turns = Turns(hosts, clock, "test", 60.0)
    with turns.at("example.org", 100.0):
        pass
    with pytest.raises(StoppedError), turns.at("example.org", 1.0):
        pass


def test_limits_are_generous_where_nothing_is_said() -> None:
    limits = Limits(agent="x")
    assert (limits.max_redirects, limits.allowed) == (5, ())
