"""What the templates may call: addresses, formats, and how dates, numbers and places are worded for people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Flask
from flask import request
from markupsafe import Markup
from markupsafe import escape

from feeds import addresses
from feeds.formats import FORMATS
from feeds.formats import OPML_SUFFIX
from feeds.formats import RSS
from feeds.listing import Site
from feeds.model import Entry
from feeds.shapes import Shape
from feeds.titles import display_title
from web import assets
from web import interface
from web.interface import gettext
from web.pictures import shown
from web.pictures import through_proxy
from web.readers import Reader
from web.readers import load_readers
from web.state import get_state
from web.words import worded

_CODE = re.compile("`([^`]+)`")
#: What each script calls itself.
_SCRIPTS = {"zh-Hans": "简体", "zh-Hant": "繁體"}


def register(app: Flask) -> None:
    """Give it to the application's templates."""
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    readers: tuple[Reader, ...] = load_readers()
    app.jinja_env.globals.update(
        addresses=addresses,
        asset=assets.address,
        formats=tuple(FORMATS.values()),
        readers=readers,
        languages=interface.LANGUAGES,
        page=interface.page_path,
        pictures=through_proxy,
        opml_path=_opml_path,
        script_path=_script_path,
        scripts=_SCRIPTS,
        this_page_in=interface.this_page_in,
    )
    app.jinja_env.filters.update(
        display_title=display_title,
        day=_day,
        moment=_moment,
        counted=_counted,
        lines=_lines,
        worded=worded,
        host=_host,
        shown=shown,
        encoded=_encoded,
        anchor=anchor,
        coded=_coded,
    )
    app.context_processor(_of_request)


def _of_request() -> dict[str, Any]:
    language = interface.get_language()
    return {
        "site": site_in(language),
        "language": language,
        "tag": interface.TAGS[language],
        "here": request.path,
        "can_search": not get_state().is_copy,
        "gap": "" if language == "zh" else " ",  # between two sentences
        "has_saved": bool(get_state().saved),
    }


def anchor(entry: Entry) -> str:
    """Where an entry stands on the page of a listing."""
    return f"e-{entry.id.rpartition(':')[2]}"


def site_in(language: str) -> Site:
    """The site with the names that topics have in a language of the pages."""
    state = get_state()
    names = {topic.slug: topic.name_zh if language == "zh" else topic.name_en for topic in state.topics}
    return replace(state.site, topics=names)


def _day(entry: Entry) -> str:
    """The calendar date where the source is; the day that the entry was found on where nothing tells its own."""
    published = entry.published
    if published.date is not None:
        return published.date.isoformat()
    return gettext("undated, found %(day)s") % {"day": published.at.date().isoformat()}


def _moment(at: datetime) -> str:
    return at.strftime("%Y-%m-%d %H:%M UTC")


def _opml_path(path: str) -> str:
    """Where the list of feeds of a listing stands, or of a kind of listings; of all entries it is all there is."""
    return addresses.OPML if path == addresses.ENTRIES else Shape(suffix=OPML_SUFFIX).address(path)


def _script_path(path: str, script: str) -> str:
    return Shape(suffix=RSS.suffix, script=script).address(path)


def _lines(lines: tuple[int, int]) -> str:
    first, last = lines
    if first == last:
        return gettext("line %(line)s") % {"line": first}
    return gettext("lines %(first)s–%(last)s") % {"first": first, "last": last}


def _counted(reasons: Iterable[str]) -> list[tuple[str, int]]:
    """Each reason with how often it is given, the commonest first."""
    return Counter(reasons).most_common()


def _host(url: str) -> str:
    return url.split("/")[2].removeprefix("www.")


def _coded(words: str) -> Markup:
    """What stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(words))))


def _encoded(words: str) -> str:
    """As a part of another address."""
    return quote(words, safe="")
