"""How long one core needs for one frame, stage by stage, beside pydicom and Pillow doing the same."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import imagecodecs
import numpy as np
from PIL import Image
from pydicom import Dataset
from pydicom.pixels import apply_modality_lut, apply_voi_lut

from tests.long_objects import write_enhanced, write_native
from viewer import headers
from viewer.localfile import read_frame
from viewer.rendering import DecodedFrame, RenderOptions, Window, decode, encode_planes, planes, render, render_decoded
from viewer.rendering.encode import encode
from viewer.rendering.gray import render_gray

SECONDS = 1.0
NATIVE, JPEG_2000 = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.4.90"


@dataclass(frozen=True, slots=True)
class Row:
    """One measured thing: median milliseconds, and the peer's or limit's where there is one."""

    what: str
    milliseconds: float
    peer: str = ""
    peer_milliseconds: float | None = None

    @property
    def ratio(self) -> float | None:
        """Return our time over the peer's: below 1 is faster."""
        return self.milliseconds / self.peer_milliseconds if self.peer_milliseconds else None


def median_milliseconds(work: Callable[[], object]) -> float:
    """Return the median time of `work` over about a second of calls, after two to warm up."""
    work(), work()
    times: list[float] = []
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return float(np.median(times))


def _header(size: int, bits: int) -> Dataset:
    header = Dataset()
    header.Rows = header.Columns = size
    header.SamplesPerPixel, header.PhotometricInterpretation = 1, "MONOCHROME2"
    header.BitsAllocated, header.BitsStored, header.HighBit, header.PixelRepresentation = 16, bits, bits - 1, 0
    header.RescaleSlope, header.RescaleIntercept = 1, -1024
    header.WindowCenter, header.WindowWidth = 40, 400
    return header


def _pixels(size: int) -> np.ndarray:
    """Return something like a body in a CT: smooth shapes, noise, air around."""
    random = np.random.default_rng(1)
    y, x = np.mgrid[-1 : 1 : size * 1j, -1 : 1 : size * 1j]
    body = 1064 + 60 * np.sin(9 * x) * np.cos(7 * y) + random.normal(0, 12, (size, size))
    return np.where(np.hypot(x, y / 0.7) < 0.9, body, 24).astype("<u2")


def _peer(pixels: np.ndarray, header: Dataset) -> bytes:
    """Do with pydicom and Pillow what render() does."""
    values = apply_voi_lut(apply_modality_lut(pixels, header), header)
    low, high = values.min(), values.max()
    grays = ((values - low) / (high - low) * 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(grays).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def rows() -> list[Row]:
    """Measure rendering."""
    header, pixels = _header(512, 12), _pixels(512)
    data, window = pixels.tobytes(), Window(40, 400)
    frame, options = DecodedFrame(pixels, "MONOCHROME2"), RenderOptions(window=window)
    grays = render_gray(header, frame, 1, window, invert=False)[0]
    large_header, large = _header(3000, 12), _pixels(3000).tobytes()
    small = RenderOptions(window=window, size=1024)
    return [
        Row("512² 12 bit: decode (native)", median_milliseconds(lambda: decode(header, data, NATIVE, 1))),
        Row("512² 12 bit: window", median_milliseconds(lambda: render_gray(header, frame, 1, window, invert=False))),
        Row("512² 12 bit: encode JPEG q85", median_milliseconds(lambda: encode(grays, "image/jpeg", 85))),
        Row(
            "512² 12 bit: render() to JPEG q85",
            median_milliseconds(lambda: render(header, data, NATIVE, 1, options)),
            "pydicom + Pillow",
            median_milliseconds(lambda: _peer(pixels, header)),
        ),
        Row(
            "512² 12 bit: render() against its limit",
            median_milliseconds(lambda: render(header, data, NATIVE, 1, options)),
            "limit 1.2 ms",
            1.2,
        ),
        Row(
            "3000² DX: render() to a 1024 px JPEG",
            median_milliseconds(lambda: render(large_header, large, NATIVE, 1, small)),
            "limit 60 ms",
            60.0,
        ),
        _mammogram(),
        *_windowable(header, frame),
        *_long_objects(),
    ]


def _long_objects() -> list[Row]:
    """Return what one frame of 4,000 takes from the file to the picture, its header kept and read again between."""
    with tempfile.TemporaryDirectory() as folder:
        path, rows = Path(folder) / "long.dcm", []
        for what, write in (("native", write_native), ("enhanced, RLE", write_enhanced)):
            write(path)
            rows.append(
                Row(f"one frame of 4,000 ({what})", median_milliseconds(partial(_one_of, path)), "limit 2 s", 2000.0)
            )
    return rows


def _one_of(path: Path) -> None:
    header, data, transfer_syntax = read_frame(path, 3999)
    frame = decode(header, data, transfer_syntax, 3999)
    render_decoded(headers.from_bytes(headers.to_bytes(header)), frame, 3999, RenderOptions())


def _mammogram() -> Row:
    """Return what a JPEG 2000 mammogram takes beside the decoding alone: at most 1.15 times as long."""
    pixels = _pixels(4000)[:, :3300]
    header = _header(4000, 12)
    header.Columns = pixels.shape[1]
    data = bytes(imagecodecs.jpeg2k_encode(pixels, level=0, reversible=True, codecformat="j2k"))
    options = RenderOptions(window=Window(1064, 400), size=1024)
    return Row(
        "4000 x 3300 JPEG 2000: render() to a 1024 px JPEG",
        median_milliseconds(lambda: render(header, data, JPEG_2000, 1, options)),
        "decoding alone",
        median_milliseconds(lambda: imagecodecs.jpeg2k_decode(data)),
    )


def _windowable(header: Dataset, frame: DecodedFrame) -> list[Row]:
    encoded = encode_planes(header, frame, 1)
    return [
        Row(
            "512² 12 bit: windowable frame",
            median_milliseconds(lambda: planes.compress(encode_planes(header, frame, 1))),
            "limit 12 ms",
            12.0,
        ),
        Row("512² 12 bit: windowable frame, of that brotli", median_milliseconds(lambda: planes.compress(encoded))),
    ]
