"""Markdown as people write it: Chinese bold, bare addresses, angle brackets, blocks with their lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrapers.markdown import blocks
from scrapers.markdown import plain
from scrapers.markdown import to_html
from scrapers.post import Markup
from scrapers.urls import addresses
from scrapers.urls import match_address


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("**倾听：**仔细", "<strong>倾听：</strong>仔细"),
        ("它**“好”**吧", "它<strong>“好”</strong>吧"),
        ("这是**重点**。", "这是<strong>重点</strong>。"),
        ("snake_case_name stays", "snake_case_name stays"),
        ("a ** b ** c", "a ** b ** c"),
    ],
)
def test_bold_marks_close_beside_chinese_characters(markdown: str, html: str) -> None:
    assert to_html(markdown).strip() == f"<p>{html}</p>"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("见https://a.example/x。下一句", "https://a.example/x"),
        ("https://a.example/x下载", "https://a.example/x"),
        ("(https://a.example/x)", "https://a.example/x"),
        ("https://a.example/x_(y)", "https://a.example/x_(y)"),
        ("https://a.example/_next_/b", "https://a.example/_next_/b"),
        (r"https://a.example/?v=a\&t=1", "https://a.example/?v=a&t=1"),
        ("https://a.example/?q=1&amp", "https://a.example/?q=1&amp"),
        ("go to http://a.example.", "http://a.example"),
        ("**https://a.example/x**", "https://a.example/x"),
        ("https://a.example<url>", "https://a.example"),
        ("「https://a.example/x」", "https://a.example/x"),
        ("HTTPS://A.example/X", "HTTPS://A.example/X"),
        ("https://a.example/cut…", None),
        ("https://localhost", None),
        ("ahttps://", None),
    ],
)
def test_a_bare_address_ends_where_the_sentence_goes_on(text: str, address: str | None) -> None:
    html = to_html(text)
    assert (f'href="{address.replace("&", "&amp;")}"' in html) if address else ("href" not in html)


def test_a_bare_address_is_shown_without_its_scheme() -> None:
    assert to_html("https://a.example/x").strip() == '<p><a href="https://a.example/x">a.example/x</a></p>'


def test_a_link_holds_no_second_link() -> None:
    assert to_html("[https://a.example](https://b.example)").count("<a ") == 1


@pytest.mark.parametrize("text", ["用<组件>包裹", "<roughsvg>x</roughsvg>", "a < b > c", "std::vector<int>"])
def test_what_is_no_element_remains_text(text: str) -> None:
    assert "&lt;" in to_html(text)


def test_known_elements_pass_in_documents_and_not_in_posts() -> None:
    assert "<video" in to_html('<video src="https://a.example/v.mp4"></video>')
    assert "&lt;video" in to_html('<video src="https://a.example/v.mp4"></video>', Markup.POST)


def test_a_post_has_no_headings_by_underline_and_no_code_by_indent() -> None:
    html = to_html("line\n---\n    indented", Markup.POST)
    assert "<h2>" not in html
    assert "<code>" not in html


def test_line_ends_are_kept() -> None:
    assert "<br" in to_html("one\ntwo", Markup.POST)


def test_blocks_tell_their_lines_and_nest() -> None:
    found = blocks("# A\n\ntext\n\n- one\n  more\n\n- two\n  - inner\n\n\n```\n# no heading\n```\n")
    assert [(b.kind, b.first, b.last) for b in found] == [
        ("heading", 1, 1),
        ("paragraph", 3, 3),
        ("list", 5, 9),
        ("code", 12, 14),
    ]
    assert [(b.kind, b.first, b.last) for b in found[2].children] == [("item", 5, 6), ("item", 8, 9)]
    assert found[2].children[1].children[1].kind == "list"


@pytest.mark.parametrize(
    ("headline", "words"),
    [
        ("**Bold** and `code`", "Bold and code"),
        ("[linked](https://a.example) words", "linked words"),
        ("![alt](x.png) t", "alt t"),
        ("", ""),
    ],
)
def test_a_headline_is_read_without_marks(headline: str, words: str) -> None:
    assert plain(headline) == words


@given(st.text(max_size=200))
def test_any_text_is_rendered(text: str) -> None:
    for markup in (Markup.MARKDOWN, Markup.POST):
        assert isinstance(to_html(text, markup), str)
        blocks(text, markup)


@given(st.text(alphabet="htps:/a.b_()[]\\&…。 文x", max_size=60))
def test_addresses_lie_inside_the_text_and_do_not_overlap(text: str) -> None:
    done = 0
    for address, at in addresses(text):
        matched = match_address(text, at)
        assert matched is not None
        assert matched[0] == address
        assert at >= done
        done = at + matched[1]
        assert done <= len(text)
