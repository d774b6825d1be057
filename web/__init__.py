"""Who may read the entries: pages, feeds and the JSON API. `create_app` wires them; gunicorn calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any

if TYPE_CHECKING:
    from web.application import create_app as create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    """`create_app`, loaded when it is asked for: the help of a command beside it waits for no Flask (PEP 562)."""
    if name != "create_app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from web.application import create_app

    return create_app
