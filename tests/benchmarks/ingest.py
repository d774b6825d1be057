"""What reading documents into a store costs beside parsing them alone: `python -m tests.benchmarks.ingest [PATH…]`.

Without paths the documents are logs of posts and newsletters, invented, and the same in every run. Every round parses
them and reads them into a new store, so that each round's ratio counts, whatever else the machine does. The processor
time is that of this process alone: on a busy machine it is the steadier one, and the share of a server, and of the
processes that read ahead, is not in it. The command reads ahead.
With TEST_DATABASE_URL (see `tests/conftest.py`) the same is done on PostgreSQL.
"""

from __future__ import annotations

import gc
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg

from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from scrapers.ahead import PROCESSES
from scrapers.document import read_document
from scrapers.ingest import ingest
from scrapers.normalise import Context
from scrapers.normalise import normalise
from scrapers.paths import find_documents
from scrapers.pipeline import Plan
from scrapers.pipeline import scrape_document
from scrapers.plans import reading_plan

ROUNDS = 5
LOGS, NEWSLETTERS, POSTS = 24, 48, 60
_SERVER = os.environ.get("TEST_DATABASE_URL", "")
_HAN = "的一是在有人这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学"
_NAMES = "GPT-4o Claude Llama-3 RAG agent Mixtral prompt OpenAI LoRA Sora Python 开源 模型 芯片 论文 视频".split()


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds that something took, of the clock and of this process."""

    wall: float
    own: float


class _Round(NamedTuple):
    """What each cost: reading without a store, then into one by one process, with others that read ahead, and again."""

    parsing: Cost
    alone: Cost
    ahead: Cost
    again: Cost


def main() -> None:
    """Print a table."""
    plan = reading_plan(load_settings({}))
    with tempfile.TemporaryDirectory() as folder:
        paths = find_documents(sys.argv[1:]) if len(sys.argv) > 1 else documents(Path(folder) / "documents")
        print(f"{len(paths)} documents, {_parse(paths, plan)} entries")
        for database in ["sqlite", *(["postgresql"] if _SERVER else [])]:
            _print(database, _rounds(database, paths, plan, Path(folder)), len(paths))


def _rounds(database: str, paths: Sequence[Path], plan: Plan, folder: Path) -> list[_Round]:
    found = []
    for number in range(ROUNDS):
        parsing = _cost(lambda: _parse(paths, plan))
        with _open(database, folder / f"{number}.db") as store:
            alone = _cost(lambda: len(list(ingest(paths, store, plan))))
        with _open(database, folder / f"{number}-ahead.db") as store:
            ahead, again = (_cost(lambda: len(list(ingest(paths, store, plan, PROCESSES)))) for _ in range(2))
        found.append(_Round(parsing, alone, ahead, again))
    return found


def _print(database: str, rounds: Sequence[_Round], documents: int) -> None:
    print(f"\nseconds, medians of {len(rounds)}")
    print(f"{database:12}{'parsing':>10}{'ingest':>10}{'ratio':>8}{'ahead':>10}{'ratio':>8}{'unchanged':>11}")
    for name in ("wall", "own"):
        costs = [[getattr(cost, name) for cost in one] for one in rounds]
        parsing, alone, ahead, again = map(statistics.median, zip(*costs, strict=True))
        one, two = (statistics.median(each[0] / each[i] for each in costs) for i in (1, 2))
        print(f"{name:12}{parsing:10.2f}{alone:10.2f}{one:8.0%}{ahead:10.2f}{two:8.0%}{again:11.3f}")
        each = [1000 * cost / documents for cost in (parsing, alone, ahead, again)]
        print(f"{'  ms each':12}{each[0]:10.2f}{each[1]:10.2f}{'':8}{each[2]:10.2f}{'':8}{each[3]:11.2f}")


def _parse(paths: Sequence[Path], plan: Plan) -> int:
    """All that reading is without a store; gives the number of drafts."""
    drafts = 0
    for path in paths:
        read = scrape_document(read_document(path), plan)
        author = read.scraped.publication or read.rule.author
        context = Context(read.rule.source, plan.topics, plan.aliases, plan.now, author)
        drafts += len(normalise(read.document, read.scraped, context).drafts)
    return drafts


def _cost(work: Callable[[], object]) -> Cost:
    gc.collect()
    gc.freeze()  # this and the next as the command does
    gc.set_threshold(100_000, 50, 100)
    began, used = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - began, time.process_time() - used)


@contextmanager
def _open(database: str, file: Path) -> Iterator[Store]:
    if database == "sqlite":
        migrate(f"sqlite:///{file}")
        with open_store(f"sqlite:///{file}") as store:
            yield store
        return
    name = f"feedwright_{uuid4().hex}"
    with psycopg.connect(_SERVER, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}".encode())
        try:
            url = urlsplit(_SERVER)._replace(path=f"/{name}").geturl()
            migrate(url)
            with open_store(url) as store:
                yield store
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def documents(folder: Path) -> list[Path]:
    """Logs of posts and newsletters, the same in every run."""
    random.seed(20_240_501)
    folder.mkdir()
    for number in range(LOGS):
        (folder / f"posts-2025{number + 1:02}.md").write_text(_log(number + 1), "utf-8")
    for number in range(NEWSLETTERS):
        (folder / f"newsletter-{number:03}.md").write_text(_newsletter(number), "utf-8")
    return find_documents([str(folder)])


def _log(month: int) -> str:
    return "\n".join(
        f"### {number + 1:02}\n\n2025-{month:02}-{number % 28 + 1:02}\n\n{_author()}\n{_text(random.randint(2, 12))}\n"
        for number in range(POSTS)
    )


def _newsletter(number: int) -> str:
    items = "\n\n".join(f"### {i}、{_sentence()[:12]}\n\n{_text(3)}\n\n原文：{_address()}" for i in range(1, 16))
    return (
        f"---\ndate: 2025/03/{number % 28 + 1:02}\n---\n\n河灯周刊：{_sentence()[:8]}\n\n本期目录：\n[toc]\n\n{items}\n"
    )


def _author() -> str:
    number = min(int(random.paretovariate(1.1)), 400)
    return f"{_HAN[number % 40]}{_HAN[number // 50]}{_HAN[number % 7]}\n@writer{number}"


def _text(sentences: int) -> str:
    words = "".join(_sentence() for _ in range(sentences))
    return f"{words}\n{_address()}" if random.random() < 0.5 else words


def _sentence() -> str:
    words = "".join(random.choices(_HAN, k=random.randint(8, 30)))
    return f"{words[:6]} {random.choice(_NAMES)} {words[6:]}。" if random.random() < 0.5 else f"{words}。"


def _address() -> str:
    return f"https://example.com/{random.randrange(10**6)}"


if __name__ == "__main__":
    main()
