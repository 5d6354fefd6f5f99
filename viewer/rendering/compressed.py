"""Compressed frames: one decoder for each transfer syntax, and no codestream decoded before it was looked at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import imagecodecs
import numpy as np

from viewer.rendering import wholeness
from viewer.rendering.jpeg2000 import bare_codestream, require_tiles, sniff_jpeg2000
from viewer.rendering.jpegxl import sniff_jpegxl
from viewer.rendering.layout import PixelLayout
from viewer.rendering.native import stored_bits
from viewer.rendering.reasons import CannotRender, Reason
from viewer.rendering.sniff import Codestream, sniff_jpeg

_PREFIX = "1.2.840.10008.1.2.4"
# Each tile costs a JPEG 2000 decoder some kilobytes before its first pixel.
TILES_MOST = 16384


def _jpeg(layout: PixelLayout, data: bytes, codestream: Codestream) -> np.ndarray:
    """Decode to grey or RGB; where the codestream does not say what its components are, the header does."""
    wholeness.require_end(data)
    if layout.samples == 1:
        return wholeness.decode_jpeg(data, codestream)
    is_ycc = codestream.is_ycc if codestream.is_ycc is not None else layout.photometric.startswith("YBR")
    return wholeness.decode_jpeg(data, codestream, colorspace="YCBCR" if is_ycc else "RGB", outcolorspace="RGB")


def _jpegls(_layout: PixelLayout, data: bytes, _codestream: Codestream) -> np.ndarray:
    wholeness.require_end(data)
    pixels: np.ndarray = imagecodecs.jpegls_decode(data)
    return pixels


def _jpeg2000(_layout: PixelLayout, data: bytes, codestream: Codestream) -> np.ndarray:
    require_tiles(data, codestream.tiles)
    pixels: np.ndarray = imagecodecs.jpeg2k_decode(data)
    return pixels


def _htj2k(_layout: PixelLayout, data: bytes, codestream: Codestream) -> np.ndarray:
    require_tiles(data, codestream.tiles)
    return wholeness.decode_htj2k(data)


def _jpegxl(_layout: PixelLayout, data: bytes, _codestream: Codestream) -> np.ndarray:
    pixels: np.ndarray = imagecodecs.jpegxl_decode(data, numthreads=1)
    return pixels


@dataclass(frozen=True, slots=True)
class Codec:
    """How one transfer syntax is read, and whether what it holds may have lost something."""

    name: str
    sniff: Callable[[bytes], Codestream]
    decode: Callable[[PixelLayout, bytes, Codestream], np.ndarray]
    is_lossy: bool = False


_TABLE = {
    "50": Codec("JPEG Baseline", sniff_jpeg, _jpeg, is_lossy=True),
    "51": Codec("JPEG Extended", sniff_jpeg, _jpeg, is_lossy=True),
    "53": Codec("JPEG Spectral Selection", sniff_jpeg, _jpeg, is_lossy=True),
    "55": Codec("JPEG Full Progression", sniff_jpeg, _jpeg, is_lossy=True),
    "57": Codec("JPEG Lossless", sniff_jpeg, _jpeg),
    "70": Codec("JPEG Lossless, First-Order Prediction", sniff_jpeg, _jpeg),
    "80": Codec("JPEG-LS Lossless", sniff_jpeg, _jpegls),
    "81": Codec("JPEG-LS Near-Lossless", sniff_jpeg, _jpegls, is_lossy=True),
    "90": Codec("JPEG 2000 Lossless", sniff_jpeg2000, _jpeg2000),
    "91": Codec("JPEG 2000", sniff_jpeg2000, _jpeg2000, is_lossy=True),
    "110": Codec("JPEG XL Lossless", sniff_jpegxl, _jpegxl),
    "111": Codec("JPEG XL JPEG Recompression", sniff_jpegxl, _jpegxl, is_lossy=True),
    "112": Codec("JPEG XL", sniff_jpegxl, _jpegxl, is_lossy=True),
    "201": Codec("HTJ2K Lossless", sniff_jpeg2000, _htj2k),
    "202": Codec("HTJ2K Lossless RPCL", sniff_jpeg2000, _htj2k),
    "203": Codec("HTJ2K", sniff_jpeg2000, _htj2k, is_lossy=True),
}
CODECS = {f"{_PREFIX}.{end}": codec for end, codec in _TABLE.items()}


def decode_compressed(layout: PixelLayout, data: bytes, codec: Codec) -> tuple[np.ndarray, Codestream]:
    """Return (stored values, what the codestream says of itself).

    Raises CannotRender: MISMATCH when codestream and `layout` disagree, DAMAGED when the codestream is cut off;
    decoders raise whatever they like over bytes that make no sense.
    """
    data = bare_codestream(data)
    codestream = codec.sniff(data)
    _compare(layout, codestream)
    return _shaped(layout, codec.decode(layout, data, codestream)), codestream


def _compare(layout: PixelLayout, codestream: Codestream) -> None:
    """Refuse a codestream that is not what the header says, before a byte of it is decoded."""
    said = (codestream.rows, codestream.columns, codestream.components)
    if said != (layout.rows, layout.columns, layout.samples) or codestream.precision > layout.bits_allocated:
        raise CannotRender(Reason.MISMATCH)
    if codestream.tiles > TILES_MOST:
        raise CannotRender(Reason.TOO_LARGE)


def _shaped(layout: PixelLayout, pixels: np.ndarray) -> np.ndarray:
    """Return what a decoder gave as `layout.sample_type`; raises CannotRender when the shape is another.

    Where the codestream counts without sign and the header with, the header is believed. A lossy codestream may go
    beyond Bits Stored, so that nothing is cut off.
    """
    shape = (layout.rows, layout.columns) if layout.samples == 1 else (layout.rows, layout.columns, layout.samples)
    if pixels.shape != shape:
        raise CannotRender(Reason.MISMATCH)
    if pixels.dtype.itemsize != layout.sample_type.itemsize:
        pixels = pixels.astype(f"{pixels.dtype.kind}{layout.sample_type.itemsize}")
    if layout.is_signed and pixels.dtype.kind == "u":
        return stored_bits(layout, pixels.view(layout.sample_type), layout.bits_stored - 1)
    return pixels
