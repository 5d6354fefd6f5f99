"""Windowable frames: every value comes through, and the browser's decoder and tables agree by golden vectors."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from PIL import Image

from tests import dicom_testdata
from tests.viewer.rendering import golden
from tests.viewer.rendering.samples import header_of
from viewer.localfile import read_frame
from viewer.rendering import (
    CannotRender,
    DecodedFrame,
    Reason,
    RenderOptions,
    Window,
    decode,
    encode_planes,
    planes,
    render_decoded,
)
from viewer.rendering.gray import transform_of

BODY_BYTES_MOST = 175 * 1024


def _decoded(data: bytes) -> tuple[dict[str, Any], np.ndarray]:
    """Return (facts, stored values), undone sample by sample as T.87 says."""
    (length,) = struct.unpack_from(">I", data)
    facts = json.loads(data[4 : 4 + length])
    shape = (facts["rows"], facts["columns"])
    high, low = np.frombuffer(data, np.uint8, offset=4 + length).reshape(2, -1).astype(int)
    residuals = ((high << 8) | low).reshape(shape)
    samples = np.zeros((shape[0] + 1, shape[1] + 1), int)
    for row, column in np.ndindex(*shape):
        left, above, corner = samples[row + 1, column], samples[row, column + 1], samples[row, column]
        prediction = max(min(left, above), min(max(left, above), left + above - corner))
        residual = residuals[row, column]
        samples[row + 1, column + 1] = (prediction + ((residual >> 1) ^ -(residual & 1))) % 65536
    return facts, samples[1:, 1:] + facts["first"]


@given(
    npst.arrays(
        st.sampled_from([np.uint8, np.int8, np.uint16, np.int16]),
        npst.array_shapes(min_dims=2, max_dims=2, max_side=7),
    )
)
def test_every_value_comes_through(pixels: np.ndarray) -> None:
    facts, values = _decoded(encode_planes(header_of(pixels), DecodedFrame(pixels, "MONOCHROME2"), 1))
    assert np.array_equal(values, pixels)
    assert (facts["first"], facts["last"]) == (pixels.min(), pixels.max())


@given(npst.arrays(np.int16, npst.array_shapes(min_dims=2, max_dims=2, max_side=9)), st.integers(1, 9))
def test_a_proxy_is_every_nth_value_and_no_larger_than_asked(pixels: np.ndarray, size: int) -> None:
    whole, _ = _decoded(encode_planes(header_of(pixels), DecodedFrame(pixels, "MONOCHROME2"), 1))
    facts, values = _decoded(encode_planes(header_of(pixels), DecodedFrame(pixels, "MONOCHROME2"), 1, size))
    assert max(values.shape) <= size
    assert np.array_equal(values, pixels[:: facts["every"], :: facts["every"]])
    same = set(whole) - {"rows", "columns", "every"}
    assert {name: facts[name] for name in same} == {name: whole[name] for name in same}


@pytest.mark.parametrize(
    ("elements", "overlay", "is_picture"),
    [
        ({}, None, True),
        ({"PixelAspectRatio": ["2", "1"]}, None, False),
        ({}, np.ones((4, 4), bool), False),
    ],
)
def test_it_says_whether_its_grays_are_the_lossless_picture(
    elements: dict[str, Any], overlay: np.ndarray | None, is_picture: bool
) -> None:
    pixels = np.arange(16, dtype="<u2").reshape(4, 4) * 60
    header = header_of(pixels, **elements)
    frame = DecodedFrame(pixels, "MONOCHROME2", overlay=overlay)
    facts, values = _decoded(encode_planes(header, frame, 1))
    window = Window(300, 500)
    made = render_decoded(header, frame, 1, RenderOptions(window=window, media_type="image/png"))
    shown = np.asarray(Image.open(io.BytesIO(made.data)).convert("L"))
    table = transform_of(header, frame, 1, window, invert=False).table(facts["first"], facts["last"])
    assert facts["is_picture"] is is_picture
    assert np.array_equal(shown, table[values - facts["first"]]) is is_picture


def test_values_of_thirty_two_bits_come_through_where_their_range_is_small() -> None:
    pixels = np.array([[-70000, -70001], [-5000, -69999]], "<i4")
    header = header_of(pixels, BitsStored=32, HighBit=31)
    assert np.array_equal(_decoded(encode_planes(header, DecodedFrame(pixels, "MONOCHROME2"), 1))[1], pixels)


@pytest.mark.parametrize(
    ("pixels", "photometric"),
    [
        (np.zeros((4, 4, 3), "u1"), "RGB"),
        (np.zeros((4, 4), "u1"), "PALETTE COLOR"),
        (np.zeros((4, 4), "f4"), "MONOCHROME2"),
        (np.array([[0, 65536]], "u4"), "MONOCHROME2"),
    ],
)
def test_what_has_no_window_is_refused(pixels: np.ndarray, photometric: str) -> None:
    with pytest.raises(CannotRender) as refused:
        encode_planes(header_of(pixels), DecodedFrame(pixels, photometric), 1)
    assert refused.value.reason is Reason.NOT_WINDOWABLE


def test_what_goes_through_another_table_is_refused() -> None:
    pixels = np.zeros((4, 4), "u2")
    table = {"LUTDescriptor": [4, 0, 8], "LUTData": [0, 1, 2, 255]}
    header = golden.header({"PresentationLUTSequence": [table]}, pixels)
    with pytest.raises(CannotRender) as refused:
        encode_planes(header, DecodedFrame(pixels, "MONOCHROME2"), 1)
    assert refused.value.reason is Reason.NOT_WINDOWABLE


def test_what_has_a_shutter_is_refused() -> None:
    pixels = np.zeros((4, 4), "u2")
    with pytest.raises(CannotRender) as refused:
        encode_planes(header_of(pixels, ShutterShape="CIRCULAR"), DecodedFrame(pixels, "MONOCHROME2"), 1)
    assert refused.value.reason is Reason.NOT_WINDOWABLE


def test_tables_that_make_no_sense_are_refused() -> None:
    pixels = np.zeros((4, 4), "u2")
    header = golden.header({"ModalityLUTSequence": [{"LUTDescriptor": [9, 0, 8], "LUTData": [1, 2]}]}, pixels)
    with pytest.raises(CannotRender) as refused:
        encode_planes(header, DecodedFrame(pixels, "MONOCHROME2"), 1)
    assert refused.value.reason is Reason.DAMAGED


@pytest.mark.parametrize("name", golden.CASES)
def test_the_golden_vectors_are_what_the_server_does(name: str) -> None:
    stored = {vector["name"]: vector for vector in json.loads(golden.FILE.read_text(encoding="utf-8"))}
    assert stored[name] == golden.case(name), "run python -m tests.viewer.rendering.golden"


def test_a_body_ct_is_small_enough_to_send_during_a_drag() -> None:
    path = dicom_testdata.dicom_file("cornerstonejs__dicomParser/testImages/CT1_UNC.explicit_big_endian.dcm")
    header, data, transfer_syntax = read_frame(path, 1)
    encoded = encode_planes(header, decode(header, data, transfer_syntax, 1), 1)
    compressed = planes.compress(encoded)
    assert len(compressed) <= BODY_BYTES_MOST
    assert planes.decompress(compressed) == encoded
