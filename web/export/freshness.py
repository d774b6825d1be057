"""Which files need not be made again: what they are made of did not change since the last export."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from collections.abc import Iterator
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import replace
from importlib.metadata import distributions
from pathlib import Path

import feeds
import web
from feeds.model import Scope
from feeds.settings import Settings
from feeds.store import Store
from web.export.files import Address
from web.state import State

#: A listing of nothing changes with what all listings show, and with nothing else.
_NOTHING = Scope("nothing")


@dataclass(frozen=True, slots=True)
class Stand:
    """What all files of a site are made of, at one moment."""

    #: Hashes of the code with its templates and packages, and of the settings with the files they name.
    code: str
    settings: str
    #: Of the store: one that was put into its place is another one.
    lineage: str
    version: int
    #: A hash of how the sources fare, which no version counts.
    health: str


def stand_of(state: State) -> Stand:
    """How it stands now; to be asked before anything is read, so that no file is older than it says."""
    mark = state.store.look((_NOTHING,))
    health = _hash([repr(state.store.source_health()).encode()])
    return Stand(_code(), _settings(state.settings), mark.lineage, mark.store_version, health)


class Fresh:
    """Tells of which files the bytes are known to be the same as at an earlier stand."""

    def __init__(self, earlier: Stand | None, now: Stand, store: Store) -> None:
        #: Nothing is, where the earlier stand was of something else.
        self._is_known = earlier is not None and _is_ahead(earlier, now)
        self._is_whole = self._is_known and earlier == now
        self._changed: frozenset[Scope] = frozenset()
        if earlier is not None and self._is_known and not self._is_whole:
            self._is_known = store.listing_version((_NOTHING,)) <= earlier.version
            self._changed = frozenset(store.changed_scopes(earlier.version))

    @property
    def is_whole(self) -> bool:
        """Whether nothing changed at all."""
        return self._is_whole

    def covers(self, scopes: Iterable[Scope] | None) -> bool:
        """Whether what has these scopes is as it was; None for what any change may change."""
        if self._is_whole or not self._is_known or scopes is None:
            return self._is_whole
        return self._changed.isdisjoint(scopes)

    def has(self, address: Address) -> bool:
        """Whether the answer at an address is as it was."""
        return self.covers(address.scopes)


def _is_ahead(earlier: Stand, now: Stand) -> bool:
    """Whether the store went on from there, and nothing else is different that files are made of."""
    same = replace(earlier, version=now.version, health=now.health) == now
    return same and earlier.version <= now.version


def _code() -> str:
    """Of all that our packages hold, and of the versions of all others."""
    others = sorted(f"{one.name} {one.version}" for one in distributions())
    ours = (path for package in (feeds, web) for path in _files_of(Path(package.__path__[0])))
    return _hash([*(words.encode() for words in others), *(path.read_bytes() for path in ours)])


def _files_of(package: Path) -> Iterator[Path]:
    """Without what Python makes of them, at any moment."""
    found = (path for path in sorted(package.rglob("*")) if "__pycache__" not in path.parts)
    return (path for path in found if path.is_file())


def _settings(settings: Settings) -> str:
    """The database is told apart by its lineage; its address may hold a password."""
    values = asdict(replace(settings, database_url="", image_proxy_key=None))
    files = (path.read_bytes() for path in values.values() if isinstance(path, Path) and path.is_file())
    return _hash([repr(sorted(values.items())).encode(), *files])


def _hash(pieces: Iterable[bytes]) -> str:
    whole = hashlib.sha256()
    for piece in pieces:
        whole.update(len(piece).to_bytes(8, "big") + piece)
    return whole.hexdigest()
