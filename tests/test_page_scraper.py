"""Web pages with one article, and Markdown as site generators have it."""

from __future__ import annotations

import json

import pytest

from feeds.errors import DocumentError
from scrapers.document import Document
from scrapers.document import make_document
from scrapers.formats import detect
from scrapers.formats import named
from scrapers.formats.template_marks import without_marks
from scrapers.kinds import page
from scrapers.worker.listing import feeds_of
from scrapers.worker.listing import find_items
from scrapers.worker.sickness import check_document

TEXT = "今天把灯修好了，晚上可以在院子里看书，小猫在窗台上看了一会儿雨，又睡着了。"


def document(html: str, location: str = "https://leaf.example.org/lamp") -> Document:
    return make_document("lamp.html", html.encode(), location)


def html(head: str = "", body: str = "") -> str:
    article = body or f"<article><h1>小灯</h1><p>{TEXT}</p><p>{TEXT}</p></article>"
    around = "<nav><a href='/'>首页</a><a href='/all'>归档</a></nav>", "<footer>版权所有</footer>"
    return f"<!doctype html><html><head>{head}</head><body>{around[0]}{article}{around[1]}</body></html>"


def test_json_ld_tells_best() -> None:
    told = {
        "@graph": [
            {"@type": "WebSite", "name": "叶子的院子"},
            {
                "@type": ["BlogPosting"],
                "headline": "小灯",
                "datePublished": "2026-02-01T08:00:00+08:00",
                "author": [{"@type": "Person", "name": "叶子"}, {"name": "林小雨"}],
                "keywords": "灯, 院子",
                "publisher": {"name": "叶子的院子"},
            },
        ]
    }
    head = f'<meta property="og:title" content="别的"><script type="application/ld+json">{json.dumps(told)}</script>'
    found = document(html(head))
    assert detect(found).name == "page"
    read = page.scrape(found)
    (post,) = read.posts
    assert (post.title, post.date, post.labels) == ("小灯", "2026-02-01T08:00:00+08:00", ("灯", "院子"))
    assert [one.name for one in post.people] == ["叶子", "林小雨"]
    assert (post.url, read.publication) == ("https://leaf.example.org/lamp", "叶子的院子")
    assert TEXT in post.body
    assert "版权所有" not in post.body
    assert "首页" not in post.body
    assert "小灯</h1>" not in post.body


def test_open_graph_and_meta_tell_where_json_ld_does_not() -> None:
    head = (
        '<title>小灯 - 叶子的院子</title><meta property="og:type" content="article"><meta name="author" content="叶子">'
        '<meta property="article:published_time" content="2026-02-01"><link rel="canonical" href="/posts/lamp">'
        '<meta property="article:tag" content="灯"><meta property="og:site_name" content="叶子的院子">'
    )
    read = page.scrape(document(html(head)))
    (post,) = read.posts
    assert (post.title, post.date, post.people[0].name) == ("小灯", "2026-02-01", "叶子")
    assert (post.url, post.natural_keys) == ("https://leaf.example.org/posts/lamp",) + (
        ("https://leaf.example.org/posts/lamp",),
    )


def test_pictures_code_lists_and_links_stay() -> None:
    body = (
        f"<article><h1>小灯</h1><p>{TEXT}</p><p><img data-src='/a.png' alt='灯'>{TEXT}</p>"
        f"<pre><code>pip install lamp\nlamp run</code></pre><ul><li>一个开关</li><li>两节电池</li></ul>"
        f"<p>{TEXT}<a href='/b'>说明</a></p></article>"
    )
    (post,) = page.scrape(document(html(body=body))).posts
    for part in ('src="/a.png"', "pip install lamp\nlamp run", "两节电池", 'href="/b"'):
        assert part in post.body
    assert post.body.count("<pre") == 1


def test_a_page_without_an_article_is_none() -> None:
    with pytest.raises(DocumentError, match="without an article"):
        page.scrape(document(html(body="<div><a href='/a'>一</a></div>")))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("<!doctype html><title>Sign in</title><form><input type=password></form>", "login page"),
        ("<!doctype html><title>Just a moment...</title><p>Checking", "error page"),
        ("<!doctype html><title>404 Not Found</title><h1>nginx</h1>", "error page"),
        ("<!doctype html><title>某网站</title><p>当前环境异常，完成验证后即可继续访问。", "error page"),
    ],
    ids=["login", "challenge", "404", "words"],
)
def test_pages_of_failures_are_recognised(text: str, why: str) -> None:
    with pytest.raises(DocumentError, match=why):
        check_document(document(text), wants_page=True)


@pytest.mark.parametrize(
    "title", ["怎样处理 404 页面：一篇很长的文章，讲了很多关于错误页面的设计和实现的细节以及例子", "登录系统的设计"]
)
def test_an_article_about_failures_is_none(title: str) -> None:
    body = f"<article><h1>{title}</h1>{f'<p>{TEXT}</p>' * 120}</article>"
    check_document(document(html(f"<title>{title}</title>", body)), wants_page=True)


def test_lists_are_found_by_selector_by_json_ld_and_by_looking() -> None:
    url = "https://leaf.example.org/"
    rows = "".join(f"<li class=p><h2><a href='/p{n}'>第{n}篇</a></h2><a href='/tag'>标签</a></li>" for n in range(4))
    listed = f"<ul>{rows}</ul><h2><a href='#top'>上</a></h2>"
    expected = [f"https://leaf.example.org/p{n}" for n in range(4)]
    assert find_items(listed, url, "li.p", "h2 a") == expected
    assert find_items(listed, url, None, "a")[:4] == expected
    told = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "url": address} for address in expected]}
    assert find_items(f'<script type="application/ld+json">{json.dumps(told)}</script>', url, None, "a") == expected
    with pytest.raises(DocumentError, match="no CSS selector"):
        find_items(listed, url, "li[", "a")


def test_announced_feeds_are_found() -> None:
    head = (
        "<link rel='alternate' type='application/rss+xml' href='/feed'><link rel='alternate' hreflang='en' href='/en'>"
    )
    assert feeds_of(html(head), "https://leaf.example.org/a/") == ["https://leaf.example.org/feed"]


@pytest.mark.parametrize(
    ("front", "title", "date"),
    [
        ("---\nlayout: post\ntitle: '小灯'\ndate: 2026-02-01 08:00:00 +0800\n---", "小灯", "2026-02-01 08:00:00 +0800"),
        ("+++\ntitle = '小灯'\ndate = 2026-02-01T08:00:00+08:00\n+++", "小灯", "2026-02-01T08:00:00+08:00"),
        ("title: 小灯\ndate: 2026-02-01 08:00:00\ntags: [灯]\n---", "小灯", "2026-02-01 08:00:00"),
        ("---\ntitle: 小灯\ntitle: 小灯\npubDate: 'Feb 01 2026'\n---", "小灯", "Feb 01 2026"),
    ],
    ids=["jekyll", "hugo", "hexo", "astro"],
)
def test_front_matter_of_neighbours_is_read(front: str, title: str, date: str) -> None:
    found = make_document("2026-02-01-lamp.md", f"{front}\n\n{TEXT}\n\n{TEXT}\n".encode())
    assert detect(found).name == "article"
    (post,) = named("article").scrape(found).posts
    assert (post.title, post.date) == (title, date)
    assert post.lines[0] == front.count("\n") + 3


@pytest.mark.parametrize("mark", ["draft: true", "published: false"])
def test_a_draft_is_not_published(mark: str) -> None:
    found = make_document("lamp.md", f"---\ntitle: 小灯\n{mark}\n---\n\n{TEXT}\n".encode())
    read = named("article").scrape(found)
    assert (read.posts, [skip.reason for skip in read.skips]) == ((), ["draft"])


def test_marks_of_site_generators_become_markdown_or_go() -> None:
    lines = [
        "import Chart from '../chart.astro';",
        '{{< figure src="/a.png" alt="灯" >}}',
        "{% highlight python %}",
        "print('{% raw %}')",
        "{% endhighlight %}",
        "正文{: .note}在这里{% include x.html %}。",
        "```",
        "{{< keep >}}",
        "```",
        "价钱 {不变}",
    ]
    assert list(without_marks(lines)) == [
        "",
        "![灯](/a.png)",
        "```python",
        "print('{% raw %}')",
        "```",
        "正文在这里。",
        "```",
        "{{< keep >}}",
        "```",
        "价钱 {不变}",
    ]
