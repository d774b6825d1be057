"""No spelling of an address, no name and no redirect leads the fetcher into a private network."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any

import httpcore
import pytest

from feeds.errors import FetchError
from feeds.errors import RefusedError
from scrapers.fetch import Fetcher
from scrapers.fetch import Limits
from scrapers.fetch import Turns
from scrapers.fetch.network import resolve
from scrapers.fetch.turns import OwnHosts
from tests.servers import FakeTime

PUBLIC = "93.184.216.34"
#: What names lead to, in the order of the questions; the last answer stays.
NAMES = {
    "public.example": [[PUBLIC]],
    "inside.example": [["127.0.0.1"]],
    "mixed.example": [[PUBLIC, "10.0.0.5"]],
    "six.example": [["::1"]],
    "rebinding.example": [[PUBLIC], ["127.0.0.1"]],
    "localtest.example": [["192.168.1.1"]],
    "xn--fiq228c.example": [["10.1.2.3"]],
}
FORBIDDEN = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.0.0.1/",
    "http://0x7F.0x0.0x0.0x1/",
    "http://0177.0.0.1/",
    "http://017700000001/",
    "http://0177.0x0.0.1/",
    "http://127.127.127.127/",
    "http://0.0.0.0/",
    "http://0/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://10.0.0.1/",
    "http://10.1/",
    "http://172.16.0.1/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://3232235521/",
    "http://100.64.0.1/",
    "http://100.100.100.200/latest/meta-data/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://2852039166/",
    "http://168.63.129.16/",
    "http://192.0.0.192/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://240.0.0.1/",
    "http://255.255.255.255/",
    "http://192.0.2.1/",
    "http://192.88.99.1/",
    "http://[::1]/",
    "http://[::]/",
    "http://[0:0:0:0:0:0:0:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:169.254.169.254]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[64:ff9b::a9fe:a9fe]/",
    "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/",
    "http://[2002:c0a8:1::1]/",
    "http://[2001:0:0:0:0:0:80ff:fffe]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[fd00:ec2::254]/",
    "http://[fec0::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    "http://[2606:4700::5efe:10.0.0.1]/",
    "http://inside.example/",
    "http://mixed.example/",
    "http://six.example/",
    "http://localtest.example:8080/",
    "http://中文.example/",
    "http://public.example:22/",
    "http://public.example:25/",
    "http://public.example:0/",
    "http://public.example@127.0.0.1/",
    "http://127.0.0.1@public.example/",
    "http://user:secret@public.example/",
    "http://public.example\\@127.0.0.1/",
    "http://public.example%40127.0.0.1/",
    "http://127.0.0.1#@public.example/",
    "http://127.0.0.1?@public.example/",
    "http://127。0。0。1/",
    "http://①②⑦.0.0.1/",
    "http://[::ffff:127.0.0.1%25eth0]/",
    "file:///etc/passwd",
    "ftp://public.example/",
    "gopher://127.0.0.1:6379/_INFO",
    "dict://127.0.0.1:11211/",
    "unix:///var/run/docker.sock",
    "data:text/html,x",
    "//127.0.0.1/",
    "http:///127.0.0.1/",
    "http://",
    "",
    " http://127.0.0.1/",
    "http://127.0.0.1\n.public.example/",
]


class Recorder(httpcore.NetworkBackend):
    """Notes what would be connected to, and answers as told."""

    def __init__(self, answers: Sequence[bytes]) -> None:
        self.connected: list[str] = []
        self._answers = list(answers)

    def connect_tcp(self, host: str, port: int, *rest: Any, **named: Any) -> httpcore.NetworkStream:
        self.connected.append(host)
        if not self._answers:
            raise httpcore.ConnectError("nobody there")
        return httpcore.MockStream([self._answers.pop(0)])


def names() -> Callable[[str, int], Sequence[str]]:
    left = {name: list(answers) for name, answers in NAMES.items()}

    def ask(host: str, port: int) -> Sequence[str]:
        if host.rstrip(".").lower() == "localhost":
            return ["127.0.0.1"]
        if host not in left:
            return resolve(host, port)  # a number, however it is spelled
        return left[host].pop(0) if len(left[host]) > 1 else left[host][0]

    return ask


def fetch(url: str, *answers: bytes) -> tuple[Recorder, FetchError]:
    backend, time = Recorder(answers), FakeTime()
    turns = Turns(OwnHosts(), time.clock(), "test", 60.0)
    opened = Fetcher(Limits(agent="test"), turns, time.clock(), names(), backend)
    with opened as fetcher, pytest.raises(FetchError) as caught:
        fetcher.get(url)
    return backend, caught.value


def redirect(to: str) -> bytes:
    return f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()


NO_RULES = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize("url", FORBIDDEN)
def test_no_spelling_of_a_private_address_is_connected_to(url: str) -> None:
    backend, error = fetch(url)
    assert backend.connected == []
    assert "secret" not in str(error)


@pytest.mark.parametrize("url", [url for url in FORBIDDEN if url.isascii() and "\n" not in url and url.strip()])
def test_no_redirect_leads_there_either(url: str) -> None:
    backend, error = fetch("http://public.example/", NO_RULES, redirect(url))
    assert set(backend.connected) == {PUBLIC}
    assert isinstance(error, FetchError)


def test_a_chain_of_redirects_is_judged_at_every_hop() -> None:
    hops = [redirect(f"http://public.example/{n}") for n in range(3)]
    backend, error = fetch("http://public.example/", NO_RULES, *hops, redirect("http://inside.example/"))
    assert set(backend.connected) == {PUBLIC}
    assert isinstance(error, RefusedError)


def test_a_name_that_changes_its_mind_is_judged_at_each_connection() -> None:
    backend, error = fetch("http://rebinding.example/", NO_RULES)
    assert backend.connected == [PUBLIC]
    assert isinstance(error, RefusedError)
    assert "127.0.0.1" in str(error)


def test_the_judged_address_is_the_one_connected_to() -> None:
    backend, _ = fetch("http://public.example/", NO_RULES)
    assert backend.connected == [PUBLIC, PUBLIC]
