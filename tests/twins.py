"""What a scraper made of a document, as data that can stand beside the document (`NAME.expected.json`)."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

from feeds.text import one_line
from scrapers.document import Document
from scrapers.document import make_document
from scrapers.post import RawPerson
from scrapers.post import RawPost
from scrapers.post import Scraped

DOCUMENTS = Path(__file__).parent / "documents"


def load(path: Path) -> Document:
    return make_document(path.name, path.read_bytes())


def expected(path: Path) -> Any:
    return json.loads(path.with_suffix(".expected.json").read_text("utf-8"))


def as_twin(scraped: Scraped) -> dict[str, Any]:
    """Everything that a reader of the test must be able to judge by eye; bodies by their ends and length."""
    return {
        "title": scraped.title,
        "date": scraped.date,
        "publication": scraped.publication,
        "lead": scraped.lead,
        "cover": scraped.cover,
        "url": scraped.url,
        "labels": list(scraped.labels),
        "skipped": dict(sorted(Counter(skip.reason for skip in scraped.skips).items())),
        "problems": [f"{problem.line}: {problem.message}" for problem in scraped.problems],
        "posts": [_post(post) for post in scraped.posts],
    }


def _post(post: RawPost) -> dict[str, Any]:
    body = one_line(post.body)
    found = {
        "section": post.section,
        "part": post.part,
        "title": post.title,
        "date": post.date,
        "people": [_person(person) for person in post.people],
        "quoted": [_person(person) for person in post.quoted],
        "url": post.url,
        "quotes": list(post.quotes),
        "lines": list(post.lines),
        "body": body if len(body) <= 90 else f"{body[:40]} [{len(body)}] {body[-40:]}",
    }
    return {key: value for key, value in found.items() if value not in (None, [])}


def _person(person: RawPerson) -> str:
    handle = f" @{person.handle}" if person.handle else ""
    return f"{person.role}: {person.name or ''}{handle}" + (f" <{person.url}>" if person.url else "")
