"""All of Unicode's oddities in every place of every format: nothing is raised, every feed and every answer is whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck
from hypothesis import given
from hypothesis import settings
from hypothesis import strategies as st

from feeds.errors import DateError
from feeds.errors import DocumentError
from feeds.model import Upload
from feeds.query import parse as parse_query
from feeds.query.errors import QuerySyntaxError
from feeds.store import Store
from feeds.text import clean_text
from scrapers.dates import date_in_name
from scrapers.dates import parse_date
from scrapers.document import make_document
from scrapers.front_matter import split
from scrapers.html import parse
from scrapers.html import sanitised
from scrapers.ingest import ingest
from scrapers.markdown import blocks
from scrapers.markdown import plain
from scrapers.markdown import to_html
from scrapers.paths import find_documents
from scrapers.pipeline import keep
from scrapers.pipeline import receive
from scrapers.pipeline import scrape_document
from scrapers.post import Markup
from scrapers.reading import read as read_tree
from tests.attack.conftest import FULL
from tests.attack.conftest import Told
from tests.attack.mutation import ODDITIES
from tests.attack.reading import NOW
from tests.attack.reading import Forgetful
from tests.attack.reading import check_published
from tests.attack.reading import plan
from tests.attack.reading import read

ROUNDS = 2000 if FULL else 60
slow = settings(max_examples=ROUNDS, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
#: Any characters, lone surrogates among them, with what has broken parsers before.
odd = st.lists(st.one_of(st.text(max_size=8), st.sampled_from(ODDITIES), st.characters()), max_size=40).map("".join)
#: What JSON can write and no text can hold.
WORST = "a\0b\ud800c\udfffd\ufffee\uffff\x0b\x1b[2J\u202ef\ufeff\U000e0001g" + "\u0301\u0315" * 60
_LONG = "谈谈一个新的小模型，跑在旧电脑上也很快，值得一看，谈谈它的用法和道理，再看看它在别处的样子，还有什么可说的呢。"


def _json_feed(odd: str) -> str:
    author = {"name": odd, "url": f"https://example.org/{odd}"}
    file = {"url": f"https://example.org/{odd}.png", "mime_type": f"image/{odd}"}
    item = {"id": odd, "url": f"https://example.org/1{odd}", "title": odd, "content_html": f"<p>{odd}</p>{_LONG}"}
    item |= {"external_url": f"https://example.org/2{odd}", "date_published": f"2024-05-01{odd}", "tags": [odd]}
    item |= {"authors": [author], "attachments": [file], "summary": odd}
    told = {"version": "https://jsonfeed.org/version/1.1", "title": odd, "home_page_url": f"https://example.org/{odd}"}
    return json.dumps({**told, "authors": [author], "items": [item, {"id": 9**99, "content_text": odd, "tags": "x"}]})


def _outbox(odd: str) -> str:
    note = {"type": "Note", "id": f"https://example.org/{odd}", "to": ["as:Public"], "content": f"<p>{odd}</p>{_LONG}"}
    note |= {"summary": odd, "name": odd, "published": odd, "attributedTo": f"https://[{odd}", "url": [odd]}
    note |= {"tag": [{"type": "Hashtag", "name": odd}, 1], "attachment": [{"url": 1, "mediaType": []}]}
    items = [{"type": "Create", "object": note}, {"type": ["Create"], "object": note}, {"type": {}}, odd, None]
    items += [{"type": "Create", "object": {"type": [odd], "to": {"a": odd}}}]
    context = "https://www.w3.org/ns/activitystreams"
    return json.dumps({"@context": context, "type": "OrderedCollection", "orderedItems": items})


def _archive(odd: str) -> str:
    post = {"id_str": "1", "full_text": f"{odd} https://t.co/a {_LONG}", "created_at": odd}
    post |= {"entities": {"urls": [{"url": "", "expanded_url": "x" * 1000}, {"url": "https://t.co/a"}, odd, None]}}
    posts = [{"tweet": post}, {"tweet": {**post, "id_str": odd, "entities": [odd]}}, odd, None, {"tweet": [odd]}]
    return f"window.YTD.tweets.part0 = {json.dumps(posts)}"


def _front_matter(odd: str) -> str:
    told = "".join(f"{key}: {json.dumps(odd)}\n" for key in ("title", "date", "author", "url", "cover", "description"))
    return f"---\n{told}tags: [{json.dumps(odd)}]\n---\n\n{_LONG}{_LONG}\n"


def _toml(odd: str) -> str:
    words = json.dumps(odd).replace("\\ud800", "").replace("\\udfff", "")
    return f"+++\ntitle = {words}\ndate = 2024-05-01T99:00:00Z\nauthor = {words}\n+++\n\n{_LONG}{_LONG}\n"


def _page(odd: str) -> str:
    told = {
        "@type": "Article",
        "headline": odd,
        "author": [{"name": odd}, odd],
        "datePublished": odd,
        "keywords": [odd],
    }
    references = "".join(f"&#{ord(c)};" for c in odd)
    return (
        f"<!doctype html><html><head><title>{references}</title><link rel='canonical' href='https://[{references}'>"
        f"<script type='application/ld+json'>{json.dumps(told)}</script></head><body><article><h1>{references}</h1>"
        f"<p title='{references}'>{references}{_LONG}{_LONG}<img src='/{references}' alt='{references}' width='"
        f"{'9' * 5000}'>"
        f"<a href='https://example.org/{references}'>{references}</a></p></article></body></html>"
    )


def _feed(odd: str) -> str:
    references = "".join(f"&amp;#{ord(c)};" for c in odd)
    item = f"<title>{references}</title><guid>{references}</guid><author>{references}</author><category>{references}"
    return (
        f"<rss version='2.0'><channel><title>{references}</title><item>{item}</category>"
        f"<pubDate>{references}</pubDate>"
        f"<description>&lt;p&gt;{references}&lt;/p&gt;{_LONG}</description></item></channel></rss>"
    )


WRITERS: dict[str, tuple[str, Callable[[str], str]]] = {
    "json-feed": ("a.json", _json_feed),
    "mastodon": ("outbox.json", _outbox),
    "twitter": ("tweets.js", _archive),
    "article": ("a.md", _front_matter),
    "article in toml": ("b.md", _toml),
    "page": ("a.html", _page),
    "feed": ("a.xml", _feed),
}


def test_no_place_of_a_format_lets_a_forbidden_character_through(store: Store, tell: Told) -> None:
    for form, (name, write) in WRITERS.items():
        outcome = read(store, name, write(WORST).encode("utf-8", "replace"), replace(plan(), format=form.split()[0]))
        assert not isinstance(outcome, DocumentError) and outcome.entries, (form, outcome)
    tell(f"{len(WRITERS)} formats, the worst characters in every field", f"{check_published(store)} answers parsed")


@pytest.mark.parametrize("form", WRITERS)
def test_odd_values_in_every_field_stop_no_format(form: str, tmp_path: Path) -> None:
    name, write = WRITERS[form]
    how = replace(plan(), format=form.split()[0])

    @slow
    @given(odd)
    def check(words: str) -> None:
        _scraped(name, write(words), how.format or "")

    check()


def _scraped(name: str, text: str, form: str) -> None:
    try:
        how = replace(plan(), format=form)
        keep(scrape_document(make_document(name, text.encode("utf-8", "replace")), how), Forgetful(), how)  # type: ignore[arg-type]
    except DocumentError:
        return


@slow
@given(odd, st.sampled_from(Markup))
def test_markdown_and_html_of_any_text_are_made_and_cleaned(text: str, markup: Markup) -> None:
    text = clean_text(text)
    blocks(text, markup)
    plain(text, markup)
    root = parse(to_html(text, markup), "https://example.org/a/")
    read_tree(root)
    cleaned = sanitised(root)
    assert clean_text(cleaned).strip() == cleaned


@slow
@given(odd)
def test_any_words_are_a_date_or_none(words: str) -> None:
    date_in_name(words, "Asia/Shanghai", NOW)
    try:
        found = parse_date(words, "Asia/Shanghai", NOW)
    except DateError:
        return
    assert found is None or found.at.tzinfo is not None


@slow
@given(odd)
def test_any_words_are_a_query_or_a_mistake_in_one(words: str) -> None:
    try:
        query = parse_query(words)
    except QuerySyntaxError:
        return
    assert parse_query(query.canonical).canonical == query.canonical


@slow
@given(st.sampled_from(("---", "+++")), odd)
def test_any_front_matter_is_read_or_reported(fence: str, inside: str) -> None:
    text = f"{fence}\ntitle: a\n{inside}\n{fence}\nb"
    front = split(text)
    assert front.body in text
    front.words("title", "tags")


@slow
@given(st.binary(max_size=300), st.sampled_from((None, "utf-8", "gb18030", "big5", "utf-16", "no-such", "idna", "hex")))
def test_any_bytes_are_a_document_or_refused(data: bytes, said: str | None) -> None:
    try:
        document = make_document("a.md", data, encoding=said)
    except DocumentError:
        return
    assert clean_text(document.text).encode("utf-8")


@pytest.mark.parametrize(
    "name", ["a\ud800b.md", "a\x01b.md", "a\nb\r.md", "\u202egnp.md", "a" * 200 + ".md", "。".join("中" * 60) + ".md"]
)
def test_documents_of_odd_names_are_kept_and_shown(store: Store, name: str) -> None:
    text = "### 01\n\n2026-03-01\n\n林舟\n@linzhou\n一条好的帖子，什么问题也没有。\n"
    read(store, name, text.encode())
    receipt = receive(Upload(name=name, data=text.encode()), store, plan())
    assert receipt.saved.new + receipt.saved.unchanged == 1
    check_published(store)


def test_files_whose_names_are_no_text_are_told_of(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    for name, data in ((b"\xff\xfe.md", b"nothing"), (b"a\x01\n.md", b"nothing"), (b"\xed\xa0\x80.md", b"")):
        (folder / name.decode("utf-8", "surrogateescape")).write_bytes(data)
    outcomes = list(ingest(find_documents([str(folder)]), store, plan()))
    assert [outcome.failure is not None for outcome in outcomes] == [True] * 3
    check_published(store)


@pytest.mark.parametrize(
    "body",
    [
        "<ol start='²'><li>一</li></ol>",
        "<img src='/a.png' width='" + "9" * 5000 + "'>",
        "[词](http://[)",
        "![](http://[)",
    ],
    ids=["list", "picture", "link", "picture nowhere"],
)
def test_values_that_raised_once_are_read(body: str) -> None:
    text = f"# 周刊（第 12 期）\n\n## 1. [一节](http://[) https://[x\n\n{_LONG}\n\n{body}\n\n## 2. 二节\n\n{_LONG}\n"
    how = replace(plan(), format="newsletter")
    outcome = keep(scrape_document(make_document("a.md", text.encode()), how), Forgetful(), how)  # type: ignore[arg-type]
    assert outcome.saved.new == 2
