"""Where entries come from: documents are read, scraped into posts and normalised into drafts for the store."""

from __future__ import annotations

from pathlib import Path


def samples_folder() -> Path:
    """The documents that ship with Feedwright, for a first look."""
    return Path(__file__).parent / "samples"
