"""Rows of tokens. A name is used once and for all, so that a log tells who wrote what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy import Engine
from sqlalchemy import select
from sqlalchemy import update

from feeds.errors import NotFoundError
from feeds.model import Permission
from feeds.model import Token
from feeds.store.codec import pack
from feeds.store.codec import strings
from feeds.store.engine import writing
from feeds.store.schema import token
from feeds.store.statements import add


def read_tokens(connection: Connection) -> tuple[Token, ...]:
    """All tokens by name, also those that were taken back."""
    rows = connection.execute(select(token).order_by(token.c.name))
    return tuple(
        Token(row.name, row.digest, frozenset(map(Permission, strings(row.scopes))), row.created, row.revoked)
        for row in rows
    )


def add_token(engine: Engine, new: Token) -> bool:
    """Keep a token; tell whether its name was free."""
    row = {"name": new.name, "digest": new.digest, "scopes": pack(sorted(new.permissions)), "created": new.created}
    with writing(engine) as connection:
        add(connection, token, [row])
        return connection.scalar(select(token.c.digest).where(token.c.name == new.name)) == new.digest


def revoke_token(engine: Engine, name: str, now: datetime) -> bool:
    """Take a token back; tell whether it counted until now. Raises `NotFoundError`."""
    with writing(engine) as connection:
        row = connection.execute(select(token).where(token.c.name == name)).one_or_none()
        if row is None:
            raise NotFoundError("token", name)
        connection.execute(update(token).where(token.c.name == name, token.c.revoked.is_(None)).values(revoked=now))
        return row.revoked is None
