"""Documents of any length that cost parsers more than they should: a piece repeated, a pair of brackets nested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shape:
    """A way to write a long document."""

    name: str
    #: The text of about so many characters.
    write: Callable[[int], str]
    #: What the document is called; formats look at it.
    file: str = "shape.md"

    def __call__(self, size: int) -> str:
        return self.write(size)


def again(piece: str, before: str = "", after: str = "") -> Callable[[int], str]:
    return lambda size: before + piece * max(1, size // len(piece)) + after


def counted(piece: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """`piece` has {} for a number, so that no two are alike."""
    return lambda size: before + "".join(piece.replace("{}", str(i)) for i in range(size // len(piece))) + after


def nested(opening: str, closing: str, before: str = "", after: str = "") -> Callable[[int], str]:
    def write(size: int) -> str:
        depth = max(1, size // (len(opening) + len(closing)))
        return before + opening * depth + "内" + closing * depth + after

    return write


def indented(mark: str, step: str) -> Callable[[int], str]:
    """Every line deeper than the one before; the size grows with the square of the depth."""

    def write(size: int) -> str:
        lines, length = [], 0
        while length < size:
            lines.append(f"{step * len(lines)}{mark}深")
            length += len(lines[-1]) + 1
        return "\n".join(lines)

    return write


_POST = "@someone{}: 写了一段话，谈谈模型。\n\n"
_HEADING = "## 标题 {}\n\n正文一段，谈谈模型。\n\n"
MARKDOWN = (
    Shape("tiny blocks", again("- **a**: b\n")),
    Shape("tiny blocks apart", again("- **a**: b\n\n")),
    Shape("tiny numbers", again("1. a\n")),
    Shape("tiny paragraphs", again("a\n\n")),
    Shape("one letter lines", again("a\n")),
    Shape("blank lines", again("\n", "a\n", "b")),
    Shape("spaces", again(" ", "a", "b")),
    Shape("spaces before lines", again("      a\n")),
    Shape("tabs", again("\t", "a", "b")),
    Shape("nested lists", indented("- ", "  ")),
    Shape("nested lists on a line", again("- ")),
    Shape("nested numbers on a line", again("1. ")),
    Shape("nested quotes", again("> ", "", "a")),
    Shape("nested quotes in lines", again("> > > > > > > > > > > > > > > > a\n")),
    Shape("lazy quotes", again("> a\nb\n")),
    Shape("staircase of quotes", indented("a", ">")),
    Shape("open brackets", again("[")),
    Shape("open brackets and words", again("[a")),
    Shape("nested brackets", nested("[", "]")),
    Shape("nested links", nested("[", "](b)")),
    Shape("links in brackets", again("[a](b")),
    Shape("link to angle", again("[a](<b")),
    Shape("half links", again("[]((")),
    Shape("images", again("![](")),
    Shape("nested images", nested("![", "](a)")),
    Shape("parentheses of a link", nested("(", ")", "[a](")),
    Shape("full references", again("[a][b]")),
    Shape("open angles", again("<")),
    Shape("open angles and words", again("<a ")),
    Shape("open tags", again("<b>")),
    Shape("open tags on lines", again("<b>\n")),
    Shape("open divs", again("<div>")),
    Shape("open divs on lines", again("<div>\n\n")),
    Shape("closing tags", again("</b>")),
    Shape("half tags", again("<b c='")),
    Shape("open comments", again("<!--")),
    Shape("open comments apart", again("a <!-- ")),
    Shape("open declarations", again("a <!A ")),
    Shape("open instructions", again("a <? ")),
    Shape("open cdata", again("a <![CDATA[ ")),
    Shape("tag with attributes", counted(" a{}='b'", "<b", ">")),
    Shape("long attribute", again("a", "a <b title='", "'>c</b>")),
    Shape("autolinks", again("<https://a.b/")),
    Shape("open fences", again("```\n")),
    Shape("open fence", again("a\n", "```\n")),
    Shape("longer fences", indented("", "`")),
    Shape("many fences in a list", again("- ```\n  a\n")),
    Shape("emphasis", again("*_")),
    Shape("stars", again("*", "", "a")),
    Shape("stars and words", again("*a ")),
    Shape("stars beside words", again("a*")),
    Shape("double stars", again("**a ")),
    Shape("stars of three", again("*a **b ")),
    Shape("stars nested", nested("*a ", " b*")),
    Shape("stars of either hand", again("a**b*c ")),
    Shape("stars beside Chinese", again("**中")),
    Shape("struck", again("~~a ")),
    Shape("tildes", again("~")),
    Shape("underscores", again("_a ")),
    Shape("ticks", again("`a")),
    Shape("ticks of rising length", lambda size: "".join("`" * i + "a" for i in range(1, int((2 * size) ** 0.5)))),
    Shape("tick run", again("`")),
    Shape("definitions", counted("[a{}]: b\n")),
    Shape("definitions used", lambda size: counted("[a{}]: b\n")(size // 2) + "\n" + counted("[a{}]\n")(size // 2)),
    Shape("half definitions", again("[a]: \n")),
    Shape("open definition titles", again("[a]: b 'c\n")),
    Shape("one definition used", again("[a]\n", f"[a]: https://example.org/{'b' * 2000}\n\n")),
    Shape("entities", again("&amp;")),
    Shape("long entities", again("&")),
    Shape("numeric entities", again("&#1234567;")),
    Shape("escapes", again("\\*")),
    Shape("backslashes", again("\\")),
    Shape(
        "table of many columns",
        lambda size: "|" + "a|" * (size // 6) + "\n|" + "-|" * (size // 6) + "\n|" + "b|" * (size // 6),
    ),
    Shape("table of many rows", again("|a|b|\n", "|a|b|\n|-|-|\n")),
    Shape(
        "wide table, empty rows",
        lambda size: "|" + "a|" * (size // 8) + "\n|" + "-|" * (size // 8) + "\n" + "|\n" * (size // 4),
    ),
    Shape("table that is none", again("a|b\n")),
    Shape("pipes", again("|")),
    Shape("underlines", again("a\n=\n")),
    Shape("long paragraph before underline", again("a\n", "", "===")),
    Shape("rules", again("---\n")),
    Shape("rule runs", again("-")),
    Shape("equal signs", again("=")),
    Shape("hashes", again("#")),
    Shape("spaced hashes", again("# ")),
    Shape("headings", counted(_HEADING)),
    Shape("empty headings", again("#\n")),
    Shape("headings of six", again("###### a\n")),
    Shape("spaces in a heading", lambda size: f"# 1{' ' * size}x\n\n## 2{' ' * size}x"),
    Shape("closing hashes", again(" #", "# a")),
    Shape("one letter", again("a")),
    Shape("one Chinese line", again("今天试了一个新的小模型，很快。")),
    Shape("one Chinese line without a stop", again("模型")),
    Shape("one English line", again("The model runs. ")),
    Shape(
        "one article in a line",
        again("![](https://example.com/a.png)今天试了模型。**很快** 见 [这里](https://example.com/a)。"),
    ),
    Shape("addresses", counted("https://example.org/a{} ")),
    Shape("addresses in lines", counted("https://example.org/a{}\n\n")),
    Shape("address after address", again("https://a.b/")),
    Shape("schemes", again("https://")),
    Shape("schemes with no host", again("http")),
    Shape("long address", again("a", "https://example.org/")),
    Shape("address of brackets", again("(", "https://example.org/")),
    Shape("address of closing brackets", again(")", "https://example.org/")),
    Shape("address of full stops", again(".", "https://example.org/")),
    Shape("address of escapes", again("\\_", "https://example.org/")),
    Shape("links", counted("[词](https://example.org/{}) ")),
    Shape("links in a list", counted("- [词](https://example.org/{})\n")),
    Shape("pictures", counted("![](https://example.org/{}.png)\n")),
    Shape("dates", again("2024-05-01 ")),
    Shape("dates in lines", again("2024-05-01\n\n")),
    Shape("dates on headings", again("## 2024-05-01\n\n谈谈模型。\n\n")),
    Shape("digits", again("1")),
    Shape("handles", counted("@someone{} ")),
    Shape("handles in lines", counted(_POST)),
    Shape("one handle in lines", again("@someone: 写了一段话，谈谈模型。\n\n")),
    Shape("handle headings", counted("## someone{} (@someone{})\n\n写了一段话，谈谈模型。\n\n---\n\n")),
    Shape("at signs", again("@")),
    Shape("colons", again("a: ")),
    Shape("Chinese colons", again("：")),
    Shape("status addresses", counted("https://x.com/someone/status/1790000000000{}\n\n")),
    Shape("bold headlines", counted("**标题 {}**\n\n正文一段，谈谈模型。\n\n")),
    Shape("quotations", again("「谈谈模型」")),
    Shape("open quotations", again("「")),
    Shape("brackets of all kinds", again("（【《「『")),
    Shape("bylines", again("作者：某人 编辑：某人 译者：某人\n")),
    Shape("authors", counted("、某人{}", "# 题\n\n作者：某人", "\n\n正文一段，谈谈模型。")),
    Shape("separators", again("a\n\n---\n\n")),
    Shape("numbered headings", counted("### {}. 标题\n\n正文一段，谈谈模型。[原文](https://example.org/{})\n\n")),
    Shape("small caps lines", again("**r/SomeThing** (Activity: 42): a\n")),
    Shape("NEL", again("a\x85")),
    Shape("CR", again("a\r")),
    Shape("CRLF", again("a\r\n\r\n")),
    Shape("line separators", again("a\u2028")),
    Shape("form feeds", again("a b c d e f g h i j\x0c")),
    Shape("combining marks", again("\u0301", "a")),
    Shape("combining marks that order", again("\u0315\u0300\u05ae\u0062", "a")),
    Shape("combining marks of falling class", lambda size: "a" + "\u0315" * (size // 2) + "\u0300" * (size // 2)),
    Shape("joiners", again("👩\u200d")),
    Shape("bidi controls", again("\u202e")),
    Shape("zero width", again("\u200b")),
    Shape("ligatures that fold long", again("\ufdfa")),
    Shape("sharp s", again("ß")),
    Shape("flags", again("🇨")),
    Shape("Hangul letters", again("\u1100\u1161\u11a8")),
)
