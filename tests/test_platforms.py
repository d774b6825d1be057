"""Disks that a platform throws away."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from feeds.errors import ConfigError
from feeds.platforms import refuse_to_lose
from feeds.settings import load_settings

ROOT = Path(__file__).parent.parent
PLATFORMS = tomllib.loads((ROOT / "feeds" / "platforms.toml").read_text("utf-8"))["platform"]
#: As in proc(5): the root of a container, and what was put into it.
MOUNTS = """overlay / overlay rw 0 0
proc /proc proc rw 0 0
/dev/vdc /data ext4 rw 0 0
tmpfs /data/passing tmpfs rw 0 0
/dev/vdd /a\\040volume ext4 rw 0 0
"""


def check(environ: dict[str, str], mounts: str = MOUNTS) -> None:
    refuse_to_lose(load_settings(environ), "what is sent", environ, mounts)


@pytest.mark.parametrize("variable", [name for row in PLATFORMS for name in row["variables"]])
def test_a_file_on_a_disk_that_is_thrown_away_is_refused_with_the_reason(variable: str) -> None:
    with pytest.raises(ConfigError, match=r"^DATABASE_URL: /app/s\.db .* throws away, and what is sent with it"):
        check({variable: "web.1", "DATABASE_URL": "sqlite:////app/s.db"})


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"DYNO": "web.1", "DATABASE_URL": "postgres://db.example/n"},
        {"DYNO": "web.1", "ALLOW_EPHEMERAL": "1"},
        {"DYNO": "web.1", "STORE_READONLY": "1"},
        {"FLY_APP_NAME": "x", "DATABASE_URL": "sqlite:////data/s.db"},
        {"FLY_APP_NAME": "x", "DATABASE_URL": "sqlite:////data/deep/er/s.db"},
        {"RENDER": "true", "DATABASE_URL": "sqlite:////a volume/s.db"},
        {"DOKKU_APP_TYPE": "herokuish", "DYNO": "web.1", "DATABASE_URL": "sqlite:////data/s.db"},
    ],
    ids=["no platform", "server", "allowed", "read only", "volume", "in a volume", "space", "Dokku"],
)
def test_what_is_kept_or_may_be_lost_is_not_refused(environ: dict[str, str]) -> None:
    check(environ)


@pytest.mark.parametrize(
    ("environ", "mounts"),
    [
        ({"FLY_APP_NAME": "x", "DATABASE_URL": "sqlite:////database/s.db"}, MOUNTS),
        ({"FLY_APP_NAME": "x", "DATABASE_URL": "sqlite:////data/passing/s.db"}, MOUNTS),
        ({"DYNO": "web.1", "DATABASE_URL": "sqlite:////data/s.db"}, MOUNTS),
        ({"FLY_APP_NAME": "x", "DATABASE_URL": "sqlite:////data/s.db"}, ""),
    ],
    ids=["a name that begins so", "memory", "no volumes there", "nothing known"],
)
def test_a_folder_that_only_looks_like_a_volume_is_refused(environ: dict[str, str], mounts: str) -> None:
    with pytest.raises(ConfigError):
        check(environ, mounts)


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "gunicorn", "--config", "python:web.server", "feedwright:application()"],
        ["feedwright.py", "worker"],
        ["feedwright.py", "sync"],
        ["feedwright.py", "tokens", "add", "press"],
    ],
    ids=["web", "worker", "sync", "tokens"],
)
def test_a_process_that_would_lose_what_it_is_told_does_not_start(command: list[str], tmp_path: Path) -> None:
    environ = {"DYNO": "web.1", "DATABASE_URL": f"sqlite:///{tmp_path}/s.db", "PORT": "1"}
    ended = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120
    )
    assert ended.returncode == 1 and "Traceback" not in ended.stderr
    assert "a disk that Heroku throws away" in ended.stderr and "ALLOW_EPHEMERAL=1" in ended.stderr
