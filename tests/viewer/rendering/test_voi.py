"""VOI windows against PS3.3 C.11.2 worked by hand, and against known wrong implementations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset

from viewer.rendering import VoiFunction, Window, default_windows
from viewer.rendering.voi import apply_window

LINEAR, EXACT, SIGMOID = VoiFunction.LINEAR, VoiFunction.LINEAR_EXACT, VoiFunction.SIGMOID


def _gray(value: float, center: float, width: float, function: VoiFunction = LINEAR) -> int:
    grays = apply_window(np.array([value]), Window(center, width, function))
    return int(np.floor(grays[0] + 0.5))


@pytest.mark.parametrize(
    ("value", "center", "width", "gray"),
    [
        # C 2048 W 4096: ((x - 2047.5) / 4095 + 0.5) * 255, the standard's own example (note 4).
        (0, 2048, 4096, 0),
        (4095, 2048, 4096, 255),
        (2048, 2048, 4096, 128),
        # 16 bit, unsigned and signed.
        (257, 32768, 65536, 1),
        (65535, 32768, 65536, 255),
        (-32768, 0, 65536, 0),
        (0, 0, 65536, 128),
        (32767, 0, 65536, 255),
        # C 0 W 1: the step is between -1 and 0 (x <= c - 0.5).
        (-1, 0, 1, 0),
        (0, 0, 1, 255),
        # C 0 W 100: from -50 to 49.
        (-50, 0, 100, 0),
        (49, 0, 100, 255),
        (-49, 0, 100, 3),
        # C 40 W 400: ((x - 39.5) / 399 + 0.5) * 255.
        (-160, 40, 400, 0),
        (-129, 40, 400, 20),
        (65, 40, 400, 144),
        (194, 40, 400, 226),
        (239, 40, 400, 255),
        # 8 bit, the whole range, is the identity.
        (0, 128, 256, 0),
        (77, 128, 256, 77),
        (255, 128, 256, 255),
    ],
)
def test_linear(value: float, center: float, width: float, gray: int) -> None:
    assert _gray(value, center, width) == gray


def test_neither_the_half_nor_the_minus_one_is_left_out() -> None:
    # ((50 - 49.5) / 10 + 0.5) * 255 = 140.25. Without the 0.5 it is 128, without the -1 139, without both 128.
    assert _gray(50, 50, 11) == 140
    # ((45 - 49.5) / 10 + 0.5) * 255 = 12.75; without both terms (dicom-rs 724) it is 12.
    assert _gray(45, 50, 11) == 13


@pytest.mark.parametrize(
    ("value", "center", "width", "gray"),
    [(-160, 40, 400, 0), (40, 40, 400, 128), (240, 40, 400, 255), (0.5, 0.5, 0.25, 128), (0.375, 0.5, 0.25, 0)],
)
def test_linear_exact(value: float, center: float, width: float, gray: int) -> None:
    assert _gray(value, center, width, EXACT) == gray


@pytest.mark.parametrize("value", [-1000, -160, 0, 40, 100, 240, 3000])
def test_sigmoid(value: float) -> None:
    assert _gray(value, 40, 400, SIGMOID) == math.floor(255 / (1 + math.exp(-4 * (value - 40) / 400)) + 0.5)


@pytest.mark.parametrize("bad", [(40, 0), (40, 0.5), (40, -1), (math.nan, 400), (40, math.inf)])
def test_windows_the_standard_does_not_allow(bad: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="window"):
        Window(*bad)


@given(
    st.floats(-5000, 5000),
    st.floats(1, 10000),
    st.sampled_from(VoiFunction),
    st.lists(st.floats(-70000, 70000), min_size=2, max_size=30),
)
def test_greys_rise_with_the_values_and_stay_in_range(
    center: float, width: float, function: VoiFunction, values: list[float]
) -> None:
    grays = apply_window(np.sort(np.array(values)), Window(center, width, function))
    assert (np.diff(grays) >= -1e-9).all()
    assert grays.min() >= 0
    assert grays.max() <= 255


def _header(**elements: object) -> Dataset:
    header = Dataset()
    for keyword, value in elements.items():
        setattr(header, keyword, value)
    return header


def test_windows_of_the_file_come_with_their_names() -> None:
    header = _header(WindowCenter=[40, -600], WindowWidth=[400, 1500], WindowCenterWidthExplanation=["SOFT", "LUNG"])
    assert [(named.name, named.window) for named in default_windows(header)] == [
        ("SOFT", Window(40, 400)),
        ("LUNG", Window(-600, 1500)),
    ]


def test_impossible_windows_of_the_file_are_left_out() -> None:
    assert default_windows(_header(WindowCenter=600, WindowWidth=0)) == []
    assert default_windows(_header(WindowCenter=0.5, WindowWidth=0.2)) == []
    exact = default_windows(_header(WindowCenter=0.5, WindowWidth=0.2, VOILUTFunction="LINEAR_EXACT"))
    assert [named.window for named in exact] == [Window(0.5, 0.2, EXACT)]
