"""Readers that ask for everything at once, and somebody who writes meanwhile; each in a process of its own."""

from __future__ import annotations

import multiprocessing
import random
import time
from dataclasses import dataclass
from dataclasses import field
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from feeds.aliases import load_aliases
from feeds.store import open_store
from feeds.topics import load_topics
from scrapers.ingest import ingest
from scrapers.pipeline import Plan
from scrapers.sources import load_sources
from tests.attack import writings
from tests.attack.scenes import NOW

context = multiprocessing.get_context("forkserver")
#: Seconds until an answer counts as missing.
PATIENCE = 60.0
#: What is asked for; each shows the newest entry.
MIX = {
    "feed": ("/entries.rss", "/entries.atom", "/entries.json", "/topics/rag.atom"),
    "page": ("/entries", "/", "/topics/rag"),
    "api": ("/api/v1/entries?limit=20", "/api/v1/entries?topic=rag&limit=20"),
    "search": ("/search.json?q=%E8%AE%B0%E5%8F%B7", "/api/v1/entries?q=%E8%AE%B0%E5%8F%B7&limit=20"),
}


def mark(number: int) -> str:
    """Words that only one entry has."""
    return f"记号{number:05}终"


@dataclass
class Told:
    """What a client saw."""

    answers: int = 0
    fresh: int = 0
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def write_on(url: str, folder: str, written: Any, stop: Any, topics: str) -> None:
    """Ingest one document after the other, each the newest, and say so when it is there."""
    rules, place = load_topics(Path(topics)), Path(folder)
    with open_store(url) as store:
        number = 0
        while not stop.is_set():
            number += 1
            at = NOW + timedelta(minutes=number)
            path = place / f"log-{number:05}.md"
            words = f"{mark(number)}，检索增强，{writings.text(number)}"
            path.write_text(f"### 01\n\n{at:%Y-%m-%d %H:%M}\n\n林舟\n@linzhou\n{words}\n", "utf-8")
            plan = Plan(rules, load_aliases(None), load_sources(None), at + timedelta(hours=1))
            (outcome,) = ingest([path], store, plan)
            assert outcome.saved.new == 1, outcome
            written.value = number


def read_on(port: int, seed: int, silent: Any, written: Any, results: Any) -> None:
    """Ask for this and that, often with what is known of it, and check each answer.

    Until nobody writes any more (`silent`); then each thing that is known once more, which must be the newest.
    """
    told = Told()
    chance = random.Random(seed)
    kept: dict[tuple[str, str], tuple[dict[str, str], bytes]] = {}
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    while not silent.is_set():
        path = chance.choice(MIX[chance.choice(list(MIX))])
        how = chance.choice(("plain", "etag", "date"))
        _ask(connection, path, how, kept, written.value, told)
    for path, how in sorted(kept):
        _ask(connection, path, how, kept, written.value, told)
        if kept[path, how][1] != _get(connection, path, {})[2]:
            told.wrong.append(f"{path}: a client that revalidates by {how} does not get the newest bytes")
    connection.close()
    results.put(told)


def _ask(connection: HTTPConnection, path: str, how: str, kept: dict[Any, Any], newest: int, told: Told) -> None:
    validators = _validators(how, kept.get((path, how)))
    begun = time.monotonic()
    try:
        status, headers, body = _get(connection, path, validators)
    except Exception as error:
        told.wrong.append(f"{path}: {error!r}")
        connection.close()
        return
    told.seconds.append(time.monotonic() - begun)
    told.answers += 1
    if status == 304:
        told.fresh += 1
        body = kept[path, how][1]
    elif status == 200:
        if how != "plain":
            kept[path, how] = (headers, body)
    else:
        told.wrong.append(f"{path}: {status}")
        return
    if newest and mark(newest).encode() not in body:
        told.wrong.append(f"{path} ({how}, {status}): stale, lacks entry {newest}")


def _validators(how: str, known: tuple[dict[str, str], bytes] | None) -> dict[str, str]:
    if known is None or how == "plain":
        return {}
    name, asked = ("etag", "If-None-Match") if how == "etag" else ("last-modified", "If-Modified-Since")
    return {asked: known[0][name]} if name in known[0] else {}


def _get(connection: HTTPConnection, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
