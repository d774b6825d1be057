"""Commands about tokens: who may write through the API."""

from __future__ import annotations

from datetime import UTC
from datetime import datetime
from typing import TYPE_CHECKING
from typing import Any

import click

from feeds.commands.opening import open_store_of
from feeds.commands.printing import as_text
from feeds.commands.printing import echo
from feeds.platforms import refuse_to_lose
from feeds.settings import load_settings

if TYPE_CHECKING:
    from feeds.model import Token


@click.group()
def tokens() -> None:
    """Tell who may write through the API: send documents, withdraw entries."""


@tokens.command("add")
@click.argument("name")
@click.option("--documents", is_flag=True, help="Allow only to send documents.")
@click.option("--withdraw", is_flag=True, help="Allow only to withdraw entries.")
def add_token(name: str, documents: bool, withdraw: bool) -> None:
    """Make a token called NAME and show it: it is kept nowhere and cannot be shown again.

    Without options it allows everything.
    """
    from feeds.model import Permission
    from feeds.model import Token
    from feeds.tokens import digest
    from feeds.tokens import new_token

    asked = {Permission.DOCUMENTS: documents, Permission.WITHDRAW: withdraw}
    allowed = frozenset(permission for permission, given in asked.items() if given) or frozenset(Permission)
    words = new_token()
    settings = load_settings()
    refuse_to_lose(settings, "the token")
    with open_store_of(settings) as store:
        if not store.add_token(Token(name, digest(words), allowed, datetime.now(UTC))):
            raise click.ClickException(f"there is a token {name!r}, or was one; choose another name")
    echo(words)


@tokens.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of lines.")
def list_tokens(as_json: bool) -> None:
    """List the tokens with what they allow."""
    with open_store_of(load_settings()) as store:
        rows = [_token_row(token) for token in store.tokens()]
    if as_json:
        echo(as_text({"tokens": rows}))
        return
    for row in rows:
        state = f"revoked {row['revoked']}" if row["revoked"] else f"made {row['created']}"
        echo(f"{row['name']:<20}  {', '.join(row['allows']):<20}  {state}")


@tokens.command("revoke")
@click.argument("name")
def revoke_token(name: str) -> None:
    """Take the token called NAME back, at once and for good."""
    with open_store_of(load_settings()) as store:
        news = store.revoke_token(name, datetime.now(UTC))
    echo("Revoked." if news else "It was revoked before.")


def _token_row(token: Token) -> dict[str, Any]:
    revoked = None if token.revoked is None else token.revoked.isoformat(timespec="seconds")
    created = token.created.isoformat(timespec="seconds")
    return {"name": token.name, "allows": sorted(token.permissions), "created": created, "revoked": revoked}
