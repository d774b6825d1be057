"""What tests of articles share: the three scrapers, and a document made of a text."""

from __future__ import annotations

from pathlib import Path

from scrapers.document import Document
from scrapers.document import make_document
from scrapers.formats import article
from scrapers.formats import dump
from scrapers.formats import flattened
from scrapers.post import RawPost

SCRAPERS = {"article": article, "dump": dump, "flattened": flattened}
SAMPLES = Path(__file__).parents[1] / "scrapers" / "samples"


def read(path: Path) -> Document:
    """The document in a file."""
    return make_document(path.name, path.read_bytes())


def document(text: str) -> Document:
    """A document of that text."""
    return make_document("x.md", text.encode())


def scores(read: Document) -> dict[str, float]:
    """How sure each scraper is."""
    return {name: module.recognise(read) for name, module in SCRAPERS.items()}


def people(post: RawPost) -> list[list[str | None]]:
    """Role, name and handle of each in the byline."""
    return [[person.role.value, person.name, person.handle] for person in post.people]
