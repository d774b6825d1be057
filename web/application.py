"""The application: views, what they share, and what stands before and behind them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC
from datetime import datetime

from flask import Flask

from feeds.announcing import Announced
from feeds.settings import Settings
from feeds.settings import load_settings
from feeds.store import Store
from web import api
from web import assets
from web import errors
from web import finder
from web import headers
from web import interface
from web import limits
from web import listings
from web import opml
from web import overviews
from web import pages
from web import probes
from web import proxy
from web import redirects
from web import sitemap
from web import stories
from web import templating
from web.conditional import serve_kept
from web.hot import HotFeeds
from web.metrics.metered import Metered
from web.state import Ingest
from web.state import State


def _clock() -> datetime:
    return datetime.now(UTC)


def create_app(
    settings: Settings | None = None,
    store: Store | None = None,
    ingest: Ingest | None = None,
    now: Callable[[], datetime] = _clock,
    announced: Announced = nullcontext,
    is_copy: bool = False,
) -> Flask:
    """The web application; `feedwright.application` makes one that can do all.

    Documents that are sent are read by `ingest`, where it is given; what is written is written inside of `announced`.

    Settings come from the environment unless given. The store is opened, for reading only, when the first request needs
    it: so a process starts while its store does not answer, and no connection is shared by forked workers. A second one
    is opened for writing when something is written, unless `store` is given. With `is_copy` pages have no form to
    search with: they become files. Raises `ConfigError`.
    """
    app = Flask(__name__, static_folder=None)  # see web.assets
    state = State(settings or load_settings(), store, ingest, now, announced, is_copy)
    app.extensions["feedwright"] = state
    interface.register(app)
    templating.register(app)
    for view in (assets, listings, opml, pages, overviews, stories, sitemap, proxy, probes):
        app.register_blueprint(view.bp)
    api.register(app, state)
    app.before_request(serve_kept)
    limits.register(app)
    redirects.register(app)
    finder.register(app)
    headers.register(app)
    errors.register(app)
    app.url_map.merge_slashes = False  # the redirect would go to whatever host the client names
    hot = HotFeeds(app.wsgi_app, state.cache, state.settings.public_base_url)
    served = hot if state.meter is None else Metered(hot, state.meter, state.cache)
    app.wsgi_app = served  # type: ignore[method-assign]
    return app
