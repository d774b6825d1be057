"""A single article as a web page: what it says of itself (JSON-LD, Open Graph, meta), and its text by trafilatura."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup
from bs4 import Tag

from feeds.canonical import canonical
from feeds.canonical import exact_keys
from feeds.errors import DocumentError
from scrapers.document import Document
from scrapers.kinds.items import people
from scrapers.post import LinkChoice
from scrapers.post import Markup
from scrapers.post import RawPerson
from scrapers.post import RawPost
from scrapers.post import Scraped
from scrapers.trees import tree
from scrapers.weight import check_page

NAME = "page"
_PAGE = re.compile(
    r"(?>\s+|<\?xml[^>]*\?>|<!--.*?-->)*+<(?:!doctype\s+html|html|head|body)\b", re.DOTALL | re.IGNORECASE
)
_ARTICLES = re.compile(r"(?:News|Blog|Scholarly|Tech|Social|Report)?(?:Article|Posting|MediaPosting)")
_HEAD = 8192
#: Less text is no article.
_LEAST = 60
#: The share of the letters of a page's only article that its readable part has at least.
_COVERED = 0.6
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-actualsrc")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says of itself."""

    title: str | None
    date: str | None
    people: tuple[RawPerson, ...]
    url: str | None
    site: str | None
    lead: str | None
    cover: str | None
    labels: tuple[str, ...]
    #: The text, where JSON-LD has it.
    body: str | None
    #: Whether the page says that it is an article.
    article: bool


def recognise(document: Document) -> float:
    """Fairly sure where the text begins like a page."""
    return 0.9 if _PAGE.match(document.text[:_HEAD]) else 0.0


def scrape(document: Document) -> Scraped:
    """The article as one post. Raises `DocumentError` where the page has none."""
    check_page(document.name, document.text)
    soup = tree(document.text)
    facts = read_facts(soup, document.location if document.location.startswith("http") else None)
    body = _text(soup, facts)
    if body is None:
        raise DocumentError(document.name, "is a page without an article that can be told from the rest")
    keys = (canonical(facts.url),) if facts.url and exact_keys(facts.url) else ()
    post = RawPost(
        title=facts.title,
        body=body,
        markup=Markup.HTML,
        people=facts.people,
        date=facts.date,
        url=facts.url,
        base=document.location if document.location.startswith("http") else facts.url,
        link_choice=LinkChoice.NONE,
        labels=facts.labels,
        natural_keys=keys,
        lines=(1, document.text.count("\n") + 1),
    )
    return Scraped(
        posts=(post,),
        title=facts.title,
        date=facts.date,
        url=facts.url,
        lead=facts.lead,
        cover=facts.cover,
        publication=facts.site,
    )


def read_facts(soup: BeautifulSoup, location: str | None) -> Facts:
    """What the head of a page tells, the most exact first."""
    told = next(_json_ld(soup), {})
    meta = _meta(soup)
    address = _link(soup, "canonical") or meta.get("og:url") or _words(told.get("url")) or location
    dates = ("article:published_time", "datepublished", "publishdate", "pubdate", "date", "dc.date", "dcterms.created")
    named = [(meta[key], None) for key in ("author", "article:author", "byl", "dc.creator") if key in meta]
    names = people(_authors(told.get("author"))) or people(n for n in named if not str(n[0]).startswith("http"))
    stated = _words(told.get("datePublished")) or next((meta[k] for k in dates if k in meta), None)
    is_article = bool(told) or meta.get("og:type") == "article"
    return Facts(
        title=_words(told.get("headline")) or _title(soup, meta),
        date=stated or _time(soup),
        people=names[:10],
        url=_absolute(address, location),
        site=_words(_first(told.get("publisher"), "name")) or meta.get("og:site_name"),
        lead=meta.get("og:description") or meta.get("description"),
        cover=_absolute(meta.get("og:image"), location),
        labels=tuple(_labels(told, soup)),
        body=_words(told.get("articleBody")),
        article=is_article,
    )


def _text(soup: BeautifulSoup, facts: Facts) -> str | None:
    """The readable part as HTML; None where there is too little."""
    # Loaded late: it takes a quarter of a second, and most documents are no pages.
    import trafilatura

    article = _article(soup)
    found = trafilatura.extract(
        str(article),
        output_format="html",
        include_links=True,
        include_images=True,
        include_formatting=True,
        include_tables=True,
        include_comments=False,
        favor_recall=facts.article,
    )
    body, whole = _tidied(found, facts.title) if found else "", _tidied(str(article), facts.title)
    if article.name == "article" and _loses(body, whole):
        body = whole
    length = _length(body)
    if facts.body and len(facts.body) > 2 * length:
        return "".join(f"<p>{_escaped(part)}</p>" for part in re.split(r"\n\s*\n|\r?\n", facts.body) if part.strip())
    return body if length >= _LEAST else None


def _article(soup: BeautifulSoup) -> Tag:
    """The only article of the page, else the page, without what surrounds articles everywhere.

    Pictures that a script would put in are put in; trafilatura drops the others.
    """
    for around in soup.find_all(["nav", "footer", "aside", "script", "style", "noscript"]):
        around.decompose()
    for image in soup.find_all("img"):
        address = next((str(image[name]) for name in _LAZY if image.get(name)), None)
        if address is not None:
            image["src"] = address
    articles = soup.find_all("article")
    return articles[0] if len(articles) == 1 else soup


def _loses(body: str, whole: str) -> bool:
    """Whether much of the words, or a picture, is lost."""
    return _length(body) < _COVERED * _length(whole) or body.count("<img") < whole.count("<img")


def _length(html: str) -> int:
    return len("".join(tree(html).get_text().split())) if html else 0


def _tidied(html: str, title: str | None) -> str:
    """trafilatura's output without the title on top, which stands beside the text, and with code once in its frame."""
    soup = tree(html)
    root = soup.body or soup
    first = root.find(["h1", "h2"])
    if isinstance(first, Tag) and title and " ".join(first.get_text().split()) in title:
        first.decompose()
    for inner in root.select("pre > pre, pre > code"):
        outer = inner.parent
        if outer is not None and outer.get_text().strip() == inner.get_text().strip():
            outer.string = inner.get_text().strip("\n")
    return root.decode_contents()


def _json_ld(soup: BeautifulSoup) -> Iterator[Mapping[str, Any]]:
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            told = json.loads(script.get_text(), strict=False)
        except (ValueError, RecursionError):  # of a number with thousands of digits a plain ValueError
            continue
        yield from _articles(told, depth=0)


def _articles(told: object, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > 4:
        return
    if isinstance(told, list):
        for one in told:
            yield from _articles(one, depth + 1)
    elif isinstance(told, Mapping):
        kinds = told.get("@type")
        if any(_ARTICLES.fullmatch(str(kind)) for kind in (kinds if isinstance(kinds, list) else [kinds])):
            yield told
        for key in ("@graph", "mainEntity"):
            yield from _articles(told.get(key), depth + 1)


def _meta(soup: BeautifulSoup) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in soup.find_all("meta"):
        name = str(tag.get("property") or tag.get("name") or tag.get("itemprop") or "").lower()
        content = str(tag.get("content") or "").strip()
        if name and content:
            found.setdefault(name, content)
    return found


def _title(soup: BeautifulSoup, meta: Mapping[str, str]) -> str | None:
    heads = [h for h in soup.find_all("h1") if h.get_text(strip=True)]
    words = meta.get("og:title") or (heads[0].get_text() if len(heads) == 1 else None)
    if words is None and soup.title is not None:
        words = soup.title.get_text()
    return " ".join(words.split()) or None if words else None


def _time(soup: BeautifulSoup) -> str | None:
    scope = soup.find("article") or soup
    tag = scope.find("time") if isinstance(scope, Tag) else None
    return str(tag.get("datetime") or tag.get_text(strip=True)) or None if isinstance(tag, Tag) else None


def _authors(told: object) -> Iterator[tuple[str | None, str | None]]:
    for one in told if isinstance(told, list) else [told]:
        if isinstance(one, Mapping):
            yield _words(one.get("name")), _words(one.get("url"))
        elif isinstance(one, str):
            yield one, None


def _labels(told: Mapping[str, Any], soup: BeautifulSoup) -> Iterator[str]:
    words = told.get("keywords")
    given = words if isinstance(words, list) else str(words or "").split(",")
    tags = [str(tag.get("content") or "") for tag in soup.find_all("meta", property="article:tag")]
    yield from dict.fromkeys(str(word).strip() for word in (*given, *tags) if str(word).strip())


def _link(soup: BeautifulSoup, rel: str) -> str | None:
    tag = soup.find("link", rel=rel)
    return str(tag.get("href") or "") or None if isinstance(tag, Tag) else None


def _absolute(address: str | None, location: str | None) -> str | None:
    try:
        joined = urljoin(location or "", address or "")
    except ValueError:
        return None
    return joined if joined.lower().startswith(("http://", "https://")) else None


def _first(told: object, key: str) -> object:
    return told.get(key) if isinstance(told, Mapping) else None


def _words(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _escaped(words: str) -> str:
    return words.replace("&", "&amp;").replace("<", "&lt;").strip()
