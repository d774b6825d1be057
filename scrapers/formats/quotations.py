"""People whom an article quotes with an address: `Yann LeCun（推特：@ylecun）`, `https://x.com/NAME/status/ID`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

from feeds.model import Role
from scrapers.formats.bylines import is_name
from scrapers.post import RawPerson

_HANDLE = re.compile(r"(?<![\w./@])@([A-Za-z0-9_]{2,15})(?![\w/]|\.\w)")
_STATUS = re.compile(r"https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/([A-Za-z0-9_]{2,15})/status(?:es)?/(\d+)", re.I)
_NOBODY = frozenset({"i", "home", "intent", "search", "share"})
#: What stands between a name and the handle: `（推特：`, ` (X: `, ` `.
_BRIDGE = re.compile(r"\s*[(（]?\s*(?:推特|推文|Twitter|X|微博|Weibo|Threads)?\s*[:：]?\s*$", re.I)
_WORD = r"[A-Z][A-Za-z\u00c0-\u024f.'’\-]*"
_LATIN_NAME = re.compile(rf"(?<![A-Za-z])({_WORD}(?: {_WORD}){{0,2}})$")
_LATIN_PAIR = re.compile(r"(?<![A-Za-z])([A-Z][a-z]+) ([A-Z][a-z]+)(?![A-Za-z])")
#: Pairs of words with capitals that handles are compared with: more of them are no names of people.
_MOST_PAIRS = 500


def quoted(text: str) -> tuple[RawPerson, ...]:
    """The people with a handle or a status in `text`, each once, in order."""
    found: dict[str, RawPerson] = {}
    pairs = list(islice(dict.fromkeys(m.groups() for m in _LATIN_PAIR.finditer(text)), _MOST_PAIRS))
    hits = [(m.start(), m) for pattern in (_HANDLE, _STATUS) for m in pattern.finditer(text)]
    for _, hit in sorted(hits, key=lambda h: h[0]):
        handle = hit[1]
        if handle.casefold() in _NOBODY:
            continue
        url = hit[0] if hit.re is _STATUS else None
        before = found.get(handle.casefold())
        name = before.name if before else _name_before(text, hit) or _name_like(pairs, handle)
        address = before.url if before and before.url else url
        found[handle.casefold()] = RawPerson(name=name, handle=handle, role=Role.QUOTED, url=address)
    return tuple(found.values())


def _name_before(text: str, hit: re.Match[str]) -> str | None:
    if hit.re is _STATUS:
        return None
    bridge = _BRIDGE.search(text, max(0, hit.start() - 20), hit.start())
    words = text[max(0, hit.start() - 80) : bridge.start() if bridge else hit.start()].rstrip()
    if (latin := _LATIN_NAME.search(words)) is not None:
        return latin[1]
    if bridge is None or not re.search(r"[(（]", bridge[0]):
        return None
    return next((words[-n:] for n in (3, 2, 4) if len(words) >= n and is_name(words[-n:])), None)


def _name_like(pairs: Iterable[tuple[str | Any, ...]], handle: str) -> str | None:
    """A name of the text that the handle is made of: `Logan Kilpatrick` for `OfficialLoganK`."""
    folded = handle.casefold().replace("_", "")
    for pair in pairs:
        first, last = pair[0].casefold(), pair[1].casefold()
        if first + last in folded or (len(first) > 3 and folded.endswith(first + last[0])):
            return " ".join(pair)
    return None
