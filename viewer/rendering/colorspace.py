"""The color space of a picture: its own profile, none, or sRGB (PS3.18 8.3.5.1.5)."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from PIL import Image, ImageCms

from viewer.rendering.reasons import CannotRender, Reason

KEPT, NONE, SRGB = "yes", "no", "srgb"


def in_color_space(picture: np.ndarray, profile: bytes | None, wanted: str) -> tuple[np.ndarray, bytes | None]:
    """Return a picture (rows, columns[, 3]) with the profile to embed; grays and `wanted` "" keep what there is."""
    if picture.ndim == 2 or wanted == NONE:
        return picture, None
    if wanted != SRGB:
        return picture, profile
    if profile is None:
        return picture, srgb()
    try:
        image = Image.fromarray(picture)
        turned = ImageCms.profileToProfile(image, io.BytesIO(profile), io.BytesIO(srgb()))
    except (ImageCms.PyCMSError, OSError) as error:
        raise CannotRender(Reason.DAMAGED) from error
    return np.asarray(turned), srgb()


@lru_cache(maxsize=1)
def srgb() -> bytes:
    """Return the sRGB profile."""
    made = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # Without the time at which it was made, so that the same picture is the same bytes.
    return made[:24] + bytes(12) + made[36:]
