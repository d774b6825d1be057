"""What a driver says when it fails, and what to do about it."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from feeds.store import server

#: By the beginning of SQLite's name of an error (https://sqlite.org/rescode.html).
_OF_FILES = {
    "SQLITE_BUSY": "another process holds the file; try again when it has ended",
    "SQLITE_LOCKED": "another process holds the file; try again when it has ended",
    "SQLITE_FULL": "make room on its disk, then try again: what was written before is kept",
    "SQLITE_IOERR": "see that its disk has room and is well, then try again: what was written before is kept",
    "SQLITE_CORRUPT": "the file is damaged: move it away, put a copy in its place or read the documents again",
    "SQLITE_NOTADB": "the file is damaged: move it away, put a copy in its place or read the documents again",
    "SQLITE_CANTOPEN": "see that its folder is there and may be written to",
    "SQLITE_READONLY": "see that the file and its folder may be written to",
}


def explained(reason: object) -> str:
    """What `sqlite3` or `psycopg` says, on one line, and what to do about it where that is known."""
    if isinstance(reason, DBAPIError):
        reason = reason.orig
    name = getattr(reason, "sqlite_errorname", None)
    if name is None:
        return server.explained(reason)
    advice = next((words for beginning, words in _OF_FILES.items() if str(name).startswith(beginning)), "")
    return "; ".join(filter(None, (str(reason).strip(), advice)))
