"""A template filled in, as an answer that the browser can ask again for."""

from __future__ import annotations

from flask import Response
from flask import render_template

from web.cache import Rendered
from web.conditional import REVALIDATE
from web.conditional import answer

_HTML = "text/html; charset=utf-8"


def answer_html(template: str, **values: object) -> Response:
    """The page, or 304 where the browser has it."""
    return answer(Rendered(render_template(template, **values).encode(), _HTML), REVALIDATE)
