"""Answers that are no documents, though the server says all is well: error pages, logins, captchas, lost lists."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from functools import cache
from importlib import resources

from feeds.errors import DocumentError
from scrapers.document import Document
from scrapers.kinds import page
from scrapers.pipeline import Scraping
from scrapers.trees import tree

#: A page with more words than this is about something.
_FEW = 1500
#: A page with less is judged by its title alone.
_TITLE_ONLY = 4000
#: A title that is about something has more than the words of the error.
_LONG_TITLE = 40
#: From so many posts on, fewer than half of them at once are no news but a failure; so often in a row, they are.
SHRINKS_FROM, BELIEVED_AFTER = 4, 3


def check_document(document: Document, *, wants_page: bool) -> None:
    """Raise `DocumentError` for an error page, a login, a captcha, and for a page where something else was expected."""
    if page.recognise(document) == 0.0:
        return
    soup = tree(document.text)
    title = " ".join(soup.title.get_text().split()) if soup.title else ""
    if not wants_page:
        raise DocumentError(document.name, f"is a web page ({title[:60] or 'without a title'}) where none was expected")
    has_password = soup.select_one("input[type=password]") is not None
    for unread in soup(["script", "style", "noscript", "template"]):
        unread.extract()
    words = " ".join(soup.get_text(" ").split())
    if has_password and len(words) < _FEW:
        raise DocumentError(document.name, f"is a login page ({title[:60]})")
    if _is_error_title(title) and len(words) < _TITLE_ONLY:
        raise DocumentError(document.name, f"is an error page ({title[:60]})")
    folded = words.casefold()
    if len(words) < _FEW and (found := next((w for w in _marks()["words"] if w in folded), None)):
        raise DocumentError(document.name, f"is an error page (it says “{found}”)")


def without_error_items(read: Scraping) -> Scraping:
    """What was read without items that only say that a program failed. Raises `DocumentError` for nothing else."""
    fine = tuple(post for post in read.scraped.posts if not _is_error_item(post.title or ""))
    if not fine:
        raise DocumentError(read.document.name, f"holds nothing but errors ({read.scraped.posts[0].title})")
    if len(fine) == len(read.scraped.posts):
        return read
    return replace(read, scraped=replace(read.scraped, posts=fine))


def check_size(name: str, found: int, before: int | None, shrunk: int) -> None:
    """Raise `DocumentError` where posts are lost; `shrunk` counts how often in a row that was so."""
    if before is None or before < SHRINKS_FROM or found * 2 >= before or shrunk + 1 >= BELIEVED_AFTER:
        return
    raise ShrunkError(name, f"shows {found} of {before} posts: more than half are lost")


class ShrunkError(DocumentError):
    """Posts are lost; believed when it happens again and again."""


def _is_error_title(title: str) -> bool:
    folded = title.casefold()
    return len(title) <= _LONG_TITLE and any(
        re.search(rf"(?<![a-z0-9]){re.escape(mark)}(?![a-z0-9])", folded) for mark in _marks()["titles"]
    )


def _is_error_item(title: str) -> bool:
    return any(mark in title.casefold() for mark in _marks()["items"])


@cache
def _marks() -> dict[str, tuple[str, ...]]:
    told = tomllib.loads(resources.files("scrapers").joinpath("worker/failures.toml").read_text("utf-8"))
    return {key: tuple(word.casefold() for word in words) for key, words in told.items()}
