"""Grays by whole-number arithmetic: the same as by the table, for every value, or not at all."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viewer.rendering import VoiFunction, Window
from viewer.rendering.gray import GrayTransform
from viewer.rendering.modality import Modality
from viewer.rendering.ramp import Ramp, ramp_of

PRESETS = json.loads(Path("viewer/presets.json").read_text(encoding="utf-8"))
KINDS = {"u1": (0, 255), "u2": (0, 65535), "i2": (-32768, 32767), "i4": (-40000, 60000)}


def _transform(
    window: Window, slope: float = 1, intercept: float = -1024, *, is_inverted: bool = False
) -> GrayTransform:
    return GrayTransform(Modality(slope, intercept), window, None, is_inverted, None)


def _ramp(transform: GrayTransform, low: int, high: int) -> Ramp | None:
    return ramp_of(transform.table(low, high), low, transform.slope)


def _everything(kind: str, low: int, high: int) -> np.ndarray:
    values = np.arange(low, high + 1)
    return np.resize(values, (-(-len(values) // 500), 500)).astype(kind)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset["id"])
@pytest.mark.parametrize("is_inverted", [False, True])
def test_each_preset_of_a_ct_has_one(preset: dict[str, float], is_inverted: bool) -> None:
    transform = _transform(Window(preset["center"], preset["width"]), is_inverted=is_inverted)
    ramp = _ramp(transform, 0, 4095)
    assert ramp is not None
    values = _everything("u2", 0, 4095)
    assert (ramp.apply(values) == transform.apply(values)).all()


@given(
    kind=st.sampled_from(sorted(KINDS)),
    center=st.floats(-3000, 3000) | st.integers(-3000, 3000),
    width=st.floats(1, 5000) | st.integers(1, 5000),
    function=st.sampled_from(list(VoiFunction)),
    slope=st.sampled_from([1, -1, 0.5, 2, 3.7, -0.01, 1000.0]),
    intercept=st.sampled_from([0, -1024, 0.25]),
    is_inverted=st.booleans(),
)
def test_what_it_gives_is_what_the_table_gives(
    kind: str, center: float, width: float, function: VoiFunction, slope: float, intercept: float, is_inverted: bool
) -> None:
    transform = _transform(Window(center, width, function), slope, intercept, is_inverted=is_inverted)
    low, high = KINDS[kind]
    ramp = _ramp(transform, low, high)
    values = _everything(kind, low, high)
    assert ramp is None or (ramp.apply(values) == transform.apply(values)).all()


@pytest.mark.parametrize(
    "window", [Window(40, 1), Window(40, 2), Window(40, 400), Window(40.25, 1500.5), Window(0, 4096)]
)
@pytest.mark.parametrize("kind", ["u2", "i2"])
def test_steep_and_flat_ones_are_ramps_too(window: Window, kind: str) -> None:
    transform = _transform(window)
    low, high = max(-2048, KINDS[kind][0]), 4095
    ramp = _ramp(transform, low, high)
    assert ramp is not None
    assert (ramp.apply(_everything(kind, low, high)) == transform.apply(_everything(kind, low, high))).all()


def test_the_ends_of_what_a_type_holds_are_no_special_case() -> None:
    ends = np.array([[-32768, -32767, -1, 0, 1, 32766, 32767]], "i2")
    transform = _transform(Window(0, 65536), intercept=0)
    ramp = _ramp(transform, -32768, 32767)
    assert ramp is None or (ramp.apply(ends) == transform.apply(ends)).all()
    narrow = _transform(Window(32000, 100), intercept=0)
    ramp = _ramp(narrow, -32768, 32767)
    assert ramp is not None
    assert (ramp.apply(ends) == narrow.apply(ends)).all()


def test_a_curve_and_a_hole_are_none() -> None:
    sigmoid = _transform(Window(40, 400, VoiFunction.SIGMOID))
    assert _ramp(sigmoid, 0, 4095) is None
    # Padding amid the values: black there, and nowhere near on the ramp.
    padded = GrayTransform(Modality(1, -1024), Window(40, 400), None, False, (1100, 1100))
    assert _ramp(padded, 0, 4095) is None
    turned = GrayTransform(Modality(1, -1024), Window(40, 400), None, True, (100, 100))
    assert _ramp(turned, 0, 4095) is None
