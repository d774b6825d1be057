"""The parts of a recap: headings that nest, and the entries under each.

A headlined bullet is an entry. Bullets without a headline are gathered in one entry under the words of the heading; a
paragraph behind a bullet belongs to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass

from feeds.text import width
from scrapers.formats.headlines import Headline
from scrapers.formats.headlines import Strength
from scrapers.formats.headlines import bare_words
from scrapers.formats.headlines import chosen
from scrapers.formats.headlines import find_headline
from scrapers.formats.recap_page import Found
from scrapers.formats.recap_page import Heading
from scrapers.formats.recap_page import Page
from scrapers.markdown import Block

#: Levels: a channel, whether a heading or a bold line names it; a line of bold words; a line that announces a list; an
#: item that heads a list.
_CHANNEL_LEVEL, _BOLD_LINE, _ANNOUNCEMENT, _ITEM = 6, 7, 8, 9
#: Wider ones are text, in columns: a paragraph above a line of dashes, a sentence in bold, a lead-in, a quote.
_HEADING_COLUMNS, _BOLD_COLUMNS, _ANNOUNCEMENT_COLUMNS, _NOTE_COLUMNS = 240, 160, 80, 400

#: The last character of a line of bold words: their mark, a colon, a remark in brackets.
_ENDS_BOLD_LINE = ("*", "_", ":", "：", ")", "）", "]")
_ADDRESS = re.compile(r"\]\(<?(https?://[^\s()<>]+)")
_CHANNEL = re.compile(r"▷ ?#|discord(?:app)?\.com/channels/")
_CODE_WORDS = re.compile(r"[>\s]*`[^`]{1,400}`[>\s]*")


@dataclass(frozen=True, slots=True)
class Group:
    """The blocks between two headings."""

    #: The headings above, the outermost first.
    path: tuple[Heading, ...]
    blocks: tuple[Block, ...]
    #: The next heading stands below the last of these.
    goes_on: bool = False


def is_heading(block: Block) -> bool:
    """Whether a heading is one: a picture or a sentence right above a line of dashes is a paragraph above a rule."""
    if block.kind != "heading" or "![" in block.text or width(block.text) > _HEADING_COLUMNS:
        return False
    if block.mark not in {"=", "-"}:
        return True
    headline = find_headline(block.text)
    if headline is not None and headline.strength is Strength.STRONG and not headline.bare:
        return False
    breaks = block.text.count("\n")
    return breaks < 2 if block.mark == "=" else breaks == 0 and not block.text.endswith("。")


def begins_part(page: Page, block: Block) -> bool:
    """Whether a heading or a line of bold words begins a part: by its name, or because it names a chat channel."""
    if block.kind == "paragraph" and not is_bold_line(page, block):
        return False
    words = _words(page, block)
    return page.rules.part_key(words) is not None or page.rules.is_server(words) or has_channel(block.text)


def has_channel(text: str) -> bool:
    """Whether a text names or links a channel of a chat server."""
    return _CHANNEL.search(text) is not None


def is_bold_line(page: Page, block: Block) -> bool:
    """Whether a paragraph is one line of bold words, with no more behind them than a remark in brackets and a colon."""
    if block.kind != "paragraph" or block.first != block.last or len(block.text) > _NOTE_COLUMNS:
        return False
    if not block.text.startswith(("**", "__", "[")) or not block.text.endswith(_ENDS_BOLD_LINE):
        return False
    found = find_headline(block.text)
    if found is None or not found.bare or found.strength is not Strength.STRONG:
        return False
    return width(found.words) <= _BOLD_COLUMNS and not page.rules.continues.fullmatch(found.words)


def groups(page: Page, found: Sequence[Block]) -> list[Group]:
    """The blocks under each heading; those before the first heading have an empty path."""
    made: list[Group] = []
    path: tuple[Heading, ...] = ()
    start = 0
    for index, block in enumerate(found):
        following = found[index + 1] if index + 1 < len(found) else None
        heading = _heading(page, block, following)
        if heading is not None:
            below = bool(path) and heading.level > path[-1].level
            made.append(Group(path, tuple(found[start:index]), goes_on=below))
            path, start = (*_above(path, heading), heading), index + 1
    return [*made, Group(path, tuple(found[start:]))]


def entries(page: Page, group: Group) -> list[Found]:
    """The entries of a group in the order in which they begin."""
    return _Reading(page, group).entries()


def _heading(page: Page, block: Block, following: Block | None) -> Heading | None:
    if page.notice(block):
        return None
    if is_heading(block):
        return _made(page, block, block.level)
    if is_bold_line(page, block):
        return _made(page, block, _BOLD_LINE)
    announces = following is not None and following.kind == "list" and _announces(block)
    if announces and not _is_continuation(page, block):
        return _made(page, block, _ANNOUNCEMENT)
    return None


def _made(page: Page, block: Block, level: int) -> Heading:
    words = _words(page, block)
    urls = tuple(dict.fromkeys(_ADDRESS.findall(block.text)))
    part = page.rules.part_key(words)
    return Heading(
        level=1 if part else _CHANNEL_LEVEL if "▷" in block.text else level,
        words=words,
        lines=(block.first, block.last),
        urls=urls,
        announces=level >= _BOLD_LINE and bare_words(block.text).endswith((":", "：")),
        key=part or page.rules.key_in(" ".join((words, *urls))),
        begins_part=part is not None,
    )


def _above(path: tuple[Heading, ...], heading: Heading) -> tuple[Heading, ...]:
    """The headings that stay above a new one."""
    if heading.begins_part:
        return ()
    # What announces the list before does not stand over what announces the next one.
    return tuple(h for h in path if h.level < heading.level and not (h.announces and heading.level == _ANNOUNCEMENT))


def _words(page: Page, block: Block) -> str:
    return page.rules.without_noise(bare_words(block.text))


def _announces(block: Block) -> bool:
    one = block.kind == "paragraph" and block.first == block.last and len(block.text) <= _NOTE_COLUMNS
    return one and block.text.rstrip().endswith((":", "：")) and width(bare_words(block.text)) <= _ANNOUNCEMENT_COLUMNS


def _is_continuation(page: Page, block: Block) -> bool:
    if block.kind != "paragraph" or block.first != block.last or len(block.text) > _NOTE_COLUMNS:
        return False
    return page.rules.continues.fullmatch(bare_words(block.text).rstrip(" :：")) is not None


class _Reading:
    """One group while it is read."""

    def __init__(self, page: Page, group: Group) -> None:
        self.page = page
        self.group = group
        self.found: list[Found] = []
        #: The entry that a paragraph without a headline belongs to.
        self.current: Found | None = None
        #: The entry of what has no headline.
        self.rest: Found | None = None

    def entries(self) -> list[Found]:
        lists = [block for index, block in enumerate(self.group.blocks) if not self._continues(index, block)]
        texts = [self.page.item(item) for item in _items(lists)]
        path = self.group.path
        items = zip(texts, chosen([find_headline(t) for t in texts], bool(path) and path[-1].announces), strict=True)
        for index, block in enumerate(self.group.blocks):
            reason = self._reason(index, block)
            if reason is not None:
                self.page.skip(reason, block.first, block.last)
                self.current = None if block.kind == "rule" else self.current
            elif block.kind == "list" and not self._continues(index, block):
                for item in block.children:
                    self._read_item(item, *next(items))
            else:
                self._read_block(block)
        return self.found

    def _continues(self, index: int, block: Block) -> bool:
        """Whether a list stands below words that continue the piece above, such as "Links mentioned:"."""
        before = self.group.blocks[index - 1] if index > 0 else None
        return block.kind == "list" and before is not None and _is_continuation(self.page, before)

    def _reason(self, index: int, block: Block) -> str | None:
        """Why a block is no text of an entry; None where it is."""
        if block.kind == "rule":
            return "separator"
        if block.kind == "quote":
            return self._note(index, block)
        if self.group.goes_on and index == len(self.group.blocks) - 1 and not self.found and _announces(block):
            return "introduces what follows"
        return self.page.notice(block)

    def _note(self, index: int, block: Block) -> str | None:
        """A quote right under a heading tells how the part was made, or lists what a channel talks about."""
        text = self.page.text(block)
        marked = all(line.lstrip().startswith(">") for line in text.split("\n"))
        if index > 0 or not marked or len(text) > 2 * _NOTE_COLUMNS:
            return None
        if _CODE_WORDS.fullmatch(text):
            return "topics of a channel"
        under_part = len(self.group.path) == 1 and self.group.path[0].begins_part
        alone = self.group.goes_on and len(self.group.blocks) == 1
        return "note on a part" if (under_part or alone) and width(text) <= _NOTE_COLUMNS else None

    def _read_item(self, item: Block, text: str, headline: Headline | None) -> None:
        if headline is not None and (inner := self._group_under(item, headline)) is not None:
            self.found += entries(self.page, inner)
            self.current = None
        elif headline is not None:
            self._begin(headline, text, item)
        else:
            self._gather(item)

    def _group_under(self, item: Block, headline: Headline) -> Group | None:
        """The group that an item heads: it is a headline alone, and most bullets below it have their own."""
        nested = list(_items(item.children))
        lead = item.children[0] if nested else item
        if not headline.bare or lead.kind != "paragraph" or lead.first != lead.last:
            return None
        found = [find_headline(self.page.item(one)) for one in nested]
        if sum(h is not None and h.strength is Strength.STRONG for h in found) * 2 < len(found):
            return None
        heading = Heading(
            _ITEM, self.page.rules.without_noise(headline.words), (item.first, item.first), _urls(headline)
        )
        return Group((*self.group.path, heading), item.children[1:])

    def _read_block(self, block: Block) -> None:
        text = self.page.text(block)
        headline = find_headline(text) if block.kind in {"paragraph", "heading"} else None
        if headline is not None and self._heads(headline):
            self._begin(headline, text, block)
        elif self.current is not None:
            self.current.texts.append((block.first, block.last, text))
        else:
            self._gather(block)

    def _heads(self, headline: Headline) -> bool:
        """Whether a paragraph is an entry: it says something behind its headline, and continues none above."""
        says = headline.strength is Strength.STRONG and headline.rest.strip()
        return bool(says) and not self.page.rules.continues.fullmatch(headline.words)

    def _begin(self, headline: Headline, text: str, block: Block) -> None:
        body = headline.rest if headline.rest.strip() else text
        path = self.group.path
        if self.rest is not None and path and path[-1].announces:
            path = path[:-1]
        texts = [(block.first, block.last, body.strip("\n"))]
        self.current = Found(headline.words, path, texts, headline.url, headline=text.split("\n", 1)[0])
        self.found.append(self.current)

    def _gather(self, block: Block) -> None:
        if self.rest is None:
            heading = self.group.path[-1] if self.group.path else None
            self.rest = Found(heading.words if heading else None, self.group.path[:-1], [], heading=heading)
            self.found.append(self.rest)
        self.rest.texts.append((block.first, block.last, self.page.text(block)))
        self.current = self.rest


def _urls(headline: Headline) -> tuple[str, ...]:
    return (headline.url,) if headline.url else ()


def _items(found: Iterable[Block]) -> Iterator[Block]:
    return (item for block in found if block.kind == "list" for item in block.children)
