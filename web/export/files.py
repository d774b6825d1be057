"""From an address to the file that a web server finds for it; see docs/export.md."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from unicodedata import category
from urllib.parse import unquote

from feeds.model import Scope

#: Bytes that common file systems allow in one name.
_LONGEST = 255
_INDEX = "index"
#: Control characters, and what ends lines and paragraphs.
_UNWRITTEN = frozenset({"Cc", "Zl", "Zp"})


class Kind(Enum):
    """What stands at an address, by what its file has behind the address."""

    PAGE = ".html"
    JSON = ".json"
    NDJSON = ".ndjson"
    #: Feeds, pictures, whatever brings its own.
    AS_IT_IS = ""


@dataclass(frozen=True, slots=True)
class Address:
    """Where something stands on the site."""

    #: Percent-encoded, without the path of the base.
    path: str
    kind: Kind
    #: What the application is asked for, where that is something else.
    asked: str = ""
    #: What must change for the answer to change; None where any change may change it.
    scopes: tuple[Scope, ...] | None = None

    @property
    def question(self) -> str:
        """What the application is asked for."""
        return self.asked or self.path


@dataclass(frozen=True, slots=True)
class Leaving:
    """An address without a file."""

    path: str
    why: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What is written where, by the name of the file: relative, with slashes."""

    files: dict[str, Address]
    left: tuple[Leaving, ...]


def file_of(address: Address) -> str:
    """The file of an address: as the address is written for people, with the ending of its kind.

    What ends with a slash is the index of a folder. Raises `ValueError` for what no file can be called.
    """
    path = unquote(address.path.removeprefix("/"), errors="strict")
    name = f"{path}{_INDEX}" if not path or path.endswith("/") else path
    if address.path.count("/") != f"/{path}".count("/"):
        raise ValueError("a name with a slash in it is no name of a file")
    whole = f"{name}{address.kind.value}"
    for segment in (*name.split("/"), *whole.split("/")):
        _check(segment)
    return whole


def plan(addresses: Iterable[Address]) -> Plan:
    """The files of all addresses. Where two are in each other's way, the one that comes first has its file."""
    files: dict[str, Address] = {}
    folders: set[str] = set()
    left: list[Leaving] = []
    for address in addresses:
        try:
            name = file_of(address)
        except ValueError as error:
            left.append(Leaving(address.path, str(error)))
            continue
        if files.get(name) == address:
            continue
        above = _folders(name)
        if name in files or name in folders or any(folder in files for folder in above):
            left.append(Leaving(address.path, "another address has the file"))
            continue
        files[name] = address
        folders.update(above)
    hidden = [name for name, address in files.items() if _is_hidden(name, address, files)]
    left += [Leaving(files.pop(name).path, "a server finds the file of another address first") for name in hidden]
    return Plan(files, tuple(left))


def _is_hidden(name: str, address: Address, files: dict[str, Address]) -> bool:
    """Whether the address itself, without ending, is the name of another file: servers look for that first."""
    return bool(address.kind.value) and name.removesuffix(address.kind.value) in files


def _folders(name: str) -> Sequence[str]:
    parts = name.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]


def _check(segment: str) -> None:
    """Raises `ValueError`."""
    if segment in {"", ".", ".."} or segment.startswith(".feedwright"):
        raise ValueError(f"{segment!r} is no name of a file")
    if any(category(character) in _UNWRITTEN for character in segment):
        raise ValueError(f"{segment!r} has characters that no line of text holds")
    if len(segment.encode()) > _LONGEST:
        raise ValueError(f"the name of its file is longer than {_LONGEST} bytes")
