"""The table of commands: each is listed with what its own help says, and loaded when it is called."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import feedwright

ROOT = Path(__file__).parent.parent
HEAVY = "flask sqlalchemy feedgen bs4 dateparser rich lxml opencc alembic httpx gunicorn"
LINES = {name: line for commands in feedwright.COMMANDS.values() for name, line in commands.items()}
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for layer in ("feeds", "scrapers", "web")
    for path in (ROOT / layer / "commands").glob("[!_]*.py")
)


@pytest.mark.parametrize("name", LINES)
def test_the_list_says_of_a_command_what_its_own_help_begins_with(name: str) -> None:
    command = feedwright.load(name)
    assert command.name == name
    assert command.get_short_help_str(1000) == click.Command(name, help=LINES[name]).get_short_help_str(1000)
    assert command.get_short_help_str(1000) == LINES[name]


@pytest.mark.parametrize("module", MODULES)
def test_every_command_is_in_the_table(module: str) -> None:
    found = [one for one in vars(import_module(module)).values() if isinstance(one, click.Command)]
    of_groups = {id(child) for group in found if isinstance(group, click.Group) for child in group.commands.values()}
    names = {one.name for one in found if id(one) not in of_groups}
    assert names == set(feedwright.COMMANDS.get(module, ()))


@pytest.mark.parametrize(
    ("arguments", "forbidden"),
    [
        (["--help"], "feeds scrapers web rich json sqlite3"),
        *(
            ([name, "--help"], "flask sqlalchemy feedgen bs4 dateparser rich lxml opencc alembic httpx gunicorn")
            for name in LINES
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_help_loads_nothing_that_it_does_not_need(arguments: list[str], forbidden: str) -> None:
    code = (
        f"import sys; sys.argv = ['feedwright', *{arguments!r}]\n"
        "import feedwright\n"
        "try: feedwright.main()\n"
        "except SystemExit: pass\n"
        f"sys.exit(', '.join(set({forbidden!r}.split()) & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "Usage: " in done.stdout) == (0, True), done.stderr


def test_all_commands_are_listed_and_no_other_is_known() -> None:
    listed = CliRunner().invoke(feedwright.main, ["--help"]).output
    assert [name for name in LINES if f"\n  {name} " not in listed] == []
    unknown = CliRunner().invoke(feedwright.main, ["nonsense"])
    assert (unknown.exit_code, "No such command 'nonsense'" in unknown.output) == (2, True)
