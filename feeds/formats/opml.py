"""OPML 2.0 (http://opml.org/spec2.opml): lists of feeds that readers import."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Sequence
from datetime import datetime
from email.utils import format_datetime

from lxml import etree

from feeds.formats import RSS
from feeds.listing import Group
from feeds.listing import Outline
from feeds.listing import Site
from feeds.text import clean_text
from feeds.text import one_line

Element = etree._Element


def render(title: str, lists: Sequence[Outline | Group], site: Site, modified: datetime | None = None) -> bytes:
    """The list as OPML, UTF-8 with declaration; groups without a listing are left out.

    Every listing stands there once, as RSS, which `type` names for any format: who imports a listing in three formats
    reads everything three times.
    """
    root = etree.Element("opml", version="2.0")
    head = etree.SubElement(root, "head")
    etree.SubElement(head, "title").text = _line(title)
    if modified is not None:
        etree.SubElement(head, "dateModified").text = format_datetime(modified.replace(microsecond=0))
    _add(etree.SubElement(root, "body"), lists, site)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _add(parent: Element, lists: Iterable[Outline | Group], site: Site) -> None:
    for one in lists:
        if isinstance(one, Outline):
            _outline(parent, one, site)
        elif one.outlines:
            # No title beside the text: the W3C validator takes what has one for a feed without a type.
            _add(etree.SubElement(parent, "outline", text=_line(one.title)), one.outlines, site)


def _outline(parent: Element, outline: Outline, site: Site) -> None:
    """Some readers show `text`, some `title`."""
    name, feed = _line(outline.title), site.url(RSS.path(outline.path))
    attributes = {"text": name, "title": name, "type": "rss", "xmlUrl": feed, "htmlUrl": site.url(outline.path)}
    etree.SubElement(parent, "outline", attributes)


def _line(text: str) -> str:
    return one_line(clean_text(text))
