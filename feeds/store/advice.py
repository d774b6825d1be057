"""What to do about a database that fails, by what its driver says."""

from __future__ import annotations

#: By the beginning of SQLite's name of an error (https://sqlite.org/rescode.html).
_SQLITE = {
    "SQLITE_BUSY": "another process holds the file; try again when it has ended",
    "SQLITE_LOCKED": "another process holds the file; try again when it has ended",
    "SQLITE_FULL": "make room on its disk, then try again: what was written before is kept",
    "SQLITE_IOERR": "see that its disk has room and is well, then try again: what was written before is kept",
    "SQLITE_CORRUPT": "the file is damaged: move it away, put a copy in its place or read the documents again",
    "SQLITE_NOTADB": "the file is damaged: move it away, put a copy in its place or read the documents again",
    "SQLITE_CANTOPEN": "see that its folder is there and may be written to",
    "SQLITE_READONLY": "see that the file and its folder may be written to",
}
#: By the beginning of the SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_SERVER = {
    "53100": "make room on the disk of the server, then try again: what was written before is kept",
    "53300": "the server takes no more connections: raise max_connections, or run fewer processes",
    "57014": "the server took too long; see what it is doing, then try again",
    "57P": "the server is being stopped or started; try again in a moment",
    "28": "see that DATABASE_URL has the right user and password",
    "3D": "see that DATABASE_URL names the right database",
    "": "see that the server runs and DATABASE_URL is right, then try again: what was written before is kept",
}


#: Where the server refused the connection, of which the driver tells no state.
_FULL = ("connection slots are reserved", "too many clients", "too many connections")


def advice(reason: object) -> str:
    """A sentence for an error of `sqlite3` or `psycopg`; empty where we know none."""
    named = getattr(reason, "sqlite_errorname", None)
    if named is not None:
        return next((words for name, words in _SQLITE.items() if str(named).startswith(name)), "")
    if not hasattr(reason, "sqlstate"):
        return ""
    state = reason.sqlstate or ("53300" if any(words in str(reason) for words in _FULL) else "")
    # Without a state nobody answered; with one that is not here the mistake may be ours.
    return next((words for name, words in _SERVER.items() if state.startswith(name) and (name or not state)), "")
