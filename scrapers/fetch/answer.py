"""What an address gave, and how an address is shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from datetime import datetime
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server gave to recognise its answer by (RFC 9110, section 8.8), returned to it unread."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: 200 with a body, or 304 without one."""

    #: The address that answered, behind all redirects.
    url: str
    status: int
    body: bytes
    #: Lower-case names; of several with one name the last.
    headers: Mapping[str, str] = field(default_factory=dict)
    #: Where the address asked for has moved for good; None where it has not.
    moved: str | None = None
    validators: Validators = Validators()
    #: When the server says that it was last changed, in UTC.
    modified: datetime | None = None
    #: Requests made on the way, and bytes that came over the wire in bodies.
    requests: int = 1
    bytes: int = 0

    @property
    def unchanged(self) -> bool:
        """Nothing new since the validators were given."""
        return self.status == 304

    @property
    def media_type(self) -> str:
        """Such as `text/html`; empty where the server does not say."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def charset(self) -> str | None:
        """What the header says; it is often wrong."""
        for part in self.headers.get("content-type", "").split(";")[1:]:
            name, _, value = part.partition("=")
            if name.strip().lower() == "charset":
                return value.strip().strip("\"'") or None
        return None


def shown(url: str) -> str:
    """An address as it may stand in a log: without user, password, query and fragment, which may be secrets."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that cannot be read"
    asked = "?…" if parts.query else ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}{parts.path}{asked}"
