"""From the words of an address to the form that a listing is asked for in: suffix, script, mode, titles, cursor."""

from __future__ import annotations

from collections.abc import Mapping

from feeds.errors import QueryError
from feeds.formats import FORMATS
from feeds.formats import JSON_FEED
from feeds.formats import OPML_SUFFIX
from feeds.shapes import SCRIPTS
from feeds.shapes import Shape
from feeds.store.cursor import read_cursor

_SUFFIXES = frozenset({*FORMATS, OPML_SUFFIX})
_SCRIPTS = {f".{script}".lower(): script for script in SCRIPTS}


def read_shape(name: str, given: Mapping[str, str]) -> tuple[str, Shape]:
    """The name without script and suffix, and the form that these and the parameters ask for.

    A slug may hold dots: only an ending that is known is one, in any case of its letters. Parameters with values that
    mean nothing are ignored, like unknown ones: readers hang on what they want, and a feed answers.
    """
    stem, suffix = _split(name)
    if suffix not in _SUFFIXES:
        return name, Shape()
    if suffix == OPML_SUFFIX:
        return stem, Shape(suffix=suffix)
    without, ending = _split(stem)
    script = _SCRIPTS.get(ending)
    shape = Shape(
        suffix=suffix,
        script=script,
        summary=given.get("mode") == "summary",
        titles=given.get("titles") == "derived",
        cursor=_cursor(given.get("cursor", "")) if suffix == JSON_FEED.suffix else None,
    )
    return (without if script else stem), shape


def _split(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending.lower()) if dot else (name, "")


def _cursor(words: str) -> str | None:
    try:
        read_cursor(words)
    except QueryError:
        return None
    return words
