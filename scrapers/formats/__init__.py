"""The formats we read, and which one a document is in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from feeds.errors import ConfigError
from feeds.errors import UnknownFormatError
from scrapers.document import Document
from scrapers.formats import article
from scrapers.formats import dump
from scrapers.formats import flattened
from scrapers.formats import newsletter
from scrapers.formats import posts
from scrapers.formats import recap
from scrapers.kinds import exports
from scrapers.kinds import feed
from scrapers.kinds import page
from scrapers.post import Scraped
from scrapers.weight import check_weight
from scrapers.weight import is_heavy

#: How sure a scraper must be; below, a document is reported and not guessed.
THRESHOLD = 0.5


def _never(document: Document) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Format:
    """One format: how sure its scraper is of a document (0 to 1), and what it makes of it."""

    name: str
    recognise: Callable[[Document], float]
    scrape: Callable[[Document], Scraped]
    #: Whether the publication writes what names no author; a post without one is by nobody we know.
    by_publication: bool = False
    #: Whether it is read by way of Markdown or sentence by sentence, at some cost a character.
    prose: bool = False
    #: Whether it only shows the newest posts: what is not there any more has not been withdrawn.
    window: bool = False
    #: Whether a document can be in no other format, where that is cheaply seen: then no other is asked.
    is_certain: Callable[[Document], bool] = _never


#: Earlier ones win where two are equally sure.
FORMATS = (
    Format(newsletter.NAME, newsletter.recognise, newsletter.scrape, by_publication=True, prose=True),
    Format(posts.NAME, posts.recognise, posts.scrape, prose=True, is_certain=posts.is_certain),
    Format(recap.NAME, recap.recognise, recap.scrape, by_publication=True, prose=True),
    Format(flattened.NAME, flattened.recognise, flattened.scrape, prose=True),
    Format(dump.NAME, dump.recognise, dump.scrape, prose=True),
    Format(article.NAME, article.recognise, article.scrape, prose=True),
    Format(feed.NAME, feed.recognise, feed.scrape, by_publication=True, window=True),
    Format(exports.JSON_FEED, exports.recognise_json_feed, exports.scrape_json_feed, by_publication=True, window=True),
    Format(exports.MASTODON, exports.recognise_mastodon, exports.scrape_mastodon, window=True),
    Format(exports.TWITTER, exports.recognise_twitter, exports.scrape_twitter, window=True),
    Format(page.NAME, page.recognise, page.scrape, by_publication=True),
)
NAMES = tuple(format.name for format in FORMATS)


def detect(document: Document) -> Format:
    """The format of a document, from its content alone.

    Raises `UnknownFormatError` where no scraper is sure, `DocumentError` for prose that is too much to be read.
    """
    heavy = is_heavy(document.text)
    asked = [format for format in FORMATS if not (heavy and format.prose)]
    for format in asked:
        if format.is_certain(document):
            return format
    best, index = max((format.recognise(document), -i) for i, format in enumerate(asked))
    found = asked[-index]
    if best < THRESHOLD:
        check_weight(document.name, document.text)
        nearest = f"{found.name} at {best:.0%}" if best > 0 else "none comes near"
        raise UnknownFormatError(
            document.name, f"is in no format we know ({nearest}); name its format: {', '.join(NAMES)}"
        )
    return found


def named(name: str) -> Format:
    """The format of a name.

    Raises `ConfigError` with the names there are.
    """
    for format in FORMATS:
        if format.name == name:
            return format
    raise ConfigError("format", f"{name!r} is none; known: {', '.join(NAMES)}")
