"""Grey frames from stored value to grey: order of steps, signs, slopes, inversion, padding, tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import Dataset
from pydicom.sequence import Sequence

from viewer.rendering import DecodedFrame, VoiFunction, Window
from viewer.rendering.gray import names_its_window, render_gray
from viewer.rendering.voi import apply_window


def _header(**elements: Any) -> Dataset:
    header = Dataset()
    for keyword, value in {"BitsStored": 16, "PixelRepresentation": 0, **elements}.items():
        setattr(header, keyword, value)
    return header


def _grays(
    stored: list[float], header: Dataset, window: Window | None, kind: str = "u2", photometric: str = "MONOCHROME2"
) -> list[int]:
    pixels = np.array(stored, kind).reshape(1, -1)
    return render_gray(header, DecodedFrame(pixels, photometric), 1, window, invert=False)[0][0].tolist()


def test_slope_and_intercept_come_before_the_window() -> None:
    header = _header(RescaleSlope=1, RescaleIntercept=-1024)
    assert _grays([0, 895, 1089, 1218, 4095], header, Window(40, 400)) == [0, 20, 144, 226, 255]


def test_a_ramp_built_in_stored_values_would_be_wrong() -> None:
    # With slope 2 the window's 0.5 and -1 are halves of a stored step: 39.5 lies between two stored values.
    header = _header(RescaleSlope=2, RescaleIntercept=-1024)
    expected = [int(np.floor(((2 * s - 1024 - 39.5) / 399 + 0.5) * 255 + 0.5)) for s in (450, 532, 600)]
    assert _grays([450, 532, 600], header, Window(40, 400)) == expected


def test_a_negative_slope_turns_the_picture_around() -> None:
    header = _header(RescaleSlope=-1, RescaleIntercept=255)
    assert _grays([0, 100, 255], header, Window(128, 256)) == [255, 155, 0]


def test_signed_values_keep_their_order() -> None:
    assert _grays([-32768, -50, 0, 49, 32767], _header(PixelRepresentation=1), Window(0, 100), "i2") == [
        0,
        0,
        129,
        255,
        255,
    ]


@pytest.mark.parametrize("kind", ["u1", "u2", "u4", "i2", "i4", "f4", "f8"])
def test_every_kind_of_sample_gives_the_same_greys(kind: str) -> None:
    assert _grays([0, 64, 100, 127], _header(), Window(64, 128), kind) == [0, 129, 201, 255]


def test_monochrome1_is_turned_after_the_window() -> None:
    # Inverting the stored values before the window would give 255 for both ends of the stored range.
    assert _grays([0, 40, 100, 65535], _header(), Window(50, 100), photometric="MONOCHROME1") == [255, 152, 0, 0]


def test_inverse_presentation_of_monochrome1_is_not_turned_twice() -> None:
    header = _header(PresentationLUTShape="INVERSE")
    assert _grays([0, 255], header, Window(128, 256), photometric="MONOCHROME1") == [255, 0]


@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_is_background_and_not_counted(photometric: str) -> None:
    header = _header(PixelPaddingValue=63536)
    values = [63536] * 10 + list(range(1000, 1100))
    grays = _grays(values, header, None, photometric=photometric)
    assert grays[:10] == [0] * 10
    assert max(grays) - min(grays[10:]) > 250


def test_a_range_of_padding() -> None:
    header = _header(PixelPaddingValue=200, PixelPaddingRangeLimit=255)
    assert _grays([199, 200, 230, 255], header, Window(128, 256)) == [199, 0, 0, 0]


@pytest.mark.parametrize(
    ("kind", "representation", "written", "stored"),
    [("i2", 1, 63536, -2000), ("i2", 1, -2000, -2000), ("u2", 0, -2000, 63536), ("u2", 0, 63536, 63536)],
)
def test_padding_is_found_whichever_sign_it_was_written_with(
    kind: str, representation: int, written: int, stored: int
) -> None:
    header = _header(PixelRepresentation=representation, BitsAllocated=16)
    header.add_new("PixelPaddingValue", "SS" if written < 0 else "US", written)
    assert _grays([stored, 0, 10], header, Window(-3000, 2), kind)[0] == 0
    assert _grays([stored, 0, 10], header, Window(-3000, 2), kind)[1] == 255


def test_ct_without_a_window_is_shown_as_soft_tissue_when_it_reaches_air() -> None:
    header = _header(Modality="CT", RescaleSlope=1, RescaleIntercept=-1024)
    frame = DecodedFrame(np.linspace(0, 2000, 400).reshape(20, 20).astype("u2"), "MONOCHROME2")
    assert render_gray(header, frame, 1, None, invert=False)[1] == Window(40, 400)
    for other in ({"Modality": "MR"}, {"RescaleType": "US"}, {"RescaleIntercept": 0}):
        for keyword, value in other.items():
            setattr(header, keyword, value)
        window = render_gray(header, frame, 1, None, invert=False)[1]
        assert window is not None
        assert window.width > 1900


def test_percentiles_leave_out_the_extremes() -> None:
    values = np.full(10000, 500, "u2")
    values[:5000:100], values[5000::2] = 60000, np.arange(2500) % 400 + 300
    frame = DecodedFrame(values.reshape(100, 100), "MONOCHROME2")
    window = render_gray(_header(), frame, 1, None, invert=False)[1]
    assert window is not None
    assert window.center - window.width / 2 >= 300
    assert window.center + window.width / 2 <= 701


@given(
    st.sampled_from(["u1", "i1", "u2", "i2", "u4", "i4"]),
    st.integers(0, 2**32),
    st.floats(-5000, 5000),
    st.floats(1, 9000),
    st.floats(-3, 3).filter(lambda slope: abs(slope) > 0.01),
    st.sampled_from(VoiFunction),
    st.booleans(),
)
def test_the_table_gives_exactly_what_the_formulas_give(
    kind: str, seed: int, center: float, width: float, slope: float, function: VoiFunction, invert: bool
) -> None:
    info = np.iinfo(kind)
    random = np.random.default_rng(seed)
    low = int(random.integers(info.min, info.max, dtype=kind))
    pixels = random.integers(low, min(low + 3000, info.max), (80, 80), dtype=kind, endpoint=True)
    header = _header(RescaleSlope=slope, RescaleIntercept=-7, PixelRepresentation=int(kind[0] == "i"))
    window = Window(center, width, function)
    grays, _ = render_gray(header, DecodedFrame(pixels, "MONOCHROME2"), 1, window, invert=invert)
    plain = apply_window(pixels.astype(float) * float(header.RescaleSlope) - 7, window)
    assert np.array_equal(grays, np.floor((255 - plain if invert else plain) + 0.5).astype("u1"))


def test_what_is_no_number_is_background() -> None:
    assert _grays([np.nan, np.inf, 0.0, 1.0], _header(), Window(128, 256), "f4")[0] == 0


def _lut(first: int, entries: list[int], bits: int) -> Sequence:
    item = Dataset()
    item.add_new("LUTDescriptor", "US" if first >= 0 else "SS", [len(entries), first, bits])
    item.add_new("LUTData", "US", entries)
    return Sequence([item])


def test_a_voi_table_is_used_when_no_window_is_asked_for() -> None:
    header = _header(VOILUTSequence=_lut(10, [0, 1000, 4095], 12))
    assert _grays([0, 10, 11, 12, 99], header, None) == [0, 0, 62, 255, 255]


def test_a_voi_table_may_begin_below_zero() -> None:
    header = _header(VOILUTSequence=_lut(-1, [0, 128, 255], 8), PixelRepresentation=1)
    assert _grays([-5, -1, 0, 1, 9], header, None, "i2") == [0, 0, 128, 255, 255]


def test_a_modality_table() -> None:
    header = _header(ModalityLUTSequence=_lut(0, [0, 255, 128], 16))
    assert _grays([0, 1, 2, 3], header, Window(128, 256)) == [0, 255, 128, 128]


def test_each_frame_of_an_enhanced_object_has_its_own_values() -> None:
    def group(slope: float, center: float) -> Dataset:
        values, voi = Dataset(), Dataset()
        values.RescaleSlope, values.RescaleIntercept = slope, 0
        voi.WindowCenter, voi.WindowWidth = center, 256
        item = Dataset()
        item.PixelValueTransformationSequence, item.FrameVOILUTSequence = Sequence([values]), Sequence([voi])
        return item

    header = _header(PerFrameFunctionalGroupsSequence=Sequence([group(1, 128), group(2, 256)]))
    pixels = DecodedFrame(np.array([[100]], "u2"), "MONOCHROME2")
    shown = [render_gray(header, pixels, number, None, invert=False) for number in (1, 2)]
    assert [(int(grays[0, 0]), window) for grays, window in shown] == [(100, Window(128, 256)), (72, Window(256, 256))]


def test_each_frame_of_an_enhanced_object_has_its_own_voi_table() -> None:
    def group(*entries: int) -> Dataset:
        voi, item = Dataset(), Dataset()
        voi.VOILUTSequence = _lut(10, list(entries), 8)
        item.FrameVOILUTSequence = Sequence([voi])
        return item

    header = _header(PerFrameFunctionalGroupsSequence=Sequence([group(0, 128, 255), group(255, 128, 0)]))
    pixels = DecodedFrame(np.array([[0, 11, 99]], "u2"), "MONOCHROME2")
    shown = [render_gray(header, pixels, number, None, invert=False)[0].tolist() for number in (1, 2)]
    assert shown == [[[0, 128, 255]], [[255, 128, 0]]]
    assert names_its_window(header, 2)


def test_ct_without_a_window_that_has_no_soft_tissue_is_not_black() -> None:
    header = _header(Modality="CT", RescaleSlope=1, RescaleIntercept=-1024)
    frame = DecodedFrame((np.arange(400).reshape(20, 20) % 256).astype("u2"), "MONOCHROME2")
    grays, window = render_gray(header, frame, 1, None, invert=False)
    assert window is not None
    assert window.center < -800
    assert grays.std() > 50
