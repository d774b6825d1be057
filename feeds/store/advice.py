"""What a driver says when it fails, and what to do about it."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from feeds.store.server import PREPARED

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
_POOLER = f"a pooler that knows no prepared statements? add {PREPARED}=false to DATABASE_URL"
_IN_A_MOMENT = "the server ends or begins; try again in a moment: what was written before is kept"
#: By the SQLSTATE
#: (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_OF_SERVERS = {
    "26000": _POOLER,
    "42P05": _POOLER,
    "53300": "allow the server more connections, or run fewer processes",
    "53100": "make room on the disk of the server, then try again: what was written before is kept",
    "57P01": _IN_A_MOMENT,
    "57P02": _IN_A_MOMENT,
    "57P03": _IN_A_MOMENT,
    "55P03": "something else holds the tables for long; try again when it is through",
}
#: By words, where no server had answered: then there is no state. "does not exist" may be said of a table too.
_OF_CONNECTING = {
    "prepared statement": _POOLER,
    "password authentication failed": "check user and password in DATABASE_URL; percent-encode what is no letter",
    "no password supplied": "put user and password into DATABASE_URL, or name a file with PGPASSFILE",
    "root certificate file": "name a file that is there with sslrootcert in DATABASE_URL, or give sslmode=require",
    "does not exist": "check the names in DATABASE_URL; `createdb` makes a database",
    "certificate verify failed": "sslrootcert in DATABASE_URL must name the certificate of who signed the server's",
    "does not match host name": "use a name that stands in the certificate, or sslmode=verify-ca",
    "does not support SSL": "set up TLS at the server, or give sslmode=disable where nobody can listen",
    "no pg_hba.conf entry": "the server lets nobody in from here, or only with sslmode=require in DATABASE_URL",
    "could not translate host name": "check the host in DATABASE_URL",
    "resolve host": "check the host in DATABASE_URL",
    "Connection refused": "check host and port in DATABASE_URL, and that the server runs",
    "No such file": "check that the server runs, and the folder of its socket in DATABASE_URL",
    "timeout": "check host and port in DATABASE_URL, and that no firewall stands between",
    "connection slots are reserved": "allow the server more connections, or run fewer processes",
    "the database system is": _IN_A_MOMENT,
    "closed the connection unexpectedly": _IN_A_MOMENT,
    "terminating connection": _IN_A_MOMENT,
    "too many connections": "allow the server more connections, or run fewer processes",
    "too many clients": "allow the server more connections, or run fewer processes",
    "invalid connection option": "see docs/databases.md for what may stand behind the ? of DATABASE_URL",
}


def explained(reason: object) -> str:
    """What `sqlite3` or `psycopg` says, on one line, and what to do about it where that is known."""
    if isinstance(reason, DBAPIError):
        reason = reason.orig
    words = " ".join(str(reason).split())
    advice = _advice(reason, words)
    return words if advice is None else f"{words}; {advice}"


def _advice(reason: object, words: str) -> str | None:
    if name := getattr(reason, "sqlite_errorname", None):
        return next((advice for beginning, advice in _OF_FILES.items() if name.startswith(beginning)), None)
    if state := getattr(reason, "sqlstate", None):
        return _OF_SERVERS.get(state)
    if not type(reason).__module__.startswith("psycopg"):
        return None
    return next((advice for part, advice in _OF_CONNECTING.items() if part in words), None)
