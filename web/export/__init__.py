"""The whole site as files, answered by the application itself: so they hold the very bytes that it serves."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
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
from feeds.store import open_store
from feeds.topics import Topics
from web import create_app
from web.export.addresses import MISSING
from web.export.addresses import addresses
from web.export.archived import known_archives
from web.export.asked import AskedOnce
from web.export.files import Address
from web.export.files import Kind
from web.export.files import Leaving
from web.export.files import plan
from web.export.freshness import Fresh
from web.export.freshness import Stand
from web.export.freshness import stand_of
from web.export.workers import shared
from web.export.writing import Folder
from web.export.writing import Made
from web.state import State

__all__ = ["Exported", "Watch", "export_site", "make_app"]

#: Sees the files as they come, and hands them on: a bar that shows how far it is. Told how many there will be.
Watch: TypeAlias = Callable[[Iterable["Outcome"], int], Iterable["Outcome"]]
#: Hosts that make sites of their own from what they are given leave files alone where this one is.
_AS_THEY_ARE = ".nojekyll"
#: What the store is asked more than once while the files of one listing or entry are made.
_ASKED_AGAIN = (
    *("author", "authors", "document", "documents", "entries", "entry", "neighbours", "newest_dated", "revisions"),
    *("source", "sources", "source_health", "stories_of", "story", "topics", "weeks"),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one address."""

    name: str
    #: None where it became no file.
    made: Made | None = None
    is_new: bool = False
    left: Leaving | None = None


@dataclass(slots=True)
class Exported:
    """What came of an export, in files."""

    written: int = 0
    unchanged: int = 0
    #: Of those unchanged, how many were not even made again.
    skipped: int = 0
    removed: int = 0
    #: Whether something was written to the store meanwhile, so that files may tell of different moments.
    moved: bool = False
    left: list[Leaving] = field(default_factory=list)


def _unwatched(outcomes: Iterable[Outcome], total: int) -> Iterable[Outcome]:
    return outcomes


def export_site(
    settings: Settings,
    folder: Path,
    watch: Watch = _unwatched,
    store: Store | None = None,
    processes: int = 1,
    anew: bool = False,
) -> Exported:
    """Write the site into a folder; files that hold the same bytes stay as they are.

    What is known to be as at the last export is not made again, unless `anew`. Files that the site does not have any
    more are removed at the end, those alone that an export made. Memory grows with the number of files (a name each),
    not with what is in them. Raises `ExportError`, `StoreError`.
    """
    with _opened(settings, store) as opened, Folder(folder) as target:
        app = make_app(settings, opened)
        state = cast(State, app.extensions["feedwright"])
        stand = stand_of(state)
        fresh = Fresh(None if anew else target.stand, stand, state.store)
        if fresh.is_whole and all(map(target.intact, target.names)):
            count = len(target.names)
            return Exported(unchanged=count, skipped=count, left=list(target.left))
        done = _export(app, target, stand, fresh, watch, processes)
        done.moved = opened.version() != stand.version
    return done


def make_app(settings: Settings, store: Store) -> Flask:
    """The application whose answers become files: it shows no form to search with, and no picture through us."""
    remembering = cast(Store, AskedOnce(store, _ASKED_AGAIN))
    app = create_app(replace(settings, image_proxy_key=None), remembering, is_copy=True)
    state = cast(State, app.extensions["feedwright"])
    state.topics = cast(Topics, AskedOnce(state.topics, ["explain"]))
    return app


@contextmanager
def _opened(settings: Settings, given: Store | None) -> Iterator[Store]:
    """A store that is opened here is closed here."""
    if given is not None:
        yield given
        return
    with open_store(settings.database_url, read_only=True) as store:
        yield store


def _export(app: Flask, target: Folder, stand: Stand, fresh: Fresh, watch: Watch, processes: int) -> Exported:
    state = cast(State, app.extensions["feedwright"])
    with app.app_context():
        archives = known_archives(target.names, fresh)
        planned = plan(addresses(state, archives))
    done = Exported(left=list(planned.left))
    kept = {
        name: made
        for name, address in planned.files.items()
        if fresh.has(address) and (made := target.intact(name)) is not None
    }
    tasks = [(name, address) for name, address in planned.files.items() if name not in kept]
    writer = _Writer(app, state.settings, target)
    done.skipped = done.unchanged = len(kept)
    with shared(writer, tasks, processes) as outcomes:
        for outcome in watch(outcomes, len(tasks)):
            _take(outcome, kept, done)
    made, is_new = target.write(_AS_THEY_ARE, ())
    _take(Outcome(_AS_THEY_ARE, made, is_new), kept, done)
    done.removed = target.finish(kept, stand, done.left)
    return done


def _take(outcome: Outcome, files: dict[str, Made], done: Exported) -> None:
    if outcome.left is not None:
        done.left.append(outcome.left)
    if outcome.made is not None:
        files[outcome.name] = outcome.made
        done.written += outcome.is_new
        done.unchanged += not outcome.is_new


class _Writer:
    """Asks for an address and writes the answer. Raises `ExportError`."""

    def __init__(self, app: Flask, settings: Settings, target: Folder) -> None:
        base = urlsplit(settings.public_base_url)
        self._client = Client(app)
        self._base = f"{base.scheme}://{base.netloc}"
        self._target = target

    def __call__(self, task: tuple[str, Address]) -> Outcome:
        name, address = task
        with self._client.get(address.question, base_url=self._base, buffered=False) as reply:
            why = _unfit(address, reply)
            if why is None:
                return Outcome(name, *self._target.write(name, reply.iter_encoded()))
        return Outcome(name, left=Leaving(address.path, why) if why else None)


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
