"""Feeds as a reader finds them."""

from __future__ import annotations

import io
import json
import time

import feedparser


def as_read(data: bytes) -> list[tuple[str, str, str, list[str], list[str]]]:
    """Id, link, date, authors and categories of each entry, as a reader finds them."""
    if data.startswith(b"{"):
        return [
            (
                item["id"],
                item["url"],
                item["date_published"],
                [author["name"] for author in item.get("authors", [])],
                item.get("tags", []),
            )
            for item in json.loads(data)["items"]
        ]
    parsed = feedparser.parse(io.BytesIO(data))
    assert not parsed.bozo, parsed.bozo_exception
    return [
        (
            entry.id,
            entry.link,
            time.strftime("%Y-%m-%dT%H:%M:%SZ", entry.published_parsed),
            [author["name"] for author in entry.get("authors", []) if author],
            [tag.get("label") or tag.term for tag in entry.get("tags", [])],
        )
        for entry in parsed.entries
    ]
