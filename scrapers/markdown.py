"""Markdown as people write it: its blocks with their lines, and its HTML. The grammar is markdown-it-py's.

Two things differ from CommonMark, because the sources are Chinese: `**倾听：**仔细` closes its bold mark although no
space follows (the flanking rules of CommonMark section 6.2 assume spaces between words), and a bare address ends where
RFC 3986's characters end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.common.utils import isMdAsciiPunct
from markdown_it.common.utils import isPunctChar
from markdown_it.common.utils import isWhiteSpace
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import html_block
from markdown_it.rules_block import table
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import html_inline
from markdown_it.rules_inline.state_inline import Scanned
from markdown_it.token import Token
from markdown_it.utils import EnvType

from scrapers.post import Markup
from scrapers.urls import match_address
from scrapers.urls import shown

#: Elements that a source may mean as HTML. `<url>` or `<组件>` in a sentence is text and must not vanish.
_ELEMENTS = frozenset(
    "a abbr article aside audio b blockquote body br caption center cite code col colgroup dd del details div dl dt em "
    "figcaption figure font footer h1 h2 h3 h4 h5 h6 head header hr html i iframe img ins kbd li link main mark meta "
    "nav noscript ol p picture pre q rp rt ruby s samp script section small source span strike strong style sub "
    "summary sup svg table tbody td tfoot th thead time title tr track tt u ul var video wbr".split()
)
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)")
_SCHEME = re.compile(r"(?:^|[^A-Za-z0-9+.\-])(https?)$", re.IGNORECASE)
#: Of "https" and the character before it.
_LONGEST_SCHEME = 6
_CJK = re.compile(
    r"[\u1100-\u11ff\u2e80-\u303f\u3040-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U0001f300-\U0001faff\U00020000-\U0003ffff]"
)


#: Cells of a table without a character of their own.
_EMPTY_CELLS = 1000


@dataclass(frozen=True, slots=True)
class Block:
    """A block of a document."""

    #: "heading", "paragraph", "list", "item", "quote", "code", "html", "rule", "table".
    kind: str
    #: First and last line in the document, counted from 1.
    first: int
    last: int
    #: 1 to 6 for a heading, else 0.
    level: int = 0
    #: The Markdown of a heading's or paragraph's line, without its mark.
    text: str = ""
    #: The mark of a heading ("#", "=", "-") or list item ("-", "1.").
    mark: str = ""
    children: tuple[Block, ...] = ()


def blocks(text: str, markup: Markup = Markup.MARKDOWN) -> tuple[Block, ...]:
    """The top-level blocks of a document, each with its lines."""
    md = _parser(markup)
    tokens: list[Token] = []
    md.block.parse(text, md, {}, tokens)  # the blocks alone: what is inside them costs two thirds of the time
    return tuple(_blocks(tokens))


def to_html(text: str, markup: Markup = Markup.MARKDOWN) -> str:
    """The HTML of a Markdown text; not sanitised."""
    html: str = _parser(markup).render(text)
    return html


def plain(text: str, markup: Markup = Markup.MARKDOWN) -> str:
    """The words of a line of Markdown, such as a headline, without marks; images give their alternative text."""
    inline = _parser(markup).parseInline(text.strip())
    return "".join(_words(inline[0].children or [])).strip() if inline else ""


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in {"text", "code_inline", "text_special"}:
            yield token.content
        elif token.type in {"softbreak", "hardbreak"}:
            yield " "
        elif token.type == "image":
            yield from _words(token.children or [])


_KINDS = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "list_item_open": "item",
    "blockquote_open": "quote",
    "table_open": "table",
    "fence": "code",
    "code_block": "code",
    "html_block": "html",
    "hr": "rule",
}


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    at = 0
    while at < len(tokens):
        token = tokens[at]
        end = _matching(tokens, at)
        kind = _KINDS.get(token.type)
        if kind is not None and token.map is not None:
            inside = tokens[at + 1 : end]
            yield Block(
                kind=kind,
                first=token.map[0] + 1,
                last=max(token.map[0] + 1, _last_line(token, inside)),
                level=int(token.tag[1]) if kind == "heading" else 0,
                text=_text(token, inside),
                mark=(token.info + token.markup) if kind == "item" else token.markup,
                children=tuple(_blocks(inside)) if kind in {"list", "item", "quote"} else (),
            )
        at = end + 1


def _matching(tokens: Sequence[Token], at: int) -> int:
    """The index of the token that closes the one at `at`; `at` itself where nothing is opened."""
    if tokens[at].nesting != 1:
        return at
    level = tokens[at].level
    return next(i for i in range(at + 1, len(tokens)) if tokens[i].nesting == -1 and tokens[i].level == level)


def _last_line(token: Token, inside: Sequence[Token]) -> int:
    """A list's map runs over the blank lines behind it; its last block's does not."""
    if token.type.endswith("list_open") or token.type == "list_item_open" or token.type == "blockquote_open":
        ends = [
            t.map[1]
            for t in inside
            if t.map is not None and t.nesting != -1 and not t.type.endswith(("list_open", "item_open"))
        ]
        if ends:
            return max(ends)
    assert token.map is not None
    return token.map[1]


def _text(token: Token, inside: Sequence[Token]) -> str:
    if token.type in {"heading_open", "paragraph_open"}:
        return "".join(t.content for t in inside if t.type == "inline")
    return token.content


@cache
def _parser(markup: Markup) -> MarkdownIt:
    md = MarkdownIt("commonmark", {"html": markup is Markup.MARKDOWN, "breaks": True, "linkify": True})
    md.enable(["table", "strikethrough", "linkify"])
    md.core.ruler.disable("linkify")
    md.inline = _Inline(md.inline)
    md.inline.ruler.at("linkify", _bare_address)
    md.inline.ruler.at("html_inline", _known_html_inline)
    md.block.ruler.at("table", _full_table, {"alt": ["paragraph", "reference"]})
    md.block.ruler.at("html_block", _known_html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    if markup is Markup.POST:
        md.disable(["code", "lheading", "html_block", "html_inline", "reference"])
    return md


class _State(StateInline):
    """Bold and italic marks open and close beside Chinese characters as they do beside spaces."""

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 (the library's names)
        scanned = super().scanDelims(start, canSplitWord)
        before = self.src[start - 1] if start > 0 else " "
        after = self.src[start + scanned.length] if start + scanned.length < self.posMax else " "
        if not (_CJK.match(before) or _CJK.match(after)):
            return scanned
        left = not isWhiteSpace(ord(after)) and (not _is_punctuation(after) or _is_border(before))
        right = not isWhiteSpace(ord(before)) and (not _is_punctuation(before) or _is_border(after))
        return Scanned(scanned.can_open or left, scanned.can_close or right, scanned.length)


class _Inline(ParserInline):
    """The library's inline parser on our state."""

    def __init__(self, original: ParserInline) -> None:
        super().__init__()
        self.ruler = original.ruler
        self.ruler2 = original.ruler2

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _is_punctuation(character: str) -> bool:
    return isMdAsciiPunct(ord(character)) or isPunctChar(character)


def _is_border(character: str) -> bool:
    return isWhiteSpace(ord(character)) or _is_punctuation(character) or _CJK.match(character) is not None


def _bare_address(state: StateInline, silent: bool) -> bool:
    if state.linkLevel > 0 or not state.src.startswith("://", state.pos):
        return False
    scheme = _SCHEME.search(state.pending[-_LONGEST_SCHEME:])
    if scheme is None:
        return False
    begin = state.pos - len(scheme[1])
    matched = match_address(state.src, begin)
    if matched is None:
        return False
    address, length = matched
    if not silent:
        state.pending = state.pending[: -len(scheme[1])]
        token = state.push("link_open", "a", 1)
        token.attrs = {"href": address}
        state.push("text", "", 0).content = shown(address)
        state.push("link_close", "a", -1)
    state.pos = begin + length
    return True


def _known_html_inline(state: StateInline, silent: bool) -> bool:
    return _names_element(state.src, state.pos) and html_inline(state, silent)


def _known_html_block(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    at = state.bMarks[startLine] + state.tShift[startLine]
    return _names_element(state.src, at) and html_block(state, startLine, endLine, silent)


def _full_table(state: StateBlock, startLine: int, endLine: int, silent: bool) -> bool:  # noqa: N803
    """A table that has something in its cells: rows are filled up to the width of the head, at any price."""
    return table(state, startLine, endLine, True) and (
        silent or (_is_full(state, startLine, endLine) and table(state, startLine, endLine, False))
    )


def _is_full(state: StateBlock, start: int, end: int) -> bool:
    columns = state.src.count("|", state.bMarks[start], state.eMarks[start]) + 1
    cells = characters = 0
    for line in range(start, end):
        if state.isEmpty(line):
            return True
        cells += columns
        characters += state.eMarks[line] - state.bMarks[line]
        if cells > 2 * characters + _EMPTY_CELLS:
            return False
    return True


def _names_element(src: str, at: int) -> bool:
    if src.startswith(("<!--", "<!", "<?"), at):
        return True
    tag = _TAG.match(src, at)
    return tag is not None and tag[1].lower() in _ELEMENTS
