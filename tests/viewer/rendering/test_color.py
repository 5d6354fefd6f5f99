"""Colors worked by hand from PS3.3 C.7.6.3.1: palettes of every form, YBR, deep RGB, profiles."""

from __future__ import annotations

import io
import struct
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset
from pydicom.sequence import Sequence

from tests.viewer.rendering.samples import EXPLICIT, RLE, header_of, picture, rle
from viewer.rendering import CannotRender, DecodedFrame, Reason, RenderOptions, decode, render, render_decoded

PNG = RenderOptions(media_type="image/png")


def _shown(header: Dataset, frame: DecodedFrame, options: RenderOptions = PNG) -> list[Any]:
    data = render_decoded(header, frame, 1, options).data
    return np.asarray(Image.open(io.BytesIO(data))).tolist()


def _palette(count: int, first: int, bits: int, *tables: bytes, segmented: bool = False) -> Dataset:
    header = header_of(np.zeros((1, 4), "u2"), PhotometricInterpretation="PALETTE COLOR", BitsStored=16, HighBit=15)
    for channel, table in zip(("Red", "Green", "Blue"), tables, strict=True):
        header.add_new(f"{channel}PaletteColorLookupTableDescriptor", "US", [count, first, bits])
        name = f"{'Segmented' if segmented else ''}{channel}PaletteColorLookupTableData"
        header.add_new(name, "OW", table)
    return header


def _words(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}H", *values)


def _indices(*values: int, kind: str = "u2") -> DecodedFrame:
    return DecodedFrame(np.array([values], kind), "PALETTE COLOR")


def test_sixteen_bit_palettes_show_their_upper_byte_and_their_ends() -> None:
    header = _palette(3, 10, 16, _words(0, 0x8000, 0xFFFF), _words(0xFFFF, 0x1234, 0), _words(0x0100, 0x0200, 0x0300))
    shown = _shown(header, _indices(0, 10, 11, 500))
    assert shown == [[[0, 255, 1], [0, 255, 1], [128, 0x12, 2], [255, 0, 3]]]


@pytest.mark.parametrize("table", [bytes([5, 6, 7, 0]), _words(5, 6, 7)])
def test_eight_bit_entries_may_fill_bytes_or_words(table: bytes) -> None:
    assert _shown(_palette(3, 0, 8, table, table, table), _indices(0, 1, 2)) == [[[5] * 3, [6] * 3, [7] * 3]]


def test_entries_that_say_16_bits_and_use_8_are_not_black() -> None:
    table = _words(0, 100, 255)
    assert _shown(_palette(3, 0, 16, table, table, table), _indices(0, 1, 2)) == [[[0] * 3, [100] * 3, [255] * 3]]


def test_a_palette_may_begin_below_zero() -> None:
    header = _palette(2, 0, 16, *[_words(0x1000, 0x2000)] * 3)
    for channel in ("Red", "Green", "Blue"):
        header[f"{channel}PaletteColorLookupTableDescriptor"].value = [2, -1, 16]
    assert _shown(header, _indices(-5, -1, 0, kind="i2")) == [[[16] * 3, [16] * 3, [32] * 3]]


def test_segmented_palettes() -> None:
    # Two discrete entries, a line of four steps, the first segment again, and a line down.
    table = _words(0, 2, 0x0A00, 0x1400, 1, 4, 0x3C00, 2, 1, 0, 0, 1, 2, 0x0000)
    header = _palette(10, 0, 16, table, table, table, segmented=True)
    reds = [pixel[0] for pixel in _shown(header, _indices(*range(10)))[0]]
    assert reds == [10, 20, 30, 40, 50, 60, 10, 20, 10, 0]


def test_segmented_palettes_of_eight_bits() -> None:
    table = bytes([0, 1, 0, 1, 4, 200, 2, 1, 3, 0, 0, 0])
    header = _palette(9, 0, 8, table, table, table, segmented=True)
    assert [pixel[0] for pixel in _shown(header, _indices(*range(9)))[0]] == [0, 50, 100, 150, 200, 200, 200, 200, 200]


@pytest.mark.parametrize(
    "table",
    [
        _words(1, 4, 0x3C00),  # a line that begins nowhere
        _words(0, 9, 1),  # cut off
        _words(7, 1, 1),  # an opcode nobody knows
        _words(0, 1, 5, 2, 1, 6, 0),  # points at itself
        _words(0, 1, 5, 2, 65535, 0, 4),  # points out of the table
        b"",
    ],
)
def test_segmented_palettes_that_make_no_sense_are_refused(table: bytes) -> None:
    header = _palette(300, 0, 16, table, table, table, segmented=True)
    with pytest.raises(CannotRender) as refused:
        render_decoded(header, _indices(0, 1), 1, PNG)
    assert refused.value.reason is Reason.DAMAGED


@pytest.mark.parametrize(("count", "bits"), [(0, 16), (300, 16), (3, 3), (3, 40)])
def test_palettes_shorter_than_they_say_are_refused(count: int, bits: int) -> None:
    table = _words(1, 2, 3)
    with pytest.raises(CannotRender) as refused:
        render_decoded(_palette(count, 0, bits, table, table, table), _indices(0), 1, PNG)
    assert refused.value.reason is Reason.DAMAGED


def test_a_palette_without_its_tables_is_refused() -> None:
    with pytest.raises(CannotRender):
        render_decoded(header_of(np.zeros((1, 1), "u2")), _indices(0), 1, PNG)


def test_supplemental_colors_lie_over_greys() -> None:
    header = _palette(2, 1000, 16, _words(0xFF00, 0), _words(0, 0xFF00), _words(0, 0))
    header.PhotometricInterpretation, header.PixelPresentation = "MONOCHROME2", "COLOR"
    header.WindowCenter, header.WindowWidth = 128, 256
    frame = DecodedFrame(np.array([[0, 100, 1000, 1001, 5000]], "u2"), "MONOCHROME2")
    expected = [[0] * 3, [100] * 3, [255, 0, 0], [0, 255, 0], [0, 255, 0]]
    assert _shown(header, frame) == [expected]
    header.PixelPresentation = "MONOCHROME"
    assert _shown(header, frame) == [[0, 100, 255, 255, 255]]


YBR = [
    # White, black, and the primaries after Rec. 601.
    ((255, 128, 128), (255, 255, 255)),
    ((0, 128, 128), (0, 0, 0)),
    ((76, 85, 255), (254, 0, 0)),
    ((150, 44, 21), (0, 255, 1)),
    ((29, 255, 107), (0, 0, 254)),
]


@pytest.mark.parametrize(("ybr", "rgb"), YBR)
@pytest.mark.parametrize("syntax", [EXPLICIT, RLE])
def test_ybr_full(ybr: tuple[int, ...], rgb: tuple[int, ...], syntax: str) -> None:
    pixels = np.array([[ybr, ybr]], "u1")
    header = header_of(pixels, PhotometricInterpretation="YBR_FULL")
    frame = decode(header, pixels.tobytes() if syntax == EXPLICIT else rle(pixels), syntax, 1)
    assert frame.photometric == "RGB"
    assert frame.pixels.tolist() == [[list(rgb), list(rgb)]]


def test_two_neighbors_share_their_chroma_in_ybr_full_422() -> None:
    header = header_of(np.zeros((1, 4, 3), "u1"), PhotometricInterpretation="YBR_FULL_422")
    frame = decode(header, bytes([255, 0, 128, 128, 76, 150, 85, 255]), EXPLICIT, 1)
    assert frame.pixels[0, :2].tolist() == [[255] * 3, [0] * 3]
    assert frame.pixels[0, 2].tolist() == [254, 0, 0]
    assert frame.pixels[0, 3, 0] == 255


def test_ybr_partial_422_stretches_its_range() -> None:
    header = header_of(np.zeros((1, 2, 3), "u1"), PhotometricInterpretation="YBR_PARTIAL_422")
    frame = decode(header, bytes([235, 16, 128, 128]), EXPLICIT, 1)
    assert frame.pixels.tolist() == [[[255] * 3, [0] * 3]]


@pytest.mark.parametrize("photometric", ["YBR_ICT", "YBR_RCT", "YBR_PARTIAL_420", "XYB"])
def test_colors_that_live_in_codestreams_only_are_refused_without_one(photometric: str) -> None:
    pixels = picture("u1", colors=3)
    with pytest.raises(CannotRender) as refused:
        decode(header_of(pixels, PhotometricInterpretation=photometric), pixels.tobytes(), EXPLICIT, 1)
    assert refused.value.reason is Reason.UNSUPPORTED_PIXELS


@pytest.mark.parametrize(
    ("kind", "bits", "stored", "shown"),
    [("u1", 8, 77, 77), ("u2", 16, 0x4D12, 0x4D), ("u2", 12, 0xFFF, 255), ("u2", 12, 0x7FF, 127), ("u1", 5, 31, 255)],
)
def test_rgb_of_any_depth_becomes_eight_bits(kind: str, bits: int, stored: int, shown: int) -> None:
    pixels = np.full((1, 2, 3), stored, kind)
    header = header_of(pixels, BitsStored=bits, HighBit=bits - 1)
    assert _shown(header, decode(header, pixels.tobytes(), EXPLICIT, 1)) == [[[shown] * 3] * 2]


def test_colors_can_be_inverted() -> None:
    pixels = np.array([[[0, 100, 255]]], "u1")
    options = RenderOptions(media_type="image/png", invert=True)
    assert _shown(header_of(pixels), DecodedFrame(pixels, "RGB"), options) == [[[255, 155, 0]]]


def _profile(space: bytes = b"RGB ", surplus: bytes = b"") -> bytes:
    body = bytes(12) + space + bytes(16) + b"acsp" + bytes(88 + 20)
    return struct.pack(">I", 4 + len(body)) + body + surplus


@pytest.mark.parametrize("media_type", ["image/png", "image/jpeg"])
def test_a_profile_of_the_image_or_its_optical_path_is_embedded(media_type: str) -> None:
    pixels, path = picture("u1", colors=3), Dataset()
    path.ICCProfile = _profile(surplus=b"\x00\x00")
    for header in (header_of(pixels, ICCProfile=_profile()), header_of(pixels, OpticalPathSequence=Sequence([path]))):
        shown = render(header, pixels.tobytes(), EXPLICIT, 1, RenderOptions(media_type=media_type))
        assert Image.open(io.BytesIO(shown.data)).info["icc_profile"] == _profile()


@pytest.mark.parametrize("profile", [b"", b"short", _profile(b"GRAY"), _profile()[:100], bytes(500)])
def test_unsound_profiles_are_left_out(profile: bytes) -> None:
    pixels = picture("u1", colors=3)
    shown = render(header_of(pixels, ICCProfile=profile), pixels.tobytes(), EXPLICIT, 1, PNG)
    assert "icc_profile" not in Image.open(io.BytesIO(shown.data)).info
