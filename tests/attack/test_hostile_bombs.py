"""What is small where it comes from and large where it is unpacked: entities, nesting, packed bodies, links."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zlib
from collections.abc import Callable
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import brotli
import pytest

from feeds.errors import DocumentError
from feeds.errors import FetchError
from feeds.model import EntryQuery
from feeds.store import Store
from scrapers.document import MAX_BYTES
from scrapers.document import make_document
from scrapers.fetch.unpacking import read_body
from scrapers.formats import named
from scrapers.front_matter import split
from scrapers.html import parse
from scrapers.normalise import MOST_PARTS
from scrapers.pipeline import scrape_document
from scrapers.trees import DEEPEST
from scrapers.weight import MOST
from scrapers.weight import cut
from scrapers.weight import weight
from tests.attack.conftest import Told
from tests.attack.reading import check_published
from tests.attack.reading import plan
from tests.attack.reading import read

_ITEM = "<item><title>&a9;</title><description>&a9;</description></item>"


def _laughs(depth: int = 9) -> str:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, depth + 1))
    return f'<!DOCTYPE rss [<!ENTITY a0 "{"ha" * 10}">{entities}]>'


@pytest.mark.parametrize(
    "text",
    [
        f"<?xml version='1.0'?>{_laughs()}<rss version='2.0'><channel>{_ITEM}</channel></rss>",
        f"<!--{'a' * 70_000}-->{_laughs()}<rss version='2.0'><channel>{_ITEM}</channel></rss>",
        f"{_laughs()}<rss version='2.0'><channel>{_ITEM}<b></channel></rss>",
        f"<!--{'a' * 70_000}-->{_laughs()}<rss version='2.0'><channel>{_ITEM}<b></channel></rss>",
    ],
    ids=["laughs", "laughs behind a comment", "laughs in a broken feed", "laughs behind a comment in a broken feed"],
)
def test_no_feed_unpacks_its_entities(text: str) -> None:
    tracemalloc.start()
    try:
        scraped = named("feed").scrape(make_document("a.xml", text.encode()))
        assert sum(len(post.body) for post in scraped.posts) < 100_000
    except DocumentError:
        pass
    finally:
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert most < 50_000_000


@pytest.mark.parametrize("behind", ["", "a" * 70_000], ids=["at the top", "behind a comment"])
@pytest.mark.parametrize("broken", ["", "<b>"], ids=["whole", "broken"])
def test_no_feed_reads_a_file(tmp_path: Path, behind: str, broken: str) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("a secret of ours")
    doctype = f'<!DOCTYPE rss [<!ENTITY a SYSTEM "{secret.as_uri()}"><!ENTITY % b SYSTEM "{secret.as_uri()}">%b;]>'
    item = "<item><title>one</title><description>what it says: &a;</description></item>"
    text = f"<!--{behind}-->{doctype}<rss version='2.0'><channel>{item}{broken}</channel></rss>"
    try:
        posts = named("feed").scrape(make_document("a.xml", text.encode())).posts
    except DocumentError:
        return
    assert all("a secret of ours" not in f"{post.title}{post.body}" for post in posts)


@pytest.mark.parametrize(
    ("coding", "pack"),
    [
        ("gzip", lambda data: gzip.compress(data, 9)),
        ("deflate", lambda data: zlib.compress(data, 9)),
        ("br", lambda data: brotli.compress(data, quality=5)),
        ("gzip", lambda data: gzip.compress(data[: len(data) // 50], 9) * 50),
    ],
    ids=["gzip", "deflate", "br", "gzip in fifty members"],
)
def test_a_packed_bomb_is_given_up_at_the_limit(
    coding: str, pack: Callable[[bytes], bytes], rounds: Callable[[int, int], int], tell: Told
) -> None:
    size = rounds(40_000_000, 1_000_000_000)
    packed = pack(bytes(size))
    tracemalloc.start()
    with pytest.raises(FetchError, match="more than"):
        read_body(_chunks(packed), coding, "https://example.org/", MAX_BYTES, lambda: None)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 4 * MAX_BYTES
    tell(f"{len(packed):,} bytes of {coding} that are {size:,}", f"given up with {most / 1e6:.0f} MB held")


def _chunks(packed: bytes) -> Iterator[bytes]:
    for at in range(0, len(packed), 65_536):
        yield packed[at : at + 65_536]


def test_a_short_address_cannot_make_a_post_grow() -> None:
    links = [{"url": "", "expanded_url": "https://example.org/" * 20}, {"url": "a", "expanded_url": "aaaaaaaaaa"}]
    links += [{"url": f"https://t.co/{n}", "expanded_url": "https://t.co/1 https://t.co/1 "} for n in range(50)]
    post = {"id_str": "1", "full_text": "aaaa https://t.co/1", "entities": {"urls": links * 10}}
    text = f"window.YTD.tweets.part0 = {json.dumps([{'tweet': post}])}"
    (found,) = named("twitter").scrape(make_document("tweets.js", text.encode())).posts
    assert len(found.body) < 1000


@pytest.mark.parametrize(
    "inside",
    [
        "a = " + "9" * 5000,
        "a." * 8000 + "b = 1",
        "a = " + "[" * 5000,
        "a = " + "{a = " * 400,
        "[" + "a." * 5000 + "a]",
        "".join(f"k{n} = 1\n" for n in range(20_000)),
    ],
    ids=["digits", "dots", "brackets", "tables", "table of dots", "keys"],
)
def test_toml_that_nests_or_counts_too_far_costs_only_its_values(inside: str) -> None:
    front = split(f"+++\ntitle = 'a'\n{inside}\n+++\nb")
    assert front.body == "b"
    assert front.word("title") == "a"
    assert front.problems


def test_yaml_keys_without_end_cost_little_and_are_told_of_a_hundred_times_at_most() -> None:
    front = split("---\n" + "title: a\n" * 50_000 + "---\nb")
    assert (front.body, front.word("title")) == ("b", "a")
    assert 1 <= len(front.problems) <= 102


@pytest.mark.parametrize("tag", ["div", "b", "blockquote", "ul><li", "table><tr><td", "ruby", "a href='/x'"])
def test_trees_are_only_so_deep_and_keep_their_words(tag: str) -> None:
    root = parse(f"<{tag}>谈" * 5000, "https://example.org/")
    deepest = max(sum(1 for _ in element.parents) for element in root.find_all(True))
    assert deepest <= DEEPEST
    assert root.get_text().count("谈") >= 4000


@pytest.mark.parametrize(
    "text",
    ["a\n\n" * 100_000, "[" * 900_000, "模 a" * (MOST // 3 + 1), "- **a**: b\n" * 100_000],
    ids=["blocks", "brackets", "words", "list"],
)
def test_prose_that_would_take_minutes_is_refused_whatever_it_is_said_to_be(text: str) -> None:
    document = make_document("a.md", text.encode())
    for form in (None, "posts", "article"):
        with pytest.raises(DocumentError, match="too much for one document"):
            scrape_document(document, replace(plan(), format=form))


def test_a_post_that_would_take_minutes_is_read_to_a_limit_and_that_is_told(store: Store) -> None:
    told = {"version": "https://jsonfeed.org/version/1.1", "title": "t"}
    item = {"id": "https://example.org/1", "content_html": f"<p>谈谈模型</p><p title='{'&' * 700_000}'>a</p>"}
    outcome = read(store, "a.json", json.dumps({**told, "items": [item]}).encode())
    assert not isinstance(outcome, DocumentError)
    assert outcome.saved.new == 1
    assert "are left out" in outcome.problems[0].message
    assert weight(cut(item["content_html"], MOST)) <= MOST


def test_of_posts_without_end_no_more_are_read_than_are_enough_and_that_is_told() -> None:
    rows = "".join(f"{n},2024-05-01 10:00:00 +0000,谈谈模型\n" for n in range(60_000))
    read = scrape_document(make_document("tweets.csv", f"tweet_id,timestamp,text\n{rows}".encode()), plan())
    kept = len(read.scraped.posts)
    assert 30_000 < kept < 45_000
    assert [skip.reason for skip in read.scraped.skips] == ["too much in one document"] * (60_000 - kept)
    assert [post.lines[0] for post in read.scraped.posts] == sorted(post.lines[0] for post in read.scraped.posts)


def test_an_entry_has_no_more_parts_than_anybody_looks_at(store: Store) -> None:
    told = {"version": "https://jsonfeed.org/version/1.1", "title": "t"}
    body = "".join(f"<a href='https://example.org/{n}'>词</a><img src='/{n}.png'>" for n in range(MOST_PARTS + 200))
    item = {"id": "https://example.org/1", "url": "https://example.org/x", "content_html": body}
    item |= {"tags": [f"t{n}" for n in range(MOST_PARTS + 200)], "authors": [{"name": f"某{n}"} for n in range(5000)]}
    read(store, "a.json", json.dumps({**told, "items": [item]}).encode())
    (entry,) = store.entries(EntryQuery()).entries
    assert max(map(len, (entry.people, entry.links, entry.media, entry.labels))) <= MOST_PARTS
    check_published(store)
