"""Mask subtraction of presentation states: which frames, their differences, where they stand, and their window."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset

from tests.presentation import item, state_of
from tests.synthetic import ct_slice
from viewer.rendering import CannotRender, DecodedFrame, Reason, RenderOptions, render_decoded
from viewer.rendering.ownmask import own_mask
from viewer.rendering.subtraction import Subtraction, may_subtract, subtract, subtraction_of


def image(**elements: Any) -> Dataset:
    made = ct_slice("P", 94, 1, 1, size=16)
    made.NumberOfFrames = 9
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def state(**elements: Any) -> Dataset:
    return state_of([image()], MaskSubtractionSequence=[item(**elements)])


def frame(values: Any) -> DecodedFrame:
    return DecodedFrame(np.broadcast_to(np.asarray(values, np.uint16), (16, 16)).copy(), "MONOCHROME2")


@pytest.mark.parametrize(
    ("elements", "number", "expected"),
    [
        ({"MaskOperation": "AVG_SUB", "MaskFrameNumbers": [1]}, 5, Subtraction((5,), (1,))),
        ({"MaskOperation": "AVG_SUB", "MaskFrameNumbers": [1, 2, 3]}, 5, Subtraction((5,), (1, 2, 3))),
        (
            {"MaskOperation": "AVG_SUB", "MaskFrameNumbers": 1, "ContrastFrameAveraging": 3},
            8,
            Subtraction((8, 9), (1,)),
        ),
        (
            {"MaskOperation": "AVG_SUB", "MaskFrameNumbers": [2], "MaskSubPixelShift": [0.5, -1]},
            4,
            Subtraction((4,), (2,), (0.5, -1.0)),
        ),
        ({"MaskOperation": "AVG_SUB", "MaskFrameNumbers": [1], "ApplicableFrameRange": [4, 5, 8, 9]}, 6, None),
        (
            {"MaskOperation": "AVG_SUB", "MaskFrameNumbers": [1], "ApplicableFrameRange": [4, 6]},
            6,
            Subtraction((6,), (1,)),
        ),
        ({"MaskOperation": "TID"}, 5, Subtraction((5,), (4,))),
        ({"MaskOperation": "TID", "TIDOffset": 3}, 5, Subtraction((5,), (2,))),
        ({"MaskOperation": "TID", "TIDOffset": -2}, 5, Subtraction((5,), (7,))),
        ({"MaskOperation": "TID"}, 1, None),
        ({"MaskOperation": "REV_TID", "TIDOffset": 1, "ApplicableFrameRange": [5, 9]}, 5, Subtraction((5,), (4,))),
        ({"MaskOperation": "REV_TID", "TIDOffset": 1, "ApplicableFrameRange": [5, 9]}, 7, Subtraction((7,), (2,))),
        (
            {"MaskOperation": "REV_TID", "TIDOffset": 1, "ApplicableFrameRange": [5, 6, 8, 9]},
            8,
            Subtraction((8,), (1,)),
        ),
        ({"MaskOperation": "REV_TID", "TIDOffset": 1, "ApplicableFrameRange": [5, 9]}, 9, None),
        ({"MaskOperation": "NONE"}, 5, None),
        ({}, 5, None),
    ],
)
def test_the_frames_that_are_taken(elements: dict[str, Any], number: int, expected: Subtraction | None) -> None:
    assert subtraction_of(state(**elements), number, 9) == expected


def test_reversed_differences_need_their_frames() -> None:
    with pytest.raises(CannotRender) as refused:
        subtraction_of(state(MaskOperation="REV_TID"), 5, 9)
    assert refused.value.reason is Reason.DAMAGED


def test_the_first_mask_that_is_for_a_frame_is_taken() -> None:
    masks = [
        item(MaskOperation="AVG_SUB", MaskFrameNumbers=[1], ApplicableFrameRange=[2, 4]),
        item(MaskOperation="TID"),
    ]
    both = state_of([image()], MaskSubtractionSequence=masks)
    assert [subtraction_of(both, number, 9) for number in (3, 6)] == [Subtraction((3,), (1,)), Subtraction((6,), (5,))]


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_an_image_s_own_mask_subtracts_as_a_state_does(photometric: str) -> None:
    mask = item(MaskOperation="AVG_SUB", MaskFrameNumbers=[1])
    angiogram = image(MaskSubtractionSequence=[mask], PhotometricInterpretation=photometric, WindowCenter=9)
    vessel = np.full((16, 16), 1000, np.uint16)
    vessel[4:8] = 900
    options = RenderOptions(media_type="image/png", state=own_mask(angiogram), others=((1, frame(1000)),))
    shown = render_decoded(angiogram, DecodedFrame(vessel, photometric), 3, options)
    grays = np.asarray(Image.open(io.BytesIO(shown.data)))
    dark, light = (grays[5, 5], grays[12, 5]) if photometric == "MONOCHROME2" else (grays[12, 5], grays[5, 5])
    assert dark < 10
    assert light > 245


def test_an_image_without_a_mask_is_not_subtracted() -> None:
    assert own_mask(image()) is None


def test_a_state_without_a_mask_subtracts_nothing() -> None:
    assert subtraction_of(state_of([image()]), 5, 9) is None


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({"MaskFrameNumbers": [10]}, Reason.DAMAGED),
        ({"MaskFrameNumbers": [0]}, Reason.DAMAGED),
        ({}, Reason.DAMAGED),
        ({"MaskFrameNumbers": [1], "ApplicableFrameRange": [1]}, Reason.DAMAGED),
        ({"MaskFrameNumbers": [1], "MaskSubPixelShift": [1, 2, 3]}, Reason.DAMAGED),
        ({"MaskFrameNumbers": [1] * 16}, Reason.TOO_LARGE),
    ],
)
def test_what_makes_no_sense_is_refused(elements: dict[str, Any], reason: Reason) -> None:
    with pytest.raises(CannotRender) as refused:
        subtraction_of(state(MaskOperation="AVG_SUB", **elements), 5, 9)
    assert refused.value.reason is reason


def test_means_of_modality_values_are_subtracted() -> None:
    frames = {5: frame(100), 6: frame(300), 1: frame(40), 2: frame(80)}
    header = image(RescaleSlope=2, RescaleIntercept=-1000, PixelPaddingValue=100)
    shown, made = subtract(header, Subtraction((5, 6), (1, 2)), frames, has_window=True)
    # 2 x 200 - 1000 less 2 x 60 - 1000: the intercept has no part in a difference.
    assert made.pixels.shape == (16, 16)
    assert set(made.pixels.ravel()) == {280.0}
    assert {"RescaleSlope", "RescaleIntercept", "PixelPaddingValue"}.isdisjoint(shown.dir())
    assert (shown.WindowCenter, header.RescaleSlope) == (40, 2)


@pytest.mark.parametrize("shift", [(2.0, 3.0), (-1.0, 4.0), (0.5, 0.0)])
def test_a_mask_is_moved_down_and_to_the_right(shift: tuple[float, float]) -> None:
    mask = np.zeros((16, 16), np.uint16)
    mask[8, 6] = 100
    down, right = shift
    _, made = subtract(image(), Subtraction((2,), (1,), shift), {2: frame(0), 1: frame(mask)}, has_window=True)
    expected = np.zeros((16, 16))
    expected[8 + int(np.floor(down)), 6 + int(right)] -= 100 * (1 - down % 1)
    expected[9 + int(np.floor(down)), 6 + int(right)] -= 100 * (down % 1)
    assert np.allclose(made.pixels, expected, atol=0.01)


def test_what_comes_in_at_a_rim_is_what_was_there() -> None:
    _, made = subtract(image(), Subtraction((2,), (1,), (3.0, 3.0)), {2: frame(50), 1: frame(50)}, has_window=True)
    assert np.allclose(made.pixels, 0, atol=0.01)


def test_a_mask_moved_out_of_the_picture_is_refused() -> None:
    with pytest.raises(CannotRender):
        subtract(image(), Subtraction((2,), (1,), (16.0, 0.0)), {2: frame(0), 1: frame(0)}, has_window=True)


def test_the_window_of_the_state_is_for_differences() -> None:
    vessel = np.full((16, 16), 1000, np.uint16)
    vessel[4:8] = 900
    window = item(WindowCenter=-50, WindowWidth=100, VOILUTFunction="LINEAR_EXACT")
    wanted = state(MaskOperation="AVG_SUB", MaskFrameNumbers=[1])
    wanted.SoftcopyVOILUTSequence = [window]
    options = RenderOptions(media_type="image/png", state=wanted, others=((1, frame(1000)),))
    made = render_decoded(image(), frame(vessel), 3, options)
    grays = np.asarray(Image.open(io.BytesIO(made.data)))
    assert (grays[5, 5], grays[12, 5]) == (0, 255)
    assert made.window is not None
    assert (made.window.center, made.window.width) == (-50, 100)


def test_a_window_is_found_for_differences_where_the_state_has_none() -> None:
    options = RenderOptions(
        media_type="image/png", state=state(MaskOperation="AVG_SUB", MaskFrameNumbers=[1]), others=((1, frame(1000)),)
    )
    vessel = np.full((16, 16), 1000, np.uint16)
    vessel[4:8] = 900
    grays = np.asarray(Image.open(io.BytesIO(render_decoded(image(), frame(vessel), 3, options).data)))
    assert grays[5, 5] < 10
    assert grays[12, 5] > 245


def test_frames_that_were_not_fetched_subtract_nothing() -> None:
    wanted = state(MaskOperation="AVG_SUB", MaskFrameNumbers=[1])
    wanted.SoftcopyVOILUTSequence = [item(WindowCenter=1000, WindowWidth=2000)]
    options = RenderOptions(media_type="image/png", state=wanted)
    assert np.asarray(Image.open(io.BytesIO(render_decoded(image(), frame(1000), 3, options).data))).mean() > 100


def test_values_that_count_xrays_are_not_subtracted() -> None:
    assert may_subtract(image())
    assert may_subtract(image(PixelIntensityRelationship="LOG"))
    assert not may_subtract(image(PixelIntensityRelationship="LIN"))
