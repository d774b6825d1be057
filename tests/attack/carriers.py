"""Documents of every format with vectors in every place that a format has: title, name, body, tag, address."""

from __future__ import annotations

import json
from collections.abc import Callable
from collections.abc import Sequence
from html import escape
from pathlib import Path
from xml.sax.saxutils import quoteattr

from tests.attack.vectors import one_line

SAMPLES = Path(__file__).parents[2] / "scrapers" / "samples"
_RUNS = "javascript:alert(1)"
_NOTE = "https://notes.example.org"


def newsletter(vectors: Sequence[str]) -> str:
    head = f"---\ntitle: {json.dumps(one_line(vectors[0]))}\ndate: 2026/03/14\nurl: {_RUNS}\ntags: [x, y]\n---\n"
    lead = f'\n<img src="{_RUNS}" />\n\n<small>{one_line(vectors[0])}</small>\n'
    return (
        head
        + lead
        + "".join(
            f"\n### {number}、{one_line(v)}\n\n第 {number} 次试用。\n\n{v}\n\n项目地址：{_NOTE}/{number}\n"
            for number, v in enumerate(vectors, 1)
        )
    )


def posts(vectors: Sequence[str]) -> str:
    return "".join(
        f"### {number:02}\n\n2026-03-02\n\n{one_line(v)[:30]} 阿蘅\n@aheng_{number}\n第 {number} 个小工具。\n\n{v}\n\n"
        for number, v in enumerate(vectors, 1)
    )


def recap(vectors: Sequence[str]) -> str:
    sample = (SAMPLES / "recap-2026-03-20.md").read_text("utf-8")
    told = "".join(
        f"*   **{one_line(v)}**: [@who_{n}](https://x.com/who_{n}/status/190000000{n:05}) {one_line(v)}。\n\n"
        for n, v in enumerate(vectors, 1)
    )
    return sample.replace("**North Shore Release**\n", f"**North Shore Release**\n\n{told}", 1)


def flattened(vectors: Sequence[str]) -> str:
    sample = (SAMPLES / "flattened.md").read_text("utf-8")
    return sample.replace("当地時間", one_line(" ".join(vectors)) + "當地時間", 1).replace(
        "你要問", one_line(vectors[0]), 1
    )


def dump(vectors: Sequence[str]) -> str:
    sample = (SAMPLES / "dump.md").read_text("utf-8")
    return sample.replace("作者丨林予安", f"作者丨林予安 {' '.join(map(one_line, vectors))} ", 1)


def article(vectors: Sequence[str]) -> str:
    sample = (SAMPLES / "article.md").read_text("utf-8")
    return sample.replace("### 第一个晚上", "\n\n".join(vectors) + "\n\n### 第一个晚上", 1).replace(
        "方星眠", f"方星眠{one_line(vectors[0])[:40]}", 1
    )


def rss(vectors: Sequence[str]) -> str:
    items = "".join(
        f"<item><title>{escape(one_line(v))}</title><link>{_NOTE}/rss/{n}</link><guid>x{n}</guid>"
        f"<author>{escape(one_line(v))}</author><category>{escape(one_line(v))[:90]}</category>"
        f'<enclosure url="https://good.example/{n}.mp3&quot;onerror=&quot;alert(1)" type="audio/mpeg" length="1"/>'
        f'<source url="{_RUNS}">{escape(one_line(v))}</source><description>words {escape(escape(v))}</description>'
        f"<content:encoded>more words of item {n} {escape(v)}</content:encoded></item>"
        for n, v in enumerate(vectors, 1)
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(one_line(vectors[0]))}</title><link>{_RUNS}</link><description>x</description>{items}"
        "</channel></rss>"
    )


def atom(vectors: Sequence[str]) -> str:
    entries = "".join(
        f'<entry><id>urn:x:{n}</id><title type="html">{escape(one_line(v))}</title><updated>2026-03-02T0{n % 9}:00:00Z'
        f"</updated><author><name>{escape(one_line(v))}</name><uri>{_RUNS}</uri></author>"
        f'<link rel="alternate" href="{_RUNS}"/><link rel="via" href="{_RUNS}"/><category term={quoteattr(v[:80])}/>'
        f'<content type="xhtml" xml:base="{_RUNS}//"><div xmlns="http://www.w3.org/1999/xhtml">entry {n} '
        f'<a href="x">relative</a><script>alert(1)</script><img src="x" onerror="alert(1)"/>'
        f'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/> {escape(v)}</div></content></entry>'
        for n, v in enumerate(vectors, 1)
    )
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://evil.example/"><id>urn:x</id>'
        f"<title>{escape(one_line(vectors[0]))}</title><updated>2026-03-02T00:00:00Z</updated>{entries}</feed>"
    )


def json_feed(vectors: Sequence[str]) -> str:
    items = [
        {
            "id": f"j{n}",
            "url": _RUNS if n % 2 else f"{_NOTE}/json/{n}",
            "external_url": f"httpx:{_RUNS}",
            "title": one_line(v),
            "content_html": f"item {n} {v}",
            "authors": [{"name": one_line(v), "url": _RUNS}],
            "tags": [v, "__proto__", "constructor"],
            "attachments": [{"url": _RUNS, "mime_type": "audio/mpeg"}],
            "__proto__": {"title": "x"},
        }
        for n, v in enumerate(vectors, 1)
    ]
    told = {"version": "https://jsonfeed.org/version/1.1", "title": one_line(vectors[0]), "home_page_url": _RUNS}
    return json.dumps({**told, "items": items, "constructor": {"prototype": 1}})


def mastodon(vectors: Sequence[str]) -> str:
    public = "https://www.w3.org/ns/activitystreams#Public"
    notes = [
        {
            "type": "Create",
            "object": {
                "type": "Note",
                "id": f"javascript://h{n}.example/%0aalert(1)",
                "attributedTo": "javascript://h.example/users/%0aalert(1)",
                "to": [public],
                "published": "2026-03-02T01:02:03Z",
                "summary": one_line(v),
                "content": f"<p>note {n}</p> {v}",
                "tag": [{"type": "Hashtag", "name": f"#{one_line(v)}"}],
            },
        }
        for n, v in enumerate(vectors, 1)
    ]
    head = {"@context": "https://www.w3.org/ns/activitystreams", "type": "OrderedCollection"}
    return json.dumps({**head, "orderedItems": notes})


def twitter(vectors: Sequence[str]) -> str:
    told = [
        {
            "tweet": {
                "id_str": f'{n}"><script>alert(1)</script>',
                "full_text": f"post {n} {v}",
                "created_at": "2026-03-02",
            }
        }
        for n, v in enumerate(vectors, 1)
    ]
    return f"window.YTD.tweets.part0 = {json.dumps(told)}"


def page(vectors: Sequence[str]) -> str:
    told = {
        "@type": "Article",
        "headline": one_line(vectors[0]),
        "author": {"name": one_line(vectors[0]), "url": _RUNS},
    }
    paragraphs = "".join(
        f"<p>这一段足够长，讲第 {n} 件小事：旧电脑也跑得动新模型，只是慢。</p>\n{v}\n" for n, v in enumerate(vectors, 1)
    )
    return (
        f"<!doctype html><html><head><title>{escape(one_line(vectors[0]))}</title><base href='{_RUNS}'>"
        f'<link rel="canonical" href="{_RUNS}"><meta property="og:image" content="{_RUNS}">'
        f'<script type="application/ld+json">{json.dumps(told)}</script></head>'
        f"<body><article><h1>x</h1>{paragraphs}</article></body></html>"
    )


CARRIERS: dict[str, Callable[[Sequence[str]], str]] = {
    "newsletter": newsletter,
    "posts": posts,
    "recap": recap,
    "flattened": flattened,
    "dump": dump,
    "article": article,
    "feed": rss,
    "feed-atom": atom,
    "json-feed": json_feed,
    "mastodon": mastodon,
    "twitter": twitter,
    "page": page,
}
#: Formats in which one document is one entry, so that a vector may swallow what stands behind it.
WHOLE = frozenset({"flattened", "dump", "article", "page"})
