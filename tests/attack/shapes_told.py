"""Front matter, feeds, pages and exports of any length that cost parsers more than they should."""

from __future__ import annotations

from tests.attack.shapes import MARKDOWN
from tests.attack.shapes import Shape
from tests.attack.shapes import again
from tests.attack.shapes import counted
from tests.attack.shapes import nested

_FEED = '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><link>https://example.org/</link>'
_ITEM = "<item><title>篇{}</title><link>https://example.org/{}</link><description>谈谈模型。</description></item>"
_PAGE = "<!doctype html><html><head><title>t</title></head><body><article><h1>题</h1><p>谈谈模型，很长的一段话。</p>"
_END = "</article></body></html>"
_ONE_ITEM = '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a", "content_text": "b", '
_OUTBOX = '{"@context": "https://www.w3.org/ns/activitystreams", "type": "OrderedCollection", "orderedItems": ['
_NOTE = (
    '{"type": "Create", "object": {"type": "Note", "id": "https://example.org/{}", "to": ["as:Public"], '
    '"content": "<p>谈谈模型</p>"}},'
)

FRONT_MATTER = (
    Shape("long value", again("a", "---\ntitle: ", "\ndate: 2024-05-01\n---\n\n正文一段。\n")),
    Shape("many keys", counted("k{}: v\n", "---\ntitle: a\n", "---\n\n正文一段。\n")),
    Shape("one key again", again("title: a\n", "---\n", "---\n\n正文一段。\n")),
    Shape("open front matter", again("a: b\n", "---\n")),
    Shape("YAML brackets", again("[", "---\ntitle: a\nb: ", "\n---\n\n正文一段。\n")),
    Shape("YAML braces", again("{a: ", "---\ntitle: a\nb: ", "\n---\n\n正文一段。\n")),
    Shape("YAML list", again("- a\n", "---\ntitle: a\ntags:\n", "---\n\n正文一段。\n")),
    Shape("YAML nested", again("? ", "---\ntitle: a\n", "\n---\n\n正文一段。\n")),
    Shape("YAML dashes", again("- ", "---\ntitle: a\ntags:\n  ", "a\n---\n\n正文一段。\n")),
    Shape("YAML tags", counted("- t{}\n", "---\ntitle: a\ntags:\n", "---\n\n正文一段。\n")),
    Shape("TOML keys", counted("k{} = 'v'\n", "+++\ntitle = 'a'\n", "+++\n\n正文一段。\n")),
    Shape("TOML brackets", again("[", "+++\ntitle = 'a'\nb = ", "\n+++\n\n正文一段。\n")),
    Shape("TOML tables", counted("[a.b{}]\n", "+++\n", "+++\n\n正文一段。\n")),
    Shape("TOML dots", again("a.", "+++\n", "b = 1\n+++\n\n正文一段。\n")),
    Shape("open keys", again("title: a\n", "title: a\ndate: b\n")),
    Shape("TOML number", again("9", "+++\na = ", "\n+++\n\n正文一段。\n")),
)

FEEDS = (
    Shape("items", counted(_ITEM, _FEED, "</channel></rss>"), "shape.xml"),
    Shape("deep elements", nested("<a>", "</a>", _FEED, "</channel></rss>"), "shape.xml"),
    Shape(
        "deep HTML in an item",
        again("&lt;b&gt;", f"{_FEED}<item><title>a</title><description>", "</description></item></channel></rss>"),
        "shape.xml",
    ),
    Shape(
        "long description",
        again("模型", f"{_FEED}<item><title>a</title><description>", "</description></item></channel></rss>"),
        "shape.xml",
    ),
    Shape("long title", again("模型", f"{_FEED}<item><title>", "</title></item></channel></rss>"), "shape.xml"),
    Shape(
        "categories",
        counted(
            "<category>c{}</category>",
            f"{_FEED}<item><title>a</title><description>b</description>",
            "</item></channel></rss>",
        ),
        "shape.xml",
    ),
    Shape(
        "feed authors",
        counted(
            "<author>a{}</author>",
            f"{_FEED}<item><title>a</title><description>b</description>",
            "</item></channel></rss>",
        ),
        "shape.xml",
    ),
    Shape(
        "enclosures",
        counted(
            "<enclosure url='https://example.org/{}.mp3' type='audio/mpeg'/>",
            f"{_FEED}<item><title>a</title><description>b</description>",
            "</item></channel></rss>",
        ),
        "shape.xml",
    ),
    Shape(
        "namespaces",
        counted(" xmlns:n{}='urn:n{}'", "<rss version='2.0'", f"><channel>{_ITEM}</channel></rss>"),
        "shape.xml",
    ),
    Shape("attributes", counted(" a{}='b'", "<rss version='2.0'", f"><channel>{_ITEM}</channel></rss>"), "shape.xml"),
    Shape("comments before a feed", again("<!-- a -->", "", f"{_FEED}{_ITEM}</channel></rss>"), "shape.xml"),
    Shape("open items", again("<item>", _FEED), "shape.xml"),
    Shape("broken feed", again("<item><title>a & b</title>", _FEED, "</channel></rss>"), "shape.xml"),
    Shape(
        "CDATA in a feed",
        again("<![CDATA[a]]>", f"{_FEED}<item><title>a</title><description>", "</description></item></channel></rss>"),
        "shape.xml",
    ),
    Shape(
        "XML entities",
        again("&lt;&#65;", f"{_FEED}<item><title>a</title><description>", "</description></item></channel></rss>"),
        "shape.xml",
    ),
)

PAGES = (
    Shape("deep divs in a page", again("<div>", _PAGE, _END), "shape.html"),
    Shape("deep inline in a page", again("<b>", _PAGE, _END), "shape.html"),
    Shape("deep lists in a page", again("<ul><li>", _PAGE, _END), "shape.html"),
    Shape("deep quotes in a page", nested("<blockquote>", "</blockquote>", _PAGE, _END), "shape.html"),
    Shape("deep tables in a page", again("<table><tr><td>", _PAGE, _END), "shape.html"),
    Shape("paragraphs of a page", counted("<p>谈谈模型{}，很长的一段话。</p>", _PAGE, _END), "shape.html"),
    Shape("one paragraph of a page", again("谈谈模型，很长的一段话。", f"{_PAGE}<p>", f"</p>{_END}"), "shape.html"),
    Shape("line breaks of a page", again("谈谈模型<br>", _PAGE, _END), "shape.html"),
    Shape("spans of a page", again("<span>谈谈</span>", f"{_PAGE}<p>", f"</p>{_END}"), "shape.html"),
    Shape("links of a page", counted("<a href='/{}'>谈谈模型</a> ", _PAGE, _END), "shape.html"),
    Shape("pictures of a page", counted("<img src='/{}.png'>", _PAGE, _END), "shape.html"),
    Shape(
        "meta of a page",
        counted("<meta name='a{}' content='b'>", "<!doctype html><html><head>", f"</head><body>{_PAGE}{_END}"),
        "shape.html",
    ),
    Shape("attributes of a page", counted(" a{}='b'", "<!doctype html><html><body", f">{_PAGE}{_END}"), "shape.html"),
    Shape("long attribute of a page", again("a", f"{_PAGE}<p title='", f"'>a</p>{_END}"), "shape.html"),
    Shape("comments of a page", again("<!-- a -->", "", f"{_PAGE}{_END}"), "shape.html"),
    Shape("misnested page", again("<b><p></b>", _PAGE, _END), "shape.html"),
    Shape("misnested links", again("<a href='/x'><div>", _PAGE, _END), "shape.html"),
    Shape("noscripts", again("<noscript>", _PAGE, _END), "shape.html"),
    Shape("iframes", counted("<iframe src='https://example.org/{}'></iframe>", _PAGE, _END), "shape.html"),
    Shape(
        "scripts of JSON-LD",
        again('<script type=\'application/ld+json\'>{"@type":"Article"}</script>', _PAGE, _END),
        "shape.html",
    ),
    Shape("deep JSON-LD", again("[", f"{_PAGE}<script type='application/ld+json'>", f"</script>{_END}"), "shape.html"),
    Shape(
        "sources of a set",
        counted("https://example.org/{}.png 2x, ", f"{_PAGE}<img srcset='", f"'>{_END}"),
        "shape.html",
    ),
    Shape("open selects", again("<select><option>", _PAGE, _END), "shape.html"),
    Shape("ruby", again("<ruby>", _PAGE, _END), "shape.html"),
)

EXPORTS = (
    Shape(
        "JSON items",
        counted(
            '{"id": "https://example.org/{}", "content_html": "<p>谈谈模型</p>"},',
            '{"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": [',
            '{"id": "x", "content_text": "a"}]}',
        ),
        "shape.json",
    ),
    Shape("deep JSON", again("[", '{"version": "https://jsonfeed.org/version/1.1", "items": '), "shape.json"),
    Shape(
        "deep closed JSON",
        nested("[", "]", '{"version": "https://jsonfeed.org/version/1.1", "items": [', "]}"),
        "shape.json",
    ),
    Shape(
        "JSON number",
        again("9", '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": ', ', "content_text": "a"}]}'),
        "shape.json",
    ),
    Shape(
        "JSON tags",
        counted(
            '"t{}",',
            '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a", "content_text": "b", "tags": [',
            '"t"]}]}',
        ),
        "shape.json",
    ),
    Shape(
        "JSON authors",
        counted(
            '{"name": "某人{}"},',
            '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "a", "content_text": "b", "authors": [',
            '{"name": "x"}]}]}',
        ),
        "shape.json",
    ),
    Shape(
        "JSON attachments",
        counted(
            '{"url": "https://example.org/{}.png", "mime_type": "image/png"},',
            _ONE_ITEM + '"attachments": [',
            "{}]}]}",
        ),
        "shape.json",
    ),
    Shape(
        "outbox",
        counted(
            _NOTE,
            _OUTBOX,
            "{}]}",
        ),
        "outbox.json",
    ),
    Shape(
        "archive",
        counted(
            '{"tweet": {"id_str": "1{}", "full_text": "谈谈模型", "created_at": "Wed May 01 10:00:00 +0000 2024"}},',
            "window.YTD.tweets.part0 = [",
            "{}]",
        ),
        "tweets.js",
    ),
    Shape(
        "archive of links",
        counted(
            '{"url": "https://t.co/{}", "expanded_url": "https://example.org/{}"},',
            'window.YTD.tweets.part0 = [{"tweet": {"id_str": "1", "full_text": "谈谈模型", "entities": {"urls": [',
            "{}]}}}]",
        ),
        "tweets.js",
    ),
    Shape(
        "archive of short addresses",
        again("https://t.co/abcdef ", 'window.YTD.tweets.part0 = [{"tweet": {"id_str": "1", "full_text": "', '"}}]'),
        "tweets.js",
    ),
    Shape("old table", counted("{},2024-05-01 10:00:00 +0000,谈谈模型\n", "tweet_id,timestamp,text\n"), "tweets.csv"),
    Shape(
        "old table, long field",
        again("模型", 'tweet_id,timestamp,text\n1,2024-05-01 10:00:00 +0000,"', '"\n'),
        "tweets.csv",
    ),
    Shape(
        "old table, many addresses",
        counted(
            "https://example.org/{},",
            'tweet_id,timestamp,text,expanded_urls\n1,2024-05-01 10:00:00 +0000,"https://t.co/a","',
            '"\n',
        ),
        "tweets.csv",
    ),
)

SHAPES = (*MARKDOWN, *FRONT_MATTER, *FEEDS, *PAGES, *EXPORTS)
