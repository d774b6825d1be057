"""The JSON API, version 1: what is declared in `web.api.operations` is routed, checked and described from there.

No framework does that for us: those for Flask leave unknown parameters unnoticed (flask-openapi3 takes them out before
its model could forbid them), know nothing of values that are data, such as topics, or want an application of their own;
and all bring a library of models into a process that answers from a cache. A declaration of ours is a dataclass.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint
from flask import Flask
from flask import request
from werkzeug.wrappers import Response

from feeds.addresses import API
from web.api.access import WRONG_PER_MINUTE
from web.api.access import add_allowance
from web.api.access import authorise
from web.api.given import check_names
from web.api.given import read_given
from web.api.openapi import openapi
from web.api.openapi import page
from web.api.operations import OPERATIONS
from web.api.operations import Operation
from web.api.parameters import entry_urn
from web.clients import Limiter
from web.state import State
from web.state import get_state

__all__ = ["entry_urn", "register"]

#: Where people read about it.
PAGE = "/api"


def register(app: Flask, state: State) -> None:
    """Give an application the API and the page about it."""
    bp = Blueprint("api", __name__, url_prefix=API)
    limiter, wrong = Limiter(state.settings.writes_per_minute), Limiter(WRONG_PER_MINUTE)
    for operation in OPERATIONS:
        rule = operation.path.replace("{", "<").replace("}", ">")
        bp.add_url_rule(rule, operation.name, partial(_answer, operation, limiter, wrong), methods=[operation.method])
    bp.add_url_rule("/openapi.json", "openapi", _without_parameters(openapi))
    bp.after_request(add_allowance)
    app.register_blueprint(bp)
    app.add_url_rule(PAGE, "api_page", page)


def _answer(operation: Operation, limiter: Limiter, wrong: Limiter, **path: str) -> Response:
    state = get_state()
    if operation.permission is not None:
        authorise(operation.permission, state, limiter, wrong)
    return operation.answer(read_given(operation.parameters, request.args, path, state), state)


def _without_parameters(view: Callable[[], Response]) -> Callable[[], Response]:
    def checked() -> Response:
        check_names(request.args, ())
        return view()

    return checked
