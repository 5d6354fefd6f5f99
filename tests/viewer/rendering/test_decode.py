"""Every decoder on frames that are whole, cut off, too long, or not what their header says."""

from __future__ import annotations

import io
import subprocess
import sys
import textwrap
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import imagecodecs
import numpy as np
import pytest
from PIL import Image
from pydicom import Dataset

from tests.viewer.rendering.samples import (
    BIG_ENDIAN,
    DEFLATED_FRAME,
    EXPLICIT,
    RLE,
    encodings,
    header_of,
    picture,
    rle_of_segments,
)
from viewer.rendering import CannotRender, DecodedFrame, Reason, decode, native_frame
from viewer.rendering.decode import CODECS

REPOSITORY = Path(__file__).resolve().parents[3]
SAMPLES = encodings()
JPEG_LOSSY = {"jpeg-baseline", "jpeg-baseline-color", "jpeg-12-bit", "jpeg-progressive"}
LOSSLESS = sorted(set(SAMPLES) - JPEG_LOSSY)
CODESTREAMS = sorted(name for name, (syntax, _, _) in SAMPLES.items() if syntax in CODECS)
ENDED = [name for name in CODESTREAMS if name != "jpeg-xl"]
EOI = b"\xff\xd9"


def _decode(name: str, data: bytes | None = None, **elements: Any) -> DecodedFrame:
    syntax, pixels, whole = SAMPLES[name]
    return decode(header_of(pixels, **elements), whole if data is None else data, syntax, 1)


def _reason(name: str, data: bytes | None = None, **elements: Any) -> Reason:
    with pytest.raises(CannotRender) as refused:
        _decode(name, data, **elements)
    return refused.value.reason


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_frames_come_back_bit_for_bit(name: str) -> None:
    frame = _decode(name)
    assert frame.pixels.dtype == SAMPLES[name][1].dtype
    assert np.array_equal(frame.pixels, SAMPLES[name][1])
    assert not frame.is_lossy


@pytest.mark.parametrize("name", sorted(JPEG_LOSSY))
def test_lossy_frames_come_back_nearly(name: str) -> None:
    frame, pixels = _decode(name), SAMPLES[name][1]
    assert np.abs(frame.pixels.astype(float) - pixels).mean() < 10
    assert frame.is_lossy


@pytest.mark.parametrize("name", sorted(SAMPLES))
@pytest.mark.parametrize("kept", [0.02, 0.3, 0.6, 0.9, 0.99])
def test_a_frame_that_is_cut_off_is_refused(name: str, kept: float) -> None:
    data = SAMPLES[name][2]
    assert _reason(name, data[: int(len(data) * kept)]) in (Reason.DAMAGED, Reason.MISMATCH)


@pytest.mark.parametrize("name", ENDED)
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9, 0.97])
def test_a_mended_end_does_not_hide_that_pixels_are_missing(name: str, kept: float) -> None:
    data = SAMPLES[name][2]
    assert _reason(name, data[: int(len(data) * kept)].rstrip(b"\xff") + EOI) is Reason.DAMAGED


@pytest.mark.parametrize("name", ENDED)
def test_a_frame_filled_up_with_zeros_is_refused(name: str) -> None:
    data = SAMPLES[name][2]
    assert _reason(name, data[: len(data) * 3 // 4] + bytes(len(data) // 4)) is Reason.DAMAGED


@pytest.mark.parametrize("name", ENDED)
@pytest.mark.parametrize("padding", [b"\x00", bytes(500), b"\xff", b"\x00\xd3\x0c\x99\xfa"])
def test_padding_behind_the_end_is_let_through(name: str, padding: bytes) -> None:
    assert np.array_equal(_decode(name, SAMPLES[name][2] + padding).pixels, _decode(name).pixels)


@pytest.mark.parametrize("name", sorted(SAMPLES))
@pytest.mark.parametrize("element", [{"Rows": 97}, {"Columns": 80}, {"Rows": 160, "Columns": 97}])
def test_another_size_than_the_header_says_is_refused(name: str, element: dict[str, int]) -> None:
    expected = {Reason.MISMATCH} if name in CODESTREAMS else {Reason.MISMATCH, Reason.DAMAGED}
    assert _reason(name, **element) in expected


@pytest.mark.parametrize("name", [name for name in sorted(SAMPLES) if SAMPLES[name][1].ndim == 2])
def test_other_components_than_the_header_says_are_refused(name: str) -> None:
    reason = _reason(name, SamplesPerPixel=3, PhotometricInterpretation="RGB")
    assert reason in (Reason.MISMATCH, Reason.DAMAGED)


@pytest.mark.parametrize("name", [name for name in CODESTREAMS if SAMPLES[name][1].dtype == np.uint16])
def test_a_codestream_deeper_than_the_header_says_is_refused(name: str) -> None:
    assert _reason(name, BitsAllocated=8, BitsStored=8, HighBit=7) is Reason.MISMATCH


def test_a_second_frame_header_inside_a_jpeg_is_refused() -> None:
    data = SAMPLES["jpeg-baseline"][2]
    start = data.index(b"\xff\xc0")
    segment = data[start : start + 2 + int.from_bytes(data[start + 2 : start + 4], "big")]
    larger = segment[:5] + b"\xff\x00\xff\x00" + segment[9:]
    assert _reason("jpeg-baseline", data[:start] + segment + larger + data[start + len(segment) :]) is Reason.DAMAGED


def test_a_codestream_hidden_before_the_real_one_is_not_believed() -> None:
    small = SAMPLES["jpeg-2000"][2]
    other = bytes(imagecodecs.jpeg2k_encode(picture("u2", rows=300), level=0, codecformat="JP2"))
    box = (8 + len(small)).to_bytes(4, "big") + b"free" + small
    assert _reason("jpeg-2000", other[:12] + box + other[12:]) is Reason.MISMATCH


def _tiled_jpeg2000(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG2000", tile_size=(64, 64), no_jp2=True, irreversible=False)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("syntax", "encode"),
    [("90", _tiled_jpeg2000), ("201", lambda pixels: bytes(imagecodecs.htj2k_encode(pixels, tile=(64, 64))))],
)
def test_tiles_that_are_missing_are_not_left_black(syntax: str, encode: Callable[[np.ndarray], bytes]) -> None:
    pixels, syntax = picture("u1"), f"1.2.840.10008.1.2.4.{syntax}"
    data = encode(pixels)
    assert np.array_equal(decode(header_of(pixels), data, syntax, 1).pixels, pixels)
    last_tile = data.rindex(b"\xff\x90\x00\x0a")
    with pytest.raises(CannotRender) as refused:
        decode(header_of(pixels), data[:last_tile] + EOI, syntax, 1)
    assert refused.value.reason is Reason.DAMAGED


def test_a_broken_htj2k_codestream_is_not_printed_nor_kept(capfd: pytest.CaptureFixture[str]) -> None:
    data = SAMPLES["htj2k"][2]
    spoiled = data[: len(data) // 2] + bytes(len(data) - len(data) // 2 - 2) + EOI
    hooks = sys.unraisablehook, sys.excepthook
    assert _reason("htj2k", spoiled) is Reason.DAMAGED
    assert capfd.readouterr() == ("", "")
    assert hooks == (sys.unraisablehook, sys.excepthook)
    assert not hasattr(sys, "last_traceback")


def test_an_htj2k_codestream_spoiled_inside_is_refused_or_changes_pixels_only() -> None:
    _, pixels, data = SAMPLES["htj2k"]
    random, refused = np.random.default_rng(3), 0
    for _ in range(40):
        spoiled = bytearray(data)
        for place in random.integers(120, len(data) - 4, 30):
            spoiled[place] = random.integers(0, 255)
        try:
            assert _decode("htj2k", bytes(spoiled)).pixels.shape == pixels.shape
        except CannotRender:
            refused += 1
    assert refused > 0


def test_an_rle_segment_that_is_longer_than_the_picture_is_refused() -> None:
    pixels = picture("u1")
    bomb = b"\x81\x00" * 1_000_000
    with pytest.raises(CannotRender) as refused:
        decode(header_of(pixels), rle_of_segments([bomb]), RLE, 1)
    assert refused.value.reason is Reason.MISMATCH


@pytest.mark.parametrize("count", [0, 1, 3, 15, 16, 2**31])
def test_rle_headers_that_lie_are_refused(count: int) -> None:
    data = SAMPLES["rle"][2]
    assert _reason("rle", count.to_bytes(4, "little") + data[4:]) is Reason.MISMATCH


def test_a_deflated_frame_that_would_not_end_is_refused() -> None:
    deflater = zlib.compressobj(wbits=-15)
    bomb = deflater.compress(bytes(50_000_000)) + deflater.flush()
    pixels = picture("u2")
    with pytest.raises(CannotRender):
        decode(header_of(pixels), bomb, DEFLATED_FRAME, 1)


HOSTILE = """
    import struct
    import imagecodecs, numpy as np
    from tests.memory import peak_bytes
    from tests.viewer.rendering.samples import header_of, picture, rle_of_segments
    from viewer.rendering import CannotRender, decode
    pixels = picture("u2")
    j = "1.2.840.10008.1.2.4."
    jpeg = imagecodecs.jpeg8_encode(picture("u1"), level=90)
    sof = jpeg.index(b"\\xff\\xc0")
    jpeg = jpeg[: sof + 5] + b"\\xff\\xff\\xff\\xff" + jpeg[sof + 9 :]
    j2k = imagecodecs.jpeg2k_encode(pixels, level=0, codecformat="J2K")
    wide = j2k[:8] + struct.pack(">II", 60000, 60000) + j2k[16:]
    huge = np.zeros((400, 400), "u2")
    tiled = imagecodecs.jpeg2k_encode(huge, level=0, codecformat="J2K")
    tiled = tiled[:24] + struct.pack(">II", 1, 1) + tiled[32:]
    ht = imagecodecs.htj2k_encode(pixels)
    ht = ht[:8] + struct.pack(">II", 60000, 60000) + ht[16:]
    jls = imagecodecs.jpegls_encode(pixels)
    sof = jls.index(b"\\xff\\xf7")
    jls = jls[: sof + 5] + b"\\xff\\xff\\xff\\xff" + jls[sof + 9 :]
    jxl = imagecodecs.jpegxl_encode(np.zeros((9000, 9000), "u2"), lossless=True)
    cases = [("50", jpeg), ("90", wide), ("201", ht), ("80", jls), ("110", jxl)]
    used = peak_bytes()
    for syntax, data in cases:
        kind = picture("u1") if syntax == "50" else pixels
        try:
            decode(header_of(kind), bytes(data), j + syntax, 1)
        except CannotRender as error:
            print(error.reason)
    try:
        decode(header_of(picture("u1")), rle_of_segments([b"\\x81\\x00" * 20_000_000]), "1.2.840.10008.1.2.5", 1)
    except CannotRender as error:
        print(error.reason)
    try:
        decode(header_of(huge), bytes(tiled), j + "90", 1)
    except CannotRender as error:
        print(error.reason)
    print((peak_bytes() - used) // 1024**2)
"""


@pytest.mark.slow
def test_codestreams_that_lie_about_their_size_cost_no_memory() -> None:
    command = [sys.executable, "-c", textwrap.dedent(HOSTILE)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=True)
    *reasons, megabytes = done.stdout.split()
    # The last sample alone is 40 MB; unpacked it would be 2.5 GB.
    assert reasons == ["mismatch"] * 6 + ["too_large"]
    assert int(megabytes) < 200


@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2", "u4", "i4"])
@pytest.mark.parametrize("syntax", [EXPLICIT, BIG_ENDIAN])
def test_native_frames_of_every_width(kind: str, syntax: str) -> None:
    pixels = picture("u1").astype(kind)
    bits = 8 * pixels.dtype.itemsize
    data = pixels.astype(pixels.dtype.newbyteorder(">")).tobytes() if syntax == BIG_ENDIAN else pixels.tobytes()
    frame = decode(header_of(pixels, BitsStored=bits, HighBit=bits - 1), data, syntax, 1)
    assert frame.pixels.dtype == pixels.dtype
    assert np.array_equal(frame.pixels, pixels)


@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_native_frames_of_floating_point(kind: str) -> None:
    pixels = (picture("u2") / 7).astype(kind)
    header = header_of(pixels)
    for keyword in ("BitsStored", "HighBit", "PixelRepresentation"):
        delattr(header, keyword)
    assert np.array_equal(decode(header, pixels.tobytes(), EXPLICIT, 1).pixels, pixels)


def test_bits_beside_the_stored_ones_are_left_out_and_the_sign_is_kept() -> None:
    header = header_of(np.zeros((1, 4), "i2"), BitsStored=12, HighBit=11)
    stored = np.array([0x0FFF, 0x1800, 0xF7FF, 0x8001], "<u2").tobytes()
    assert decode(header, stored, EXPLICIT, 1).pixels.tolist() == [[-1, -2048, 2047, 1]]
    header.PixelRepresentation = 0
    assert decode(header, stored, EXPLICIT, 1).pixels.tolist() == [[4095, 2048, 2047, 1]]
    header.HighBit = 15
    assert decode(header, stored, EXPLICIT, 1).pixels.tolist() == [[0x0FF, 0x180, 0xF7F, 0x800]]


@pytest.mark.parametrize("surplus", [-100, -1, 1, 2, 128])
def test_native_frames_of_another_length_are_refused(surplus: int) -> None:
    data = SAMPLES["native"][2]
    assert _reason("native", data[:surplus] if surplus < 0 else data + bytes(surplus)) is Reason.DAMAGED


def test_one_byte_of_padding_makes_an_odd_frame_even() -> None:
    pixels = picture("u1", rows=3, columns=5)
    assert np.array_equal(decode(header_of(pixels), pixels.tobytes() + b"\x00", EXPLICIT, 1).pixels, pixels)


def test_planes_of_color_are_interleaved() -> None:
    pixels = picture("u1", colors=3)
    frame = decode(header_of(pixels, PlanarConfiguration=1), pixels.transpose(2, 0, 1).tobytes(), EXPLICIT, 1)
    assert np.array_equal(frame.pixels, pixels)


def test_single_bits_are_unpacked_from_the_lowest_on() -> None:
    header = header_of(np.zeros((2, 5), "u1"), BitsAllocated=1, BitsStored=1, HighBit=0)
    assert decode(header, b"\x13\x02\x00"[:2], EXPLICIT, 1).pixels.tolist() == [[1, 1, 0, 0, 1], [0, 0, 0, 0, 1]]


def test_frames_of_single_bits_may_begin_inside_a_byte() -> None:
    header = header_of(np.zeros((1, 5), "u1"), BitsAllocated=1, BitsStored=1, HighBit=0, NumberOfFrames=3)
    frames = [[1, 0, 1, 1, 0], [0, 1, 1, 0, 1], [1, 1, 1, 0, 0]]
    packed = np.packbits(np.array(frames).reshape(-1), bitorder="little").tobytes()
    for number, bits in enumerate(frames, 1):
        data = native_frame(header, packed, number)
        assert decode(header, data, EXPLICIT, number).pixels.tolist() == [bits]


@pytest.mark.parametrize(
    ("syntax", "reason"),
    [
        ("1.2.840.10008.1.2.4.102", Reason.VIDEO),
        ("1.2.840.10008.1.2.4.104.1", Reason.VIDEO),
        ("1.2.840.10008.1.2.4.94", Reason.UNSUPPORTED_ENCODING),
        ("1.2.3", Reason.UNSUPPORTED_ENCODING),
        ("", Reason.UNSUPPORTED_ENCODING),
    ],
)
def test_what_no_decoder_reads_is_refused_by_name(syntax: str, reason: Reason) -> None:
    pixels = picture("u2")
    with pytest.raises(CannotRender) as refused:
        decode(header_of(pixels), pixels.tobytes(), syntax, 1)
    assert refused.value.reason is reason


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({"Rows": 0}, Reason.NO_PIXELS),
        ({"Rows": 65535, "Columns": 65535}, Reason.TOO_LARGE),
        ({"BitsAllocated": 12}, Reason.UNSUPPORTED_PIXELS),
        ({"BitsStored": 17}, Reason.UNSUPPORTED_PIXELS),
        ({"HighBit": 3}, Reason.UNSUPPORTED_PIXELS),
        ({"SamplesPerPixel": 4}, Reason.UNSUPPORTED_PIXELS),
        ({"PhotometricInterpretation": "CMYK"}, Reason.UNSUPPORTED_PIXELS),
        ({"NumberOfFrames": 0, "Rows": 1}, Reason.DAMAGED),
    ],
)
def test_headers_that_make_no_sense_are_refused(elements: dict[str, Any], reason: Reason) -> None:
    assert _reason("native", **elements) is reason


@pytest.mark.parametrize("number", [0, 2, -1, 10**9])
def test_frames_that_are_not_there_are_refused(number: int) -> None:
    pixels = picture("u2")
    with pytest.raises(CannotRender) as refused:
        decode(header_of(pixels), pixels.tobytes(), EXPLICIT, number)
    assert refused.value.reason is Reason.FRAME_OUT_OF_RANGE


def test_a_header_without_anything_is_refused() -> None:
    with pytest.raises(CannotRender) as refused:
        decode(Dataset(), b"", EXPLICIT, 1)
    assert refused.value.reason is Reason.NO_PIXELS


@pytest.mark.parametrize("name", ["native", "jpeg-baseline-color", "rle"])
def test_a_frame_survives_the_cache(name: str) -> None:
    frame = _decode(name)
    again = DecodedFrame.from_bytes(b"".join(frame.parts()))
    assert np.array_equal(again.pixels, frame.pixels)
    assert again.pixels.dtype == frame.pixels.dtype
    assert (again.photometric, again.is_lossy) == (frame.photometric, frame.is_lossy)


@pytest.mark.parametrize("kind", ["u1", "i2", "u4", "f8"])
@pytest.mark.parametrize("has_overlay", [False, True])
def test_kept_pixels_lie_where_numpy_need_not_copy_them(kind: str, has_overlay: bool) -> None:
    pixels = np.arange(63).reshape(7, 9).astype(kind)
    mask = pixels % 2 == 1 if has_overlay else None
    again = DecodedFrame.from_bytes(b"".join(DecodedFrame(pixels, "MONOCHROME2", overlay=mask).parts()))
    assert again.pixels.flags.aligned
    assert np.array_equal(again.pixels, pixels)
    assert (again.overlay is None) if mask is None else np.array_equal(again.overlay, mask)


@pytest.mark.parametrize("kind", ["uint8", "int16", ">u2", "uint32"])
def test_limits_are_those_of_the_pixels_that_a_frame_has(kind: str) -> None:
    frame = DecodedFrame(np.array([[3, 1], [4, 9]], kind), "MONOCHROME2")
    assert frame.limits == (1, 9)
    again = DecodedFrame.from_bytes(b"".join(frame.parts()))
    assert again.limits == (1, 9)
    for other in (replace(again, pixels=again.pixels[:1]), DecodedFrame(again.pixels[:1], again.photometric)):
        assert other.limits == (1, 3)


def test_colors_and_fractions_have_no_limits() -> None:
    for pixels in (np.zeros((2, 2, 3), np.uint8), np.zeros((2, 2), np.float32)):
        frame = DecodedFrame(pixels, "RGB")
        assert not frame.has_limits
        assert DecodedFrame.from_bytes(b"".join(frame.parts())).pixels.dtype == pixels.dtype
