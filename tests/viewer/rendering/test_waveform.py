"""Waveforms: values against pydicom and by hand, and curves found again in the drawing."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom import Dataset, dcmread
from pydicom.data import get_testdata_file
from pydicom.waveforms import multiplex_array

from tests.viewer.rendering.samples import BIG_ENDIAN, EXPLICIT
from viewer.rendering import CannotRender, Reason, RenderOptions, decode, render_decoded
from viewer.rendering.companding import EXPANDED
from viewer.rendering.waveform import Channel, read_page, short_name
from viewer.rendering.waveform_pages import PAGES_MOST, GroupSize, Paper, find_page, page_count
from viewer.rendering.waveform_scale import scaled
from viewer.waveforms import as_picture

ECG = get_testdata_file("waveform_ecg.dcm")
ECG_STORAGE = "1.2.840.10008.5.1.4.1.1.9.1.1"


def _channel(unit: str = "uV", **elements: Any) -> Dataset:
    units = Dataset()
    units.CodeValue = unit
    channel = Dataset()
    channel.ChannelSensitivity, channel.ChannelSensitivityUnitsSequence = "1", [units]
    for keyword, value in elements.items():
        setattr(channel, keyword, value)
    return channel


def _waveform(samples: np.ndarray, interpretation: str, channels: list[Dataset], frequency: float = 100.0) -> Dataset:
    """Return a header whose one multiplex group holds `samples` (samples, channels)."""
    group = Dataset()
    group.NumberOfWaveformSamples, group.NumberOfWaveformChannels = samples.shape
    group.SamplingFrequency, group.WaveformSampleInterpretation = frequency, interpretation
    group.WaveformBitsAllocated = 8 * samples.dtype.itemsize
    group.ChannelDefinitionSequence, group.WaveformData = channels, samples.tobytes()
    header = Dataset()
    header.WaveformSequence = [group]
    return header


def _reason(header: Dataset, number: int = 1) -> Reason:
    with pytest.raises(CannotRender) as refused:
        decode(header, b"", EXPLICIT, number)
    return refused.value.reason


@pytest.mark.parametrize("index", [0, 1])
def test_values_agree_with_pydicom(index: int) -> None:
    header = dcmread(ECG)
    page = read_page(header, index + 1)
    expected = multiplex_array(header, index, as_raw=False)
    assert np.allclose(np.column_stack([channel.values for channel in page.channels]), expected)
    assert [c.name for c in page.channels] == [
        "I",
        "II",
        "III",
        "aVR",
        "aVL",
        "aVF",
        "V1",
        "V2",
        "V3",
        "V4",
        "V5",
        "V6",
    ]
    assert {c.unit for c in page.channels} == {"uV"}


@pytest.mark.parametrize(
    ("kind", "interpretation"),
    [("i1", "SB"), ("u1", "UB"), ("<i2", "SS"), ("<u2", "US"), ("<i4", "SL"), ("<u4", "UL")],
)
def test_each_kind_of_sample_is_read(kind: str, interpretation: str) -> None:
    limits = np.iinfo(kind)
    samples = np.array([[limits.min, 0], [1, limits.max]], kind)
    page = read_page(_waveform(samples, interpretation, [_channel(), _channel()]), 1)
    assert [list(channel.values) for channel in page.channels] == [[limits.min, 1], [0, limits.max]]


@pytest.mark.parametrize(
    ("interpretation", "codes", "values"),
    [
        # Worked by hand from ITU-T G.711 tables 2a and 1a, whose 14 and 13 bits are brought to 16.
        ("MB", [0xFF, 0x7F, 0xF0, 0xEF, 0xE0, 0x8F, 0x80, 0x00], [0, 0, 120, 132, 372, 16764, 32124, -32124]),
        ("AB", [0xD5, 0x55, 0xDA, 0xC5, 0xCA, 0xF5, 0xAA, 0x2A], [8, -8, 248, 264, 504, 528, 32256, -32256]),
    ],
)
def test_companded_samples_are_expanded(interpretation: str, codes: list[int], values: list[int]) -> None:
    samples = np.array(codes, "u1").reshape(-1, 1)
    (channel,) = read_page(_waveform(samples, interpretation, [_channel()]), 1).channels
    assert list(channel.values) == values


def test_companding_is_odd_and_rises() -> None:
    for expanded in EXPANDED.values():
        assert sorted(expanded) == sorted(-expanded)
    assert (np.diff(EXPANDED["MB"][:128]) > 0).all()
    assert (np.diff(EXPANDED["AB"][np.arange(128) ^ 0x55]) < 0).all()


def test_sensitivity_correction_and_baseline_are_applied() -> None:
    samples = np.array([[10], [-10]], "<i2")
    channel = _channel(ChannelSensitivity="2.5", ChannelSensitivityCorrectionFactor="1.1", ChannelBaseline="7")
    assert np.allclose(read_page(_waveform(samples, "SS", [channel]), 1).channels[0].values, [34.5, -20.5])


def test_big_endian_samples_are_turned() -> None:
    header = _waveform(np.array([[256], [1]], ">i2"), "SS", [_channel()])
    assert list(read_page(header, 1, is_big_endian=True).channels[0].values) == [256, 1]
    assert decode(header, b"", BIG_ENDIAN, 1).photometric == "RGB"


def test_what_was_not_recorded_is_no_value() -> None:
    header = _waveform(np.array([[5], [-32768], [6]], "<i2"), "SS", [_channel()])
    header.WaveformSequence[0].WaveformPaddingValue = b"\x00\x80"
    values = read_page(header, 1).channels[0].values
    assert np.isnan(values[1])
    assert list(values[[0, 2]]) == [5, 6]


def test_pages_are_ten_seconds_of_one_group_after_the_other() -> None:
    sizes = [GroupSize(12, 2500, 100), GroupSize(3, 100, 100)]
    assert page_count(sizes) == 4
    assert [find_page(sizes, number) for number in (1, 2, 3, 4)] == [(0, 0), (0, 1), (0, 2), (1, 0)]
    for number in (0, 5):
        with pytest.raises(LookupError):
            find_page(sizes, number)
    assert page_count([GroupSize(1, 10**300, 1)]) == PAGES_MOST
    assert page_count([GroupSize(1, 10, 1e-300), GroupSize(1, 10, float("nan")), GroupSize(-1, 10, 1)]) == 0
    assert page_count([GroupSize(1, 10, 0), GroupSize(0, 10, 5), GroupSize(1, 0, 5)]) == 0


def test_the_last_page_holds_the_rest() -> None:
    header = _waveform(np.arange(2500, dtype="<i2")[:, None], "SS", [_channel()])
    assert [read_page(header, n).channels[0].values[[0, -1]].tolist() for n in (1, 2, 3)] == [
        [0, 999],
        [1000, 1999],
        [2000, 2499],
    ]
    assert read_page(header, 3).start == 20
    assert _reason(header, 4) is Reason.FRAME_OUT_OF_RANGE


def test_what_makes_no_sense_is_refused() -> None:
    plain = np.zeros((10, 1), "<i2")
    short = _waveform(plain, "SS", [_channel()])
    short.WaveformSequence[0].WaveformData = b"\x00" * 18
    assert _reason(short) is Reason.DAMAGED
    assert _reason(_waveform(plain, "SS", [])) is Reason.DAMAGED
    assert _reason(_waveform(plain.astype("u1"), "SS", [_channel()])) is Reason.UNSUPPORTED_PIXELS
    assert _reason(_waveform(plain, "MB", [_channel()])) is Reason.UNSUPPORTED_PIXELS
    assert _reason(_waveform(np.zeros((1, 65), "<i2"), "SS", [_channel()] * 65)) is Reason.TOO_LARGE
    assert _reason(_waveform(plain, "SS", [_channel(ChannelSensitivity="1e999")])) is Reason.DAMAGED
    assert _reason(_waveform(plain, "SS", [_channel()], frequency=0)) is Reason.FRAME_OUT_OF_RANGE


def _scale(unit: str, *values: float) -> tuple[list[float], str]:
    (curve,), words = scaled((Channel("", unit, np.array(values)),))
    return curve.heights.tolist(), words


def test_a_millivolt_is_ten_millimeters_high() -> None:
    assert _scale("uV", 0, 0, 1000) == ([0, 0, 10], "10 mm/mV")
    assert _scale("mV", 5, 5, 6) == ([0, 0, 10], "10 mm/mV")


def test_what_would_leave_the_paper_is_drawn_smaller_and_says_so() -> None:
    assert _scale("mV", 0, 0, 4) == ([0, 0, 20], "5 mm/mV")
    assert _scale("mV", 0, 0, -40) == ([0, 0, -20], "10 mm = 20 mV")


def test_other_units_get_a_round_scale() -> None:
    assert _scale("mm[Hg]", 0, 120) == ([0, 12], "10 mm = 100 mm[Hg]")
    assert _scale("", 0, 0.02)[1] == "10 mm = 0.01"


@pytest.mark.parametrize(
    ("meaning", "name"), [("Lead I (Einthoven)", "I"), ("Lead aVR", "aVR"), ("Pressure", "Pressure"), ("", "")]
)
def test_names_are_short(meaning: str, name: str) -> None:
    assert short_name(meaning) == name


def test_the_curve_stands_where_paper_and_value_say() -> None:
    """Half of the page at -1 mV, half at +1 mV, around a median of zero."""
    samples = np.zeros((1000, 2), "<i2")
    samples[100:300, 0], samples[600:800, 0] = 1000, -1000
    pixels = decode(_waveform(samples, "SS", [_channel(), _channel()]), b"", EXPLICIT, 1).pixels
    paper = Paper(2)
    assert pixels.shape == (paper.height, paper.width, 3)
    ink = pixels.max(axis=2) < 128
    for seconds, millimeters in [(0.5, 0), (2, 10), (4.5, 0), (7, -10), (9, 0)]:
        column = ink[: round(paper.y(1)) - 8, round(paper.x(seconds))]
        assert abs(np.flatnonzero(column).mean() - (paper.y(0) - millimeters * paper.scale)) <= 1.5


def test_a_gap_is_not_bridged() -> None:
    samples = np.zeros((1000, 1), "<i2")
    samples[400:600] = -32768
    header = _waveform(samples, "SS", [_channel()])
    header.WaveformSequence[0].WaveformPaddingValue = b"\x00\x80"
    pixels, paper = decode(header, b"", EXPLICIT, 1).pixels, Paper(1)
    ink = pixels.max(axis=2)[round(paper.y(0))] < 128
    assert ink[round(paper.x(2))]
    assert not ink[round(paper.x(4.1)) : round(paper.x(5.9))].any()
    assert ink[round(paper.x(8))]


def test_a_dense_curve_keeps_its_peaks() -> None:
    samples = np.zeros((100_000, 1), "<i2")
    samples[50_000] = 2000
    pixels, paper = decode(_waveform(samples, "SS", [_channel()], 10_000), b"", EXPLICIT, 1).pixels, Paper(1)
    ink = pixels.max(axis=2) < 128
    peak = round(paper.x(5))
    assert ink[round(paper.y(0) - 19 * paper.scale), peak - 2 : peak + 3].any()


def test_an_ecg_goes_through_the_pipeline_like_any_picture() -> None:
    header = dcmread(ECG)
    frame = decode(header, b"", str(header.file_meta.TransferSyntaxUID), 1)
    picture = render_decoded(header, frame, 1, RenderOptions(size=256, media_type="image/png"))
    assert (max(picture.width, picture.height), picture.window) == (256, None)


def test_nothing_recorded_is_an_empty_paper() -> None:
    header = _waveform(np.full((10, 1), -1, "<i2"), "SS", [_channel()])
    header.WaveformSequence[0].WaveformPaddingValue = b"\xff\xff"
    assert decode(header, b"", EXPLICIT, 1).pixels.shape == (Paper(1).height, Paper(1).width, 3)


_NUMBERS = st.one_of(
    st.sampled_from([0, 1, 2, 12, 64, 65, 1000, 2**31, -1]), st.floats(), st.text(max_size=4), st.none()
)


@settings(max_examples=60)
@given(
    st.dictionaries(
        st.sampled_from(
            ["NumberOfWaveformChannels", "NumberOfWaveformSamples", "SamplingFrequency", "WaveformBitsAllocated"]
        ),
        _NUMBERS,
    ),
    st.dictionaries(
        st.sampled_from(["ChannelSensitivity", "ChannelBaseline", "ChannelTimeSkew", "ChannelSampleSkew"]),
        st.one_of(st.floats().map(lambda value: repr(value)[:16]), st.text(max_size=4)),
    ),
    st.binary(max_size=64),
)
def test_whatever_a_waveform_holds_is_a_picture_or_a_reason(
    group: dict[str, Any], channel: dict[str, Any], data: bytes
) -> None:
    header = _waveform(np.zeros((8, 2), "<i2"), "SS", [_channel(), _channel()])
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        for keyword, value in group.items():
            setattr(header.WaveformSequence[0], keyword, value)
        for keyword, value in channel.items():
            setattr(header.WaveformSequence[0].ChannelDefinitionSequence[0], keyword, value)
    header.WaveformSequence[0].WaveformData = data
    with contextlib.suppress(CannotRender):
        assert decode(header, b"", EXPLICIT, 1).photometric == "RGB"


@settings(max_examples=200)
@given(_NUMBERS, _NUMBERS, _NUMBERS)
def test_whatever_the_metadata_of_a_waveform_holds_it_has_a_size(channels: Any, samples: Any, frequency: Any) -> None:
    group = {"003A0005": {"Value": [channels]}, "003A0010": {"Value": [samples]}, "003A001A": {"Value": [frequency]}}
    facts = as_picture({"00080016": {"Value": [ECG_STORAGE]}, "54000100": {"Value": [group]}})
    (pages,), (rows,) = facts["00280008"]["Value"], facts["00280010"]["Value"]
    assert 1 <= pages <= PAGES_MOST
    assert Paper(1).height <= rows <= Paper(64).height
