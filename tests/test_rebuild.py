"""A store that is built anew from the same documents gives the same bytes, whatever differs around it."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from datetime import UTC
from datetime import datetime
from itertools import permutations
from pathlib import Path

import pytest

from feeds.aliases import load_aliases
from feeds.model import EntryQuery
from feeds.store import Store
from feeds.store import open_store
from feeds.topics import Topics
from feeds.topics import load_topics
from scrapers import samples_folder
from scrapers.ingest import Plan
from scrapers.ingest import ingest
from scrapers.sources import load_sources

ROOT = Path(__file__).parent.parent
CORPUS = ROOT.parent / "shared" / "corpus"
FOLDERS = ("seeds", "more/newsletter", "more/posts", "more/recap", "more/articles")

#: When the files were last changed, whatever their copies say: seconds since 1970.
CHANGED = 1_770_000_000
#: Two hosts that differ in everything that must not show: their zone, language, hash seed, clock, and how they read.
HERE = {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1"}
THERE = {"TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8", "LANG": "zh_CN.UTF-8", "PYTHONHASHSEED": "4711"}


def documents() -> list[Path]:
    """The shipped samples, and the corpus where it is there."""
    folders = [samples_folder(), *(CORPUS / name for name in FOLDERS)]
    return sorted(path for folder in folders if folder.is_dir() for path in folder.rglob("*.md"))


def copied(files: list[Path], folder: Path) -> list[Path]:
    """The documents at another place, with the times of their files."""
    copies = []
    for number, path in enumerate(files):
        copy = folder / path.parent.name / path.name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
        os.utime(copy, (CHANGED + number, CHANGED + number))
        copies.append(copy)
    return copies


def rendered(store: Path, runs: list[list[Path]], environ: dict[str, str], now: str) -> dict[str, str]:
    """The digests of every feed, and all ids, of a store that a process of its own builds in some runs."""
    command = [sys.executable, "-W", "error", "-m", "tests.rebuild", now]
    given = json.dumps([[str(path) for path in run] for run in runs])
    env = os.environ | environ | {"DATABASE_URL": f"sqlite:///{store}"}
    done = subprocess.run(command, env=env, cwd=ROOT, input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The feeds of a store built of all documents in one run."""
    folder = tmp_path_factory.mktemp("here")
    return rendered(folder / "store.db", [copied(documents(), folder)], HERE, "2026-04-01T00:00:00+00:00")


def test_order_runs_place_clock_and_surroundings_do_not_show(first: dict[str, str], tmp_path: Path) -> None:
    files = copied(documents(), tmp_path / "elsewhere" / "deeper")
    random.Random(1).shuffle(files)
    runs = [[path] for path in files]
    again = rendered(tmp_path / "store.db", runs, THERE, "2027-11-05T23:30:00+00:00")
    assert len(first) > 60
    assert {path: digest for path, digest in again.items() if first.get(path) != digest} == {}
    assert again.keys() == first.keys()


def post(text: str, day: str | None = "2026-03-01", who: str = "林舟\n@linzhou") -> str:
    return f"### 01\n\n{day}\n\n{who}\n{text}\n" if day else f"### 01\n\n{who}\n{text}\n"


KETTLE = "昨天修好了一只旧水壶：壶底重新焊过，把手换成了木头的，烧水的时候再也不会漏了，只是提起来有一点重。"
FERRY = "坐早班渡船过河的人很少，船夫说秋天以后要停开，桥已经快要修好了，以后大家都从桥上走，他准备去种橘子。"
FERRY += "船钱还是两块，过河的时候他把旧钟的故事又讲了一遍，说那口钟是从沉船里捞上来的。"
LETTER = "整理抽屉的时候翻到一封没有寄出的信，写的是借书的事情，那本书后来一直没有还，现在也不知道该还给谁了。"
MARKET = "集市上多了一个卖竹篮的摊子，摊主一边编一边卖，说一天能编三个，下雨天编得更快，因为竹子不容易裂开。"

#: Documents in which something stands twice: a copy that was edited, a text printed again, one without a date, two of
#: one name.
TWICE = {
    "log/index.md": post(KETTLE) + post(FERRY, "2026-03-02") + post(LETTER, "2026-03-02"),
    "copy/index.md": post(KETTLE)
    + post(FERRY + "橘子要三年。", "2026-03-02")
    + post(LETTER, "2026-03-02")
    + post(MARKET),
    "again.md": post(FERRY, "2026-02-11") + post("又登一次上面这段话，因为有人来信问起，编者按。", "2026-02-11"),
    "undated/one.md": post(MARKET[::-1], None) + post(LETTER[::-1], "2026-03-05"),
    "undated/two.md": post(KETTLE[::-1], "2026-01-05") + post(MARKET[::-1], None),
}


def told(store: Store, files: list[Path], topics: Topics) -> list[tuple[object, ...]]:
    """What a reader sees of the entries after the documents were read one by one."""
    for number, path in enumerate(files):
        plan = Plan(topics, load_aliases(), load_sources(), datetime(2026, 5, 1 + number, tzinfo=UTC))
        (outcome,) = ingest([path], store, plan)
        assert outcome.failure is None
    return [
        (e.id, e.document.name, e.place, e.published, e.updated, e.first_seen, e.revision, e.content_html, e.people)
        for e in store.entries(EntryQuery(limit=100)).entries
    ]


def test_what_stands_in_several_documents_does_not_tell_which_was_read_first(empty_store: Path, tmp_path: Path) -> None:
    files, topics = [], load_topics()
    for number, (name, text) in enumerate(TWICE.items()):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        os.utime(path, (CHANGED - number * 86_400,) * 2)
        files.append(path)
    orders = list(permutations(files))
    found = []
    for number, order in enumerate(random.Random(7).sample(orders, 12)):
        copy = tmp_path / f"{number}.db"
        shutil.copy(empty_store, copy)
        with open_store(f"sqlite:///{copy}") as store:
            found.append(told(store, list(order), topics))
    assert len(found[0]) == 8
    assert [other for other in found if other != found[0]] == []
