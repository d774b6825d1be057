"""Killed at any moment: the store opens and holds whole documents only, and the next run ends where it would have."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random

import pytest

from tests.attack import scenes
from tests.attack.conftest import Told
from tests.attack.killing import Ended
from tests.attack.killing import Kill
from tests.attack.killing import run
from tests.attack.scenes import Scene
from tests.attack.scenes import Sight
from tests.attack.stores import Databases
from tests.attack.stores import Files
from tests.attack.stores import Stores
from tests.attack.stores import differences

#: What an export keeps for the next one.
KEPT = {"files.txt", "stand.json"}

#: Kept: with another one other moments are tried.
SEED = 20261122
#: How who is killed ends, and what an export tells of one of its processes.
KILLED = -9

Play = Callable[[Path], AbstractContextManager[Scene]]


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stores]:
    """Where stores are made and copied."""
    if request.param == "sqlite":
        yield Files(tmp_path_factory.mktemp("stores"))
        return
    made = Databases(request.getfixturevalue("postgres"))
    yield made
    made.close()


@pytest.mark.parametrize(
    "play",
    [scenes.first_reading, scenes.reading_again, scenes.other_topics, scenes.exporting, scenes.fetching],
    ids=["ingest", "re-ingest", "retopic", "export", "worker"],
)
def test_what_is_killed_leaves_whole_documents_and_is_made_good_by_the_next_run(
    play: Play,
    stores: Stores,
    tmp_path: Path,
    rounds: Callable[[int, int], int],
    tell: Told,
    request: pytest.FixtureRequest,
) -> None:
    name = request.node.callspec.id
    chance = Random(f"{SEED} {name}")
    with play(tmp_path / "scene") as scene:
        made = stores.make(scene.fill)
        wanted = stores.copy(made)
        states = scene.states(wanted)
        usual = _usual(scene, stores, made, tmp_path, states[-1])
        killed = between = 0
        for number in range(rounds(1, 40)):
            # Half of them at a moment, half in the middle of what takes no time, such as a transaction.
            after, at = chance.uniform(0, usual.seconds), chance.randint(1, usual.done)
            kill = Kill(after=after) if number % 2 else Kill(at=at)
            url = stores.copy(made)
            scene.prepare()
            ended = run(scene.work, {**scene.environ, "DATABASE_URL": url}, tmp_path / "log", kill)
            was_killed = ended.status == KILLED or f"ended with {KILLED}" in ended.said
            assert was_killed or ended.status == 0, ended.said
            stores.check(url)
            found = scene.look(url)
            assert _is_allowed(found, states, scene), (kill, [differences(found, one) for one in states])
            again = run(scene.work, {**scene.environ, "DATABASE_URL": url}, tmp_path / "log")
            assert again.status == 0, (kill, again.said)
            assert differences(scene.look(url), states[-1]) == [], kill
            assert _leftovers(scene) == []
            killed += was_killed
            between += found not in (states[0], states[-1])
            stores.drop(url)
    tell(f"{name}: killed {killed} times", f"half-way {between} times, never a half document; all made good")


def _usual(scene: Scene, stores: Stores, made: str, folder: Path, wanted: Sight) -> Ended:
    """An undisturbed run: how long it takes, how much it does; it ends where the documents, one by one, lead."""
    found: list[Ended] = []
    for _ in range(2):
        url = stores.copy(made)
        scene.prepare()
        found.append(run(scene.work, {**scene.environ, "DATABASE_URL": url}, folder / "log"))
        assert found[-1].status == 0, found[-1].said
        assert differences(scene.look(url), wanted) == []
        stores.drop(url)
    last = found[-1]
    return Ended(last.status, min(one.seconds for one in found), last.done, last.said)


def _is_allowed(found: Sight, states: list[Sight], scene: Scene) -> bool:
    """A store is as it was between two documents; of files each by itself is the old or the new one."""
    if scene.folder is None:
        return found in states
    old, new = states[0], states[-1]
    return all(content in (old.get(name), new.get(name)) for name, content in found.items()) and all(
        name in found for name in old.keys() & new.keys()
    )


def _leftovers(scene: Scene) -> list[str]:
    """Of the export's own files only the list of them and what they were made from stay."""
    if scene.folder is None:
        return []
    return [path.name for path in (scene.folder / ".feedwright").iterdir() if path.name not in KEPT]
