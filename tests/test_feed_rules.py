"""Every listing of a store with nasty entries, in every form, keeps to the rules; so do those of the corpus."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC
from datetime import date
from datetime import datetime
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from feeds.aliases import load_aliases
from feeds.model import Link
from feeds.model import Media
from feeds.model import Rel
from feeds.model import Role
from feeds.settings import load_settings
from feeds.store import Store
from feeds.store import migrate
from feeds.store import open_store
from feeds.topics import load_topics
from scrapers.ingest import ingest
from scrapers.paths import find_documents
from scrapers.pipeline import Plan
from scrapers.sources import load_sources
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_instant
from tests.builders import make_person
from tests.builders import make_published
from tests.builders import make_source
from tests.builders import make_topics
from tests.feed_rules import atom_violations
from tests.feed_rules import json_violations
from tests.feed_rules import opml_violations
from tests.feed_rules import rss_violations
from tests.parsed import as_read
from web import create_app

BASE = "https://feeds.example.org"
SEEDS = Path(__file__).parent.parent.parent / "shared" / "corpus" / "seeds"
ENDINGS = [".rss", ".atom", ".json", ".zh-Hans.rss", ".zh-Hant.atom", ".zh-Hant.json"]
VARIANTS = ["?mode=summary", "?titles=derived", "?titles=derived&mode=summary"]
NASTY_HTML = (
    '<p>切分 &amp; 检索 <a href="https://a.example/x?y=1&amp;z=[2]">这里</a></p><pre><code>a &lt; b</code></pre>'
)
NASTY = (
    make_draft("没有标题的短句。", 1, title=None),
    make_draft("标题里有标记。", 2, title="用 <b>粗体</b> & <script> 的 a < b &amp; c", content_html=NASTY_HTML),
    make_draft("😀", 3, title=None, summary="", language="und"),
    make_draft("", 4, title=None, content_html="", summary=""),
    make_draft("x < y && z </p> &nbsp;", 5, content_html="<p>x &lt; y &amp;&amp; z &lt;/p&gt; &amp;nbsp;</p>"),
    make_draft("An entry in English.", 6, language="en", title="Q&A: what is &lt; in <div>?"),
    make_draft("日本語の記事です。", 7, language="ja", title="新しいモデル"),
    make_draft("軟體裡的後端。", 8, language="zh-Hant", title="頭髮與發展"),
    make_draft(
        "三个人写的。",
        9,
        people=(
            make_person("O'Brien <ed>", "obrien", Role.EDITOR),
            make_person("A & B", None),
            make_person("李译", None, Role.TRANSLATOR),
        ),
        url="https://例子.example/文章 一?q=检索|x&y=100%#顶[1]#2",
        links=(
            Link("https://a.example/[x]", Rel.ORIGINAL, "原文 <b>粗</b>"),
            Link("javascript:alert(1)"),
            Link("//a.example/y"),
            Link("http://[x/"),
        ),
        topics=make_topics("rag", "coding"),
    ),
    make_draft(
        "有声音的。",
        10,
        media=(
            Media("https://a.example/talk.mp3?x=1", "audio"),
            Media("https://a.example/player", "video"),
            Media("https://a.example/film.MP4", "video"),
            Media("https://a.example/图 一.png", "image"),
        ),
    ),
    make_draft("早先的一条。", 11, published=make_instant(datetime(2024, 3, 9, 23, 59, 59, 999_999, UTC))),
    make_draft("没有日期。", 12, published=None),
    make_draft("]]> 也是字符 𠮷。", 13, title="<![CDATA[ 与 ]]>"),
)


def make_client(store: Store, **environ: str) -> FlaskClient:
    app = create_app(load_settings({"PUBLIC_BASE_URL": BASE, "SITE_NAME": "读报 & <b>友</b>", **environ}), store)
    app.testing = True
    return app.test_client()


@pytest.fixture(scope="module")
def client(shared_store: Store) -> FlaskClient:
    source = make_source(name="Garden & <i>notes</i>", url="https://garden.example/周刊")
    shared_store.save(make_batch(NASTY, source=source, title="一 & 二", url="https://garden.example/1"), NOW)
    many = [
        make_draft(f"第 {n} 条。", n, published=make_published(date(2024, 1, 1) + timedelta(days=n)))
        for n in range(1, 61)
    ]
    shared_store.save(make_batch(many, name="many.md", source=make_source("many", "很多")), NOW)
    return make_client(shared_store)


def listings(client: FlaskClient) -> list[str]:
    store = client.application.extensions["feedwright"].store
    kinds = {"authors": store.authors(), "topics": store.topics(), "sources": store.sources()}
    single = [f"/{kind}/{quote(tally.slug, safe='')}" for kind, tallies in kinds.items() for tally in tallies]
    return ["/entries", *single, "/topics/coding,rag", "/authors/a-b/topics/rag", "/topics/robotics"]


def violations(client: FlaskClient, path: str) -> list[str]:
    reply = client.get(path)
    assert reply.status_code == 200, path
    now = max(datetime.now(UTC), NOW)
    check = {"rss": rss_violations, "atom": atom_violations, "json": json_violations}
    suffix = path.partition("?")[0].rpartition(".")[2]
    return [f"{path}: {found}" for found in check[suffix](reply.data, BASE + path, now)]


def archives(client: FlaskClient, path: str) -> Iterator[str]:
    """The archive documents of a feed, along its links."""
    text = client.get(path).text
    while found := re.search(rf'<(?:atom:)?link href="{BASE}([^"]+)" rel="prev-archive"', text):
        yield found[1]
        text = client.get(found[1]).text


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_listing_keeps_to_the_rules_in_every_form(client: FlaskClient, ending: str) -> None:
    assert [words for path in listings(client) for words in violations(client, path + ending)] == []


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("ending", ENDINGS)
def test_so_do_summaries_and_derived_titles(client: FlaskClient, ending: str, variant: str) -> None:
    assert violations(client, f"/sources/garden{ending}{variant}") == []


@pytest.mark.parametrize("ending", [".rss", ".atom", ".zh-Hant.rss"])
def test_archive_documents_keep_to_the_rules_too(client: FlaskClient, ending: str) -> None:
    paths = [path for listing in listings(client) for path in archives(client, listing + ending)]
    assert len(paths) > 10
    assert [words for path in paths for words in violations(client, path)] == []


def test_lists_of_feeds_keep_to_the_rules(client: FlaskClient) -> None:
    paths = ["/opml", "/authors.opml", "/topics.opml", "/sources.opml"]
    paths += [f"{path}.opml" for path in listings(client)[1:]]
    assert {path: opml_violations(client.get(path).data) for path in paths} == {path: [] for path in paths}


def test_what_breaks_a_rule_is_found(client: FlaskClient) -> None:
    """The rules are worth something only if they can be broken."""
    rss, atom = client.get("/entries.rss").data, client.get("/entries.atom").data
    now = datetime.now(UTC)
    broken = [
        rss.replace(b'isPermaLink="false"', b"", 1),
        rss.replace(b"+0000</pubDate>", b"GMT</pubDate>", 1),
        rss.replace(b"<language>zh-cn", b"<language>zh-Hans", 1),
        rss.replace(b"&lt;p&gt;", b"&lt;script&gt;", 1),
        rss.replace(b"https://a.example/x?y=1&amp;amp;z=[2]", b"/x", 1),
        re.sub(rb"(<item>.*?</item>)", rb"\1\1", rss, count=1),
        re.sub(rb"&#x3C;", b"&lt;", rss).replace(b"&#x26;", b"&amp;"),
    ]
    assert all(rss_violations(data, f"{BASE}/entries.rss", now) for data in broken)
    assert rss_violations(rss, f"{BASE}/other.rss", now) == ["another address"]
    one_second = re.sub(rb"<updated>[^<]*</updated>", b"<updated>2024-05-01T00:00:00Z</updated>", atom)
    assert "two entries with one updated" in atom_violations(one_second, f"{BASE}/entries.atom", now)


@pytest.mark.parametrize("script", ["", ".zh-Hans", ".zh-Hant"])
def test_readers_find_the_same_in_every_format(client: FlaskClient, script: str) -> None:
    for listing in listings(client):
        paths = [f"{listing}{script}{suffix}" for suffix in (".rss", ".atom", ".json")]
        rss, atom, json_feed = (as_read(client.get(path).data) for path in paths)
        assert rss == atom == json_feed


@pytest.mark.skipif(not SEEDS.is_dir(), reason="there is no corpus beside the repository")
def test_the_feeds_of_the_corpus_keep_to_the_rules_and_agree(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    migrate(url)
    with open_store(url) as store:
        plan = Plan(load_topics(), load_aliases(), load_sources(), datetime.now(UTC))
        assert len(list(ingest(find_documents([str(SEEDS)]), store, plan))) == 5
        client = make_client(store, SITE_NAME="读报")
        found = []
        for listing in listings(client)[:-3:5]:
            paths = [f"{listing}{suffix}" for suffix in (".rss", ".atom", ".json")]
            older = archives(client, f"{listing}.atom") if listing == "/entries" else ()
            found += [words for path in (*paths, *older) for words in violations(client, path)]
            rss, atom, json_feed = (as_read(client.get(path).data) for path in paths)
            assert rss == atom == json_feed
        assert found == []
