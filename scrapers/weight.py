"""How much work a text is, told from its characters alone, and how much of it one document may be.

Parsers take about the same time for a character of prose, some tens of characters' time for a line or an element, and a
few for a mark. What is heavier than the bounds here would take minutes; real documents have a tenth of it.
"""

from __future__ import annotations

from dataclasses import replace

from feeds.errors import DocumentError
from feeds.model import Problem
from feeds.model import Skip
from scrapers.post import RawPost
from scrapers.post import Scraped

#: Of a document in Markdown or in running text: as much as 4 MB of plain prose in long paragraphs.
MOST = 4_000_000
#: Of all posts of a document of many, such as a feed or an archive.
MOST_OF_ALL = 12_000_000
#: What a line with something on it, an element and a mark add to their characters.
_LINE, _ELEMENT, _MARK = 40, 40, 5
#: What a post costs whatever it says.
_POST = 300
_MARKS = "*_`~[]()&!|#\\"


def weight(text: str) -> int:
    """The work that a text is; prose has about its number of characters."""
    elements = text.count("<") + text.count("://")  # an address becomes a link
    return len(text) + _LINE * text.count("\n") + _ELEMENT * elements + _MARK * sum(map(text.count, _MARKS))


def is_heavy(text: str) -> bool:
    """Whether a text would take minutes."""
    return weight(text) > MOST


def check_page(name: str, html: str) -> None:
    """Raises `DocumentError` for a page that would take minutes; scripts have marks and cost nothing."""
    if len(html) + _ELEMENT * html.count("<") > 2 * MOST:
        raise DocumentError(name, "is a page of too many elements, or too long, to be read")


def check_weight(name: str, text: str) -> None:
    """Raises `DocumentError` for a text that would take minutes."""
    if is_heavy(text):
        times = weight(text) / MOST
        raise DocumentError(name, f"is too much for one document ({times:.1f} times what is read at once); split it")


def cut(markup: str, most: int) -> str:
    """The beginning of a text that is no heavier than `most`."""
    end = min(len(markup), most)
    while end and weight(markup[:end]) > most:
        end = end * 3 // 4
    return markup[:end]


def affordable(scraped: Scraped) -> Scraped:
    """What was found, as far as it is read: the beginning of a heavy post, and no posts behind those that are enough.

    What is left out is told of, and costs no more.
    """
    posts: list[RawPost] = []
    problems = list(scraped.problems)
    spent = 0
    for found in scraped.posts:
        post, told = _beginning(found) if is_heavy(found.body) else (found, ())
        spent += _POST + weight(post.body)
        if spent > MOST_OF_ALL:
            break
        posts.append(post)
        problems += told
    rest = [Skip("too much in one document", one.lines[0], one.section or "") for one in scraped.posts[len(posts) :]]
    return replace(scraped, posts=tuple(posts), skips=(*scraped.skips, *rest), problems=tuple(problems))


def _beginning(post: RawPost) -> tuple[RawPost, tuple[Problem, ...]]:
    kept = cut(post.body, MOST)
    told = f"a post of {len(post.body):,} characters: those behind the first {len(kept):,} are left out"
    return replace(post, body=kept), (Problem(told, post.lines[0]),)
