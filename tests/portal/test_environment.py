"""Settings from the environment: what cannot be meant is refused by name."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured

from portal.environment import Environment


def test_what_is_understood() -> None:
    env = Environment({"TEXT": " a ", "WORDS": "a, b c", "FLAG": "Yes", "NUMBER": "7"})
    assert (env.text("TEXT"), env.words("WORDS"), env.flag("FLAG"), env.number("NUMBER", 1)) == (
        "a",
        ["a", "b", "c"],
        True,
        7,
    )
    assert (env.text("NONE", "x"), env.words("NONE"), env.flag("NONE", default=True), env.number("NONE", 3)) == (
        "x",
        [],
        True,
        3,
    )


@pytest.mark.parametrize("value", ["", "  "])
def test_missing(value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="NAME"):
        Environment({"NAME": value}).text("NAME")


@pytest.mark.parametrize("value", ["maybe", "2", "-1"])
def test_a_flag_is_yes_or_no(value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="NAME"):
        Environment({"NAME": value}).flag("NAME")


@pytest.mark.parametrize("value", ["x", "1.5", "-1", "11"])
def test_a_number_is_whole_and_within_limits(value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="NAME"):
        Environment({"NAME": value}).number("NAME", 0, most=10)
