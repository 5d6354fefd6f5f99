"""From 8-bit pixels to a JPEG or PNG that carries no metadata but a color profile."""

from __future__ import annotations

import io

import imagecodecs
import numpy as np
from PIL import Image

JPEG, PNG = "image/jpeg", "image/png"
MEDIA_TYPES = (JPEG, PNG)


def encode(picture: np.ndarray, media_type: str, quality: int, icc_profile: bytes | None = None) -> bytes:
    """Return an encoded picture.

    Parameters
    ----------
    picture : (rows, columns) or (rows, columns, 3), uint8.
    media_type : "image/jpeg" or "image/png"; ValueError for any other.
    quality : 1 to 100, for JPEG.
    icc_profile : embedded when given.
    """
    if media_type not in MEDIA_TYPES:
        raise ValueError("pictures are JPEG or PNG")
    if icc_profile:
        return _with_profile(picture, media_type, quality, icc_profile)
    picture = np.ascontiguousarray(picture)
    if media_type == PNG:
        return bytes(imagecodecs.png_encode(picture, level=3))
    if picture.ndim == 3:
        return bytes(imagecodecs.jpeg8_encode(picture, level=quality, subsampling="444"))
    return bytes(imagecodecs.jpeg8_encode(picture, level=quality))


def _with_profile(picture: np.ndarray, media_type: str, quality: int, icc_profile: bytes) -> bytes:
    buffer = io.BytesIO()
    image = Image.fromarray(picture)
    if media_type == PNG:
        image.save(buffer, "PNG", icc_profile=icc_profile)
    else:
        image.save(buffer, "JPEG", quality=quality, subsampling="4:4:4", icc_profile=icc_profile)
    return buffer.getvalue()
