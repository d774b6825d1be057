"""HTML made fit to be read elsewhere, and what a reader sees of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.text import letters
from scrapers.html import absolute
from scrapers.html import from_text
from scrapers.html import parse
from scrapers.html import sanitised
from scrapers.reading import read

BASE = "https://news.example.com/2026/post.html"


def clean(html: str, base: str | None = BASE) -> str:
    return sanitised(parse(html, base))


def text(html: str) -> str:
    return read(parse(html, BASE)).text


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>words",
        "<style>p{}</style>words",
        '<a href="javascript:alert(1)">words</a>',
        '<a href="jav&#09;ascript:alert(1)">words</a>',
        '<img src=x onerror="alert(1)">words',
        '<form><input value="x"></form>words',
        '<svg onload="alert(1)"></svg>words',
        '<p style="position:fixed">words</p>',
        '<a href="data:text/html,x">words</a>',
    ],
)
def test_nothing_active_remains_and_the_words_do(html: str) -> None:
    cleaned = clean(html)
    assert "words" in cleaned
    for dangerous in ("script", "onerror", "onload", "style", "javascript", "data:", "<form", "<input"):
        assert dangerous not in cleaned


@pytest.mark.parametrize(
    ("html", "source"),
    [
        ('<img src="/a.png">', "https://news.example.com/a.png"),
        ('<img data-src="https://i.example/b.png">', "https://i.example/b.png"),
        ('<img src="data:image/gif;base64,R0" data-original="c.png">', "https://news.example.com/2026/c.png"),
        ('<img src="data:image/gif;base64,R0" srcset="s.png 1x, l.png 2x">', "https://news.example.com/2026/l.png"),
        ('<noscript><img src="https://i.example/d.png"></noscript>', "https://i.example/d.png"),
    ],
)
def test_pictures_are_there_when_the_page_that_loads_them_is_not(html: str, source: str) -> None:
    cleaned = clean(html)
    assert f'src="{source}"' in cleaned
    assert 'referrerpolicy="no-referrer"' in cleaned


@pytest.mark.parametrize(
    "html", ['<img src="https://t.example/p.gif" width="1" height="1">', '<img src="data:image/png;base64,x">', "<img>"]
)
def test_pictures_that_show_nothing_are_dropped(html: str) -> None:
    assert clean(f"<p>words{html}</p>") == "<p>words</p>"


def test_an_embed_becomes_a_link() -> None:
    assert 'href="https://v.example/embed/1"' in clean('<iframe src="https://v.example/embed/1"></iframe>')


def test_without_a_base_a_relative_link_leaves_its_words() -> None:
    assert clean('<p><a href="/x">words</a></p>', None) == "<p>words</p>"


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://a.example/路径?q=值", "https://a.example/%E8%B7%AF%E5%BE%84?q=%E5%80%BC"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("https://a.example/%E8%B7%AF", "https://a.example/%E8%B7%AF"),
        (" https://a.example/a b\n", "https://a.example/a%20b"),
        ("javascript:alert(1)", None),
        ("http://[bad", None),
        ("ftp://a.example", None),
        ("https://", None),
    ],
)
def test_addresses_are_absolute_ascii_or_none(address: str, expected: str | None) -> None:
    assert absolute(address, BASE) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>这是<b>重点</b>，不是<a href='https://a.example'>空格</a>。</p>", "这是重点，不是空格。"),
        ("<p>一行<br>又一行</p><p>新的一段</p>", "一行\n又一行\n\n新的一段"),
        ("<p>中文\n折行</p>", "中文折行"),
        ("<p>English\nwrapped</p>", "English wrapped"),
        ("<ul><li>one</li><li>two<ul><li>inner</li></ul></li></ul><p>after</p>", "- one\n- two\n- inner\n\nafter"),
        ("<ol start='3'><li><p>three</p></li><li><p>four</p></li></ol>", "3. three\n4. four"),
        ("<pre><code>a\n\n  b\n</code></pre>", "a\n\n  b"),
        ("<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>", "a\tb\n1\t2"),
        ("a<!-- comment -->b", "ab"),
        ("<div><div><p>x</p></div></div><hr><p>y</p>", "x\n\ny"),
    ],
)
def test_text_has_the_breaks_of_the_page_and_no_others(html: str, expected: str) -> None:
    assert text(html) == expected


def test_a_link_knows_its_surroundings() -> None:
    (first, second) = read(
        parse(
            "<p>项目地址：<br><a href='https://a.example/p'>here</a> 后面</p><ul><li><a href='https://b.example'>b</a></li></ul>"
        )
    ).anchors
    assert (first.above, first.before, first.words, first.behind, first.in_list) == (
        "项目地址：",
        "",
        "here",
        " 后面",
        False,
    )
    assert second.in_list


def test_plain_text_keeps_its_lines_and_its_addresses_work() -> None:
    html = from_text("一 <b>\n二 https://a.example/x?a=1&b=2。\n\n三")
    assert (
        html
        == '<p>一 &lt;b&gt;<br>二 <a href="https://a.example/x?a=1&amp;b=2">a.example/x?a=1&amp;b=2</a>。</p>\n<p>三</p>'
    )


@given(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co", "Zs", "Zl", "Zp", "Cf")),
        max_size=80,
    )
)
def test_no_letter_of_a_plain_text_is_lost(words: str) -> None:
    assert letters(read(parse(from_text(words))).text) == letters(words.replace("://", "")) or "http" in words


@given(st.text(max_size=120))
def test_cleaning_twice_changes_nothing(html: str) -> None:
    once = clean(html)
    assert clean(once) == once
