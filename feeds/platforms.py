"""Whether the disk keeps what is written to it: some platforms begin again with the disk the program came with."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from feeds.errors import ConfigError
from feeds.settings import Settings

_PLATFORMS = Path(__file__).with_name("platforms.toml")
_MOUNTS = Path("/proc/self/mounts")
#: Kinds of file systems that are gone with the machine, or with the container.
_PASSING = frozenset({"overlay", "overlayfs", "aufs", "tmpfs", "ramfs", "squashfs"})
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True)
class Platform:
    """A row of the table."""

    name: str
    variables: list[str]
    volumes: bool


def refuse_to_lose(
    settings: Settings, what: str, environ: Mapping[str, str] = os.environ, mounts: str | None = None
) -> None:
    """Raise `ConfigError` where `what` is about to be written would be lost with the disk, and nobody said that it may.

    `mounts` are the file systems as Linux tells them (proc(5)); read from there where they are not given.
    """
    if settings.allow_ephemeral or settings.store_readonly or not settings.database_url.startswith(_SQLITE):
        return
    platform = _platform(environ)
    if platform is None:
        return
    path = Path(settings.database_url.removeprefix(_SQLITE)).absolute()
    told = (_MOUNTS.read_text("utf-8") if _MOUNTS.exists() else "") if mounts is None else mounts
    if platform.volumes and _is_kept(path, told):
        return
    disk = "a volume" if platform.volumes else "a database add-on"
    raise ConfigError(
        "DATABASE_URL",
        f"{path} stands on a disk that {platform.name} throws away, and {what} with it. Give the address of a "
        f"PostgreSQL database{' or a file on a volume' if platform.volumes else ''}; or build the store from documents "
        f"of the repository and set STORE_READONLY=1; or set ALLOW_EPHEMERAL=1 if it may be lost. "
        f"See docs/deploy.md, Without {disk}",
    )


def _platform(environ: Mapping[str, str]) -> Platform | None:
    rows = tomllib.loads(_PLATFORMS.read_text("utf-8"))["platform"]
    return next((found for found in (Platform(**row) for row in rows) if any(map(environ.get, found.variables))), None)


def _is_kept(path: Path, mounts: str) -> bool:
    """Whether a path stands on a file system that was mounted beside the one the program came with."""
    found = [(Path(_unescaped(words[1])), words[2]) for line in mounts.splitlines() if len(words := line.split()) > 2]
    around = [(at, kind) for at, kind in found if at == path or at in path.parents]
    at, kind = max(around, key=lambda one: len(one[0].parts), default=(Path("/"), "overlay"))
    return at != Path("/") and kind not in _PASSING


def _unescaped(word: str) -> str:
    """Spaces and the like stand there as `\\040`."""
    return word.encode().decode("unicode_escape") if "\\" in word else word
