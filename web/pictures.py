"""The pictures of an entry on its page: through our proxy, where there is one, as many hosts refuse other sites."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from html import escape
from html import unescape

from feeds.addresses import PICTURES
from web.state import get_state

#: As the sanitiser writes them: attributes in double quotes, so that a > in one of them ends nothing.
_PICTURE = re.compile(r'(<img(?:\s+[\w-]+(?:="[^"]*")?)*?\s+src=")([^"]*)(")')
#: Bits enough that nobody guesses one, short enough for an address.
_SIGNATURE_BYTES = 16


def through_proxy(html: str) -> str:
    """The content with the addresses of pictures replaced; as it is where no proxy is set up."""
    key = get_state().settings.image_proxy_key
    if key is None:
        return html
    return _PICTURE.sub(lambda found: found[1] + escape(_proxied(unescape(found[2]), key)) + found[3], html)


def shown(url: str) -> str:
    """Where a page finds one picture."""
    key = get_state().settings.image_proxy_key
    return url if key is None else _proxied(url, key)


def picture_path(url: str, key: str) -> str:
    """Where the proxy has the picture of an absolute address."""
    packed = base64.urlsafe_b64encode(url.encode()).decode().rstrip("=")
    return f"{PICTURES}/{sign(url, key)}/{packed}"


def sign(url: str, key: str) -> str:
    """A signature: only what stands on our pages goes through the proxy."""
    digest = hmac.digest(key.encode(), url.encode(), hashlib.sha256)[:_SIGNATURE_BYTES]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _proxied(url: str, key: str) -> str:
    return get_state().site.local(picture_path(url, key)) if url.startswith(("http://", "https://")) else url
