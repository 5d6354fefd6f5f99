"""The tile in place of a frame that cannot be shown."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from viewer.rendering.encode import PNG, encode
from viewer.rendering.frame import RenderedFrame
from viewer.rendering.lettering import fit

_BACKGROUND, _TEXT = 24, 200
_SIDE_LEAST, _SIDE_MOST, _TEXT_MOST = 16, 4096, 500


def render_tile(text: str, size: int = 512) -> RenderedFrame:
    """Return a square dark PNG of `size` pixels (16 to 4096) with `text` in its middle."""
    side = min(max(size, _SIDE_LEAST), _SIDE_MOST)
    image = Image.new("L", (side, side), _BACKGROUND)
    set_text = fit(text[:_TEXT_MOST], side * 0.8, side * 0.8, side // 18)
    ImageDraw.Draw(image).multiline_text(
        (side / 2, side / 2), set_text.text, _TEXT, set_text.font, "mm", set_text.spacing, "center"
    )
    return RenderedFrame(encode(np.asarray(image), PNG, 0), PNG, side, side)
