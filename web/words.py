"""Words for what a code says: roles, relations, kinds of links, roads into a topic. Each is a message to translate."""

from __future__ import annotations

from collections.abc import Mapping

from web.interface import gettext
from web.interface import message

#: By the value of the enumeration that it comes from; what is not here is shown as it is.
_WORDS: Mapping[str, str] = {
    # feeds.model.Role
    "author": message("author"),
    "translator": message("translator"),
    "editor": message("editor"),
    "interviewee": message("interviewee"),
    "planner": message("planner"),
    "quoted": message("quoted"),
    # feeds.model.RelationKind
    "quotes": message("quotes"),
    "quoted_by": message("quoted by"),
    "translation_of": message("translation of"),
    "translated_by": message("translated in"),
    "part_of": message("part of"),
    "has_part": message("contains"),
    "duplicate_of": message("the same as"),
    "has_duplicate": message("the same as"),
    # feeds.model.Rel
    "original": message("original"),
    "translation": message("translation"),
    "source": message("source"),
    "video": message("video"),
    "project": message("project"),
    "paper": message("paper"),
    "related": message("related"),
    # feeds.model.Evidence.place
    "title": message("in the title"),
    "opening": message("at the beginning"),
    "body": message("further down"),
    "link": message("in an address"),
    # http.HTTPStatus.phrase
    "Not Found": message("There is nothing at this address"),
    "Gone": message("This was withdrawn"),
    "Bad Request": message("That question cannot be answered"),
    "Internal Server Error": message("Something broke here"),
    "Service Unavailable": message("The store does not answer"),
    "Method Not Allowed": message("That cannot be done here"),
}


def worded(code: str) -> str:
    """The words for a code in the language of the page."""
    return gettext(_WORDS[code]) if code in _WORDS else code.replace("_", " ")
