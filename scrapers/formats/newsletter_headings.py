"""The headings of a newsletter's issue, however they are marked, and their numbers; no decision what is an entry."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import replace

from feeds.text import one_line
from feeds.text import width
from scrapers.front_matter import FrontMatter
from scrapers.markdown import Block
from scrapers.markdown import blocks
from scrapers.markdown import plain
from scrapers.urls import addresses

#: The level given to a bold line that serves as a heading: below all real ones.
BOLD_LEVEL = 7
_EMOJI = "\u2600-\u27bf\U0001f000-\U0001faff\ufe0f\u200d"
_ZH = "[一二三四五六七八九十]{1,3}"
#: What is a number wherever it stands: `1、`, `No.1:`, `（1）`, `【1】`, a keycap, `一、`, a circled digit.
_NUMBER = re.compile(
    rf"\s*(?:[{_EMOJI}]{{1,6}}\s*)?(?:(?:(?:No\.?|第|\#|Top)\s*)?"
    r"(?:((?:\d\ufe0f?\u20e3)+|\U0001f51f)|(\d{1,3})\s*(?:、|[)）】\]]|[.．,，:：|｜](?!\d)|[条條][:：、]?)|[(（【\[](\d{1,3})[)）】\]])"
    rf"|({_ZH})[、.．:：]|[（(]({_ZH})[)）]|([①-⑳]))\s*",
    re.IGNORECASE,
)
#: What may be a number: it is one where the number before it stands before it.
_DOUBTFUL = re.compile(
    r"\s*(?:No\.?\s*)?(\d{1,2}|[1-9]\d{2})(?:[.．:：]\s*(?=\d)|\s*[-–—/]\s*(?=\D)|\s+(?=\S))", re.IGNORECASE
)
_BOLD_LINE = re.compile(r"\s*(?:\*\*|__)(?P<words>[^*_\n].*?)(?:\*\*|__)\s*[:：]?\s*$")
_PICTURE = re.compile(r"!\[[^\]]*\]\([^()]*\)")
_BARE_ADDRESS = re.compile(r"(?<=[\s：:])<?https?://[^\s<>()]+>?\s*$")
#: Hash marks that no space follows: CommonMark takes them for text, their authors for a heading.
_TIGHT = re.compile(r"^(#{2,6})(?=[^\s#])", re.MULTILINE)
#: A number that CommonMark takes for a list, in a headline that is underlined.
_UNDERLINED = re.compile(r"(?:(?<=\n\n)|\A)(\d{1,3})(?=[.)] \S[^\n]*\n(?:-{4,}|={3,})[ \t]*$)", re.MULTILINE)
_LONGEST = 160


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with the lines of its own text: from `body` up to, not including, `end`."""

    level: int
    words: str
    number: str | None
    line: int
    body: int
    end: int
    #: The addresses that it links to.
    links: tuple[str, ...] = ()


def find_headings(front: FrontMatter) -> list[Heading]:
    """All headings in order; bold lines only where the document has no headings to speak of."""
    body = _UNDERLINED.sub(r"\1\\", _TIGHT.sub(r"\1 ", front.body))
    lines = body.split("\n")
    document = blocks(body)
    found = [b for b in document if _is_heading(b, lines)]
    if len(found) < 2:
        heads = {id(b) for b in found}
        found = [b for b in document if id(b) in heads or (b.kind == "paragraph" and _bold_words(b))]
    if not found:
        return []
    ends = [*(b.first for b in found[1:]), len(lines) + 1]
    offset = front.first_line - 1
    return list(_numbered([_heading(block, end, offset) for block, end in zip(found, ends, strict=True)]))


def _is_heading(block: Block, lines: Sequence[str]) -> bool:
    """`---` below a line is meant as a rule below a paragraph; a longer line of dashes underlines a headline."""
    if block.kind != "heading" or width(block.text) > _LONGEST:
        return False
    if block.mark != "-":
        return True
    dashes = lines[block.last - 1].strip()
    return block.last == block.first + 1 and (len(dashes) > 3 or len(dashes) == width(block.text))


def _bold_words(block: Block) -> str | None:
    found = _BOLD_LINE.match(block.text)
    return found["words"] if found and width(found["words"]) <= 100 else None


def _heading(block: Block, end: int, offset: int) -> Heading:
    text = (_bold_words(block) if block.kind == "paragraph" else None) or block.text
    links = tuple(dict.fromkeys(address for address, _ in addresses(_PICTURE.sub("", text))))
    words = plain(_BARE_ADDRESS.sub("", text)) or plain(text)
    level = block.level or BOLD_LEVEL
    return Heading(level, words, None, block.first + offset, block.last + 1 + offset, end + offset, links)


def _numbered(headings: Sequence[Heading]) -> Iterator[Heading]:
    """The headings with their numbers taken off."""
    last: dict[int, int] = {}
    for i, heading in enumerate(headings):
        hit = _NUMBER.match(heading.words) or _doubtful(headings, i, last.get(heading.level, 0))
        number = _as_number(next(group for group in hit.groups() if group)) if hit else None
        rest = heading.words[hit.end() :] if hit else ""
        last[heading.level] = int(number) if number and number.isdecimal() else last.get(heading.level, 0)
        yield replace(heading, words=_title(rest or heading.words), number=number)


def _doubtful(headings: Sequence[Heading], i: int, last: int) -> re.Match[str] | None:
    """A doubtful number that goes on where the last one stopped; the first needs a second."""
    hit = _DOUBTFUL.match(headings[i].words)
    if hit is None or int(hit[1]) != last + 1:
        return None
    following = next((h for h in headings[i + 1 : i + 20] if h.level == headings[i].level), None)
    second = following and (_NUMBER.match(following.words) or _DOUBTFUL.match(following.words))
    return hit if last or (second and _as_number(next(g for g in second.groups() if g)) == "2") else None


def _as_number(found: str) -> str:
    if found == "\U0001f51f":
        return "10"
    digits = "".join(c for c in unicodedata.normalize("NFKC", found) if c.isdecimal())
    return str(int(digits)) if digits else found


def _title(words: str) -> str:
    """A headline without the colon that led to its text."""
    return one_line(words).rstrip("：: ").strip()
