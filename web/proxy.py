"""Pictures of other sites through ours, by addresses that only our own pages can write; off unless a key is set."""

from __future__ import annotations

import base64
import binascii
import hmac
from threading import BoundedSemaphore

from flask import Blueprint
from flask import Response
from flask import current_app

from feeds.addresses import PICTURES
from feeds.errors import NotFoundError
from web.outside import PictureError
from web.outside import fetch_picture
from web.pictures import sign
from web.state import get_state

bp = Blueprint("proxy", __name__)

#: Fetched at once in a process: a slow host of pictures never keeps all threads from answering.
_AT_ONCE = 3
_KEPT = "public, max-age=604800, immutable"


@bp.record_once
def _bound(setup: object) -> None:
    """Each application has bounds of its own."""
    setup.app.extensions["pictures"] = BoundedSemaphore(_AT_ONCE)  # type: ignore[attr-defined]


@bp.get(f"{PICTURES}/<signature>/<packed>")
def picture(signature: str, packed: str) -> Response:
    """The picture of an address that we signed. Raises `NotFoundError` for any other, and where no key is set."""
    url = _unpacked(packed)
    key = get_state().settings.image_proxy_key
    if key is None or not hmac.compare_digest(sign(url, key).encode(), signature.encode()):
        raise NotFoundError("picture", packed)
    turn: BoundedSemaphore = current_app.extensions["pictures"]
    if not turn.acquire(blocking=False):
        return _plain("Too many pictures at once; try again.", 503, {"Retry-After": "5"})
    try:
        found = fetch_picture(url)
    except PictureError as error:
        return _plain(f"The picture cannot be shown: {error}.", 502, {"Cache-Control": "public, max-age=300"})
    finally:
        turn.release()
    return Response(found.body, content_type=found.media_type, headers={"Cache-Control": _KEPT})


def _unpacked(packed: str) -> str:
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True).decode()
    except (ValueError, binascii.Error) as error:
        raise NotFoundError("picture", packed) from error


def _plain(words: str, status: int, headers: dict[str, str]) -> Response:
    return Response(f"{words}\n", status, headers, content_type="text/plain; charset=utf-8")
