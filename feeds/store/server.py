"""PostgreSQL as a server: what may stand in its address, and how a connection is made.

No message names a password. libpq knows all parameters of an address but ours:
https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from typing import Any
from urllib.parse import unquote

from sqlalchemy import URL

from feeds.errors import StoreError

if TYPE_CHECKING:
    import psycopg

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


def send_lists_as_bytes(connection: psycopg.Connection, record: object) -> None:
    """Have a connection give lists to the server in its binary form.

    The one in letters, which is the usual one, is escaped letter by letter in Python: a hundred times slower for texts.
    https://www.psycopg.org/psycopg3/docs/basic/adapt.html#lists-adaptation
    """
    from psycopg.types.array import ListBinaryDumper  # only here, since a store in a file needs none of it

    connection.adapters.register_dumper(list, ListBinaryDumper)
