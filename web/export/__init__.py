"""The whole site as files, answered by the application itself: so they hold the very bytes that it serves."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import TypeAlias
from typing import cast
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.test import Client
from werkzeug.wrappers import Response

from feeds.errors import ExportError
from feeds.settings import Settings
from feeds.store import Store
from web import create_app
from web.export.addresses import MISSING
from web.export.addresses import addresses
from web.export.files import Address
from web.export.files import Kind
from web.export.files import Leaving
from web.export.files import plan
from web.export.writing import Folder
from web.state import State

__all__ = ["Exported", "Watch", "export_site", "make_app"]

#: Sees the files as they come, and hands them on: a bar that shows how far it is.
Watch: TypeAlias = Callable[[Sequence[tuple[str, Address]]], Iterable[tuple[str, Address]]]
#: Hosts that make sites of their own from what they are given leave files alone where this one is.
_AS_THEY_ARE = ".nojekyll"


@dataclass(slots=True)
class Exported:
    """What came of an export, in files."""

    written: int = 0
    unchanged: int = 0
    removed: int = 0
    #: Whether something was written to the store meanwhile, so that files may tell of different moments.
    moved: bool = False
    left: list[Leaving] = field(default_factory=list)


def export_site(settings: Settings, folder: Path, watch: Watch = iter, store: Store | None = None) -> Exported:
    """Write the site into a folder; files that hold the same bytes stay as they are.

    Files that the site does not have any more are removed at the end, those alone that an export made. Memory grows
    with the number of files (a name each), not with what is in them. Raises `ExportError`, `StoreError`.
    """
    app = make_app(settings, store)
    state = cast(State, app.extensions["feedwright"])
    with Folder(folder) as target, _closed(state, store):
        version = state.store.version()
        with app.app_context():
            planned = plan(addresses(state, Path(cast(str, app.static_folder))))
        done = Exported(left=list(planned.left))
        names = _write_all(watch(list(planned.files.items())), Client(app), settings, target, done)
        _count(done, target.write(_AS_THEY_ARE, ()))
        done.removed = target.keep_only({*names, _AS_THEY_ARE})
        done.moved = state.store.version() != version
    return done


def make_app(settings: Settings, store: Store | None = None) -> Flask:
    """The application whose answers become files: it shows no form to search with, and no picture through us."""
    return create_app(replace(settings, image_proxy_key=None), store, is_copy=True)


@contextmanager
def _closed(state: State, given: Store | None) -> Iterator[None]:
    """A store that was opened here is closed here."""
    try:
        yield
    finally:
        if given is None:
            state.store.close()


def _write_all(
    files: Iterable[tuple[str, Address]], client: Client, settings: Settings, target: Folder, done: Exported
) -> set[str]:
    """The names of the files that there are now."""
    base = urlsplit(settings.public_base_url)
    names = set()
    for name, address in files:
        with client.get(address.question, base_url=f"{base.scheme}://{base.netloc}", buffered=False) as reply:
            why = _unfit(address, reply)
            if why is None:
                _count(done, target.write(name, reply.iter_encoded()))
                names.add(name)
            elif why:
                done.left.append(Leaving(address.path, why))
    return names


def _count(done: Exported, written: bool) -> None:
    done.written += written
    done.unchanged += not written


def _unfit(address: Address, reply: Response) -> str | None:
    """Why an answer becomes no file; "" where nothing is missed, None where it becomes one. Raises `ExportError`."""
    if reply.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise ExportError(f"{address.path}: the site answered {reply.status}; nothing was removed, export again")
    wanted = HTTPStatus.NOT_FOUND if address.path.endswith(MISSING) else HTTPStatus.OK
    if reply.status_code != wanted:
        return f"the site answers {reply.status}"
    if address.kind is Kind.PAGE and reply.mimetype != "text/html":
        return "its name ends like that of a feed"
    # A page of a list that goes on behind a parameter: whoever walked it would get the same file again and again.
    return "" if 'rel="next"' in reply.headers.get("Link", "") else None
