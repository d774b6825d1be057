"""What is known of daily recaps, from `recap.toml`: their parts, notices, credit lines and names."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from feeds.text import one_line
from scrapers.front_matter import FrontMatter

#: Longer paragraphs and headings are text, whatever words stand in them.
_SHORT = 600


@dataclass(frozen=True, slots=True)
class Rules:
    """`recap.toml`, compiled."""

    #: Pattern of a part's heading and the key of the part.
    parts: tuple[tuple[re.Pattern[str], str], ...]
    #: All patterns of parts, and of notices, in one: what most lines do not match is known at once.
    any_part: re.Pattern[str]
    any_notice: re.Pattern[str]
    #: A heading over what happened on one chat server.
    server: re.Pattern[str]
    #: Words in any heading and the key they tell.
    keys: tuple[tuple[re.Pattern[str], str], ...]
    credit: re.Pattern[str]
    topic_keys: tuple[str, ...]
    #: Pattern of a whole paragraph and why it is skipped.
    notices: tuple[tuple[re.Pattern[str], str], ...]
    continues: re.Pattern[str]
    noise: tuple[re.Pattern[str], ...]
    status: re.Pattern[str]
    newsletters: tuple[re.Pattern[str], ...]
    publications: tuple[Mapping[str, Any], ...]

    def part_key(self, words: str) -> str | None:
        """The key of the part that a heading of these words begins, None where it begins none."""
        line = one_line(words[:_SHORT])
        if self.any_part.fullmatch(line) is None:
            return None
        return next((key for pattern, key in self.parts if pattern.fullmatch(line)), None)

    def is_server(self, words: str) -> bool:
        """Whether a heading of these words stands over what happened on one chat server."""
        return self.server.fullmatch(one_line(words[:_SHORT])) is not None

    def key_in(self, words: str) -> str | None:
        """The key that words inside a heading, or its address, tell."""
        return next((key for pattern, key in self.keys if pattern.search(words)), None)

    def notice(self, words: str) -> str | None:
        """Why a paragraph of these words is no text of the recap; None where it is."""
        line = one_line(words) if len(words) <= _SHORT else ""
        if not line or self.any_notice.fullmatch(line) is None:
            return None
        return next((reason for pattern, reason in self.notices if pattern.fullmatch(line)), None)

    def without_noise(self, words: str) -> str:
        """A heading without its number, the mark of a channel, the number of messages and the last colon."""
        line = one_line(words).rstrip(" :：")
        for pattern in self.noise:
            line = pattern.sub("", line).rstrip(" :：")
        return line or one_line(words)

    def publication(self, front: FrontMatter, credit: str | None, beginning: str) -> str | None:
        """The name under which the recap appears; None where nothing tells."""
        stated = front.word("publication", "newsletter", "series")
        found = next((m[1] for p in self.newsletters if (m := p.search(credit or ""))), None)
        for known in self.publications:
            if found == known["newsletter"] or (stated or "").casefold() == known["name"].casefold():
                return str(known["name"])
        if stated or found:
            return stated or found
        return next((str(p["name"]) for p in self.publications if _tells(p, front, beginning)), None)

    def is_newsletter(self, address: str | None) -> bool:
        """Whether the address is that of an issue of a newsletter."""
        return any(pattern.search(address or "") for pattern in self.newsletters)

    def is_known(self, publication: str | None) -> bool:
        """Whether the name is that of a recap known here."""
        return any(known["name"] == publication for known in self.publications)


@cache
def load_rules() -> Rules:
    """The rules that ship with the scraper; read once."""
    data = tomllib.loads(Path(__file__).with_name("recap.toml").read_text(encoding="utf-8"))
    labels = "|".join(sorted(map(re.escape, data["credit_labels"]), key=len, reverse=True))
    hosts = "|".join(map(re.escape, data["status_hosts"]))
    parts = _patterns(data["part_patterns"], "key") + _named_parts(data)
    notices = _patterns(data["notices"], "reason")
    return Rules(
        parts=parts,
        any_part=_any(parts),
        any_notice=_any(notices),
        server=_compiled(rf".{{1,80}}\bdiscord\s*(?:{'|'.join(data['recap_words'])})"),
        keys=tuple((_compiled(words), key) for key, words in data["key_words"].items()),
        # `[address](address)`, a bare address or `<address>` behind the label.
        credit=_compiled(rf"[>\s]*\**(?:{labels})\**\s*[:：]\s*\**\s*[\[<]?(https?://[^\s\]()<>]+)\S*[\s*]*"),
        topic_keys=tuple(data["topic_keys"]),
        notices=notices,
        continues=_compiled(data["continues"]),
        noise=tuple(map(_compiled, data["noise"])),
        status=_compiled(
            rf"\[@(?P<handle>[A-Za-z0-9_]{{1,30}})(?![A-Za-z0-9_])(?P<more>[^\]\n]{{0,200}})\]"
            rf"\(<?(?P<url>https?://(?:www\.|mobile\.)?(?:{hosts})/(?P<owner>[A-Za-z0-9_]{{1,30}})(?:/web)?/status(?:es)?/\d+[^\s()<>]*)"
        ),
        newsletters=tuple(map(_compiled, data["newsletter_addresses"])),
        publications=tuple(data["publications"]),
    )


def _named_parts(data: Mapping[str, Any]) -> tuple[tuple[re.Pattern[str], str], ...]:
    recaps = "|".join(data["recap_words"])
    return tuple(
        (_compiled(rf"(?:ai\s*)?(?:{'|'.join(names)})\s*(?:ai\s*)?(?:社区|社區|平台)?\s*(?:{recaps})"), key)
        for key, names in data["part_names"].items()
    )


def _patterns(rows: list[Mapping[str, str]], value: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((_compiled(row["pattern"]), row[value]) for row in rows)


def _any(rows: tuple[tuple[re.Pattern[str], str], ...]) -> re.Pattern[str]:
    return _compiled("|".join(f"(?:{pattern.pattern})" for pattern, _ in rows))


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


def _tells(publication: Mapping[str, Any], front: FrontMatter, beginning: str) -> bool:
    keys = {key.casefold() for key in front.values}
    return set(publication["keys"]) <= keys or re.search(publication["words"], beginning, re.IGNORECASE) is not None
