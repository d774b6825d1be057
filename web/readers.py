"""Feed readers that take a feed by an address."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

_FILE = Path(__file__).with_name("readers.toml")


@dataclass(frozen=True, slots=True)
class Reader:
    """A feed reader, and where it takes a feed."""

    name: str
    #: With {feed} for the address of the feed.
    address: str

    def subscribe(self, feed: str) -> str:
        """Where the feed at an absolute address is subscribed to."""
        return self.address.replace("{feed}", quote(feed, safe=""))


def load_readers() -> tuple[Reader, ...]:
    """The readers of `readers.toml`, in the order in which they are offered."""
    with _FILE.open("rb") as file:
        return tuple(Reader(**found) for found in tomllib.load(file)["reader"])
