"""Frames made for the tests: a picture with something in every corner, its header, and its encodings."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import imagecodecs
import numpy as np
from PIL import Image
from pydicom import Dataset

EXPLICIT = "1.2.840.10008.1.2.1"
BIG_ENDIAN = "1.2.840.10008.1.2.2"
RLE = "1.2.840.10008.1.2.5"
DEFLATED_FRAME = "1.2.840.10008.1.2.8.1"
_J = "1.2.840.10008.1.2.4."


def picture(kind: str = "u2", *, colors: int = 1, rows: int = 96, columns: int = 160) -> np.ndarray:
    """Return a noisy slope that uses 12 of 16 bits, or 8 of 8."""
    top = 255 if np.dtype(kind).itemsize == 1 else 4095
    random = np.random.default_rng(7)
    slope = np.linspace(0.1, 0.8, rows * columns * colors).reshape(rows, columns, colors)
    values = (slope + random.random(slope.shape) * 0.1) * top
    return (values[:, :, 0] if colors == 1 else values).astype(kind)


def header_of(pixels: np.ndarray, **elements: Any) -> Dataset:
    """Return the header that describes `pixels`, with `elements` over it."""
    bits = 8 * pixels.dtype.itemsize
    header = Dataset()
    described = {
        "Rows": pixels.shape[0],
        "Columns": pixels.shape[1],
        "SamplesPerPixel": 1 if pixels.ndim == 2 else pixels.shape[2],
        "PhotometricInterpretation": "MONOCHROME2" if pixels.ndim == 2 else "RGB",
        "BitsAllocated": bits,
        "BitsStored": 8 if bits == 8 else 12,
        "HighBit": 7 if bits == 8 else 11,
        "PixelRepresentation": int(pixels.dtype.kind == "i"),
    }
    for keyword, value in {**described, **elements}.items():
        setattr(header, keyword, value)
    return header


def rle(pixels: np.ndarray) -> bytes:
    """Return an RLE frame: a segment for each byte of each sample, the highest first."""
    samples = pixels.reshape(pixels.shape[0], pixels.shape[1], -1)
    segments = []
    for sample in range(samples.shape[2]):
        plane = np.ascontiguousarray(samples[:, :, sample])
        for byte in reversed(range(plane.dtype.itemsize)):
            part = np.ascontiguousarray(plane.view("u1").reshape(*plane.shape, -1)[:, :, byte])
            segments.append(_even(bytes(imagecodecs.packbits_encode(part))))
    return rle_of_segments(segments)


def _even(segment: bytes) -> bytes:
    return segment + b"\x00" * (len(segment) % 2)


def rle_of_segments(segments: list[bytes]) -> bytes:
    """Return an RLE frame of segments that are already packed."""
    offsets, place = [], 64
    for segment in segments:
        offsets.append(place)
        place += len(segment)
    return struct.pack("<16I", len(segments), *offsets, *[0] * (15 - len(segments))) + b"".join(segments)


def _progressive(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=90, progressive=True)
    return buffer.getvalue()


def encodings() -> dict[str, tuple[str, np.ndarray, bytes]]:
    """Return by name: transfer syntax, pixels, frame; one for each decoder and each way it can go wrong."""
    gray8, gray16, color = picture("u1"), picture("u2"), picture("u1", colors=3)
    deflater = zlib.compressobj(wbits=-15)
    return {
        "jpeg-baseline": (_J + "50", gray8, imagecodecs.jpeg8_encode(gray8, level=90)),
        "jpeg-baseline-color": (_J + "50", color, imagecodecs.jpeg8_encode(color, level=90, subsampling="420")),
        "jpeg-12-bit": (_J + "51", gray16, imagecodecs.jpeg8_encode(gray16, level=90, bitspersample=12)),
        "jpeg-progressive": (_J + "55", gray8, _progressive(gray8)),
        "jpeg-lossless": (_J + "57", gray16, imagecodecs.jpeg8_encode(gray16, lossless=True, predictor=4)),
        "jpeg-lossless-1": (_J + "70", gray16, imagecodecs.jpeg8_encode(gray16, lossless=True, predictor=1)),
        "jpeg-ls": (_J + "80", gray16, imagecodecs.jpegls_encode(gray16)),
        "jpeg-2000": (_J + "90", gray16, imagecodecs.jpeg2k_encode(gray16, level=0, codecformat="J2K")),
        "jpeg-2000-boxed": (_J + "90", gray16, imagecodecs.jpeg2k_encode(gray16, level=0, codecformat="JP2")),
        "htj2k": (_J + "201", gray16, imagecodecs.htj2k_encode(gray16)),
        "htj2k-color": (_J + "201", color, imagecodecs.htj2k_encode(color)),
        "jpeg-xl": (_J + "110", gray16, imagecodecs.jpegxl_encode(gray16, lossless=True)),
        "rle": (RLE, gray16, rle(gray16)),
        "rle-color": (RLE, color, rle(color)),
        "deflated": (DEFLATED_FRAME, gray16, deflater.compress(gray16.tobytes()) + deflater.flush()),
        "native": (EXPLICIT, gray16, gray16.tobytes()),
    }
