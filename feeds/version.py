"""Which Feedwright this is."""

from __future__ import annotations

import tomllib
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version
from pathlib import Path


def present_version() -> str:
    """The version, also where the program runs from a checkout without being installed, as a buildpack leaves it."""
    project = Path(__file__).parent.parent / "pyproject.toml"
    try:
        return version("feedwright")
    except PackageNotFoundError:
        return str(tomllib.loads(project.read_text("utf-8"))["project"]["version"]) if project.is_file() else "0"
