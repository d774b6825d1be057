"""Exports and feeds in JSON and CSV: JSON Feed, a Mastodon outbox, the posts of an X archive."""

from __future__ import annotations

import csv
import html as escaping
import io
import json
import re
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from feeds.errors import DocumentError
from feeds.model import Link
from feeds.model import Rel
from feeds.model import Skip
from scrapers.document import Document
from scrapers.kinds.items import natural_keys
from scrapers.kinds.items import people
from scrapers.kinds.items import with_enclosures
from scrapers.kinds.items import without_shared_keys
from scrapers.post import LinkChoice
from scrapers.post import Markup
from scrapers.post import RawPerson
from scrapers.post import RawPost
from scrapers.post import Scraped

JSON_FEED = "json-feed"
MASTODON = "mastodon"
TWITTER = "twitter"

_VERSION = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org')
_OUTBOX = re.compile(r'"type"\s*:\s*"OrderedCollection')
_ARCHIVE = re.compile(r"\s*window\.YTD\.(?:tweets?|note_tweet)\.part\d+\s*=")
_CSV_COLUMNS = ("tweet_id", "timestamp", "text")
_PUBLIC = frozenset({"https://www.w3.org/ns/activitystreams#Public", "as:Public", "Public"})
_HEAD = 16_384
_SHORT = re.compile(r"https?://t\.co/\w+")
_CONTROL = re.compile(r"[\x00-\x1f]")


def recognise_json_feed(document: Document) -> float:
    """Sure where the version of JSON Feed stands near the beginning."""
    head = document.text[:_HEAD]
    return 1.0 if head.lstrip().startswith("{") and _VERSION.search(head) else 0.0


def recognise_mastodon(document: Document) -> float:
    """Sure where a collection of activities begins."""
    head = document.text[:_HEAD]
    return 1.0 if head.lstrip().startswith("{") and _OUTBOX.search(head) and "activitystreams" in head else 0.0


def recognise_twitter(document: Document) -> float:
    """Sure where an archive's script or its table begins."""
    first = document.text[:400].partition("\n")[0]
    is_table = all(column in first for column in _CSV_COLUMNS)
    return 1.0 if is_table or _ARCHIVE.match(document.text[:200]) else 0.0


def scrape_json_feed(document: Document) -> Scraped:
    """The items of a JSON Feed, 1.0 or 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    told = _object(document)
    items = [item for item in _list(told, "items") if isinstance(item, Mapping)]
    whose = _json_people(told)
    posts = [_json_item(item, whose, number) for number, item in enumerate(items, 1)]
    return Scraped(
        posts=without_shared_keys([post for post in posts if post is not None]),
        skips=tuple(Skip("item without words", n) for n, post in enumerate(posts, 1) if post is None),
        title=_words(told, "title"),
        url=_words(told, "home_page_url"),
        publication=_words(told, "title"),
    )


def scrape_mastodon(document: Document) -> Scraped:
    """The public posts of an outbox (ActivityStreams 2.0); what others wrote is left out."""
    activities = [item for item in _list(_object(document), "orderedItems") if isinstance(item, Mapping)]
    posts, skips = [], []
    for number, activity in enumerate(activities, 1):
        note = activity.get("object")
        reason = _unfit(activity, note)
        if reason is not None or not isinstance(note, Mapping):
            skips.append(Skip(reason or "no post", number))
            continue
        posts.append(_note(note, number))
    return Scraped(posts=tuple(posts), skips=tuple(skips))


def scrape_twitter(document: Document) -> Scraped:
    """The posts of an archive, new (a script) or old (a table); what others wrote is left out."""
    table = _ARCHIVE.match(document.text[:200]) is None
    found = _table(document) if table else _archive(document)
    posts, skips = [], []
    for number, post in enumerate(found, 1):
        if post is None:
            skips.append(Skip("repost", number))
            continue
        posts.append(post)
    return Scraped(posts=tuple(posts), skips=tuple(skips))


def _object(document: Document) -> Mapping[str, Any]:
    try:
        told = json.loads(document.text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise DocumentError(document.name, f"is no JSON, or cut off ({error})", line) from error
    if not isinstance(told, Mapping):
        raise DocumentError(document.name, "is no JSON object")
    return told


def _list(told: Mapping[str, Any], key: str) -> Sequence[Any]:
    value = told.get(key)
    return value if isinstance(value, list) else []


def _words(told: Mapping[str, Any], *keys: str) -> str | None:
    values = (told.get(key) for key in keys)
    return next((str(v).strip() for v in values if isinstance(v, (str, int)) and str(v).strip()), None)


def _json_people(told: Mapping[str, Any]) -> tuple[RawPerson, ...]:
    found = [*_list(told, "authors"), *([told["author"]] if isinstance(told.get("author"), Mapping) else [])]
    return people((_words(one, "name"), _words(one, "url")) for one in found if isinstance(one, Mapping))


def _json_item(item: Mapping[str, Any], whose: tuple[RawPerson, ...], number: int) -> RawPost | None:
    markup = _words(item, "content_html")
    text = _words(item, "content_text", "summary") or ""
    files = [a for a in _list(item, "attachments") if isinstance(a, Mapping)]
    enclosures = [(_words(a, "url") or "", _words(a, "mime_type") or "") for a in files]
    body = with_enclosures(markup or escaping.escape(text, quote=False).replace("\n", "<br>"), enclosures)
    title, url, other = _words(item, "title"), _words(item, "url"), _words(item, "external_url")
    if not title and not body.strip():
        return None
    return RawPost(
        title=title,
        body=body,
        markup=Markup.HTML,
        people=_json_people(item) or whose,
        date=_words(item, "date_published", "date_modified"),
        url=url or other,
        base=url,
        link_choice=LinkChoice.NONE,
        links=(Link(other, Rel.SOURCE),) if other and url and other != url and other.startswith("http") else (),
        labels=tuple(str(tag) for tag in _list(item, "tags") if isinstance(tag, str)),
        natural_keys=natural_keys(_words(item, "id"), url),
        section=str(number),
        lines=(number, number),
    )


def _unfit(activity: Mapping[str, Any], note: object) -> str | None:
    if _words(activity, "type") != "Create":
        return "repost" if _words(activity, "type") == "Announce" else "no post"
    if not isinstance(note, Mapping) or _words(note, "type") not in {"Note", "Article", "Question", "Page"}:
        return "no post"
    addressed = [*_many(note.get("to")), *_many(note.get("cc"))]
    return None if _PUBLIC & set(addressed) else "not public"


def _many(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []


def _note(note: Mapping[str, Any], number: int) -> RawPost:
    files = [a for a in _list(note, "attachment") if isinstance(a, Mapping)]
    enclosures = [(_words(a, "url") or "", _words(a, "mediaType") or "") for a in files]
    warning = _words(note, "summary")
    before = f"<p><b>{escaping.escape(warning)}</b></p>" if warning else ""
    tags = [t for t in _list(note, "tag") if isinstance(t, Mapping) and t.get("type") == "Hashtag"]
    url = _words(note, "url") or _words(note, "id")
    return RawPost(
        title=_words(note, "name"),
        body=with_enclosures(before + (_words(note, "content") or ""), enclosures),
        markup=Markup.HTML,
        people=tuple(_account(_words(note, "attributedTo"))),
        date=_words(note, "published"),
        url=url,
        link_choice=LinkChoice.NONE,
        labels=tuple(str(t.get("name", "")).lstrip("#") for t in tags),
        natural_keys=natural_keys(url, _words(note, "id")),
        section=str(number),
        lines=(number, number),
    )


def _account(actor: str | None) -> Iterator[RawPerson]:
    """`https://host/users/name` is name@host: the same name on another host is somebody else."""
    try:
        parts = urlsplit(actor or "")
    except ValueError:
        return
    name = parts.path.rstrip("/").rpartition("/")[2].lstrip("@")
    if name and parts.hostname:
        yield RawPerson(name, f"{name}@{parts.hostname}", url=actor)


def _table(document: Document) -> Iterator[RawPost | None]:
    rows = csv.DictReader(io.StringIO(document.text))
    try:
        for number, row in enumerate(rows, 1):
            told = {key: value for key, value in row.items() if key and isinstance(value, str)}
            if told.get("retweeted_status_id") or not told.get("tweet_id"):
                yield None
                continue
            addresses = [a for a in told.get("expanded_urls", "").split(",") if a.startswith("http")]
            yield _tweet(told["tweet_id"], told.get("text", ""), told.get("timestamp"), addresses, number)
    except csv.Error as error:
        raise DocumentError(document.name, f"is no table that can be read ({error})", rows.line_num) from error


def _archive(document: Document) -> Iterator[RawPost | None]:
    start = document.text.index("=") + 1
    try:
        items = json.loads(document.text[start:].strip().rstrip(";"))
    except (ValueError, RecursionError) as error:
        raise DocumentError(document.name, f"is no archive of X, or cut off ({error})") from error
    for number, item in enumerate(items if isinstance(items, list) else [], 1):
        inner = item.get("tweet", item) if isinstance(item, Mapping) else None
        told = inner if isinstance(inner, Mapping) else {}
        text, id = _words(told, "full_text", "text") or "", _words(told, "id_str", "id")
        if id is None or text.startswith("RT @"):
            yield None
            continue
        text = _with_long_addresses(text, told)
        yield _tweet(id, escaping.unescape(text), _words(told, "created_at"), [], number)


def _with_long_addresses(text: str, told: Mapping[str, Any]) -> str:
    entities = told.get("entities")
    links = _list(entities, "urls") if isinstance(entities, Mapping) else []
    long = {_words(link, "url"): _words(link, "expanded_url") for link in links if isinstance(link, Mapping)}
    return _SHORT.sub(lambda short: long.get(short[0]) or short[0], text)


def _tweet(id: str, text: str, date: str | None, addresses: Sequence[str], number: int) -> RawPost:
    """The short addresses of old archives are replaced by what they lead to, in order."""
    rest = list(dict.fromkeys(addresses))
    words = _SHORT.sub(lambda short: rest.pop(0) if rest else short[0], text)
    status = f"https://x.com/i/status/{id}"
    return RawPost(
        body=_CONTROL.sub(lambda c: c[0] if c[0] == "\n" else " ", words),
        markup=Markup.TEXT,
        date=date,
        url=status,
        link_choice=LinkChoice.NONE,
        labels=tuple(re.findall(r"(?<!\w)#(\w+)", words)),
        natural_keys=(status,),
        section=str(number),
        lines=(number, number),
    )
