"""A line of text across a picture, seen on black as on white."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

from viewer.rendering.lettering import fit

_ANGLE = 30
_OPACITY = 0.45
_TEXT_MOST = 200


def stamp(picture: np.ndarray, text: str) -> np.ndarray:
    """Return an 8-bit picture (rows, columns[, 3]) with `text` across its middle, half transparent."""
    image = Image.fromarray(picture)
    side = min(image.size)
    set_text = fit(text[:_TEXT_MOST], 0.85 * _length_across(*image.size), side / 2, max(side // 16, 8))
    letters = Image.new("LA", image.size)
    ImageDraw.Draw(letters).multiline_text(
        (image.width / 2, image.height / 2),
        set_text.text,
        (255, round(255 * _OPACITY)),
        set_text.font,
        "mm",
        set_text.spacing,
        "center",
        stroke_width=max(side // 400, 1),
        stroke_fill=(0, round(255 * _OPACITY)),
    )
    gray, opacity = letters.rotate(_ANGLE, Image.Resampling.BICUBIC).split()
    image.paste(Image.merge(image.mode, [gray] * len(image.getbands())), mask=opacity)
    return np.asarray(image)


def _length_across(width: int, height: int) -> float:
    """Return how long a slanted line through the middle may be before it leaves the picture."""
    slant = math.radians(_ANGLE)
    return min(width / math.cos(slant), height / math.sin(slant))
