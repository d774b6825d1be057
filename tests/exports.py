"""A small site with all that a site can have, exported for tests."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from feeds.settings import Settings
from feeds.settings import load_settings
from feeds.store import Store
from tests import tellings
from tests.builders import NOW
from tests.builders import make_batch
from tests.site import drafts
from web.export import Exported
from web.export import export_site

BASE = "https://feeds.example.org"
REPO = "https://code.example.com/a/b"
_RULES = "".join(f'[[topic]]\nslug = "{slug}"\nzh = "{slug}"\nen = "{slug}"\n' for slug in ("coding", "rag"))
_SAVED = '[[feed]]\nname = "small"\nquery = "小工具"\n\n[[feed]]\nname = "lost"\nquery = "topic:nothing"\n'


@dataclass(frozen=True)
class Site:
    """An export with what it was made of."""

    settings: Settings
    store: Store
    folder: Path
    done: Exported


def settings_of(url: str, folder: Path, base: str = BASE) -> Settings:
    """With two topics, since each takes fifty files, and two saved queries, one of which finds nothing any more."""
    files = {"TOPICS": _RULES, "FEEDS": _SAVED}
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    named = {name: str(folder / name) for name in files}
    return load_settings({"PUBLIC_BASE_URL": base, "DATABASE_URL": url, **named})


def fill(store: Store) -> None:
    """An entry that was edited, one in a topic, two that tell one story."""
    old = replace(drafts()[0], content_text="切分决定检索的好坏。从前这样写。")
    store.save(make_batch([old, drafts()[1]]), NOW)
    store.save(make_batch(drafts()[:2], url="https://notes.example.com/5", digest="2"), NOW + timedelta(hours=1))
    tellings.save(store, tellings.told("a", 0, REPO), tellings.told("b", 2, REPO))


def exported(settings: Settings, store: Store, folder: Path) -> Site:
    """Written for the first time."""
    return Site(settings, store, folder, export_site(settings, folder, store=store))


def files_in(folder: Path) -> dict[str, bytes]:
    """Without what the export keeps for itself."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in found.items() if not name.startswith(".feedwright")}
