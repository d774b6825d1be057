"""Which addresses of the network are public: the one judgement for all that reaches out."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from feeds.networks import refusal
from feeds.networks import refusal_of_host

PUBLIC = "93.184.216.34"
PRIVATE = (
    "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 "
    "168.63.129.16 192.88.99.1 ::1 :: fe80::1 fe80::1%eth0 fc00::1 fec0::1 ff02::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 "
    "64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: 2002:5db8:d822:: 2001::80ff:fffe ::7f00:1 2606:4700::5efe:10.0.0.1"
).split()


@pytest.mark.parametrize("address", [*PRIVATE, "nonsense", "127.1", ""])
def test_private_addresses_are_refused_with_a_reason(address: str) -> None:
    assert refusal(address, 443)


@pytest.mark.parametrize(
    "address", [PUBLIC, "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34", "64:ff9b::808:808"]
)
@pytest.mark.parametrize("port", [80, 443, 8080])
def test_public_ones_are_not(address: str, port: int) -> None:
    assert refusal(address, port) is None


@pytest.mark.parametrize("port", [0, 22, 25, 1023])
def test_a_port_of_another_service_is_refused(port: int) -> None:
    assert refusal(PUBLIC, port) == f"port {port} is not one of the web"


def test_a_network_of_ones_own_can_be_allowed_and_no_other_with_it() -> None:
    allowed = [ip_network("10.1.0.0/16")]
    assert refusal("10.1.2.3", 22, allowed) is None
    assert refusal("10.2.2.3", 80, allowed) == "a private network"


def test_one_bad_address_refuses_a_host_altogether() -> None:
    assert refusal_of_host([PUBLIC], 443) is None
    assert refusal_of_host([PUBLIC, "10.0.0.5"], 443) == "leads to 10.0.0.5: a private network"
    assert refusal_of_host([PUBLIC, "10.0.0.5"], 443, iter([ip_network("10.0.0.0/8")])) is None
