"""PostgreSQL as a server: what may stand in its address, how a connection is made, and what its failures tell.

No message names a password. libpq knows all parameters of an address but ours:
https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
"""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from feeds.errors import StoreError

#: Our own parameter, named as other programs do: a pooler that hands out connections by the transaction may not know
#: the statements that were prepared in another one.
PREPARED = "prepared_statements"
#: Seconds until a server that does not answer counts as gone; libpq itself waits for minutes, and not at all the same
#: ones everywhere.
_PATIENCE = 10
_DEFAULTS = {
    "application_name": "feedwright",
    "connect_timeout": _PATIENCE,
    "keepalives_idle": 30,
    "tcp_user_timeout": _PATIENCE * 1000,
}
_POOLER = f"a pooler that knows no prepared statements? add {PREPARED}=false to DATABASE_URL"
_IN_A_MOMENT = "the server ends or begins; try again in a moment: what was written before is kept"
#: What to do, by the SQLSTATE, or by words where no server had answered
#: (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_BY_STATE = {
    "26000": _POOLER,
    "42P05": _POOLER,
    "53300": "allow the server more connections, or run fewer processes",
    "53100": "make room on the disk of the server, then try again: what was written before is kept",
    "57P01": _IN_A_MOMENT,
    "57P02": _IN_A_MOMENT,
    "57P03": _IN_A_MOMENT,
    "55P03": "something else holds the tables for long; try again when it is through",
}
_BY_WORDS = {
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


def server_url(url: URL) -> URL:
    """The address of a server with the driver named. Raises `StoreError` where it cannot be one."""
    if "@" in (url.host or ""):  # what stands before it is a part of the password
        raise StoreError("the password in the address of the store holds an @; write %40 for it")
    if not (url.database or {"dbname", "service"} & url.query.keys()):
        raise StoreError(f"{shown(url)} names no database; give postgresql://USER:PASSWORD@HOST/NAME")
    if url.query.get(PREPARED, "true") not in {"true", "false"}:
        raise StoreError(f"{PREPARED} in the address of the store must be true or false")
    return url.set(drivername="postgresql+psycopg", host=unquote(url.host) if url.host else None)


def shown(url: URL) -> str:
    """An address as it may be printed: no password, nor parameters, of which one may be a password too."""
    return url.set(drivername=url.get_backend_name(), query={}).render_as_string(hide_password=True)


def is_prepared(url: URL) -> bool:
    """Whether statements may be prepared once and run by their names."""
    return url.query.get(PREPARED) != "false"


def arguments(url: URL) -> dict[str, Any]:
    """What the driver is to be called with; the address counts more than our defaults."""
    plain = url.difference_update_query([PREPARED])
    given = plain.get_dialect()().create_connect_args(plain)[1]
    prepare = {} if is_prepared(url) else {"prepare_threshold": None}
    return {**_DEFAULTS, **prepare, **given}


def explained(reason: object) -> str:
    """What a driver says, on one line, and what to do about it where that is known."""
    if isinstance(reason, DBAPIError):
        reason = reason.orig
    words = " ".join(str(reason).split())
    advice = _BY_STATE.get(getattr(reason, "sqlstate", None) or "") or next(
        (advice for part, advice in _BY_WORDS.items() if part in words and _is_from(reason)), None
    )
    return words if advice is None else f"{words}; {advice}"


def _is_from(reason: object) -> bool:
    """Words tell only of failures to connect, which have no state; "does not exist" may be said of a table too."""
    return type(reason).__module__.startswith("psycopg") and not getattr(reason, "sqlstate", None)
