"""What is made of the whole store is made once a change, and what takes long does not hold up the others."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from dataclasses import field
from threading import Event

import pytest

from feeds.model import Scope
from feeds.store import Mark
from web.remembering import LAG
from web.remembering import LONG
from web.remembering import Remembered


@dataclass
class World:
    """A store that changes and a clock that goes when somebody says so."""

    version: int = 1
    lineage: str = "first"
    seconds: float = 0.0
    made: int = 0
    #: Set by who looks.
    looked: Event = field(default_factory=Event)

    def look(self, scopes: Sequence[Scope], known: Mark | None) -> Mark:
        self.looked.set()
        return Mark(self.lineage, self.version, self.version, None)

    def making(self, seconds: float) -> Callable[[], int]:
        """Gives the version of the store, and takes its time."""

        def make() -> int:
            self.made += 1
            self.seconds += seconds
            return self.version

        return make


class Held:
    """Makes a value when it is told to go on."""

    def __init__(self, make: Callable[[], int]) -> None:
        self._make = make
        self.begun, self.go_on = Event(), Event()

    def __call__(self) -> int:
        self.begun.set()
        assert self.go_on.wait(10)
        return self._make()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def remembered(world: World) -> Remembered:
    return Remembered(world.look, lambda: world.seconds)


def test_a_value_is_made_once_and_again_when_the_store_has_changed(world: World, remembered: Remembered) -> None:
    quick = world.making(LONG / 2)
    assert [remembered.get("a", quick) for _ in range(3)] == [1, 1, 1] and world.made == 1
    world.version = 2
    assert remembered.get("a", quick) == 2 and remembered.get("b", quick) == 2


def test_a_value_that_takes_long_lags_by_a_multiple_of_its_time(world: World, remembered: Remembered) -> None:
    slow = world.making(LONG * 3)
    assert remembered.get("a", slow, may_lag=True) == 1
    world.version = 2
    world.seconds += LONG * 3 * LAG - 0.1
    assert remembered.get("a", slow, may_lag=True) == 1
    world.seconds += 0.2
    assert remembered.get("a", slow, may_lag=True) == 2


def test_nothing_lags_that_may_not(world: World, remembered: Remembered) -> None:
    slow = world.making(LONG * 3)
    remembered.get("a", slow)
    world.version = 2
    assert remembered.get("a", slow) == 2


def test_nothing_lags_of_another_store(world: World, remembered: Remembered) -> None:
    slow = world.making(LONG * 3)
    remembered.get("a", slow, may_lag=True)
    world.lineage, world.version = "second", 7
    assert remembered.get("a", slow, may_lag=True) == 7


def test_what_fails_is_tried_again(world: World, remembered: Remembered) -> None:
    def broken() -> int:
        raise OSError("of a test")

    with pytest.raises(OSError, match="of a test"):
        remembered.get("a", broken)
    assert remembered.get("a", world.making(0)) == 1


def test_threads_that_ask_at_once_have_it_made_once(world: World, remembered: Remembered) -> None:
    held = Held(world.making(0))

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(remembered.get, "a", held)]
        assert held.begun.wait(10)
        asked += [pool.submit(remembered.get, "a", world.making(0)) for _ in range(3)]
        held.go_on.set()
        assert [one.result(10) for one in asked] == [1, 1, 1, 1]
    assert world.made == 1


def test_while_a_value_is_made_that_takes_long_the_others_get_the_earlier_one(
    world: World, remembered: Remembered
) -> None:
    remembered.get("a", world.making(LONG * 3), may_lag=True)
    world.version = 2
    world.seconds += LONG * 3 * LAG + 1
    held = Held(world.making(LONG * 3))

    with ThreadPoolExecutor(1) as pool:
        making = pool.submit(remembered.get, "a", held, may_lag=True)
        assert held.begun.wait(10)
        assert remembered.get("a", world.making(0), may_lag=True) == 1
        held.go_on.set()
        assert making.result(10) == 2
    assert remembered.get("a", world.making(0), may_lag=True) == 2


def test_nobody_gets_a_value_of_another_store_while_one_is_made(world: World, remembered: Remembered) -> None:
    remembered.get("a", world.making(LONG * 3), may_lag=True)
    world.lineage, world.version = "second", 7
    held = Held(world.making(0))

    with ThreadPoolExecutor(2) as pool:
        making = pool.submit(remembered.get, "a", held, may_lag=True)
        assert held.begun.wait(10)
        world.looked = held.go_on  # not before the other one has looked, and sees that another store is there
        asked = pool.submit(remembered.get, "a", world.making(0), may_lag=True)
        assert (making.result(10), asked.result(10)) == (7, 7)
