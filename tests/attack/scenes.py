"""What is killed: commands at work on a store, with all that may be there to see while they are."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from feeds.aliases import load_aliases
from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import open_store
from feeds.store.engine import make_engine
from feeds.store.engine import store_url
from feeds.store.engine import writing
from feeds.store.schema import host
from feeds.topics import load_topics
from scrapers.fetch import Clock
from scrapers.ingest import ingest
from scrapers.paths import find_documents
from scrapers.pipeline import Plan
from scrapers.sources import load_sources
from scrapers.worker import bench as benches
from scrapers.worker.worker import Bench
from scrapers.worker.worker import sync
from tests.attack import writings
from tests.attack.killing import command
from tests.attack.stores import BASE
from tests.attack.stores import seen
from tests.benches import item
from tests.benches import rss
from tests.benches import source
from tests.builders import make_batch
from tests.builders import make_draft
from tests.servers import Asked
from tests.servers import Reply
from tests.servers import serving

NOW = datetime(2026, 9, 1, tzinfo=UTC)
TOPICS = '[[topic]]\nslug = "{0}"\nzh = "{0}"\nen = "{0}"\nrules = [{{ words = ["{1}"], weight = 1.0 }}]\n'
BEFORE, AFTER = TOPICS.format("rag", "检索增强"), TOPICS.format("rag", "提示词") + TOPICS.format("agents", "智能体")
NOBODY = '[[author]]\nhandle = "linzhou"\nname = "林舟"\n'
FEEDS = ("f1", "f2", "f3")

Sight = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A command and the store that it works on."""

    environ: Mapping[str, str]
    #: Brings a store into the state in which the command finds it.
    fill: Callable[[str], None]
    #: Done in a process of its own.
    work: Callable[[], None]
    #: All that may be seen while the command works on a store, in order.
    states: Callable[[str], list[Sight]]
    #: What is seen now.
    look: Callable[[str], Sight]
    #: Where the command writes, beside the store, and what is there before.
    folder: Path | None = None
    before: Path | None = None

    def prepare(self) -> None:
        """Have the folder be as it was before."""
        if self.folder is not None and self.before is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
            shutil.copytree(self.before, self.folder)


def _environ(folder: Path, topics: str = BEFORE) -> dict[str, str]:
    """Settings that do not depend on who runs the test, with few rules, which take no time to read."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {"TOPICS": topics, "AUTHORS": NOBODY}
    for name, content in files.items():
        (folder / f"{name}.toml").write_text(content, "utf-8")
    epoch = {"SOURCE_DATE_EPOCH": str(int(NOW.timestamp())), "PUBLIC_BASE_URL": BASE, "PATH": "/usr/bin:/bin"}
    return epoch | {name: str(folder / f"{name}.toml") for name in files}


def _logs(edited: frozenset[int] = frozenset(), skip: int = -1) -> dict[str, str]:
    return {f"log-{n}.md": writings.log(f"log-{n}", 5, date(2026, 1 + n, 1), edited, skip) for n in range(4)}


def _read(folder: Path, environ: Mapping[str, str], store: Store) -> Iterator[object]:
    """The documents of a folder one after the other."""
    settings = load_settings(environ)
    plan = Plan(load_topics(settings.topics), load_aliases(settings.authors), load_sources(None), NOW)
    return ingest(find_documents([str(folder)]), store, plan)


def _fill(folder: Path, environ: Mapping[str, str], url: str) -> None:
    with open_store(url) as store:
        list(_read(folder, environ, store))


def _sights(folder: Path, environ: Mapping[str, str], url: str) -> list[Sight]:
    """Before, and after each document."""
    found = [_look(environ, url)]
    with open_store(url) as store:
        found += [_look(environ, url) for _ in _read(folder, environ, store)]
    return found


def _look(environ: Mapping[str, str], url: str, without: Sequence[str] = ()) -> Sight:
    found = seen(url, TOPICS=environ["TOPICS"])
    return {name: value for name, value in found.items() if not name.startswith(tuple(without))}


def _nothing(url: str) -> None:
    """The store is empty."""


@contextmanager
def first_reading(folder: Path) -> Iterator[Scene]:
    """Documents that the store has never seen."""
    environ, documents = _environ(folder), writings.write(folder / "documents", _logs())
    yield Scene(
        environ=environ,
        fill=_nothing,
        work=command("ingest", str(documents)),
        states=partial(_sights, documents, environ),
        look=partial(_look, environ),
    )


@contextmanager
def reading_again(folder: Path) -> Iterator[Scene]:
    """Documents that were edited: other words in each, a post that is gone, a new document."""
    environ, old = _environ(folder), writings.write(folder / "old", _logs())
    documents = folder / "documents"
    new = _logs(frozenset({0, 3}), 2) | {"log-9.md": writings.log("log-9", 4, date(2026, 7, 1))}
    writings.write(documents, new)

    def fill(url: str) -> None:
        # The same place for both, so that the new ones are versions of the old.
        shutil.rmtree(documents)
        shutil.copytree(old, documents)
        _fill(documents, environ, url)
        shutil.rmtree(documents)
        writings.write(documents, new)

    yield Scene(
        environ=environ,
        fill=fill,
        work=command("ingest", str(documents)),
        states=partial(_sights, documents, environ),
        look=partial(_look, environ),
    )


@contextmanager
def other_topics(folder: Path) -> Iterator[Scene]:
    """Other rules for more entries than one transaction takes."""
    old, environ = _environ(folder / "old"), _environ(folder, AFTER)
    hidden = ("/api/v1/changes",)  # tells when topics changed, and the command asks the clock

    def fill(url: str) -> None:
        topics = load_topics(Path(old["TOPICS"]))
        drafts = [make_draft(words := writings.text(n), n, topics=topics.classify(None, words)) for n in range(1, 541)]
        with open_store(url) as store:
            for start in range(0, len(drafts), 180):
                store.save(make_batch(drafts[start : start + 180], name=f"{start}.md"), NOW)

    def states(url: str) -> list[Sight]:
        found: list[Sight] = []
        classify, asked = load_topics(Path(environ["TOPICS"])).classify, 0

        def counted(*arguments: Any, **more: Any) -> Any:
            nonlocal asked
            if asked % 500 == 0:  # as many as one transaction takes: the ones before are written
                found.append(_look(environ, url, hidden))
            asked += 1
            return classify(*arguments, **more)

        with open_store(url) as store:
            store.retopic(counted, NOW)
        return [*found, _look(environ, url, hidden)]

    yield Scene(
        environ=environ,
        fill=fill,
        work=command("retopic"),
        states=states,
        look=partial(_look, environ, without=hidden),
    )


@contextmanager
def exporting(folder: Path) -> Iterator[Scene]:
    """Files of an earlier export, of which some change, some go and some come."""
    from web.export import export_site

    environ, out, before = _environ(folder), folder / "out", folder / "before"
    draft = partial(make_draft, topics=())

    def fill(url: str) -> None:
        with open_store(url) as store:
            store.save(make_batch([draft("一段旧的文字，后来改了。", 1), draft("这一段后来没有了。", 2)]), NOW)
            export_site(load_settings({**environ, "DATABASE_URL": url}), before, store=store)
            changed = [draft("一段旧的文字，后来改了好几处。", 1), draft("这一段是新来的，写船。", 3)]
            store.save(make_batch(changed, digest="2"), NOW + timedelta(hours=1))

    def states(url: str) -> list[Sight]:
        with open_store(url) as store:
            shutil.copytree(before, folder / "undisturbed")
            export_site(load_settings({**environ, "DATABASE_URL": url}), folder / "undisturbed", store=store)
        return [files(before), files(folder / "undisturbed")]

    yield Scene(
        environ=environ,
        fill=fill,
        work=command("export", str(out)),
        states=states,
        look=lambda _: files(out),
        folder=out,
        before=before,
    )


def files(folder: Path) -> Sight:
    """What a web server would find there; the export's own notes are in a folder that none shows."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.parent.name != ".feedwright")
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


@contextmanager
def fetching(folder: Path) -> Iterator[Scene]:
    """A round of a worker over three feeds, each with entries that are new and one that was edited."""
    with serving(_Feeds()) as server:
        sources = "".join(source(name, "feed", f"{server.url}/{name}") for name in FEEDS)
        environ = _environ(folder)
        (folder / "sources.toml").write_text(sources, "utf-8")
        environ |= {"SOURCES": str(folder / "sources.toml"), "FETCH_NETWORKS": "127.0.0.0/8"}
        yield Scene(
            environ=environ,
            fill=_nothing,
            work=_Round(),
            states=partial(_rounds, environ),
            look=partial(_look, environ),
        )


@dataclass
class _Feeds:
    """What three publishers have on their servers."""

    names: Sequence[str] = field(default=FEEDS)

    def __call__(self, asked: Asked) -> Reply:
        name = urlsplit(asked.path).path[1:]
        if name not in self.names:
            return Reply(404)
        items = (item(f"{name}-{n}", f"{name} 第 {n} 篇", writings.text(f"{name} {n}")) for n in range(4))
        return Reply(200, rss(*items, title=name), {"Last-Modified": "Sun, 01 Mar 2026 08:00:00 GMT"})


@dataclass(frozen=True)
class _Round:
    """One round of a worker, by a clock that stands still."""

    def __call__(self) -> None:
        with open_round(load_settings().database_url) as bench:
            list(sync(bench))


@contextmanager
def open_round(url: str, environ: Mapping[str, str] | None = None) -> Iterator[Bench]:
    """A worker whose leases end at once, so that the one behind it may have the same clock.

    The turn at a host of one that was killed would end with time, which stands still.
    """
    settings = load_settings({**environ, "DATABASE_URL": url}) if environ is not None else load_settings()
    limits = replace(benches.make_limits(settings), delay=0.0)
    clock = Clock(lambda: NOW, lambda _: None)
    engine = make_engine(store_url(settings.database_url))
    with writing(engine) as connection:
        connection.execute(host.delete())
    engine.dispose()
    with open_store(url) as store, benches.open_bench(settings, store, clock, limits) as bench:
        yield replace(bench, lease=timedelta(0))


def _rounds(environ: Mapping[str, str], url: str) -> list[Sight]:
    found = [_look(environ, url)]
    with open_round(url, environ) as bench:
        found += [_look(environ, url) for _ in sync(bench)]
    return found
