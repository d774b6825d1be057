"""The pages in a real browser; skipped where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser
from playwright.sync_api import BrowserContext
from playwright.sync_api import Error
from playwright.sync_api import Page
from playwright.sync_api import expect
from playwright.sync_api import sync_playwright

from tests.site import served
from tests.site import stocked

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM = next(filter(None, map(shutil.which, _NAMES)), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")

PAGES = "/ /entries /topics/coding /authors /authors/writer1 /topics /sources /documents /about /stories".split()
PAGES += ["/nothing", "/zh/", "/zh/topics/rag", "/search?q=Tool", "/search"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with stocked(tmp_path_factory.mktemp("browser")) as store, served(store) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        except Error as error:
            pytest.skip(f"Chromium does not start here: {error}")
        yield started
        started.close()


@pytest.fixture
def context(browser: Browser, base: str) -> Iterator[BrowserContext]:
    """Asks for English. Nothing but our own site is there."""
    made = browser.new_context(locale="en-GB", base_url=base)
    made.set_default_timeout(15_000)
    made.route(lambda url: not url.startswith(base), lambda route: route.abort())
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_says_anything_on_the_console_or_breaks_the_policy_or_is_too_wide(
    page: Page, path: str, width: int, scheme: str
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(path)
    assert [words for words in said if not (path == "/nothing" and "404" in words)] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_feeds_of_a_page_are_found_by_a_reader_and_by_a_person(page: Page) -> None:
    page.goto("/topics/coding")
    found = page.locator('head link[rel="alternate"]').evaluate_all("links => links.map(l => [l.type, l.href])")
    assert found[0][0] == "application/rss+xml" and found[0][1].endswith("/topics/coding.rss")
    for media_type, address in found:
        reply = page.request.get(address)
        assert reply.ok and reply.headers["content-type"].startswith(media_type)
    subscribe = page.get_by_role("region", name="Subscribe")
    for name in ("RSS", "Atom", "JSON Feed"):
        link = subscribe.get_by_role("link", name=name)
        assert page.request.get(link.get_attribute("href") or "").ok
    assert subscribe.get_by_role("textbox").input_value() == found[0][1]
    subscribe.get_by_text("Open in a reader").click()
    feedly = subscribe.get_by_role("link", name="Feedly").get_attribute("href") or ""
    assert unquote(feedly).endswith(f"/feed/{found[0][1]}")


def test_the_address_of_a_feed_is_copied(context: BrowserContext, page: Page, base: str) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/authors/writer1")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{base}/authors/writer1.rss"


def test_the_language_is_the_browsers_until_another_is_chosen_and_then_stays(browser: Browser, base: str) -> None:
    context = browser.new_context(locale="zh-TW", base_url=base)
    page = context.new_page()
    page.goto("/topics/rag")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    page.get_by_role("link", name="English").click()
    assert page.url == f"{base}/en/topics/rag"
    page.get_by_role("link", name="Authors").click()
    assert (page.url, page.locator("h1").inner_text()) == (f"{base}/en/authors", "Authors")
    page.get_by_role("link", name="中文").click()
    assert (page.url, page.locator("h1").inner_text()) == (f"{base}/zh/authors", "作者")
    assert context.cookies() == []
    context.close()


def test_the_keyboard_alone_leads_to_an_entry(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if "/entries/" in (page.evaluate("document.activeElement.href") or ""):
            break
    page.keyboard.press("Enter")
    page.wait_for_url("**/entries/*-*")
    expect(page.locator("article.entry h1")).to_be_visible()


def test_a_slash_goes_to_the_search_field_but_not_while_somebody_types(page: Page) -> None:
    page.goto("/authors")
    page.keyboard.press("/")
    search = page.get_by_role("searchbox", name="Search")
    expect(search).to_be_focused()
    page.keyboard.type("a/b")
    expect(search).to_have_value("a/b")


def test_a_search_is_typed_found_marked_and_narrowed_down(page: Page, base: str) -> None:
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("小工具")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    expect(page.locator("mark").first).to_have_text("小工具")
    assert page.locator("article.card").count() == 30
    page.get_by_text("Narrow it down").click()
    page.locator("select[name=topic]").select_option("coding")
    page.locator(".finder").get_by_role("button", name="Search").click()
    page.wait_for_url("**topic*coding*")
    assert page.locator("article.card").count() == 20
    address = page.get_by_role("region", name="Subscribe").get_by_role("textbox").input_value()
    assert page.request.get(address).text().count("<item>") == 20


def test_lists_get_shorter_while_somebody_types(page: Page) -> None:
    page.goto("/authors")
    field = page.get_by_role("searchbox", name="Filter")
    field.fill("writer3")
    assert page.locator("#authors li:visible").count() == 1
    field.fill("nobody of that name")
    expect(page.get_by_role("status")).to_have_text("Nothing has that name.")


def test_everything_is_there_without_a_script(browser: Browser, base: str) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en", base_url=base)
    page = context.new_page()
    page.goto("/authors")
    assert page.locator("#authors li").count() == 13
    expect(page.get_by_role("searchbox", name="Filter")).to_be_hidden()
    page.goto("/authors/writer1")
    expect(page.get_by_role("button", name="Copy")).to_be_hidden()
    assert page.get_by_role("region", name="Subscribe").get_by_role("textbox").input_value().endswith("/writer1.rss")
    context.close()
