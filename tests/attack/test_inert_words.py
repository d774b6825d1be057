"""Words that are commands elsewhere: to a database, a spreadsheet, a terminal, a log, a template, a file system."""

from __future__ import annotations

import csv
import io
import json
import logging
import time
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

import feedwright
from feeds.errors import DocumentError
from feeds.model import EntryQuery
from feeds.model import Permission
from feeds.model import Token
from feeds.settings import load_settings
from feeds.store import Store
from feeds.tokens import digest
from feeds.tokens import new_token
from feeds.visible import PlainFormatter
from feeds.visible import visible
from scrapers.document import make_document
from scrapers.formats import named
from tests.attack.conftest import Told
from tests.builders import NOW
from tests.builders import make_batch
from tests.builders import make_draft
from tests.builders import make_person
from tests.site import fill
from tests.site import make_client
from web import create_app
from web.export.files import Address
from web.export.files import Kind
from web.export.files import file_of

Rounds = Callable[[int, int], int]

#: What a database, its full-text search, a shell, a template or a directory would read as more than a word.
QUERIES = [
    "'", '"', "';--", "' OR 1=1 --", "') UNION SELECT name, sql FROM sqlite_master --", "'; DROP TABLE entry; --",
    "1; SELECT pg_sleep(9)", "$$; COPY x TO PROGRAM 'id' $$", "\\", "\\'", "%", "%%%%", "_", "a%b", "*", "a*", "^a",
    "a NEAR b", "NEAR(a b, 5)", "a AND", "OR", "NOT", "-", "--", "- -a", "{stream}: a", "stream:a", "col : x", "a:*",
    "a <-> b", "a & b", "a | b", "!a", "a:ABCD", "(((", ")))", "()", '""', '"a', 'a"b"c', "'a' & 'b'", "\x00", "a\x00b",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"), "\u202ea", "🦀" * 50, "a" * 900,
    "( " * 300 + "a" + " )" * 300, "-" * 500 + "a", "a OR " * 150 + "b", '"' * 501, "author:' topic:' source:'",
    "since:9999-99-99", "since:' OR 1=1", "until:-1", "lang:%", "role:'; DROP", "author:,,,,", "topic:../../etc",
    "{{7*7}}", "${7*7}", "<%= 7*7 %>", "%(x)s", "{0.__class__}", "__proto__", "constructor:prototype",
]  # fmt: skip
FORMULAS = [
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    '=HYPERLINK("//evil")',
]
ESCAPES = "\x1b]0;owned\x07\x1b[2J\x1b[31m\x9b31m\r\x08\u202e[/bold][red]%s{0}"


@pytest.fixture
def client(store: Store) -> FlaskClient:
    fill(store, NOW)
    return make_client(store)


@pytest.mark.parametrize("q", QUERIES, ids=range(len(QUERIES)))
def test_a_query_is_words_to_every_reader_of_it(client: FlaskClient, store: Store, q: str) -> None:
    before = store.entries(EntryQuery(limit=1)).entries[0].id
    for path in ("/search", "/search.rss", "/api/v1/entries", "/entries.json"):
        reply = client.get(path, query_string={"q": q})
        assert reply.status_code in {200, 400}, (path, q)
        body = reply.get_data(as_text=True)
        assert "Traceback" not in body and "sqlalchemy" not in body and "psycopg" not in body
    assert store.entries(EntryQuery(limit=1)).entries[0].id == before


def test_the_wildcards_of_a_database_are_none(store: Store) -> None:
    fill(store, NOW)
    client = make_client(store)
    everything = len(client.get("/api/v1/entries?limit=100").get_json()["data"])
    for words in ("%", "_", "%%", "T%l1", "%ool1", "author:%", "author:write_1", "topic:cod%"):
        reply = client.get("/api/v1/entries", query_string={"q": words, "limit": "100"})
        assert reply.status_code == 400 or len(reply.get_json()["data"]) < everything
    assert client.get("/api/v1/suggestions", query_string={"q": "%"}).status_code in {200, 400, 404}


def test_queries_of_marks_are_read_at_once(client: FlaskClient, rounds: Rounds, tell: Told) -> None:
    """Twice as long takes no more than about twice as long; measured against itself, so that no machine is too slow."""
    pieces = ['"', "(", ")", "-", " OR ", "a:", ",", "​", "\\", "author:", "a"]
    worst = 0.0
    for first, second in list(permutations(pieces, 2))[: rounds(12, 110)]:
        short, long = (_seconds(client, (first + second) * n) for n in (60, 240))
        worst = max(worst, long / max(short, 0.02))
    assert worst < 40
    tell(f"{rounds(12, 110)} patterns of marks, four times as long", f"at most {worst:.1f} times as slow")


def _seconds(client: FlaskClient, q: str) -> float:
    began = time.process_time()
    assert client.get("/api/v1/entries", query_string={"q": q[:1000]}).status_code in {200, 400}
    return time.process_time() - began


@pytest.mark.parametrize("path", ["entries", "authors", "documents", "sources"])
def test_no_cell_of_a_table_is_a_formula(store: Store, path: str) -> None:
    drafts = [
        make_draft(f"{words} 一段文字 {n}", n, title=words, people=(make_person(words, f"h{n}"),))
        for n, words in enumerate(FORMULAS, 1)
    ]
    store.save(make_batch(drafts, name="=1+1.md", title="=2+2"), NOW)
    reply = make_client(store).get(f"/api/v1/{path}?form=csv")
    if reply.status_code == 400:
        reply = make_client(store).get(f"/api/v1/{path}", headers={"Accept": "text/csv"})
    cells = [cell for row in csv.reader(io.StringIO(reply.get_data(as_text=True))) for cell in row]
    assert len(cells) > 5
    for cell in cells:
        assert not cell.lstrip().startswith(("=", "+", "@", "＝", "＋", "－", "＠")), cell
        assert not cell.startswith(("\t", "\r", "\n")) and (not cell.startswith("-") or cell[1:].isdigit())


@pytest.mark.parametrize("name", [f"a{ESCAPES.replace('/', '')}b.md", "[red]x[bold].md", "a\nerror: forged.md"])
def test_a_terminal_shows_names_and_obeys_none(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("### 01\n\n2026-03-02\n\n阿蘅\n@aheng\n今天试了第 1 个小工具。\n", "utf-8")
    (tmp_path / f"broken {name}").write_text(f"no format {ESCAPES}", "utf-8")
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite3'}"}
    told = ""
    for command in (["ingest", str(tmp_path)], ["list", "documents"], ["list", "authors"], ["list"], ["sources"]):
        done = CliRunner().invoke(feedwright.main, command, env=environ)
        assert done.exit_code in {0, 3}, (done.output, done.exception)
        told += done.output
    assert visible(told.replace("\n", "")) == told.replace("\n", "")


def test_an_error_of_a_command_obeys_nothing(tmp_path: Path) -> None:
    environ = {"DATABASE_URL": f"sqlite:///{tmp_path / 'store.sqlite3'}"}
    for command in (["show", ESCAPES], ["ingest", f"{tmp_path}/{ESCAPES}"], ["explain-query", ESCAPES]):
        done = CliRunner().invoke(feedwright.main, command, env=environ)
        assert visible(done.output.replace("\n", "")) == done.output.replace("\n", "")


def test_nobody_forges_a_line_of_the_log(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    log, handler = io.StringIO(), logging.StreamHandler()
    handler.setStream(log)
    handler.setFormatter(PlainFormatter("%(levelname)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    try:
        app = create_app(load_settings({}), store)
        monkeypatch.setattr(Store, "author", _bug)
        reply = app.test_client().get("/authors/x%0aERROR:%20forged%1b%5b2J")
        assert reply.status_code == 500
        assert "a bug" not in reply.get_data(as_text=True)
    finally:
        logging.getLogger().removeHandler(handler)
    assert "forged" in log.getvalue() and "\x1b" not in log.getvalue()
    assert [line for line in log.getvalue().splitlines() if line.startswith("ERROR: forged")] == []


def _bug(*words: object) -> None:
    raise RuntimeError(f"a bug with {words[1:]}\nERROR: forged")


_ENTITIES = [
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>',
    '<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]>',
    '<!DOCTYPE r [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>',
    '<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY x "&a;&a;&a;&a;">]>',
    '<!DOCTYPE r SYSTEM "file:///etc/hostname">',
    '<!doctype r [<!entity x system "file:///etc/hostname">]>',
]


@pytest.mark.parametrize("before", ["", "<!--" + "x" * 70_000 + "-->"], ids=["at once", "behind a long comment"])
@pytest.mark.parametrize("doctype", _ENTITIES, ids=range(len(_ENTITIES)))
def test_a_feed_has_no_entity_that_reads_a_file(doctype: str, before: str) -> None:
    host = Path("/etc/hostname").read_text() if Path("/etc/hostname").exists() else "no such name\n"
    feed = (
        f'<?xml version="1.0"?>{before}{doctype}<rss version="2.0"><channel><title>t &x;</title>'
        "<item><title>i &x;</title>"
        '<guid>1</guid><description>words &x; <xi:include xmlns:xi="http://www.w3.org/2001/XInclude" '
        'href="file:///etc/hostname" parse="text"/></description></item></channel></rss>'
    )
    try:
        scraped = named("feed").scrape(make_document("f.xml", feed.encode()))
    except DocumentError:
        return
    told = repr(scraped)
    assert f">{host.strip()}<" not in told and f" {host.strip()} " not in told and "aaaaaaaaaa" not in told


@pytest.mark.parametrize(
    "address",
    ["/../x", "/a/../../x", "/%2e%2e/x", "/a/%2e%2e%2f%2e%2e%2fx", "/%2fetc/passwd", "/a%00b", "/..", "/.", "/a//b",
     "/.feedwright/files.txt", "/.feedwright", "/" + "a" * 300, "/a/%2e"],
)  # fmt: skip
def test_no_address_has_a_file_outside_of_the_export(address: str) -> None:
    with pytest.raises(ValueError):
        file_of(Address(address, Kind.AS_IT_IS))


@pytest.mark.parametrize(
    "query",
    ["name=../../etc/x.md", "name=..%2f..%2fx.md", "name=a%5c..%5cx.md", "name=a%00.md", "name=a%0d%0aX:y.md",
     "name=..", "name=x.md%0a", "name=x.md&source=posts%0a", "name=x.md&source=../x", "name=x.md&source=%00",
     "name=x.md&format=posts%0a",
     "name=x.md&format=../x", "name=%1b%5b2J.md", "name=" + "a" * 300],
)  # fmt: skip
def test_a_document_is_not_sent_under_a_path_or_a_command(store: Store, query: str) -> None:
    words = new_token()
    store.add_token(Token("x", digest(words), frozenset(Permission), NOW))
    settings = load_settings({})
    client = create_app(settings, store, feedwright.Receiver(settings), lambda: NOW).test_client()
    data = "### 01\n\n2026-03-02\n\n阿蘅\n@aheng\n今天试了第 1 个小工具。\n".encode()
    reply = client.post(f"/api/v1/documents?{query}", data=data, headers={"Authorization": f"Bearer {words}"})
    assert (reply.status_code, store.documents()) == (400, ())


def test_keys_of_other_languages_are_keys(store: Store) -> None:
    told = {"__proto__": {"title": "polluted"}, "constructor": {"prototype": {"x": 1}}, "__class__": "x"}
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "t",
        **told,
        "items": [{"id": "1", **told, "content_text": "w"}],
    }
    (post,) = named("json-feed").scrape(make_document("f.json", json.dumps(feed).encode())).posts
    assert (post.title, "w" in post.body) == (None, True)
