"""Colors (PS3.3 C.7.6.3.1.2): from YBR to RGB, and from RGB of any depth to 8 bits."""

from __future__ import annotations

import numpy as np

from viewer.rendering.frame import DecodedFrame
from viewer.rendering.layout import PixelLayout
from viewer.rendering.reasons import CannotRender, Reason
from viewer.rendering.sniff import Codestream

# Rec. 601, from Y, Cb and Cr around zero.
_RGB = np.array([[1, 0, 1.402], [1, -0.114 * 1.772 / 0.587, -0.299 * 1.402 / 0.587], [1, 1.772, 0]], np.float32)
# YBR_PARTIAL leaves room below and above: Y from 16 to 235, Cb and Cr from 16 to 240, of 256.
_PARTIAL_BLACK, _PARTIAL_SCALE = 16 / 256, np.array([255 / 219, 255 / 224, 255 / 224], np.float32)


def to_rgb(pixels: np.ndarray, layout: PixelLayout, codestream: Codestream | None, *, is_lossy: bool) -> DecodedFrame:
    """Return a decoded frame whose colors are RGB; grey and palette indices stay as they are.

    Decoders undo the color transform that a codestream declares; what declares none (native, RLE, JPEG-LS, JPEG 2000
    without its multiple component transform) is turned here when the header says YBR_FULL or YBR_PARTIAL_422. The
    other kinds of YBR exist inside codestreams only: a codestream without its transform holds RGB, whatever is said.
    """
    if layout.samples == 1:
        return DecodedFrame(pixels, layout.photometric, is_lossy)
    is_open = codestream is None or not codestream.is_undone
    if layout.photometric in ("YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_422") and is_open:
        pixels = ybr_to_rgb(pixels, layout.bits_stored, is_partial="PARTIAL" in layout.photometric)
    elif layout.photometric != "RGB" and codestream is None:
        raise CannotRender(Reason.UNSUPPORTED_PIXELS)
    return DecodedFrame(np.ascontiguousarray(pixels), "RGB", is_lossy)


def ybr_to_rgb(pixels: np.ndarray, bits_stored: int, *, is_partial: bool = False) -> np.ndarray:
    """Return RGB of YBR_FULL or YBR_PARTIAL samples (rows, columns, 3), unsigned."""
    top = (1 << bits_stored) - 1
    black = _PARTIAL_BLACK * (top + 1) if is_partial else 0
    centered = pixels.astype(np.float32) - np.array([black, (top + 1) / 2, (top + 1) / 2], np.float32)
    if is_partial:
        centered *= _PARTIAL_SCALE
    rgb: np.ndarray = np.clip(np.rint(centered @ _RGB.T), 0, top).astype(pixels.dtype)
    return rgb


def to_eight_bits(rgb: np.ndarray, bits_stored: int) -> np.ndarray:
    """Return RGB (rows, columns, 3) as uint8: the highest 8 of the stored bits."""
    if rgb.dtype == np.uint8 and bits_stored == 8:
        return rgb
    stored: np.ndarray = np.minimum(rgb, (1 << bits_stored) - 1)
    if bits_stored > 8:
        stored = stored >> (bits_stored - 8)
    elif bits_stored < 8:
        stored = np.rint(stored * (255.0 / ((1 << bits_stored) - 1)))
    return stored.astype(np.uint8)
