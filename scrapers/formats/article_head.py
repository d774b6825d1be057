"""The lines above and below an article in Markdown: its title, whose it is, when and where it stood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from dataclasses import replace

from feeds.model import Skip
from feeds.text import letters
from scrapers.formats import bylines
from scrapers.formats import promotion
from scrapers.formats.bylines import words_of
from scrapers.markdown import plain
from scrapers.post import RawPerson
from scrapers.urls import match_address

ATX = re.compile(r"(#{1,6})[ \t]++(.*?)[ \t]*+#*+$")
UNDERLINE = re.compile(r"\s{0,3}(=+|-{2,})\s*$")
FENCE = re.compile(r"\s*(?:```|~~~)")
_BOLD_LINE = re.compile(r"\*\*([^*]+)\*\*$")
_ADDRESS = r"https?://[^\s)]*(?:\([^\s)]*\)[^\s)]*)*"
_LINKED = re.compile(rf"(?:>\s*)?\[(?P<words>[^\]]*)\]\((?P<url>{_ADDRESS})\)(?P<rest>[^\[]{{0,60}})$")
_TIME = r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?:[ T]*\d{1,2}:\d{2}(?::\d{2})?)?"
_ACCOUNT = re.compile(
    rf"(?P<own>原创\s+)?(?P<name>[^\d\s，。：:|#>\[*_\-][^，。：:|]{{0,40}}?)\s+(?P<date>{_TIME})"
    r"(?:\s*[|·]?\s*发表于\s*\S+|\s+[\u3400-\u9fff]{2,4})?\s*$"
)
_DATED = r"(?:(?:发布|发表|更新|创建)?(?:时间|日期|于)\s*[:：]?\s*|Published(?: on)?:?\s*)?"
_DATE = re.compile(rf"[*_>\s]*{_DATED}(?P<date>{_TIME})[*_\s]*$")
#: Emphasis, and links that lead nowhere, in the account line of an export.
_PLAIN_MARKS = re.compile(r"[*_]|\[([^\]\n]{0,60})\]\((?:javascript|#)[^\n]{0,60}?\)+;?\)?")
_TAKEN_FROM = re.compile(
    r"(?:以下文章)?(?:来源于|來源於)\s*(?P<origin>[^，,]{1,30}?)\s*[，,]\s*作者\s*(?P<author>.{1,30}?)\s*$"
)
#: How many lines of prose the head of an article may have (a lead, a note) before its bylines.
_HEAD_PROSE = 8
_HEAD_LINES = 30
#: A longer line is part of the text.
_LONGEST_LINE = 3000


@dataclass(frozen=True, slots=True)
class Line:
    number: int
    text: str


@dataclass(slots=True)
class Head:
    """What stands above and below the text."""

    title: str | None = None
    url: str | None = None
    own_url: bool = False
    date: str | None = None
    people: list[RawPerson] = field(default_factory=list)
    #: Who may be the author where no byline names one, best first.
    fallback: list[RawPerson] = field(default_factory=list)
    publication: str | None = None
    skips: list[Skip] = field(default_factory=list)

    def skip(self, reason: str, line: Line) -> None:
        self.skips.append(Skip(reason, line.number, line.text.strip()[:60]))


def foreign() -> re.Pattern[str]:
    """The beginning of a line that no article has: minutes, contracts, letters, the front page of a project."""
    return re.compile("|".join(words_of("article", "foreign")), re.IGNORECASE)


def is_signed(body: Sequence[str]) -> bool:
    """Whether a byline, an account with a date or a linked host stands among the first lines."""
    lines = [line for line in body if line][:16]
    lines = [line for line in lines if len(line) <= _LONGEST_LINE]
    for line in lines:
        linked = _LINKED.match(line)
        if _ACCOUNT.match(_PLAIN_MARKS.sub(r"\1", line)) or _TAKEN_FROM.match(line) or (linked and _is_host(linked)):
            return True
        if not line.startswith(("-", "* ", *words_of("article", "unsigned"))) and bylines.whole_line(line):
            return True
    return False


def without_title(lines: list[Line], head: Head) -> list[Line]:
    """The lines behind the title; a heading that is not the front matter's title stays."""
    start = next((i for i, line in enumerate(lines) if line.text.strip()), None)
    if start is None:
        return lines
    words, size = _heading(lines, start)
    if words is None or (head.title is not None and letters(words) != letters(head.title)):
        return lines
    head.title = head.title or words
    return [*lines[:start], *lines[start + size :]]


def _heading(lines: Sequence[Line], at: int) -> tuple[str | None, int]:
    """The words of the heading that begins here, and its number of lines."""
    text = lines[at].text.strip()
    if len(text) > _LONGEST_LINE:
        return None, 0
    if (atx := ATX.match(text)) is not None:
        return plain(atx[2]) or None, 1
    behind = lines[at + 1].text if at + 1 < len(lines) else ""
    if UNDERLINE.match(behind):
        return plain(text), 2
    if (bold := _BOLD_LINE.match(text)) is not None and not bylines.whole_line(text):
        return plain(bold[1]), 1
    following = next((line.text.strip() for line in lines[at + 1 :] if line.text.strip()), "")[:_LONGEST_LINE]
    linked = _LINKED.match(following)
    signed = (
        _ACCOUNT.match(_PLAIN_MARKS.sub(r"\1", following))
        or (linked is not None and _is_host(linked))
        or bylines.whole_line(following)
    )
    if signed and len(text) <= 90 and not text.startswith(("!", "[", "<", ">", "-", "*")) and "。" not in text:
        return plain(text), 1
    return None, 0


def without_head(lines: Sequence[Line], head: Head) -> list[Line]:
    """The lines without those that say whose the article is and where from."""
    kept: list[Line] = []
    seen = prose = 0
    reading = True
    for line in lines:
        text = line.text.strip()
        if not text or not reading:
            kept.append(line)
            continue
        seen += 1
        if _take(line, text, head, first=not prose):
            continue
        kept.append(line)
        prose += not text.startswith("![")
        reading = seen < _HEAD_LINES and prose < _HEAD_PROSE and not text.startswith("#") and not FENCE.match(text)
    return kept


def _take(line: Line, text: str, head: Head, first: bool) -> bool:
    """Read a line of the head; False where it belongs to the text."""
    return len(text) <= _LONGEST_LINE and (
        _take_address(line, text, head, first)
        or _take_account(line, text, head, first)
        or _take_byline(line, text, head)
        or _take_furniture(line, text, head)
    )


def _take_address(line: Line, text: str, head: Head, first: bool) -> bool:
    linked = _LINKED.match(text)
    if linked is not None and (_is_host(linked) or _is_title(linked["words"], head.title)) and not head.own_url:
        head.url, head.own_url = linked["url"], True
        _take_names(linked["rest"].strip(" \t|·"), head)
        head.skip("link line", line)
        return True
    if first and not head.own_url and (found := match_address(text)) is not None and found[1] == len(text):
        head.url, head.own_url = found[0], True
        head.skip("link line", line)
        return True
    return _take_credit(line, text, head)


def _take_credit(line: Line, text: str, head: Head) -> bool:
    """`原文链接：…`, `> 来源：[名字](地址)`."""
    bare = re.sub(r"<(https?://[^\s<>]+)>", r"\1", re.sub(r"^[>\s*_]+|\*\*", "", text))
    label = bylines.credit_label("original", "origin").match(bare)
    if label is None:
        return False
    linked = _LINKED.match(bare[label.end() :].strip())
    found = match_address(bare, label.end())
    address = linked["url"] if linked else found[0] if found else None
    if address is None or (linked is None and not bare.endswith(address)):
        return False
    head.url = head.url or address
    if linked and label["label"] in words_of("credits", "origin") and (person := bylines.person_name(linked["words"])):
        head.fallback.append(person)
    head.skip("original link", line)
    return True


def _take_names(words: str, head: Head) -> None:
    """`作者 公众号` behind the link; one name alone is the author's."""
    names = words.split()
    if not names:
        return
    author = bylines.person_name(" ".join(names[:-1]) or names[0])
    if author is not None:
        head.fallback.append(author)
    if len(names) > 1:
        head.publication = names[-1]


def _take_account(line: Line, text: str, head: Head, first: bool) -> bool:
    if (account := _ACCOUNT.match(_PLAIN_MARKS.sub(r"\1", text))) is not None and head.date is None:
        head.date = account["date"]
        *own, publication = account["name"].split()
        head.publication = head.publication or publication
        person = bylines.person_name(" ".join(own) if own and account["own"] else account["name"])
        head.fallback += [person] if person else []
    elif (taken := _TAKEN_FROM.match(text)) is not None:
        person = bylines.person_name(taken["author"])
        head.fallback[:0] = [person] if person else []
    elif first and head.date is None and (date := _DATE.match(text)) is not None:
        head.date = date["date"]
    else:
        return False
    head.skip("account line", line)
    return True


def _take_byline(line: Line, text: str, head: Head) -> bool:
    if text.startswith(("- ", "* ", "+ ")) or (byline := bylines.whole_line(text)) is None:
        return False
    head.people += byline.people
    head.fallback += bylines.origins(byline.credits)
    head.skip("byline", line)
    return True


def _take_furniture(line: Line, text: str, head: Head) -> bool:
    if not promotion.is_furniture(text):
        return False
    head.skip("furniture", line)
    return True


def _is_host(linked: re.Match[str]) -> bool:
    """`[mp.weixin.qq.com](https://mp.weixin.qq.com/s/…)`."""
    host = linked["url"].split("/")[2].casefold().removeprefix("www.")
    return linked["words"].strip().casefold().removeprefix("www.") == host


def _is_title(words: str, title: str | None) -> bool:
    """The title again, which a file name may have given a date or a number in front."""
    own, want = letters(words), letters(title or "")
    return len(own) >= 4 and (own == want or want.lstrip("0123456789") == own.lstrip("0123456789"))


def without_foot(lines: Sequence[Line], head: Head) -> list[Line]:
    """The lines without bylines and the original's link at the end."""
    kept = list(lines)
    last = [i for i, line in enumerate(kept) if line.text.strip()][-6:]
    for index in reversed(last):
        line = kept[index]
        if len(line.text) > _LONGEST_LINE:
            continue
        if _take_byline(line, line.text.strip(), head) or _take_credit(line, line.text.strip(), head):
            kept[index] = replace(line, text="")
    return kept
