"""The language of the pages around the entries: asked for by Accept-Language, or named by the address.

`/authors/x` comes in the language that the browser asks for, `/en/authors/x` and `/zh/authors/x` in the one that they
name; whoever follows the links of these stays in it. So the choice needs neither cookie nor script, and each page has
an address of its own at which a file can stand. Feeds and the API have no such addresses: they are the same for all.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from typing import cast
from urllib.parse import quote

from flask import Flask
from flask import Response
from flask import g
from flask import redirect
from flask import request
from polib import pofile
from werkzeug.wrappers import Response as BaseResponse

from feeds.addresses import PROBES
from feeds.addresses import STATIC
from web.headers import is_api
from web.headers import is_feed
from web.state import get_state

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse
    from _typeshed.wsgi import WSGIApplication
    from _typeshed.wsgi import WSGIEnvironment

#: By the first part of an address, what the language calls itself. Messages are in English.
LANGUAGES: Mapping[str, str] = {"en": "English", "zh": "中文"}
#: What stands in `lang`.
TAGS: Mapping[str, str] = {"en": "en", "zh": "zh-Hans"}
_TRANSLATIONS = Path(__file__).parent / "translations"
_NAMED = "feedwright.language"
#: Answers that are the same in every language.
_NOT_PAGES = (*PROBES, "/favicon.ico", "/robots.txt", "/sitemap", "/pictures/", STATIC)


class NamedByAddress:
    """Takes the language off an address before the application looks at it."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        language, slash, rest = environ.get("PATH_INFO", "").removeprefix("/").partition("/")
        if language in LANGUAGES:
            environ = {**environ, _NAMED: language, "PATH_INFO": f"/{rest}"}
        return self._app(environ, start_response)


def register(app: Flask) -> None:
    """Have the application answer in the languages that there are translations for."""
    app.wsgi_app = NamedByAddress(app.wsgi_app)  # type: ignore[method-assign]
    app.before_request(_without_language)
    app.after_request(_tell_language)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]


def get_language() -> str:
    """The language of the page that is asked for: "en" or "zh"."""
    if "language" not in g:
        g.language = named_language() or request.accept_languages.best_match(LANGUAGES) or default_language()
    return cast(str, g.language)


def speak_as_site() -> None:
    """Answer this request in the language of the site, whatever the client prefers: feeds are the same for all."""
    g.language = default_language()


def named_language() -> str | None:
    """The language that the address names, None where the browser decides."""
    return cast("str | None", request.environ.get(_NAMED))


def default_language() -> str:
    """The language for whoever asks for none that there is: the one of the site."""
    language = get_state().settings.site_language.lower().partition("-")[0]
    return language if language in LANGUAGES else next(iter(LANGUAGES))


def page_path(path: str) -> str:
    """The address of a page as the links on this page write it; `path` is one of `feeds.addresses`."""
    named = named_language()
    return get_state().site.local(f"/{named}{path}" if named else path)


def this_page_in(language: str) -> str:
    """The address of this very page in another language."""
    query = request.query_string.decode("latin-1")
    return get_state().site.local(f"/{language}{quote(request.path)}") + (f"?{query}" if query else "")


def gettext(message: str) -> str:
    """The message in the language of the page."""
    return _catalogue(get_language()).gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """The message that fits the number, in the language of the page; `%(num)s` in it is still to be filled in."""
    return _catalogue(get_language()).ngettext(one, many, number)


def message(words: str) -> str:
    """Marks a message that is translated where it is shown."""
    return words


@cache
def _catalogue(language: str) -> NullTranslations:
    """The catalogue as its translator wrote it: compiled here, in a few milliseconds, so that no build step can lag."""
    path = _TRANSLATIONS / f"{language}.po"
    if not path.is_file():
        return NullTranslations()
    return GNUTranslations(BytesIO(pofile(str(path), encoding="utf-8").to_binary()))


def _without_language() -> BaseResponse | None:
    """What is no page stands at one address only."""
    if named_language() is None or _is_page():
        return None
    query = request.query_string.decode("latin-1")
    return redirect(get_state().site.local(quote(request.path)) + (f"?{query}" if query else ""), 301)


def _tell_language(response: Response) -> Response:
    """Caches keep the languages apart; a redirect stays in the language that was named."""
    if not _is_page():
        return response
    response.headers["Content-Language"] = TAGS[get_language()]
    named = named_language()
    if named is None:
        response.vary.add("Accept-Language")
    elif (location := response.headers.get("Location", "")).startswith(home := get_state().site.local("/")):
        response.headers["Location"] = f"{home}{named}/{location.removeprefix(home)}"
    return response


def _is_page() -> bool:
    return not (is_api() or is_feed() or request.path.startswith(_NOT_PAGES))
