"""Who may read the entries: pages, feeds and the JSON API. `create_app` wires them; gunicorn calls it."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime

from flask import Flask

from feeds.addresses import STATIC
from feeds.settings import Settings
from feeds.settings import load_settings
from feeds.store import Store
from web import api
from web import errors
from web import finder
from web import headers
from web import history
from web import interface
from web import listings
from web import opml
from web import overviews
from web import pages
from web import proxy
from web import redirects
from web import sitemap
from web import stories
from web import templating
from web.hot import HotFeeds
from web.state import State

__all__ = ["create_app"]


def create_app(settings: Settings | None = None, store: Store | None = None) -> Flask:
    """The web application, as in `gunicorn 'web:create_app()'`.

    Settings come from the environment unless given. The store is opened, for reading only, when the first request needs
    it: so a process starts while its store does not answer, and no connection is shared by forked workers. Raises
    `ConfigError`.
    """
    state = State(settings or load_settings(), store, lambda: datetime.now(UTC))
    app = Flask(__name__, static_url_path=STATIC)
    app.extensions["feedwright"] = state
    interface.register(app)
    templating.register(app)
    views = (listings, opml, pages, overviews, api, history, stories, sitemap, proxy)
    for blueprint in (view.bp for view in views):
        app.register_blueprint(blueprint)
    redirects.register(app)
    finder.register(app)
    headers.register(app)
    errors.register(app)
    app.url_map.merge_slashes = False  # the redirect would go to whatever host the client names
    app.wsgi_app = HotFeeds(app.wsgi_app, state.cache, state.settings.public_base_url)  # type: ignore[method-assign]
    return app
