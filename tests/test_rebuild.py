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
from scrapers.ingest import ingest
from scrapers.pipeline import Plan
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


GREETING = (
    "各位读者好，每个月的第一天我都会在这里写一点菜园里的事情，写得不好请多包涵，有什么想知道的就来信，我都会看，"
)
GREETING += "回信会慢一点，因为白天要在地里，晚上才有空坐下来写字，写完还要等邮差，请不要着急。"
POTATOES = (
    "今年的土豆比去年早收了十天，个头小，味道好，挖的时候碰见一只刺猬，它在垄沟里睡觉，我们绕开它挖完了剩下的两行，"
)
POTATOES += "装了六筐，送给邻居两筐，自己留一筐做种，其余的拿到镇上换了灯油和盐，路上还遇见去年修桥的那位师傅。"

#: Documents that share what a store gives only once: posts that begin alike, a name that is somebody's handle, a log
#: and a version of it under another name, with new words in front.
CONTESTED = {
    "may/notes.md": post(GREETING + POTATOES),
    "june/notes.md": post(GREETING + POTATOES[::-1], "2026-03-09"),
    "july.md": post(GREETING + FERRY + LETTER, "2026-03-11"),
    "name.md": f"---\ntitle: 半本讲船的书\nauthor: Rowan\ndate: 2026-03-04\n---\n\n{POTATOES[::-1]}\n",
    "handle.md": post("新渡口的图纸贴在墙上，有三个人在看，没有人说话。", "2026-03-05", "林舟\n@rowan"),
    "log.md": post(KETTLE) + post(FERRY) + post(LETTER) + post(MARKET),
    "log-2.md": post(KETTLE) + post(FERRY) + post(LETTER) + post("再补一句，今天天气很好。" + MARKET),
}


def written(told: dict[str, str], folder: Path) -> list[Path]:
    files = []
    for number, (name, text) in enumerate(told.items()):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        os.utime(path, (CHANGED - number * 86_400,) * 2)
        files.append(path)
    return files


def read(store: Store, files: list[Path], topics: Topics, number: int = 0) -> None:
    plan = Plan(topics, load_aliases(), load_sources(), datetime(2026, 5, 1 + number, tzinfo=UTC))
    assert not [outcome.failure for outcome in ingest(files, store, plan) if outcome.failure]


def seen(store: Store) -> list[tuple[object, ...]]:
    """What a reader sees of the entries."""
    return [
        (e.id, e.document, e.place, e.published, e.updated, e.first_seen, e.revision, e.content_html, e.people)
        for e in store.entries(EntryQuery(limit=100)).entries
    ]


def told(store: Store, files: list[Path], topics: Topics) -> list[tuple[object, ...]]:
    """What a reader sees of the entries after the documents were read one by one."""
    for number, path in enumerate(files):
        read(store, [path], topics, number)
    return seen(store)


def test_what_stands_in_several_documents_does_not_tell_which_was_read_first(empty_store: Path, tmp_path: Path) -> None:
    files, topics = written(TWICE, tmp_path), load_topics()
    orders = list(permutations(files))
    found = []
    for number, order in enumerate(random.Random(7).sample(orders, 12)):
        copy = tmp_path / f"{number}.db"
        shutil.copy(empty_store, copy)
        with open_store(f"sqlite:///{copy}") as store:
            found.append(told(store, list(order), topics))
    assert len(found[0]) == 8
    assert [other for other in found if other != found[0]] == []


def test_in_one_run_no_order_of_files_and_no_folder_shows(empty_store: Path, tmp_path: Path) -> None:
    topics, found = load_topics(), []
    for number in range(12):
        files = written(CONTESTED, tmp_path / "zyxwvutsrqpo"[number] / "files")
        random.Random(number).shuffle(files)
        copy = tmp_path / f"{number}.db"
        shutil.copy(empty_store, copy)
        with open_store(f"sqlite:///{copy}") as store:
            read(store, files, topics)
            found.append(seen(store))
    assert len(found[0]) == 9
    assert sum(str(people).count("slug='rowan") for *_, people in found[0]) == 2
    assert any("slug='rowan-" in str(people) for *_, people in found[0])
    assert [other for other in found if other != found[0]] == []


def test_over_several_runs_an_order_shows_only_in_what_the_first_one_has(empty_store: Path, tmp_path: Path) -> None:
    """The id of an opening and a plain slug belong to who comes first; what comes later has the same, whenever."""
    topics = load_topics()
    files = written({name: CONTESTED[name] for name in ("may/notes.md", "june/notes.md", "july.md")}, tmp_path)
    ids: dict[str, set[str]] = {}
    for number, order in enumerate(permutations(files)):
        copy = tmp_path / f"{number}.db"
        shutil.copy(empty_store, copy)
        with open_store(f"sqlite:///{copy}") as store:
            told(store, list(order), topics)
            for entry in store.entries(EntryQuery(limit=100)).entries:
                ids.setdefault(entry.content_text, set()).add(entry.id)
    assert len(ids) == 3
    assert len(set.intersection(*ids.values())) == 1
    assert [len(known) for known in ids.values()] == [2, 2, 2]
