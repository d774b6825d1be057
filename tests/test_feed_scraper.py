"""Feeds as the wild has them, JSON Feed, exports: what becomes an entry, and by what it is known again."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from feeds.errors import DocumentError
from feeds.model import Rel
from scrapers.document import Document
from scrapers.document import make_document
from scrapers.formats import detect
from scrapers.kinds import exports
from scrapers.kinds import feed
from scrapers.kinds.items import natural_keys
from scrapers.kinds.items import person
from scrapers.post import Scraped
from tests.benches import item
from tests.benches import rss

CORPUS = Path(__file__).parents[2] / "shared" / "corpus" / "more" / "feeds"
TEXT = "今天把灯修好了，晚上可以在院子里看书。"


def document(text: str | bytes, name: str = "feed.xml", location: str = "https://blog.example.org/feed") -> Document:
    return make_document(name, text.encode() if isinstance(text, str) else text, location)


def scraped(text: str | bytes) -> Scraped:
    found = document(text)
    assert detect(found).name == "feed"
    return feed.scrape(found)


def atom(*entries: str) -> str:
    head = "<title>檐下集</title><link href='https://blog.example.org/'/><author><name>林小雨</name></author>"
    return f"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>{head}{''.join(entries)}</feed>"


def test_an_item_keeps_its_id_its_origin_and_its_people() -> None:
    one = (
        "<entry><id>tag:other.example.com,2026:7</id><title>小灯</title><published>2026-02-01T08:00:00+08:00</published>"
        "<link href='/lamp'/><link rel='via' href='https://other.example.com/lamp'/>"
        "<source><title>别处</title><link href='https://other.example.com/'/></source>"
        "<author><name>叶子</name><uri>https://leaf.example.com</uri></author><category term='灯'/>"
        f"<summary>短</summary><content type='html'>&lt;p&gt;{TEXT}&lt;/p&gt;</content></entry>"
    )
    two = "<entry><id>tag:8</id><title>无人</title><updated>2026-02-02</updated><content>x</content></entry>"
    first, second = scraped(atom(one, two)).posts
    assert first.natural_keys == ("tag:other.example.com,2026:7", "https://blog.example.org/lamp")
    assert (first.title, first.url, first.date) == (
        "小灯",
        "https://blog.example.org/lamp",
        "2026-02-01T08:00:00+08:00",
    )
    assert [(link.url, link.rel, link.title) for link in first.links] == [
        ("https://other.example.com/lamp", Rel.SOURCE, None),
        ("https://other.example.com/", Rel.SOURCE, "别处"),
    ]
    assert [(p.name, p.url) for p in first.people] == [("叶子", "https://leaf.example.com")]
    assert first.body == f"<p>{TEXT}</p>"
    assert first.labels == ("灯",)
    assert [p.name for p in second.people] == ["林小雨"]


def test_the_whole_text_counts_wherever_it_stands_and_films_come_along() -> None:
    extra = f"<content:encoded><![CDATA[<p>{TEXT * 3}</p>]]></content:encoded>"
    sound = "<enclosure url='https://cdn.example.org/a.mp3' type='audio/mpeg' length='1'/>"
    body = rss(item("a", "小灯", "短")).decode().replace("</item>", f"{extra}{sound}</item>")
    body = body.replace("<rss ", "<rss xmlns:content='http://purl.org/rss/1.0/modules/content/' ")
    (post,) = scraped(body).posts
    assert TEXT * 3 in post.body
    assert '<audio src="https://cdn.example.org/a.mp3"' in post.body


def test_rdf_and_nameless_items_are_read() -> None:
    text = (
        '<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        '<channel rdf:about="https://x.example.org/"><title>旧刊</title><link>https://x.example.org/</link></channel>'
        '<item rdf:about="https://x.example.org/1"><title>一</title><link>https://x.example.org/1</link>'
        f"<description>{TEXT}</description><dc:creator>叶子</dc:creator><dc:date>2026-02-01</dc:date></item></rdf:RDF>"
    )
    (post,) = scraped(text).posts
    assert (post.title, post.date, post.people[0].name) == ("一", "2026-02-01", "叶子")


def test_a_title_that_only_repeats_the_post_is_none() -> None:
    long = TEXT * 4
    posts = scraped(
        rss(item("a", f"{long[:20]}…", long), item("b", TEXT, f"<p>{TEXT}</p>"), item("c", "今天", long))
    ).posts
    assert [post.title for post in posts] == [None, None, "今天"]


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-16"])
def test_the_bytes_decide_about_the_encoding(encoding: str) -> None:
    text = rss(item("a", "小燈", "今天把燈修好了，晚上可以在院子裡看書。" * 5)).decode().replace('encoding="utf-8"', "")
    (post,) = scraped(text.encode(encoding)).posts
    assert post.title == "小燈"


def test_a_feed_that_is_not_well_formed_is_read_as_well_as_it_goes() -> None:
    broken = rss(item("a", "小灯", TEXT)).decode().replace("小灯", "小灯 & 小猫 &nbsp; <b>")
    told = scraped(broken)
    assert len(told.posts) == 1
    assert "not well-formed" in told.problems[0].message


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (rss(*(item(f"p{n}", "小灯", TEXT) for n in range(9)))[:900], "cut off"),
        (b'<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel/></rss>', "defines entities"),
    ],
    ids=["half", "entities"],
)
def test_what_is_no_whole_feed_is_refused(text: bytes, why: str) -> None:
    with pytest.raises(DocumentError, match=why):
        feed.scrape(document(text))


def test_a_body_that_looks_like_a_path_or_an_address_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "secret.xml"
    path.write_bytes(rss(item("a", "秘密", TEXT)))
    for body in (str(path), path.as_uri(), "http://127.0.0.1:9/feed"):
        with pytest.raises(DocumentError):
            feed.scrape(document(body))


@pytest.mark.parametrize(
    "evil",
    [
        "<rss><channel><item><author>" + "a@b (" * 60_000 + "</author><title>x</title></item></channel></rss>",
        "<rss><channel><item><title "
        + " ".join(f"a{n}='x'" for n in range(30_000))
        + ">x</title></item></channel></rss>",
        "<rss><channel>" + "<item>" * 50_000 + "</channel></rss>",
        "<!-- -->" * 1000 + "<nothing>",
        "<!DOCTYPE a [" * 4000 + "<rss></rss>",
    ],
    ids=["author", "attributes", "depth", "comments", "doctypes"],
)
def test_no_feed_takes_for_ever(evil: str) -> None:
    begun = time.monotonic()
    try:
        found = document(evil)
        feed.recognise(found)
        feed.scrape(found)
    except DocumentError:
        pass
    assert time.monotonic() - begun < 60


def test_identifiers_that_several_items_claim_identify_none() -> None:
    same = {"guid": "https://blog.example.org/", "link": "https://blog.example.org/"}
    posts = scraped(rss(*(item(f"p{n}", f"第{n}天", TEXT, **same) for n in range(3)))).posts
    assert [post.natural_keys for post in posts] == [(), (), ()]


@pytest.mark.parametrize(
    ("guid", "link", "keys"),
    [
        ("http://a.example.org/x?utm_source=rss", "https://a.example.org/x", ("https://a.example.org/x",)),
        (
            "tag:a.example.org,2026:1",
            "https://a.example.org/x",
            ("tag:a.example.org,2026:1", "https://a.example.org/x"),
        ),
        ("3", "https://a.example.org/x", ("https://a.example.org/x",)),
        ("3", None, ("3",)),
        (None, "https://a.example.org/", ()),
        ("https://a.example.org/", "https://a.example.org/", ()),
        (None, None, ()),
    ],
    ids=str,
)
def test_an_item_is_known_by_its_id_and_its_address(guid: str | None, link: str | None, keys: tuple[str, ...]) -> None:
    assert natural_keys(guid, link) == keys


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("leaf@example.org (叶子)", "叶子"),
        ("叶子 <leaf@example.org>", "叶子"),
        ("叶子", "叶子"),
        ("leaf@example.org", None),
        ("  ", None),
    ],
)
def test_nobodys_mail_address_is_a_name(words: str, name: str | None) -> None:
    found = person(words)
    assert (found.name if found else None) == name


def test_json_feed_is_read() -> None:
    items = [
        {
            "id": "1",
            "url": "https://a.example.org/1",
            "external_url": "https://b.example.org/9",
            "content_text": "一 < 二\n三",
            "tags": ["灯"],
            "date_published": "2026-02-01T08:00:00+08:00",
            "authors": [{"name": "叶子"}],
        },
        {"id": 2, "title": "只有题目"},
        {"id": "3"},
    ]
    told = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "四季",
        "items": items,
        "author": {"name": "林小雨"},
    }
    found = document(json.dumps(told, indent=1))
    assert detect(found).name == "json-feed"
    read = exports.scrape_json_feed(found)
    assert [post.title for post in read.posts] == [None, "只有题目"]
    assert (read.posts[0].body, read.posts[0].labels) == ("一 &lt; 二<br>三", ("灯",))
    assert [p.name for p in read.posts[1].people] == ["林小雨"]
    assert read.posts[0].links[0].url == "https://b.example.org/9"
    assert len(read.skips) == 1


def activity(n: int, **more: object) -> dict[str, object]:
    note = {
        "id": f"https://social.example.org/users/leaf/statuses/{n}",
        "type": "Note",
        "url": f"https://social.example.org/@leaf/{n}",
        "attributedTo": "https://social.example.org/users/leaf",
        "published": "2026-02-01T00:00:00Z",
        "content": f"<p>{TEXT}</p>",
        "to": ["https://www.w3.org/ns/activitystreams#Public"],
        "tag": [{"type": "Hashtag", "name": "#灯"}],
    }
    return {"type": "Create", "object": note | more}


def test_of_a_mastodon_outbox_only_what_is_public_and_their_own_is_read() -> None:
    told = {
        "@context": "https://www.w3.org/ns/activitystreams",
        "type": "OrderedCollection",
        "orderedItems": [
            activity(1),
            activity(2, to=["https://social.example.org/users/leaf/followers"]),
            {"type": "Announce", "object": "https://elsewhere.example.org/1"},
            activity(3, to=[], cc="as:Public", summary="小心"),
        ],
    }
    found = document(json.dumps(told))
    assert detect(found).name == "mastodon"
    read = exports.scrape_mastodon(found)
    assert [skip.reason for skip in read.skips] == ["not public", "repost"]
    one, three = read.posts
    assert (one.people[0].name, one.people[0].handle) == ("leaf", "leaf@social.example.org")
    assert (one.url, one.labels) == ("https://social.example.org/@leaf/1", ("灯",))
    assert "<b>小心</b>" in three.body


def test_an_archive_of_x_is_read_old_and_new() -> None:
    table = (
        '"tweet_id","retweeted_status_id","timestamp","text","expanded_urls"\n'
        '"11","","2013-03-25 00:16:47 +0000","看 http://t.co/a 和 http://t.co/b #灯","https://a.example.org/1,https://b.example.org"\n'
        '"12","99","2013-03-25 00:16:47 +0000","RT @x: 别人的",""\n'
    )
    tweets = [
        {
            "tweet": {
                "id_str": "21",
                "full_text": "灯 &amp; 猫 https://t.co/z",
                "created_at": "Wed Oct 10 20:19:24 +0000 2018",
                "entities": {"urls": [{"url": "https://t.co/z", "expanded_url": "https://a.example.org/z"}]},
            }
        },
        {"tweet": {"id_str": "22", "full_text": "RT @x: 别人的", "created_at": "Wed Oct 10 20:19:24 +0000 2018"}},
    ]
    old, new = document(table), document(f"window.YTD.tweets.part0 = {json.dumps(tweets)}")
    assert {detect(old).name, detect(new).name} == {"twitter"}
    (one,), (two,) = exports.scrape_twitter(old).posts, exports.scrape_twitter(new).posts
    assert one.body == "看 https://a.example.org/1 和 https://b.example.org #灯"
    assert (one.url, one.natural_keys) == ("https://x.com/i/status/11", ("https://x.com/i/status/11",))
    assert two.body == "灯 & 猫 https://a.example.org/z"
    assert len(exports.scrape_twitter(new).skips) == len(exports.scrape_twitter(old).skips) == 1


@pytest.mark.parametrize(
    ("name", "entries"),
    [
        ("feed-bbc-china.xml", 55),
        ("feedparser-gb2312.xml", 1),
        ("github-releases.atom", 6),
        ("hugo-feed.xml", 20),
        ("mastodon-outbox.json", 1185),
        ("twitter-export-es.csv", 44),
    ],
)
def test_the_feeds_of_the_corpus_are_read(name: str, entries: int) -> None:
    path = CORPUS / name
    if not path.is_file():
        pytest.skip("the corpus is not here")
    found = make_document(name, path.read_bytes())
    posts = detect(found).scrape(found).posts
    assert len(posts) == entries
    assert all(post.natural_keys or name == "feedparser-gb2312.xml" for post in posts)
