"""Which addresses of the network may be connected to: public ones. Pure.

Names, numbers and spellings do not matter here: what is judged is the very address that is connected to.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address
from ipaddress import IPv4Network
from ipaddress import IPv6Address
from ipaddress import IPv6Network
from ipaddress import ip_address
from ipaddress import ip_network

#: What `is_global` of Python 3.11 lets pass though nobody publishes there; the reason is the IANA registry's.
_ALSO_REFUSED = {
    ip_network("192.88.99.0/24"): "a 6to4 relay",
    ip_network("168.63.129.16/32"): "a cloud's metadata",
    ip_network("192.0.0.0/24"): "reserved",
    ip_network("224.0.0.0/4"): "multicast",
    ip_network("240.0.0.0/4"): "reserved",
    ip_network("ff00::/8"): "multicast",
    ip_network("fec0::/10"): "site-local",
    ip_network("100::/64"): "discarded",
    ip_network("5f00::/16"): "segment routing",
    ip_network("3fff::/20"): "documentation",
    ip_network("64:ff9b:1::/48"): "a translation into a private network",
}
#: Networks whose addresses carry an IPv4 address: its last bits start so many bits from the right.
_EMBEDDING = (
    (ip_network("::ffff:0:0/96"), 0),  # mapped (RFC 4291)
    (ip_network("::ffff:0:0:0/96"), 0),  # translated (RFC 2765)
    (ip_network("::/96"), 0),  # compatible (RFC 4291)
    (ip_network("64:ff9b::/96"), 0),  # NAT64 (RFC 6052)
    (ip_network("2002::/16"), 80),  # 6to4 (RFC 3056)
)
_TEREDO = ip_network("2001::/32")
_ISATAP = frozenset({0x00005EFE, 0x02005EFE})
_PORTS = frozenset({80, 443})
_LAST_SYSTEM_PORT = 1023


def refusal(address: str, port: int, allowed: Iterable[IPv4Network | IPv6Network] = ()) -> str | None:
    """Why an IP address and port are not connected to; None where they may be."""
    try:
        found = ip_address(address)
    except ValueError:
        return "no IP address"
    if any(found.version == network.version and found in network for network in allowed):
        return None
    if port not in _PORTS and port <= _LAST_SYSTEM_PORT:
        return f"port {port} is not one of the web"
    return _refusal(found)


def refusal_of_host(
    addresses: Iterable[str], port: int, allowed: Iterable[IPv4Network | IPv6Network] = ()
) -> str | None:
    """Why a host with these addresses is not connected to: one bad address refuses it altogether."""
    networks = tuple(allowed)
    for address in addresses:
        if (why := refusal(address, port, networks)) is not None:
            return f"leads to {address}: {why}"
    return None


def _refusal(address: IPv4Address | IPv6Address) -> str | None:
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return "link-local"
        inner = _embedded(address)
        if inner is not None:
            return _refusal(inner) or ("no address of its own" if _is_unusual(address) else None)
    for network, reason in _ALSO_REFUSED.items():
        if address.version == network.version and address in network:
            return reason
    return None if address.is_global else _kind(address)


def _embedded(address: IPv6Address) -> IPv4Address | None:
    bits = int(address)
    if address in _TEREDO:
        return IPv4Address(~bits & 0xFFFFFFFF)
    for network, shift in _EMBEDDING:
        if address in network and bits > 1:
            return IPv4Address(bits >> shift & 0xFFFFFFFF)
    if bits >> 32 & 0xFFFFFFFF in _ISATAP:
        return IPv4Address(bits & 0xFFFFFFFF)
    return None


def _is_unusual(address: IPv6Address) -> bool:
    """Only mapped and NAT64 addresses stand for a public host of today."""
    return address.ipv4_mapped is None and address not in ip_network("64:ff9b::/96")


def _kind(address: IPv4Address | IPv6Address) -> str:
    if address.is_loopback:
        return "this machine"
    if address.is_link_local:
        return "link-local"
    if address.is_unspecified:
        return "unspecified"
    return "a private network"
