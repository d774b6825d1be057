"""Documents of any length that cost parsers more than they should: one repeated piece, or one pair of brackets within another."""

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


def _again(piece: str, before: str = "", after: str = "") -> Callable[[int], str]:
    return lambda size: before + piece * max(1, size // len(piece)) + after


def _counted(piece: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """`piece` has {} for a number, so that no two are alike."""
    return lambda size: before + "".join(piece.replace("{}", str(i)) for i in range(size // len(piece))) + after


def _nested(opening: str, closing: str, before: str = "", after: str = "") -> Callable[[int], str]:
    def write(size: int) -> str:
        depth = max(1, size // (len(opening) + len(closing)))
        return before + opening * depth + "内" + closing * depth + after

    return write


def _indented(mark: str, step: str) -> Callable[[int], str]:
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
_FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><link>https://example.org/</link>'
_ITEM = "<item><title>篇{}</title><link>https://example.org/{}</link><description>谈谈模型。</description></item>"
_PAGE = "<!doctype html><html><head><title>t</title></head><body><article><h1>题</h1><p>谈谈模型，很长的一段话，足够长了吧。</p>"
_END = "</article></body></html>"

MARKDOWN = (
    Shape("tiny blocks", _again("- **a**: b\n")),
    Shape("tiny blocks apart", _again("- **a**: b\n\n")),
    Shape("tiny numbers", _again("1. a\n")),
    Shape("tiny paragraphs", _again("a\n\n")),
    Shape("one letter lines", _again("a\n")),
    Shape("blank lines", _again("\n", "a\n", "b")),
    Shape("spaces", _again(" ", "a", "b")),
    Shape("spaces before lines", _again("      a\n")),
    Shape("tabs", _again("\t", "a", "b")),
    Shape("nested lists", _indented("- ", "  ")),
    Shape("nested lists on a line", _again("- ")),
    Shape("nested numbers on a line", _again("1. ")),
    Shape("nested quotes", _again("> ", "", "a")),
    Shape("nested quotes in lines", _again("> > > > > > > > > > > > > > > > a\n")),
    Shape("lazy quotes", _again("> a\nb\n")),
    Shape("staircase of quotes", _indented("a", ">")),
    Shape("open brackets", _again("[")),
    Shape("open brackets and words", _again("[a")),
    Shape("nested brackets", _nested("[", "]")),
    Shape("nested links", _nested("[", "](b)")),
    Shape("links in brackets", _again("[a](b")),
    Shape("link to angle", _again("[a](<b")),
    Shape("half links", _again("[]((")),
    Shape("images", _again("![](")),
    Shape("nested images", _nested("![", "](a)")),
    Shape("parentheses of a link", _nested("(", ")", "[a](")),
    Shape("full references", _again("[a][b]")),
    Shape("open angles", _again("<")),
    Shape("open angles and words", _again("<a ")),
    Shape("open tags", _again("<b>")),
    Shape("open tags on lines", _again("<b>\n")),
    Shape("open divs", _again("<div>")),
    Shape("open divs on lines", _again("<div>\n\n")),
    Shape("closing tags", _again("</b>")),
    Shape("half tags", _again("<b c='")),
    Shape("open comments", _again("<!--")),
    Shape("open comments apart", _again("a <!-- ")),
    Shape("open declarations", _again("a <!A ")),
    Shape("open instructions", _again("a <? ")),
    Shape("open cdata", _again("a <![CDATA[ ")),
    Shape("tag with attributes", _counted(" a{}='b'", "<b", ">")),
    Shape("long attribute", _again("a", "a <b title='", "'>c</b>")),
    Shape("autolinks", _again("<https://a.b/")),
    Shape("open fences", _again("```\n")),
    Shape("open fence", _again("a\n", "```\n")),
    Shape("longer fences", _indented("", "`")),
    Shape("many fences in a list", _again("- ```\n  a\n")),
    Shape("emphasis", _again("*_")),
    Shape("stars", _again("*", "", "a")),
    Shape("stars and words", _again("*a ")),
    Shape("stars beside words", _again("a*")),
    Shape("double stars", _again("**a ")),
    Shape("stars of three", _again("*a **b ")),
    Shape("stars nested", _nested("*a ", " b*")),
    Shape("stars of either hand", _again("a**b*c ")),
    Shape("stars beside Chinese", _again("**中")),
    Shape("struck", _again("~~a ")),
    Shape("tildes", _again("~")),
    Shape("underscores", _again("_a ")),
    Shape("ticks", _again("`a")),
    Shape("ticks of rising length", lambda size: "".join("`" * i + "a" for i in range(1, int((2 * size) ** 0.5)))),
    Shape("tick run", _again("`")),
    Shape("definitions", _counted("[a{}]: b\n")),
    Shape("definitions used", lambda size: _counted("[a{}]: b\n")(size // 2) + "\n" + _counted("[a{}]\n")(size // 2)),
    Shape("half definitions", _again("[a]: \n")),
    Shape("open definition titles", _again("[a]: b 'c\n")),
    Shape("one definition used", _again("[a]\n", f"[a]: https://example.org/{'b' * 2000}\n\n")),
    Shape("entities", _again("&amp;")),
    Shape("long entities", _again("&")),
    Shape("numeric entities", _again("&#1234567;")),
    Shape("escapes", _again("\\*")),
    Shape("backslashes", _again("\\")),
    Shape(
        "table of many columns",
        lambda size: "|" + "a|" * (size // 6) + "\n|" + "-|" * (size // 6) + "\n|" + "b|" * (size // 6),
    ),
    Shape("table of many rows", _again("|a|b|\n", "|a|b|\n|-|-|\n")),
    Shape(
        "wide table, empty rows",
        lambda size: "|" + "a|" * (size // 8) + "\n|" + "-|" * (size // 8) + "\n" + "|\n" * (size // 4),
    ),
    Shape("table that is none", _again("a|b\n")),
    Shape("pipes", _again("|")),
    Shape("underlines", _again("a\n=\n")),
    Shape("long paragraph before underline", _again("a\n", "", "===")),
    Shape("rules", _again("---\n")),
    Shape("rule runs", _again("-")),
    Shape("equal signs", _again("=")),
    Shape("hashes", _again("#")),
    Shape("spaced hashes", _again("# ")),
    Shape("headings", _counted(_HEADING)),
    Shape("empty headings", _again("#\n")),
    Shape("headings of six", _again("###### a\n")),
    Shape("spaces in a heading", lambda size: f"# 1{' ' * size}x\n\n## 2{' ' * size}x"),
    Shape("closing hashes", _again(" #", "# a")),
    Shape("one letter", _again("a")),
    Shape("one Chinese line", _again("今天试了一个新的小模型，很快。")),
    Shape("one Chinese line without a stop", _again("模型")),
    Shape("one English line", _again("The model runs. ")),
    Shape(
        "one article in a line",
        _again("![](https://example.com/a.png)今天试了模型。**很快** 见 [这里](https://example.com/a)。"),
    ),
    Shape("addresses", _counted("https://example.org/a{} ")),
    Shape("addresses in lines", _counted("https://example.org/a{}\n\n")),
    Shape("address after address", _again("https://a.b/")),
    Shape("schemes", _again("https://")),
    Shape("schemes with no host", _again("http")),
    Shape("long address", _again("a", "https://example.org/")),
    Shape("address of brackets", _again("(", "https://example.org/")),
    Shape("address of closing brackets", _again(")", "https://example.org/")),
    Shape("address of full stops", _again(".", "https://example.org/")),
    Shape("address of escapes", _again("\\_", "https://example.org/")),
    Shape("links", _counted("[词](https://example.org/{}) ")),
    Shape("links in a list", _counted("- [词](https://example.org/{})\n")),
    Shape("pictures", _counted("![](https://example.org/{}.png)\n")),
    Shape("dates", _again("2024-05-01 ")),
    Shape("dates in lines", _again("2024-05-01\n\n")),
    Shape("dates on headings", _again("## 2024-05-01\n\n谈谈模型。\n\n")),
    Shape("digits", _again("1")),
    Shape("handles", _counted("@someone{} ")),
    Shape("handles in lines", _counted(_POST)),
    Shape("one handle in lines", _again("@someone: 写了一段话，谈谈模型。\n\n")),
    Shape("handle headings", _counted("## someone{} (@someone{})\n\n写了一段话，谈谈模型。\n\n---\n\n")),
    Shape("at signs", _again("@")),
    Shape("colons", _again("a: ")),
    Shape("Chinese colons", _again("：")),
    Shape("status addresses", _counted("https://x.com/someone/status/1790000000000{}\n\n")),
    Shape("bold headlines", _counted("**标题 {}**\n\n正文一段，谈谈模型。\n\n")),
    Shape("quotations", _again("「谈谈模型」")),
    Shape("open quotations", _again("「")),
    Shape("brackets of all kinds", _again("（【《「『")),
    Shape("bylines", _again("作者：某人 编辑：某人 译者：某人\n")),
    Shape("authors", _counted("、某人{}", "# 题\n\n作者：某人", "\n\n正文一段，谈谈模型。")),
    Shape("separators", _again("a\n\n---\n\n")),
    Shape("numbered headings", _counted("### {}. 标题\n\n正文一段，谈谈模型。[原文](https://example.org/{})\n\n")),
    Shape("small caps lines", _again("**r/SomeThing** (Activity: 42): a\n")),
    Shape("NEL", _again("a\x85")),
    Shape("CR", _again("a\r")),
    Shape("CRLF", _again("a\r\n\r\n")),
    Shape("line separators", _again("a\u2028")),
    Shape("form feeds", _again("a b c d e f g h i j\x0c")),
    Shape("combining marks", _again("\u0301", "a")),
    Shape("combining marks that order", _again("\u0315\u0300\u05ae\u0062", "a")),
    Shape("combining marks of falling class", lambda size: "a" + "\u0315" * (size // 2) + "\u0300" * (size // 2)),
    Shape("joiners", _again("👩\u200d")),
    Shape("bidi controls", _again("\u202e")),
    Shape("zero width", _again("\u200b")),
    Shape("ligatures that fold long", _again("\ufdfa")),
    Shape("sharp s", _again("ß")),
    Shape("flags", _again("🇨")),
    Shape("Hangul letters", _again("\u1100\u1161\u11a8")),
)

FRONT_MATTER = (
    Shape("long value", _again("a", "---\ntitle: ", "\ndate: 2024-05-01\n---\n\n正文一段。\n")),
    Shape("many keys", _counted("k{}: v\n", "---\ntitle: a\n", "---\n\n正文一段。\n")),
    Shape("one key again", _again("title: a\n", "---\n", "---\n\n正文一段。\n")),
    Shape("open front matter", _again("a: b\n", "---\n")),
    Shape("YAML brackets", _again("[", "---\ntitle: a\nb: ", "\n---\n\n正文一段。\n")),
    Shape("YAML braces", _again("{a: ", "---\ntitle: a\nb: ", "\n---\n\n正文一段。\n")),
    Shape("YAML list", _again("- a\n", "---\ntitle: a\ntags:\n", "---\n\n正文一段。\n")),
    Shape("YAML nested", _again("? ", "---\ntitle: a\n", "\n---\n\n正文一段。\n")),
    Shape("YAML dashes", _again("- ", "---\ntitle: a\ntags:\n  ", "a\n---\n\n正文一段。\n")),
    Shape("YAML tags", _counted("- t{}\n", "---\ntitle: a\ntags:\n", "---\n\n正文一段。\n")),
    Shape("TOML keys", _counted("k{} = 'v'\n", "+++\ntitle = 'a'\n", "+++\n\n正文一段。\n")),
    Shape("TOML brackets", _again("[", "+++\ntitle = 'a'\nb = ", "\n+++\n\n正文一段。\n")),
    Shape("TOML tables", _counted("[a.b{}]\n", "+++\n", "+++\n\n正文一段。\n")),
    Shape("TOML dots", _again("a.", "+++\n", "b = 1\n+++\n\n正文一段。\n")),
    Shape("open keys", _again("title: a\n", "title: a\ndate: b\n")),
    Shape("TOML number", _again("9", "+++\na = ", "\n+++\n\n正文一段。\n")),
)

FEEDS = (
    Shape("items", _counted(_ITEM, _FEED, "</channel></rss>"), "shape.xml"),
    Shape("deep elements", _nested("<a>", "</a>", _FEED, "</channel></rss>"), "shape.xml"),
    Shape(
        "deep HTML in an item",
        _again("&lt;b&gt;", f"{_FEED}<item><title>a</title><description>", "</description></item></channel></rss>"),
        "shape.xml",
    ),
    Shape(
        "long description",
        _again("模型", f"{_FEED}<item><title>a</title><description>", "</description></item></channel></rss>"),
        "shape.xml",
    ),
    Shape("long title", _again("模型", f"{_FEED}<item><title>", "</title></item></channel></rss>"), "shape.xml"),
    Shape(
        "categories",
        _counted(
            "<category>c{}</category>",
            f"{_FEED}<item><title>a</title><description>b</description>",
            "</item></channel></rss>",
        ),
        "shape.xml",
    ),
    Shape(
        "feed authors",
        _counted(
            "<author>a{}</author>",
            f"{_FEED}<item><title>a</title><description>b</description>",
            "</item></channel></rss>",
        ),
        "shape.xml",
    ),
    Shape(
        "enclosures",
        _counted(
            "<enclosure url='https://example.org/{}.mp3' type='audio/mpeg'/>",
            f"{_FEED}<item><title>a</title><description>b</description>",
            "</item></channel></rss>",
        ),
        "shape.xml",
    ),
    Shape(
        "namespaces",
        _counted(" xmlns:n{}='urn:n{}'", "<rss version='2.0'", f"><channel>{_ITEM}</channel></rss>"),
        "shape.xml",
    ),
    Shape("attributes", _counted(" a{}='b'", "<rss version='2.0'", f"><channel>{_ITEM}</channel></rss>"), "shape.xml"),
    Shape("comments before a feed", _again("<!-- a -->", "", f"{_FEED}{_ITEM}</channel></rss>"), "shape.xml"),
    Shape("open items", _again("<item>", _FEED), "shape.xml"),
    Shape("broken feed", _again("<item><title>a & b</title>", _FEED, "</channel></rss>"), "shape.xml"),
    Shape(
        "CDATA in a feed",
        _again("<![CDATA[a]]>", f"{_FEED}<item><title>a</title><description>", "</description></item></channel></rss>"),
        "shape.xml",
    ),
    Shape(
        "XML entities",
        _again("&lt;&#65;", f"{_FEED}<item><title>a</title><description>", "</description></item></channel></rss>"),
        "shape.xml",
    ),
)

PAGES = (
    Shape("deep divs in a page", _again("<div>", _PAGE, _END), "shape.html"),
    Shape("deep inline in a page", _again("<b>", _PAGE, _END), "shape.html"),
    Shape("deep lists in a page", _again("<ul><li>", _PAGE, _END), "shape.html"),
    Shape("deep quotes in a page", _nested("<blockquote>", "</blockquote>", _PAGE, _END), "shape.html"),
    Shape("deep tables in a page", _again("<table><tr><td>", _PAGE, _END), "shape.html"),
    Shape("paragraphs of a page", _counted("<p>谈谈模型{}，很长的一段话。</p>", _PAGE, _END), "shape.html"),
    Shape("one paragraph of a page", _again("谈谈模型，很长的一段话。", f"{_PAGE}<p>", f"</p>{_END}"), "shape.html"),
    Shape("line breaks of a page", _again("谈谈模型<br>", _PAGE, _END), "shape.html"),
    Shape("spans of a page", _again("<span>谈谈</span>", f"{_PAGE}<p>", f"</p>{_END}"), "shape.html"),
    Shape("links of a page", _counted("<a href='/{}'>谈谈模型</a> ", _PAGE, _END), "shape.html"),
    Shape("pictures of a page", _counted("<img src='/{}.png'>", _PAGE, _END), "shape.html"),
    Shape(
        "meta of a page",
        _counted("<meta name='a{}' content='b'>", "<!doctype html><html><head>", f"</head><body>{_PAGE}{_END}"),
        "shape.html",
    ),
    Shape("attributes of a page", _counted(" a{}='b'", "<!doctype html><html><body", f">{_PAGE}{_END}"), "shape.html"),
    Shape("long attribute of a page", _again("a", f"{_PAGE}<p title='", f"'>a</p>{_END}"), "shape.html"),
    Shape("comments of a page", _again("<!-- a -->", "", f"{_PAGE}{_END}"), "shape.html"),
    Shape("misnested page", _again("<b><p></b>", _PAGE, _END), "shape.html"),
    Shape("misnested links", _again("<a href='/x'><div>", _PAGE, _END), "shape.html"),
    Shape("noscripts", _again("<noscript>", _PAGE, _END), "shape.html"),
    Shape("iframes", _counted("<iframe src='https://example.org/{}'></iframe>", _PAGE, _END), "shape.html"),
    Shape(
        "scripts of JSON-LD",
        _again('<script type=\'application/ld+json\'>{"@type":"Article"}</script>', _PAGE, _END),
        "shape.html",
    ),
    Shape("deep JSON-LD", _again("[", f"{_PAGE}<script type='application/ld+json'>", f"</script>{_END}"), "shape.html"),
    Shape(
        "sources of a set",
        _counted("https://example.org/{}.png 2x, ", f"{_PAGE}<img srcset='", f"'>{_END}"),
        "shape.html",
    ),
    Shape("open selects", _again("<select><option>", _PAGE, _END), "shape.html"),
    Shape("ruby", _again("<ruby>", _PAGE, _END), "shape.html"),
)

EXPORTS = (
    Shape(
        "JSON items",
        _counted(
            '{"id": "https://example.org/{}", "content_html": "<p>谈谈模型</p>"},',
            '{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [',
            '{"id": "x", "content_text": "a"}]}',
        ),
        "shape.json",
    ),
    Shape("deep JSON", _again("[", '{"version": "https://jsonfeed.org/version/1.1", "items": '), "shape.json"),
    Shape(
        "deep closed JSON",
        _nested("[", "]", '{"version": "https://jsonfeed.org/version/1.1", "items": [', "]}"),
        "shape.json",
    ),
    Shape(
        "JSON number",
        _again("9", '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": ', ', "content_text": "a"}]}'),
        "shape.json",
    ),
    Shape(
        "JSON tags",
        _counted(
            '"t{}",',
            '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a", "content_text": "b", "tags": [',
            '"t"]}]}',
        ),
        "shape.json",
    ),
    Shape(
        "JSON authors",
        _counted(
            '{"name": "某人{}"},',
            '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a", "content_text": "b", "authors": [',
            '{"name": "x"}]}]}',
        ),
        "shape.json",
    ),
    Shape(
        "JSON attachments",
        _counted(
            '{"url": "https://example.org/{}.png", "mime_type": "image/png"},',
            '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a", "content_text": "b", "attachments": [',
            "{}]}]}",
        ),
        "shape.json",
    ),
    Shape(
        "outbox",
        _counted(
            '{"type": "Create", "object": {"type": "Note", "id": "https://example.org/{}", "to": ["as:Public"], "content": "<p>谈谈模型</p>"}},',
            '{"@context": "https://www.w3.org/ns/activitystreams", "type": "OrderedCollection", "orderedItems": [',
            "{}]}",
        ),
        "outbox.json",
    ),
    Shape(
        "archive",
        _counted(
            '{"tweet": {"id_str": "1{}", "full_text": "谈谈模型", "created_at": "Wed May 01 10:00:00 +0000 2024"}},',
            "window.YTD.tweets.part0 = [",
            "{}]",
        ),
        "tweets.js",
    ),
    Shape(
        "archive of links",
        _counted(
            '{"url": "https://t.co/{}", "expanded_url": "https://example.org/{}"},',
            'window.YTD.tweets.part0 = [{"tweet": {"id_str": "1", "full_text": "谈谈模型", "entities": {"urls": [',
            "{}]}}}]",
        ),
        "tweets.js",
    ),
    Shape(
        "archive of short addresses",
        _again("https://t.co/abcdef ", 'window.YTD.tweets.part0 = [{"tweet": {"id_str": "1", "full_text": "', '"}}]'),
        "tweets.js",
    ),
    Shape("old table", _counted("{},2024-05-01 10:00:00 +0000,谈谈模型\n", "tweet_id,timestamp,text\n"), "tweets.csv"),
    Shape(
        "old table, long field",
        _again("模型", 'tweet_id,timestamp,text\n1,2024-05-01 10:00:00 +0000,"', '"\n'),
        "tweets.csv",
    ),
    Shape(
        "old table, many addresses",
        _counted(
            "https://example.org/{},",
            'tweet_id,timestamp,text,expanded_urls\n1,2024-05-01 10:00:00 +0000,"https://t.co/a","',
            '"\n',
        ),
        "tweets.csv",
    ),
)

SHAPES = (*MARKDOWN, *FRONT_MATTER, *FEEDS, *PAGES, *EXPORTS)
