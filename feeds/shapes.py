"""In which form a listing is answered: format, script, how much of each entry, which part. One address each."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import replace
from urllib.parse import urlencode

#: BCP 47 tags of the scripts that Chinese can be had in.
SCRIPTS = ("zh-Hans", "zh-Hant")
#: The segment of an address behind which the name of an archive document stands.
ARCHIVE = "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A form of a listing; without suffix the page for people."""

    #: With the dot, such as ".rss".
    suffix: str = ""
    #: One of `SCRIPTS`; None for each entry in its own.
    script: str | None = None
    #: Whether summaries stand in the place of full texts.
    summary: bool = False
    #: Whether an entry without a title gets the derived one even where the format needs none.
    titles: bool = False
    #: The name of an archive document (RFC 5005, section 4); see `feeds.archives`.
    archive: str | None = None
    #: Where an older page begins, from `feeds.model.Page`.
    cursor: str | None = None

    @property
    def ending(self) -> str:
        """What stands behind the path: script and suffix."""
        return (f".{self.script}" if self.script else "") + self.suffix

    @property
    def whole(self) -> Shape:
        """The subscription document that this one is a part of."""
        return replace(self, archive=None, cursor=None)

    @property
    def is_part(self) -> bool:
        """Whether it holds older entries only, so that nobody subscribes to it."""
        return self.archive is not None or self.cursor is not None

    def address(self, listing_path: str) -> str:
        """Where this form of a listing stands; parameters of ours come behind those of the listing, in one order."""
        path, _, query = listing_path.partition("?")
        part = f"/{ARCHIVE}/{self.archive}" if self.archive else ""
        parameters = "&".join(filter(None, (query, urlencode(self._parameters()))))
        return path + part + self.ending + (f"?{parameters}" if parameters else "")

    def _parameters(self) -> list[tuple[str, str]]:
        found = []
        if self.titles:
            found.append(("titles", "derived"))
        if self.summary:
            found.append(("mode", "summary"))
        if self.cursor:
            found.append(("cursor", self.cursor))
        return found
