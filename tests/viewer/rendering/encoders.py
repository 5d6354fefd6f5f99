"""Frames of every kind that the coverage table names: encoded by imagecodecs, Pillow or by hand, with their header."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import imagecodecs
import numpy as np
from PIL import Image
from pydicom import Dataset

from tests.viewer.rendering.samples import header_of, picture, rle, rle_of_segments
from viewer.conformance.coverage import Cell
from viewer.rendering.decode import BIG_ENDIAN, CODECS, DEFLATED_FRAME, RLE

ROWS, COLUMNS = 32, 48
_CHROMA = {"YBR_FULL_422": "422", "YBR_FULL": "444", "YBR_PARTIAL_420": "420", "RGB": "444"}


@dataclass(frozen=True)
class Encoded:
    """A frame, its header, and what must come out: `shown` within `tolerance` in the mean and `most` at all."""

    header: Dataset
    data: bytes
    shown: np.ndarray
    tolerance: float = 0.0
    most: float = 0.0


def encode(cell: Cell) -> Encoded:
    """Return a frame of the kind that a cell of the table names."""
    values = _values(cell)
    header = _header(cell, values)
    if cell.transfer_syntax_uid in CODECS:
        ending = cell.transfer_syntax_uid.rsplit(".", 1)[1]
        data = ENCODERS[ending](cell, values)
        is_exact = not CODECS[cell.transfer_syntax_uid].is_lossy and cell.photometric != "YBR_FULL"
        top = 1 << cell.bits
        return Encoded(header, data, values, 0 if is_exact else top / 50, 0 if is_exact else top / 4)
    stored, shown, tolerance = _as_stored(cell, values)
    return Encoded(header, _uncompressed(cell, stored), shown, tolerance, tolerance)


def _values(cell: Cell) -> np.ndarray:
    """Return a noisy slope over the range that the depth has; colors where there are three samples."""
    colors = 1 if cell.photometric in ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR") else 3
    slope = picture("u2", colors=colors, rows=ROWS, columns=COLUMNS).astype(np.float64) / 4095
    if colors == 3:
        # Smooth, so that halved chroma loses little.
        slope = np.repeat(np.linspace(0.1, 0.9, COLUMNS)[None, :, None], ROWS, 0) * np.array([1.0, 0.8, 0.6])
    if cell.depth.endswith("f"):
        return (slope * 1000 - 300).astype(f"<f{cell.bits // 8}")
    is_signed, top = cell.depth.endswith("s"), (1 << cell.bits) - 1
    shifted = np.rint(slope * top) - (1 << (cell.bits - 1) if is_signed else 0)
    return shifted.astype(f"<{'i' if is_signed else 'u'}{_sample_bytes(cell)}")


def _sample_bytes(cell: Cell) -> int:
    return next(size for size in (1, 2, 4, 8) if cell.bits <= 8 * size)


def _header(cell: Cell, values: np.ndarray) -> Dataset:
    elements: dict[str, Any] = {"BitsStored": cell.bits, "HighBit": cell.bits - 1}
    if cell.bits == 1:
        elements["BitsAllocated"] = 1
    header = header_of(values, PhotometricInterpretation=cell.photometric, **elements)
    if values.ndim == 3:
        header.PlanarConfiguration = 0
    if cell.depth.endswith("f"):
        for keyword in ("BitsStored", "HighBit", "PixelRepresentation"):
            delattr(header, keyword)
    return header


def _as_stored(cell: Cell, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Return (samples as they are stored, RGB or grey as it must come out, tolerance for what is calculated)."""
    if not cell.photometric.startswith("YBR"):
        return values, values, 0
    rgb = values.astype(np.float64)
    luma = rgb @ (0.299, 0.587, 0.114)
    chroma = [(rgb[:, :, 2] - luma) / 1.772, (rgb[:, :, 0] - luma) / 1.402]
    if "PARTIAL" in cell.photometric:
        planes = [16 + luma * 219 / 255, *(128 + plane * 224 / 255 for plane in chroma)]
    else:
        planes = [luma, *(128 + plane for plane in chroma)]
    ybr = np.clip(np.rint(np.dstack(planes)), 0, 255).astype(np.uint8)
    if not cell.photometric.endswith("422"):
        return ybr, values, 2
    pairs = ybr.reshape(-1, 2, 3)
    return np.column_stack([pairs[:, 0, 0], pairs[:, 1, 0], pairs[:, 0, 1], pairs[:, 0, 2]]), values, 8


def _uncompressed(cell: Cell, stored: np.ndarray) -> bytes:
    if cell.bits == 1:
        packed = np.packbits(stored.ravel(), bitorder="little")
        if cell.transfer_syntax_uid == RLE:
            return rle_of_segments([bytes(imagecodecs.packbits_encode(packed))])
        return _deflated(packed.tobytes()) if cell.transfer_syntax_uid == DEFLATED_FRAME else packed.tobytes()
    if cell.transfer_syntax_uid == RLE:
        return rle(stored)
    if cell.transfer_syntax_uid in BIG_ENDIAN:
        return stored.astype(stored.dtype.newbyteorder(">")).tobytes()
    return _deflated(stored.tobytes()) if cell.transfer_syntax_uid == DEFLATED_FRAME else stored.tobytes()


def _deflated(data: bytes) -> bytes:
    deflater = zlib.compressobj(wbits=-15)
    return deflater.compress(data) + deflater.flush()


def _counted(values: np.ndarray) -> np.ndarray:
    """Return signed values as the same bits without sign, for codecs that know none."""
    return values.view(values.dtype.str.replace("i", "u"))


def _jpeg(cell: Cell, values: np.ndarray, **more: Any) -> bytes:
    options: dict[str, Any] = {"bitspersample": 12} if cell.bits > 8 else {}
    if values.ndim == 3:
        options["subsampling"] = _CHROMA[cell.photometric]
        if cell.photometric == "RGB":
            options |= {"colorspace": "RGB", "outcolorspace": "RGB"}
    return bytes(imagecodecs.jpeg8_encode(values, level=95, **options, **more))


def _progressive(cell: Cell, values: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    options: dict[str, Any] = {"subsampling": {"444": 0, "422": 1, "420": 2}[_CHROMA.get(cell.photometric, "444")]}
    if cell.photometric == "RGB":
        options["keep_rgb"] = True
    Image.fromarray(values).save(buffer, "JPEG", quality=95, progressive=True, **(options if values.ndim == 3 else {}))
    return buffer.getvalue()


def _lossless_jpeg(predictor: int) -> Callable[[Cell, np.ndarray], bytes]:
    def encoded(cell: Cell, values: np.ndarray) -> bytes:
        options: dict[str, Any] = {"colorspace": "RGB", "outcolorspace": "RGB"} if values.ndim == 3 else {}
        options |= {"lossless": True, "predictor": predictor, "bitspersample": 16 if cell.bits > 8 else 8}
        return bytes(imagecodecs.jpeg8_encode(_counted(values), **options))

    return encoded


def _jpeg_ls(level: int) -> Callable[[Cell, np.ndarray], bytes]:
    def encoded(cell: Cell, values: np.ndarray) -> bytes:
        if cell.photometric == "YBR_FULL":
            values = _as_stored(cell, values)[0]
        return bytes(imagecodecs.jpegls_encode(_counted(values), level=level))

    return encoded


def _jpeg_2000(cell: Cell, values: np.ndarray) -> bytes:
    is_reversible = cell.photometric != "YBR_ICT"
    options = {"level": 0 if is_reversible else 40, "reversible": is_reversible, "mct": "YBR" in cell.photometric}
    return bytes(imagecodecs.jpeg2k_encode(values, codecformat="J2K", **options))


def _htj2k(cell: Cell, values: np.ndarray) -> bytes:
    is_reversible = cell.photometric != "YBR_ICT"
    level = {} if is_reversible else {"level": 0.001}
    return bytes(imagecodecs.htj2k_encode(values, reversible=is_reversible, **level))


def _jpeg_xl(cell: Cell, values: np.ndarray) -> bytes:
    if cell.photometric == "XYB":
        return bytes(imagecodecs.jpegxl_encode(values, distance=0.5))
    return bytes(imagecodecs.jpegxl_encode(values, lossless=True))


def _recompressed(cell: Cell, values: np.ndarray) -> bytes:
    return bytes(imagecodecs.jpegxl_encode_jpeg(_jpeg(cell, values)))


ENCODERS: dict[str, Callable[[Cell, np.ndarray], bytes]] = {
    "50": _jpeg,
    "51": _jpeg,
    "53": _progressive,
    "55": _progressive,
    "57": _lossless_jpeg(4),
    "70": _lossless_jpeg(1),
    "80": _jpeg_ls(0),
    "81": _jpeg_ls(1),
    "90": _jpeg_2000,
    "91": _jpeg_2000,
    "110": _jpeg_xl,
    "111": _recompressed,
    "112": _jpeg_xl,
    "201": _htj2k,
    "202": _htj2k,
    "203": _htj2k,
}
