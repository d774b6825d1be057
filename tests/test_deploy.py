"""The files that platforms read say the same thing as each other, and what the program knows."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from feeds.settings import SETTINGS
from feeds.settings import load_settings
from web.server import graceful_timeout

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
NAMES = {setting.name for setting in SETTINGS}
PROCFILE = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text("utf-8").splitlines())
APP: dict[str, Any] = json.loads((ROOT / "app.json").read_text("utf-8"))
RENDER: dict[str, Any] = yaml.safe_load((DEPLOY / "render.yaml").read_text("utf-8"))
FLY: dict[str, Any] = tomllib.loads((DEPLOY / "fly.toml").read_text("utf-8"))
DOCKERFILE = [
    line.split(maxsplit=1)
    for line in re.sub(r"\\\n", " ", (DEPLOY / "Dockerfile").read_text("utf-8")).splitlines()
    if line and not line.startswith("#")
]


def unit(name: str) -> dict[str, dict[str, list[str]]]:
    """A unit of systemd: what stands under each heading, as often as it stands there."""
    found: dict[str, dict[str, list[str]]] = {}
    for line in (DEPLOY / f"feedwright-{name}.service").read_text("utf-8").splitlines():
        if line.startswith("["):
            section = found.setdefault(line.strip("[]"), {})
        elif line and not line.startswith("#"):
            key, _, value = line.partition("=")
            section.setdefault(key, []).append(value)
    return found


def of_dockerfile(instruction: str) -> list[str]:
    return [words for name, words in DOCKERFILE if name == instruction]


def variables(words: str) -> dict[str, str]:
    return dict(word.split("=", 1) for word in words.split())


def test_every_platform_starts_the_same_processes() -> None:
    web, worker = shlex.split(PROCFILE["web"]), shlex.split(PROCFILE["worker"])
    services = {service["type"]: service for service in RENDER["services"]}
    assert shlex.split(services["web"]["startCommand"]) == shlex.split(FLY["processes"]["web"]) == web
    assert shlex.split(services["worker"]["startCommand"]) == shlex.split(FLY["processes"]["worker"]) == worker
    assert json.loads(of_dockerfile("CMD")[0]) == web
    assert services["web"]["preDeployCommand"] == FLY["deploy"]["release_command"] == PROCFILE["release"]
    assert set(APP["formation"]) == {"web", "worker"} == set(FLY["processes"])
    for name, words in (("web", web), ("worker", worker)):
        started = shlex.split(unit(name)["Service"]["ExecStart"][0])
        assert started[0] == f"/opt/feedwright/.venv/bin/{words[0]}"
        assert [word for word in started[1:] if word not in {"--bind", "unix:/run/feedwright/web.sock"}] == words[1:]
    assert unit("web")["Service"]["ExecStartPre"] == [f"/opt/feedwright/.venv/bin/{PROCFILE['release']}"]


def test_every_variable_is_a_setting_with_a_value_that_is_right() -> None:
    told = [(name, one.get("value", "")) for name, one in APP["env"].items()]
    told += [(one["key"], one.get("value", "")) for service in RENDER["services"] for one in service["envVars"]]
    told += list(FLY["env"].items())
    for name in ("web", "worker"):
        told += [(*one.split("=", 1),) for one in unit(name)["Service"]["Environment"]]
    told += [one for one in variables(of_dockerfile("ENV")[0]).items() if one[0] not in {"PATH", "PYTHONUNBUFFERED"}]
    for name, value in told:
        assert name in NAMES
        load_settings({name: value})


def test_secrets_are_generated_and_long_enough() -> None:
    assert APP["env"]["METRICS_TOKEN"] == {
        "description": APP["env"]["METRICS_TOKEN"]["description"],
        "generator": "secret",
    }
    assert {"key": "METRICS_TOKEN", "generateValue": True} in RENDER["services"][0]["envVars"]
    load_settings({"METRICS_TOKEN": "0123456789abcdef" * 4})  # 64 hexadecimal digits on Heroku
    load_settings({"METRICS_TOKEN": "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="})  # 256 bits in base64 on Render


def test_every_platform_asks_whether_we_are_ready() -> None:
    assert RENDER["services"][0]["healthCheckPath"] == "/readyz"
    assert FLY["http_service"]["checks"][0]["path"] == "/readyz"
    assert {check["type"]: check["path"] for check in APP["healthchecks"]["web"]} == {
        "startup": "/readyz",
        "liveness": "/healthz",
    }
    assert "/readyz" in of_dockerfile("HEALTHCHECK")[0]


def test_every_platform_waits_longer_than_we_take_to_stop() -> None:
    assert FLY["kill_timeout"] > graceful_timeout and FLY["kill_signal"] == "SIGTERM"
    assert all(service["maxShutdownDelaySeconds"] > graceful_timeout for service in RENDER["services"])
    assert all(int(unit(name)["Service"]["TimeoutStopSec"][0]) > graceful_timeout for name in ("web", "worker"))


def test_the_port_is_the_same_where_it_is_named_twice() -> None:
    environ = variables(of_dockerfile("ENV")[0])
    assert str(FLY["http_service"]["internal_port"]) == FLY["env"]["PORT"] == environ["PORT"]
    assert of_dockerfile("EXPOSE") == [environ["PORT"]]
    assert urlsplit(environ["DATABASE_URL"]).path.startswith(f"/{of_dockerfile('VOLUME')[0]}/")


def test_every_platform_runs_the_python_that_the_packages_are_pinned_for() -> None:
    version = (ROOT / ".python-version").read_text("utf-8").strip()
    assert {words.split()[0] for words in of_dockerfile("FROM")} == {f"python:{version}-slim"}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["requires-python"] == f">={version}"


def test_the_image_holds_what_is_needed_and_is_run_by_somebody_who_may_not_write() -> None:
    copied = {word for words in of_dockerfile("COPY") if "--from" not in words for word in words.split()[:-1]}
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").split("\n")
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == copied
    assert copied == {"requirements.txt", "pyproject.toml", "feedwright.py", "feeds", "scrapers", "web"}
    assert of_dockerfile("USER") == ["feedwright"] and len(of_dockerfile("FROM")) == 2


def test_the_dockerfile_has_no_instruction_that_docker_does_not_know() -> None:
    assert {name for name, _ in DOCKERFILE} <= set(
        "FROM COPY RUN WORKDIR ENV VOLUME USER EXPOSE HEALTHCHECK CMD".split()
    )


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
@pytest.mark.parametrize("name", ["web", "worker"])
def test_systemd_understands_the_units(name: str, tmp_path: Path) -> None:
    for path in DEPLOY.glob("*.service"):
        text = path.read_text("utf-8").replace("/opt/feedwright/.venv/bin/python", "/bin/true")
        (tmp_path / path.name).write_text(text.replace("/opt/feedwright/.venv/bin/gunicorn", "/bin/true"), "utf-8")
    command = ["systemd-analyze", "verify", "--man=no", str(tmp_path / f"feedwright-{name}.service")]
    told = subprocess.run(command, capture_output=True, text=True).stderr
    assert not [line for line in told.splitlines() if "feedwright" in line]


def test_the_page_about_deploying_names_every_file_and_every_setting() -> None:
    page = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    assert not [path.name for path in DEPLOY.iterdir() if path.name not in page]
    assert not [
        name
        for name in ("STORE_READONLY", "ALLOW_EPHEMERAL", "DATABASE_CONNECTIONS", "METRICS_TOKEN")
        if name not in page
    ]
