"""A browser that notes whatever a page does beside being shown."""

from __future__ import annotations

import shutil
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from urllib.parse import urlsplit

from playwright.sync_api import Browser
from playwright.sync_api import Dialog
from playwright.sync_api import Page
from playwright.sync_api import Request
from playwright.sync_api import Route

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"))), None
)
#: A picture of one point.
_GIF = b64decode("R0lGODlhAQABAIAAAAAAAAAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==")
_HOOK = """
window.__said = [];
for (const name of ['alert', 'confirm', 'prompt', 'print', 'open'])
  window[name] = () => { window.__said.push(name); };
document.addEventListener('securitypolicyviolation', event =>
  window.__said.push('policy ' + event.violatedDirective + ' ' + event.blockedURI));
"""
#: What in a document could run, lead astray or take the name of something, whether or not it did.
_LOOK = """root => {
  const found = [];
  const schemes = new Set(['http:', 'https:', 'mailto:', 'tel:', ...root.schemes]);
  const inside = [...document.querySelectorAll(root.within)];
  for (const element of inside.flatMap(one => [...one.querySelectorAll('*')])) {
    const name = element.localName;
    if (root.forbidden.includes(name) || name.includes('-')) found.push('<' + name + '>');
    for (const {name: attribute, value} of element.attributes) {
      if (attribute.startsWith('on') || root.attributes.includes(attribute)) found.push(name + ' ' + attribute);
      if (root.addresses.includes(attribute)) {
        let scheme = 'none';
        try { scheme = new URL(value, document.baseURI).protocol; } catch { }
        if (!schemes.has(scheme)) found.push(name + ' ' + attribute + ' ' + value);
      }
    }
  }
  return found;
}"""
RUNNING = ["script", "style", "iframe", "object", "embed", "form", "input", "button", "link", "meta", "base", "svg"]
RUNNING += ["math", "template", "frameset", "frame", "applet", "portal", "textarea", "select", "dialog", "map", "area"]
LEADING = ["href", "src", "poster", "action", "formaction", "data", "cite", "srcset", "xlink:href"]
NAMING = ["id", "name", "style", "class", "srcdoc", "ping", "is", "popover", "autofocus", "contenteditable", "tabindex"]


@dataclass
class Seen:
    """What a page did."""

    scripts: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    #: What stands in it and should not.
    markup: list[str] = field(default_factory=list)
    pages: int = 0

    def add(self, where: str, kind: list[str], words: list[str]) -> None:
        kind += [f"{where}: {word}" for word in words]


@dataclass
class Watched:
    """A page with all that it has done since it was made."""

    page: Page
    home: str
    seen: Seen

    def visit(self, address: str, within: str) -> None:
        """Open an address, provoke it, and look at the elements below those that the selector names."""
        self.page.goto(address)
        self._provoke(address)
        self.look(address, within)
        if self.page.url.partition("#")[0] != address:
            self.seen.moved.append(f"{address} -> {self.page.url}")

    def show(self, html: str, where: str) -> None:
        """A document with this HTML and no policy, as a reader makes it that trusts a feed."""
        self.page.goto(f"{self.home}/blank")
        self.page.set_content(f"<!doctype html><title>x</title><body>{html}")
        self._provoke(where)

    def insert(self, pieces: list[str], where: str) -> None:
        """Each piece into an element of its own of a page without policy."""
        self.page.goto(f"{self.home}/blank")
        self.page.evaluate(
            """pieces => { for (const piece of pieces) {
                 const box = document.body.appendChild(document.createElement('article'));
                 box.innerHTML = piece;
               } }""",
            pieces,
        )
        self._provoke(where)
        self.look(where, "article")

    def look(self, where: str, within: str) -> None:
        asked = {"within": within, "forbidden": RUNNING, "attributes": NAMING, "addresses": LEADING, "schemes": []}
        self.seen.add(where, self.seen.markup, self.page.evaluate(_LOOK, asked))

    def _provoke(self, where: str) -> None:
        """What a visitor does without meaning it: point at everything, go through it with the keyboard."""
        self.seen.pages += 1
        self.page.evaluate(
            """() => { for (const element of document.body.querySelectorAll('*')) {
                 for (const name of ['mouseover', 'mouseenter', 'pointerover', 'toggle', 'focus', 'blur', 'scroll'])
                   element.dispatchEvent(new Event(name));
                 if (element.focus) element.focus();
               } }"""
        )
        self.seen.add(where, self.seen.scripts, self.page.evaluate("window.__said.splice(0)"))
        if len(self.page.frames) > 1:
            self.seen.scripts.append(f"{where}: has a frame")


@contextmanager
def watching(browser: Browser, home: str, *, bypass_csp: bool) -> Iterator[Watched]:
    """A page that is told nothing by other hosts but pictures."""
    context = browser.new_context(locale="en", bypass_csp=bypass_csp, ignore_https_errors=True)
    context.set_default_timeout(30_000)
    context.add_init_script(_HOOK)
    page, seen = context.new_page(), Seen()
    watched = Watched(page, home, seen)

    def judge(route: Route, request: Request) -> None:
        if request.url == f"{home}/blank":
            route.fulfill(body="<!doctype html><title>x</title><body>", content_type="text/html")
        elif urlsplit(request.url).netloc == urlsplit(home).netloc:
            route.continue_()
        elif request.resource_type == "image":
            route.fulfill(body=_GIF, content_type="image/gif")
        else:
            seen.requests.append(f"{request.resource_type} {request.url}")
            route.abort()

    def noted(dialog: Dialog) -> None:
        seen.scripts.append(f"dialog {dialog.message}")
        dialog.dismiss()

    context.route("**/*", judge)
    page.on("dialog", noted)
    context.on("page", lambda opened: seen.moved.append(f"opened {opened.url}"))
    yield watched
    context.close()
