"""The form of the search page: what is chosen in it becomes words of the query, so that each search has one address."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask
from flask import redirect
from flask import request
from werkzeug.wrappers import Response

from feeds.addresses import SEARCH
from web.state import get_state

#: Fields of the form that the query language has a word for.
_FIELDS = ("topic", "source", "lang", "since", "until")
#: Parameters that stay what they are.
_KEPT = ("role", "collapse")


def register(app: Flask) -> None:
    """Have the application send on who chose something in the form."""
    app.before_request(_into_words)


def _into_words() -> Response | None:
    """An empty field of a form comes too; without them the address is the one that a feed has."""
    given = request.args
    if request.path != SEARCH or not any(name in given for name in _FIELDS):
        return None
    chosen = [f"{name}:{value}" for name in _FIELDS if (value := given.get(name, "").strip())]
    asked = {"q": " ".join(filter(None, [given.get("q", "").strip(), *chosen]))}
    asked |= {name: value for name in _KEPT if (value := given.get(name, ""))}
    query = urlencode({name: value for name, value in asked.items() if value})
    return redirect(get_state().site.local(SEARCH) + (f"?{query}" if query else ""), 302)
