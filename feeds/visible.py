"""Text of strangers on a terminal and in a log: shown, and never obeyed."""

from __future__ import annotations

import logging
import re

#: What moves a cursor, sets a title or turns the direction of a line around; tabs and line ends stay.
_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def visible(text: str) -> str:
    """The text with characters that command a terminal written as escapes, such as `\\x1b`."""
    return _COMMANDS.sub(_written, text)


class PlainFormatter(logging.Formatter):
    """A record of a log in which only the first line begins at the margin: nobody forges a second one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one text."""
        return visible(super().format(record)).replace("\n", "\n    ")


def log_plainly(format: str = "%(levelname)s: %(message)s") -> None:
    """Have the log of this process, on standard error, written so."""
    handler = logging.StreamHandler()
    handler.setFormatter(PlainFormatter(format))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _written(found: re.Match[str]) -> str:
    code = ord(found[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
