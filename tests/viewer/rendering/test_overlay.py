"""Overlay planes: where they lie, which frame they belong to, and what makes no sense in them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset

from tests.viewer.rendering.samples import BIG_ENDIAN, EXPLICIT, header_of
from viewer.rendering import DecodedFrame, RenderOptions, decode, render_decoded
from viewer.rendering.overlay import overlay_of


def _overlay(plane: list[list[int]], origin: list[int], group: int = 0x6000) -> Dataset:
    header, bits = Dataset(), np.array(plane)
    rows, columns = bits.shape[-2:]
    header.add_new((group, 0x0010), "US", rows)
    header.add_new((group, 0x0011), "US", columns)
    header.add_new((group, 0x0040), "CS", "G")
    header.add_new((group, 0x0050), "SS", origin)
    header.add_new((group, 0x0100), "US", 1)
    header.add_new((group, 0x0102), "US", 0)
    header.add_new((group, 0x3000), "OW", np.packbits(bits.reshape(-1), bitorder="little").tobytes())
    return header


def _mask(header: Dataset, frame_number: int = 1, rows: int = 3, columns: int = 4) -> list[list[int]] | None:
    mask = overlay_of(header, frame_number, rows, columns)
    return None if mask is None else mask.astype(int).tolist()


def test_a_plane_begins_at_its_origin() -> None:
    assert _mask(_overlay([[1, 0], [1, 1]], [2, 3])) == [[0, 0, 0, 0], [0, 0, 1, 0], [0, 0, 1, 1]]


@pytest.mark.parametrize(
    ("origin", "first_row"),
    [([0, 0], [1, 0, 0, 0]), ([1, 4], [0, 0, 0, 1]), ([1, 0], [1, 0, 0, 0]), ([-5, 1], None), ([40, 40], None)],
)
def test_a_plane_may_reach_beyond_the_picture(origin: list[int], first_row: list[int] | None) -> None:
    mask = _mask(_overlay([[1, 1], [1, 1]], origin))
    assert (mask[0] if mask else None) == first_row


def test_planes_are_drawn_together() -> None:
    header = _overlay([[1]], [1, 1])
    header.update(_overlay([[1]], [3, 4], 0x6002))
    assert _mask(header) == [[1, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]]


def test_planes_of_many_frames_belong_to_theirs() -> None:
    header = _overlay([[[1, 0, 0]], [[0, 1, 0]], [[0, 0, 1]]], [1, 1])
    header.add_new((0x6000, 0x0015), "IS", "3")
    header.add_new((0x6000, 0x0051), "US", 2)
    shown = [_mask(header, number, 1, 3) for number in range(1, 6)]
    assert shown == [None, [[1, 0, 0]], [[0, 1, 0]], [[0, 0, 1]], None]


def test_one_plane_is_for_every_frame() -> None:
    assert _mask(_overlay([[1]], [1, 1]), 7, 1, 1) == [[1]]


@pytest.mark.parametrize(
    ("element", "vr", "value"),
    [(0x0010, "US", 9000), (0x0011, "US", 0), (0x3000, "OW", b""), (0x0050, "SS", [1]), (0x0010, "US", None)],
)
def test_planes_that_make_no_sense_are_left_out(element: int, vr: str, value: object) -> None:
    header = _overlay([[1]], [1, 1])
    header.add_new((0x6000, element), vr, value)
    assert _mask(header) is None


@pytest.mark.parametrize("syntax", [EXPLICIT, BIG_ENDIAN])
def test_marks_in_spare_bits_are_drawn_and_survive_the_cache(syntax: str) -> None:
    stored = np.array([[0x8000, 0x0FFF], [0x0000, 0x8123]], "u2")
    header = header_of(stored)
    header.add_new((0x6000, 0x0010), "US", 2)
    header.add_new((0x6000, 0x0011), "US", 2)
    header.add_new((0x6000, 0x0100), "US", 16)
    header.add_new((0x6000, 0x0102), "US", 15)
    data = stored.astype(">u2" if syntax == BIG_ENDIAN else "<u2").tobytes()
    frame = decode(header, data, syntax, 1)
    assert frame.pixels.tolist() == [[0, 0x0FFF], [0, 0x0123]]
    again = DecodedFrame.from_bytes(b"".join(frame.parts()))
    assert again.overlay is not None
    assert again.overlay.tolist() == [[True, False], [False, True]]
    assert np.array_equal(again.pixels, frame.pixels)


def test_overlays_are_white_in_grey_and_color_and_can_be_left_out() -> None:
    header = _overlay([[1]], [1, 1])
    header.update(header_of(np.zeros((1, 2), "u1")))
    with_overlay = RenderOptions(media_type="image/png")
    without = RenderOptions(media_type="image/png", overlays=False)
    for frame in (
        DecodedFrame(np.zeros((1, 2), "u1"), "MONOCHROME2"),
        DecodedFrame(np.zeros((1, 2), "u1"), "MONOCHROME1"),
        DecodedFrame(np.zeros((1, 2, 3), "u1"), "RGB"),
    ):
        drawn, plain = (_pixels(header, frame, options) for options in (with_overlay, without))
        assert (drawn[0, 0] == 255).all()
        assert (drawn[0, 1] == plain[0, 1]).all()
    assert (plain == 0).all()


def _pixels(header: Dataset, frame: DecodedFrame, options: RenderOptions) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(render_decoded(header, frame, 1, options).data)))
