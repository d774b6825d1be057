from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from datetime import datetime
from datetime import timedelta
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from feeds.model import Problem
from feeds.store import Store
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_info
from tests.builders import make_published
from tests.visiting import BASE
from tests.visiting import DRAFTS
from tests.visiting import FEEDS
from tests.visiting import TYPES
from tests.visiting import fill
from tests.visiting import find
from tests.visiting import get_data
from tests.visiting import make_client
from tests.visiting import page_of


@pytest.fixture(scope="module")
def client(shared_store: Store) -> FlaskClient:
    """For tests that only read."""
    return fill(shared_store, NOW)


@pytest.fixture
def own_client(store: Store, now: datetime) -> FlaskClient:
    """For tests that write into the store or change the application."""
    return fill(store, now)


def test_the_front_page_leads_to_authors_topics_and_sources(client: FlaskClient) -> None:
    text = client.get("/").text
    for path in ["/authors/rainlin", "/authors/%E7%8E%8B-%E4%BA%94", "/topics/rag", "/sources/garden"]:
        assert f'href="{path}"' in text
    assert "读报" in text and "检索增强 &lt;三种&gt; 办法 &amp; 教训" in text


def test_the_own_feeds_of_a_page_come_first(client: FlaskClient) -> None:
    found = re.findall(
        r'<link rel="alternate" type="([^"]+)" title="[^"]+" href="([^"]+)">', client.get("/topics/rag").text
    )
    own = [(kind, f"{BASE}/topics/rag{suffix}") for kind, suffix in zip(TYPES, [".rss", ".atom", ".json"], strict=True)]
    assert found[:3] == own
    assert [url for _, url in found[3:]] == [BASE + path for path in FEEDS]


def test_a_page_and_its_feed_show_the_same_entries(client: FlaskClient) -> None:
    pages = re.findall(r'href="/entries/([0-9a-f-]{36})"', client.get("/entries").text)
    feed = [item["id"].removeprefix("urn:uuid:") for item in client.get("/entries.json").get_json()["items"]]
    assert list(dict.fromkeys(pages)) == feed


def test_an_entry_has_a_page_with_all_that_is_known(client: FlaskClient) -> None:
    text = client.get(page_of(find(client, "切分"))).text
    shown = [
        "切分决定检索的好坏",
        "林小雨",
        "李译",
        "(translator)",
        "Ann Example",
        "https://x.example/ann/1",
        "2024-05-01",
    ]
    shown += ["https://code.example.com/x", "“检索增强” in the title", "lines 10–15", "https://notes.example.com/5"]
    assert [words for words in shown if words not in text] == []


def test_related_entries_are_linked_by_their_titles(client: FlaskClient) -> None:
    text = client.get(page_of(find(client, "small tool"))).text
    assert page_of(find(client, "代码助手")) in text and "今天试了一个新的代码助手" in text
    assert "undated, found 2024-05-20" in text


@pytest.mark.parametrize("form", ["urn:uuid:{}", "{}/"])
def test_an_entry_has_one_address(client: FlaskClient, form: str) -> None:
    page = page_of(find(client, "切分"))
    uuid = page.rpartition("/")[2]
    for words in (form.format(uuid), form.format(uuid.upper())):
        assert client.get(f"/entries/{words}", follow_redirects=True).request.path == page


def test_what_was_withdrawn_is_gone(own_client: FlaskClient, store: Store, now: datetime) -> None:
    entry = find(own_client, "代码助手")
    store.save(make_batch([DRAFTS[0], replace(DRAFTS[2], quotes=())]), now + timedelta(hours=1))
    assert own_client.get(page_of(entry)).status_code == 410
    reply = own_client.get(f"/api/v1/entries/{entry['id']}")
    assert (reply.status_code, reply.get_json()["code"]) == (410, "gone")
    assert entry["id"] not in own_client.get("/entries.rss").text
    assert own_client.get("/authors/rainlin").status_code == 200


def test_older_entries_are_on_further_pages(store: Store, now: datetime) -> None:
    days = [make_published(date(2023, 1, 1) + timedelta(days=n)) for n in range(120)]
    store.save(make_batch([make_draft(f"第 {n} 条", n + 1, published=day) for n, day in enumerate(days)]), now)
    client = make_client(store)
    path, seen = "/entries", []
    while path:
        address, _, last = path.partition("#")
        text = client.get(address).text
        behind = text.partition(f'id="{last}"')[2].partition("</article>")[2] if last else text
        seen += dict.fromkeys(re.findall(r'href="/entries/([0-9a-f-]{36})"', behind))
        older = re.search(r'rel="next" href="([^"]+)"', text)
        path = older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == len(set(seen)) == 120


def test_a_cursor_that_is_none_is_a_bad_request(client: FlaskClient) -> None:
    assert client.get("/entries?cursor=nonsense").status_code == 400


def test_documents_show_what_was_left_out_and_what_is_wrong(
    own_client: FlaskClient, store: Store, now: datetime
) -> None:
    store.record_failure(make_info("broken.md"), Problem("is binary", 3), now)
    text = own_client.get("/documents").text
    for words in [
        "2024-05.md",
        "3 entries",
        "line 44",
        "2024-02-30 is no date",
        "2 empty slot",
        "line 90",
        "broken.md",
        "is binary",
        "broken.md:3: is binary",
    ]:
        assert words in text
    assert text.count("is binary") == 1


def test_a_document_is_a_listing_of_its_entries_in_its_own_words(
    own_client: FlaskClient, store: Store, now: datetime
) -> None:
    name = "週報, 第 7 期.md"
    info = {"lead": "本期说的是工具。", "cover": "https://a.example/i.png", "format": "newsletter"}
    store.save(make_batch([make_draft("只在这一期里的一条")], name, **info), now)
    path = f"/documents/{quote(name, safe='')}"
    page, feed = own_client.get(path), own_client.get(f"{path}.json").get_json()
    for words in ["本期说的是工具。", 'src="https://a.example/i.png"', "newsletter", "只在这一期里的一条"]:
        assert words in page.text
    assert [item["content_html"] for item in feed["items"]] == ["<p>只在这一期里的一条</p>"]
    assert f'href="{path}"' in own_client.get("/documents").text
    told = next(found for found in get_data(own_client, "/api/v1/documents") if found["name"] == name)
    assert (told["lead"], told["cover"]) == ("本期说的是工具。", "https://a.example/i.png")
    assert own_client.get("/documents/nothing.md").status_code == 404


@pytest.mark.parametrize(
    ("path", "count"),
    [("/entries", 3), ("/authors/rainlin", 2), ("/topics/rag", 1), ("/topics/robotics", 0), ("/sources/garden", 3)],
)
def test_a_listing_tells_how_much_it_holds(client: FlaskClient, path: str, count: int) -> None:
    words = re.search(r"<li><strong>(\d+)</strong> entr(?:y|ies)</li>", client.get(path).text)
    assert words is not None and int(words[1]) == count


@pytest.mark.parametrize("path", ["/", "/entries", "/documents", "/topics/rag", "/nothing"])
def test_pages_run_our_one_script_and_look_right_by_our_stylesheet_alone(client: FlaskClient, path: str) -> None:
    reply = client.get(path)
    policy = reply.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe-inline" not in policy
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=", reply.text)
    scripts = re.findall(r"<script[^>]*>", reply.text)
    assert len(scripts) == 1 and re.fullmatch(r'<script src="/static/site\.js\?v=\w+" defer>', scripts[0])
    shared = re.findall(r'(?:rel="stylesheet" href|<script src)="([^"]+)"', reply.text)
    assert [address.partition("?")[0] for address in shared] == ["/static/style.css", "/static/site.js"]
    assert [client.get(address).status_code for address in shared] == [200, 200]


def test_a_site_below_a_path_links_below_it(store: Store, now: datetime) -> None:
    store.save(make_batch(DRAFTS), now)
    client = make_client(store, PUBLIC_BASE_URL="https://example.org/news")
    page = client.get("/topics/rag")
    assert not re.findall(r'(?:href|src)="/(?!news)', page.text)
    assert client.get("/topics/RAG").headers["Location"] == "/news/topics/rag"
    assert "https://example.org/news/topics/rag.rss" in client.get("/topics/rag.rss").text
