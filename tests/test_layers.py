"""Who may import whom: `scrapers -> feeds <- web`, and each heavy library in one place only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("feeds", "scrapers", "web")
MODULES = sorted(path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

#: The commands stand with their layer; `feedwright.py` puts them together.
COMMANDS = ("feeds/commands/", "scrapers/commands/", "web/commands/")
#: Where a library may be imported; nowhere else.
ALLOWED = {
    "flask": ("web/",),
    "werkzeug": ("web/",),
    "jinja2": ("web/",),
    "sqlalchemy": ("feeds/store/", "feeds/migrations/"),
    "alembic": ("feeds/store/", "feeds/migrations/"),
    "sqlite3": ("feeds/store/", "feeds/migrations/"),
    "prometheus_client": ("web/metrics/exposition.py",),
    "psycopg": ("feeds/store/", "feeds/migrations/"),
    "feedgen": ("feeds/formats/",),
    "url_normalize": ("feeds/canonical.py",),
    "dateparser": ("scrapers/dates.py",),
    "bs4": ("scrapers/",),
    "markdown_it": ("scrapers/",),
    "nh3": ("scrapers/",),
    "click": COMMANDS,
    "rich": COMMANDS,
    "gunicorn": ("web/commands/", "web/request_line.py", "web/gunicorn_worker.py"),
    "feedparser": ("scrapers/kinds/",),
    "trafilatura": ("scrapers/kinds/",),
    "polib": ("web/interface.py",),
    "babel": (),
    "dulwich": ("scrapers/worker/repository.py",),
    # The network belongs to the fetcher; pictures are fetched while somebody waits; the server has clients.
    "socket": ("scrapers/fetch/", "web/outside.py", "web/peer.py"),
    "ssl": ("scrapers/fetch/", "web/outside.py"),
    "httpcore": ("scrapers/fetch/",),
    "httpx": ("scrapers/fetch/", "feeds/hub.py"),
    "protego": ("scrapers/fetch/",),
    "brotli": ("scrapers/fetch/", "web/"),
    "http.client": ("web/outside.py",),
    "urllib.request": (),
    "requests": (),
    "aiohttp": (),
}
PACKAGE_RULES = {
    "feeds": {"scrapers", "web", "feedwright"},
    "scrapers": {"web", "feedwright"},
    "web": {"scrapers", "feedwright"},
}
#: Platforms say there who they are. gunicorn reads its settings from a file of its own, before there is an application;
#: the command hands it the port.
READ_ENVIRONMENT = ("feeds/settings.py", "feeds/platforms.py", "web/server.py", "web/commands/serve.py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_part_of(module: str, library: str) -> bool:
    return module == library or module.startswith(f"{library}.")


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_imports_point_to_the_core(path: Path) -> None:
    forbidden = PACKAGE_RULES[path.parts[0]]
    assert not [module for module in imports(path) if module.partition(".")[0] in forbidden]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_each_library_stays_in_its_place(path: Path) -> None:
    wrong = [
        module
        for module in imports(path)
        for library, places in ALLOWED.items()
        if is_part_of(module, library) and not path.as_posix().startswith(places)
    ]
    assert not wrong


@pytest.mark.parametrize("path", [path for path in MODULES if path.as_posix() not in READ_ENVIRONMENT], ids=str)
def test_only_the_settings_read_the_environment(path: Path) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    attributes = [node for node in ast.walk(tree) if isinstance(node, ast.Attribute)]
    names = {node.attr for node in attributes if isinstance(node.value, ast.Name) and node.value.id == "os"}
    assert not names & {"environ", "getenv", "environb"}
    assert not {"os.environ", "os.getenv"} & set(imports(path))


@pytest.mark.parametrize("path", [path for path in MODULES if "commands" not in path.parts], ids=str)
def test_only_commands_know_commands(path: Path) -> None:
    assert not [module for module in imports(path) if "commands" in module.split(".")]
