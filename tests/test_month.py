"""A month of sources that behave as sources do, seen by a reader that knows entries by their ids alone.

Run with `-s` to see what it cost.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC
from datetime import datetime
from datetime import timedelta
from email.utils import format_datetime
from hashlib import sha256
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from feeds.store import Store
from tests.benches import everything
from tests.benches import open_bench
from tests.benches import round_of
from tests.benches import source
from tests.servers import Asked
from tests.servers import FakeTime
from tests.servers import Reply
from tests.servers import Server
from tests.servers import serving

START = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = 30
#: Entries a feed shows at once.
SHOWN = 8
WORDS = (
    "院子 灯 小猫 窗台 雨 水缸 旧电脑 模型 书 桌子 木头 花 风 夜里 早上 朋友 信 火车 山 河 鱼 船 米 茶 纸 笔 字 画 "
    "声音 影子 石头 草 鸟 门 钟 路 桥 糖 盐 碗 针 线 布 鞋 伞 床 墙 瓦 井 田"
).split()
CAPTCHA = "<html><title>安全验证</title><body>请完成验证后继续访问</body></html>".encode()


class Post:
    """One post as its author wrote it; `revision` counts the edits."""

    def __init__(self, key: str, at: datetime) -> None:
        self.key, self.at, self.revision = key, at, 0
        self._random = random.Random(key)
        self._words = [self._random.choice(WORDS) for _ in range(40)]

    @property
    def title(self) -> str:
        return f"{''.join(self._words[:4])}{self.key}"

    @property
    def text(self) -> str:
        more = "，".join(self._words[4:])
        return f"{more}。" + "".join(f"后来又想起{n}件事。" for n in range(self.revision))


class Blog:
    """Posts every few days for a month; a script of bad days on top."""

    def __init__(self, name: str, every: float, write: Callable[[list[Post], datetime], Reply]) -> None:
        self.name, self._write = name, write
        chance = random.Random(name)
        self.posts: list[Post] = []
        at = START - timedelta(days=5)
        while at < START + timedelta(days=DAYS - 2):
            self.posts.append(Post(f"{name}{len(self.posts)}", at))
            at += timedelta(days=every * (0.4 + 1.2 * chance.random()))

    def seen(self, now: datetime) -> list[Post]:
        return [post for post in self.posts if post.at <= now]

    def answer(self, asked: Asked) -> Reply:
        day = (asked.at - START).days
        shown = self.seen(asked.at)[-SHOWN:]
        if shown and day % 7 == 3:
            shown[0].revision = 1 + day // 7  # an old post is mended once a week
        reply = self._write(shown[::-1], asked.at)
        if "ETag" in reply.headers and asked.headers.get("if-none-match") == reply.headers["ETag"]:
            return Reply(304, headers={"ETag": reply.headers["ETag"]})
        return reply


def tagged(body: bytes, kind: str) -> Reply:
    return Reply(200, body, {"Content-Type": kind, "ETag": f'"{sha256(body).hexdigest()[:12]}"'})


def rss(posts: list[Post], guid: Callable[[Post], str], dated: bool = True, encoding: str = "utf-8") -> bytes:
    def one(post: Post) -> str:
        date = f"<pubDate>{format_datetime(post.at)}</pubDate>" if dated else ""
        link = f"https://{post.key}.example.org/post"
        told = f"<title>{post.title}</title><link>{link}</link><guid>{guid(post)}</guid>{date}"
        return f"<item>{told}<description>{escape(f'<p>{post.text}</p>')}</description></item>"

    items = "".join(map(one, posts))
    head = "<title>四季</title><link>https://example.org/</link>"
    text = f'<?xml version="1.0"?><rss version="2.0"><channel>{head}{items}</channel></rss>'
    return text.encode(encoding)


def steady(posts: list[Post], now: datetime) -> Reply:
    return tagged(rss(posts, lambda p: p.key), "application/rss+xml")


def rebuilt(posts: list[Post], now: datetime) -> Reply:
    return tagged(rss(posts, lambda p: f"{p.key}-{now:%m%d}"), "application/rss+xml")


def undated(posts: list[Post], now: datetime) -> Reply:
    return tagged(rss(posts, lambda p: p.key, dated=False), "application/rss+xml")


def in_chinese(posts: list[Post], now: datetime) -> Reply:
    return tagged(rss(posts, lambda p: p.key, encoding="gb18030"), "text/xml; charset=iso-8859-1")


def in_json(posts: list[Post], now: datetime) -> Reply:
    items = [{"id": p.key, "title": p.title, "content_text": p.text, "date_published": p.at.isoformat()} for p in posts]
    told = {"version": "https://jsonfeed.org/version/1.1", "title": "四季", "items": items}
    return tagged(json.dumps(told).encode(), "application/feed+json")


def flaky(posts: list[Post], now: datetime) -> Reply:
    """Bad days of every kind, and good ones between them."""
    body = rss(posts, lambda p: p.key)
    bad = {
        2: Reply(500),
        4: Reply(200, body[: len(body) // 2], length=len(body)),
        6: Reply(200, body[: len(body) // 2]),
        8: Reply(200, CAPTCHA, {"Content-Type": "text/html"}),
        10: Reply(429, headers={"Retry-After": "7200"}),
        12: Reply(200, rss(posts[:1], lambda p: p.key)),
        14: Reply(200, rss([], lambda p: p.key)),
        16: Reply(503, CAPTCHA),
        18: Reply(302, headers={"Location": "/captcha"}),
        20: Reply(200, rss([Post("x", now)], lambda p: p.key).replace(b"<title>", b"<title>Bridge returned error ")),
    }
    return bad.get((now - START).days, tagged(body, "application/rss+xml"))


def issue(posts: list[Post], now: datetime) -> Reply:
    """One document that grows, in an encoding that its header denies."""
    sections = "".join(f"### {n}、{p.title}\n\n{p.text}\n\n" for n, p in enumerate(reversed(posts), 1))
    text = f"---\ntitle: 四季周刊\ndate: 2026/03/01\n---\n\n四季周刊：关注院子\n\n{sections}"
    return tagged(text.encode("gb18030"), "text/markdown; charset=utf-8")


def page(post: Post) -> Reply:
    told = json.dumps({"@type": "Article", "headline": post.title, "datePublished": post.at.isoformat()})
    body = f"<article><h1>{post.title}</h1><p>{post.text}</p></article><footer>四季</footer>"
    html = f'<!doctype html><html><script type="application/ld+json">{told}</script><body>{body}</body></html>'
    return tagged(html.encode(), "text/html; charset=utf-8")


def listed(posts: list[Post], now: datetime) -> Reply:
    """A list that loses most of itself for a day, and all of it for another."""
    shown = {9: posts[:1], 15: []}.get((now - START).days, posts)
    rows = "".join(f'<li><a href="/list/{p.key}">{p.title}</a></li>' for p in shown)
    return tagged(f"<!doctype html><html><title>四季</title><body><ul>{rows}</ul></body></html>".encode(), "text/html")


class Host:
    """Several blogs on one host, and what every host has."""

    def __init__(self, *blogs: Blog) -> None:
        self.blogs = {f"/{blog.name}": blog for blog in blogs}

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/robots.txt":
            return Reply(200, b"User-agent: *\nDisallow: /private\nCrawl-delay: 5\n")
        if asked.path == "/captcha":
            return Reply(200, CAPTCHA, {"Content-Type": "text/html"})
        name, _, key = asked.path[1:].partition("/")
        blog = self.blogs.get(f"/{name}")
        if blog is None:
            return Reply(404)
        if key:
            found = next((post for post in blog.seen(asked.at) if post.key == key), None)
            reply = page(found) if found else Reply(404)
            return Reply(304) if asked.headers.get("if-none-match") == reply.headers.get("ETag") else reply
        if name == "moving" and (asked.at - START).days >= 5:
            return Reply(301, headers={"Location": "/moved"})
        return blog.answer(asked)


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)  # what workers do with a store is tried on both
def test_a_month_of_sources_shows_each_entry_once(store: Store, tmp_path: Path) -> None:
    time = FakeTime(START)
    moving = Blog("moving", 4.0, steady)
    hosts = [
        Host(Blog("steady", 2.5, steady), Blog("rebuilt", 4.0, rebuilt), Blog("list", 4.0, listed)),
        Host(Blog("flaky", 3.0, flaky), Blog("json", 4.0, in_json), Blog("undated", 4.0, undated)),
        Host(Blog("chinese", 4.0, in_chinese), Blog("issue", 6.0, issue), moving),
    ]
    hosts[2].blogs["/moved"] = moving
    kinds = {"issue": {"kind": "url"}, "list": {"kind": "listing", "items": "li"}}
    seen: set[str] = set()
    called: list[str] = []
    version = -1
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(host, time.now)) for host in hosts]
        toml = source("private", "feed", f"{servers[0].url}/private/feed")
        for host, server in zip(hosts, servers, strict=True):
            for name in [blog.name for path, blog in host.blogs.items() if path == f"/{blog.name}"]:
                toml += source(name, **({"kind": "feed"} | kinds.get(name, {})), address=f"{server.url}/{name}")
        bench = stack.enter_context(open_bench(store, time, tmp_path, toml))
        while time.at < START + timedelta(days=DAYS):
            round_of(bench)
            if store.version() != version:
                version = store.version()
                new = [entry for entry in everything(store) if entry.id not in seen]
                seen |= {entry.id for entry in new}
                called += [entry.title or "" for entry in new]
            due = store.crawl().next_due()
            assert due is not None
            time.at = max(time.at + timedelta(seconds=1), due)
        asked, came = bench.fetcher.requests, bench.fetcher.bytes
    true = {post.title for host in hosts for blog in set(host.blogs.values()) for post in blog.posts}
    report(servers, hosts, called, true, asked, came, store)
    assert Counter(called) == Counter(true)
    met = {(asked.at - START).days for asked in servers[1].log if asked.path == "/flaky"}
    assert met >= set(range(2, 21, 2)), "a bad day that nobody met proves nothing"
    assert {h.slug: h.state for h in store.source_health() if h.state != "ok"} == {"private": "failing"}
    for server in servers:
        assert_polite(server)


def report(
    servers: list[Server], hosts: list[Host], called: list[str], true: set[str], asked: int, came: int, store: Store
) -> None:
    health = store.source_health()
    attempts, unchanged = sum(h.attempts for h in health), sum(h.unchanged for h in health)
    assert asked == sum(len(server.log) for server in servers)
    answers = Counter(status for server in servers for status in server.statuses)
    print(f"\nthe reader calls {len(called)} entries new, {len(true)} are truly new")
    print(f"{asked} requests in {attempts} visits, {came:,} bytes of bodies; {unchanged} visits found nothing changed")
    print(f"{answers[304] / asked:.0%} of the answers were 304; others: {dict(sorted(answers.items()))}")
    for h in health:
        print(
            f"  {h.slug:<9} {h.attempts:>4} visits {h.unchanged:>4} unchanged {h.requests:>4} requests {h.bytes:>9,} B"
        )


def assert_polite(server: Server) -> None:
    """One at a time, the pause that was asked for, no forbidden path, silence for as long as was wanted."""
    for before, after in zip(server.log, server.log[1:], strict=False):
        pause = 5.0 if any(a.path == "/robots.txt" for a in server.log[: server.log.index(after)]) else 2.0
        assert (after.at - before.at).total_seconds() >= (2.0 if before.path == "/robots.txt" else pause)
    assert not [asked for asked in server.log if asked.path.startswith("/private")]
    busy = [asked.at for asked in server.log if asked.path == "/flaky" and (asked.at - START).days == 10]
    for at in busy:
        assert not [a for a in server.log if at < a.at < at + timedelta(seconds=7200)]
    rules = [asked.at for asked in server.log if asked.path == "/robots.txt"]
    assert all(after - before >= timedelta(hours=24) for before, after in zip(rules, rules[1:], strict=False))
