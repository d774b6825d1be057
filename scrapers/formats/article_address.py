"""The address of an article without what only says how a reader came to it."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl
from urllib.parse import urlencode
from urllib.parse import urlsplit
from urllib.parse import urlunsplit

from scrapers.formats.bylines import kept_parameters
from scrapers.formats.bylines import words_of


def natural_key(url: str) -> str:
    """`url` with https, its host in lower case, and only the parameters that name the article."""
    try:
        parts = urlsplit(url)
    except ValueError:  # brackets in the host
        return url
    host = parts.netloc.casefold()
    kept = kept_parameters(host)
    trackers = words_of("article", "trackers")
    pairs = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if (name in kept if kept else not _is_tracker(name, trackers))
    ]
    query = urlencode(sorted(pairs, key=lambda pair: kept.index(pair[0])) if kept else pairs)
    path = re.sub(r"(?<=.)/$", "", parts.path)
    return urlunsplit(("https", host, path, query, ""))


def _is_tracker(name: str, trackers: tuple[str, ...]) -> bool:
    return any(name == tracker or (tracker.endswith("_") and name.startswith(tracker)) for tracker in trackers)
