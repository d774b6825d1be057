"""What a worker leaves for the next one that fetches the source: validators, where it moved, what it showed."""

from __future__ import annotations

import json
from dataclasses import asdict
from dataclasses import dataclass
from dataclasses import field
from typing import Any

from scrapers.fetch import Validators

#: Documents of a listing whose validators are remembered.
_MOST_PAGES = 500


@dataclass(slots=True)
class Memory:
    """Kept with the source in the store, as JSON."""

    #: Where the address has moved for good.
    moved: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    #: Of the bytes that were read last.
    digest: str | None = None
    #: The format that was read last.
    format: str | None = None
    #: Posts that it showed last, and how often in a row it has shown far fewer.
    entries: int | None = None
    shrunk: int = 0
    #: Of a listing: its documents with their validators and when they were fetched last, the newest first.
    pages: dict[str, list[str | None]] = field(default_factory=dict)
    #: Of a repository: the commit that was read last.
    commit: str | None = None

    @property
    def validators(self) -> Validators:
        """Of the address itself."""
        return Validators(self.etag, self.last_modified)

    def keep(self, validators: Validators) -> None:
        """Remember what the server gave."""
        self.etag, self.last_modified = validators.etag, validators.last_modified

    def dumps(self) -> str:
        """As JSON."""
        told = asdict(self) | {"pages": dict(list(self.pages.items())[:_MOST_PAGES])}
        return json.dumps({key: value for key, value in told.items() if value}, ensure_ascii=False)


def load_memory(words: str) -> Memory:
    """What was remembered; nothing where it is of another version."""
    try:
        told: dict[str, Any] = json.loads(words) if words else {}
        return Memory(**told)
    except (TypeError, ValueError):
        return Memory()
