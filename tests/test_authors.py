"""People: slugs, keys and names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.authors import free_slug
from feeds.authors import key_for
from feeds.authors import own_name
from feeds.authors import slug_for
from feeds.authors import slugify
from tests.builders import make_person


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        pytest.param("Mara Lindqvist", "mara-lindqvist", id="latin"),
        pytest.param("林小雨", "林小雨", id="chinese"),
        pytest.param("  雨（花园）Rain_2  ", "雨-花园-rain-2", id="punctuation"),
        pytest.param("ＡＢＣ１", "abc1", id="full-width"),
        pytest.param("a/b,c.d", "a-b-c-d", id="marks-that-addresses-use"),
        pytest.param("हिन्दी", "हिन्दी", id="vowel-signs-stay"),
        pytest.param("🌱", "u1f331", id="emoji-by-code-point"),
        pytest.param(" ", None, id="nothing"),
    ],
)
def test_a_name_becomes_a_slug(name: str, slug: str | None) -> None:
    assert slugify(name) == slug


@pytest.mark.parametrize(
    ("name", "handle", "slug"),
    [
        pytest.param("林小雨", "RainLin", "rainlin", id="handle-in-lower-case"),
        pytest.param("林小雨", "@rain_lin", "rain_lin", id="with-at"),
        pytest.param("Mara", "mara@example.social", "mara-example-social", id="fediverse"),
        pytest.param("林小雨", None, "林小雨", id="name"),
        pytest.param("林小雨", " ", "林小雨", id="blank-handle"),
    ],
)
def test_the_handle_makes_the_slug_where_there_is_one(name: str, handle: str | None, slug: str) -> None:
    assert slug_for(make_person(name, handle)) == slug


@given(st.text(max_size=30), st.one_of(st.none(), st.text(max_size=20)))
def test_no_slug_has_a_mark_that_addresses_use(name: str, handle: str | None) -> None:
    slug = slug_for(make_person(name, handle))
    assert slug is None or (slug and not set(slug) & set("/,.?#% @"))


def test_a_name_never_makes_the_person_with_that_handle() -> None:
    assert key_for(make_person("rainlin", None)) != key_for(make_person("林小雨", "RainLin"))
    assert key_for(make_person("林小雨", "RainLin")) == key_for(make_person("Rain", "rainlin"))


@pytest.mark.parametrize(
    ("name", "own"), [("林小雨", "林小雨"), ("@RainLin", None), ("rainlin", None), ("", None)], ids=str
)
def test_a_handle_again_is_no_name(name: str, own: str | None) -> None:
    assert own_name(make_person(name, "rainlin")) == own


def test_a_taken_slug_is_followed_by_a_hash_of_who_it_is() -> None:
    assert free_slug("a", "@a", set()) == "a"
    (second, third) = free_slug("a", "@a", {"a"}), free_slug("a", "a", {"a"})
    assert [one[:2] for one in (second, third)] == ["a-", "a-"] and second != third
    assert free_slug("a", "@a", {"a", third}) == second
    longer = free_slug("a", "@a", {"a", second})
    assert longer.startswith(second) and len(longer) == len(second) + 1
