"""Draw the marks and texts of a presentation state over a picture, seen on black as on white (PS3.3 C.10.5)."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from viewer.rendering.annotation import Layer, Mark, Text
from viewer.rendering.lettering import Lettering, set_lines
from viewer.rendering.outline import outline

_FILL, _OPAQUE = 90, 255
# Lines are drawn larger and made smaller, so that they have no steps, up to this size of the picture.
_SMOOTH_MOST = 2048
_POINTS_LEAST = 11
_LUMA = (0.299, 0.587, 0.114)


def annotate(picture: np.ndarray, layers: list[Layer]) -> np.ndarray:
    """Return an 8-bit picture (rows, columns[, 3]) with the layers over it; in color when one of them is."""
    is_color = picture.ndim == 3 or any(len(set(layer.color)) > 1 for layer in layers)
    image = Image.fromarray(picture).convert("RGB" if is_color else "L")
    for layer in layers:
        color = layer.color if is_color else layer.color[0]
        rim = 0 if np.dot(_LUMA, layer.color) > 64 else 255
        lines, halo = _Sheet(image.size), _Sheet(image.size)
        for mark in layer.marks:
            lines.mark(mark, lines.line)
            halo.mark(mark, lines.line + 2)
        for text in layer.texts:
            lines.text(text, 0)
            halo.text(text, max(lines.line, 1))
        image.paste((rim,) * 3 if is_color else rim, mask=halo.mask())
        image.paste(color, mask=lines.mask())
    return np.asarray(image)


class _Sheet:
    """A mask that marks and texts are drawn on. Lines are `line` pixels wide."""

    def __init__(self, size: tuple[int, int]) -> None:
        self._size = np.array(size, float)
        self._scale = 2 if max(size) <= _SMOOTH_MOST else 1
        self._lines = Image.new("L", (size[0] * self._scale, size[1] * self._scale))
        self._letters = Image.new("L", size)
        self.line = max(round(max(size) / 320), 1)

    def mark(self, mark: Mark, width: int) -> None:
        draw = ImageDraw.Draw(self._lines)
        points = mark.points * self._size * self._scale
        if mark.kind == "POINT":
            for x, y in points:
                radius = (width + self.line) * self._scale
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), _OPAQUE)
            return
        line = [(float(x), float(y)) for x, y in outline(mark.kind, points)]
        if mark.is_filled and width == self.line and len(line) > 2:
            draw.polygon(line, fill=_FILL)
        draw.line(line, _OPAQUE, width * self._scale, joint="curve")

    def text(self, text: Text, stroke: int) -> None:
        width, height = self._size
        box = text.box or (*(text.anchor or (0, 0)), *(text.anchor or (0, 0)))
        left, top, right, bottom = box[0] * width, box[1] * height, box[2] * width, box[3] * height
        letters = set_lines(text.words, float(width), float(height), round(bottom - top), _POINTS_LEAST)
        draw = ImageDraw.Draw(self._letters)
        place = self._place(draw, letters, text.justification, (left, top, right))
        align = text.justification.lower() if text.justification in ("CENTER", "RIGHT") else "left"
        draw.multiline_text(
            place, letters.text, _OPAQUE, letters.font, None, letters.spacing, align, stroke_width=stroke
        )
        if text.anchor and text.box and text.is_anchor_visible:
            x, y = text.anchor[0] * width, text.anchor[1] * height
            nearest = (min(max(x, left), right), min(max(y, top), bottom))
            draw.line([nearest, (x, y)], _OPAQUE, self.line + 2 * stroke)

    def _place(
        self, draw: ImageDraw.ImageDraw, letters: Lettering, justification: str, box: tuple[float, float, float]
    ) -> tuple[float, float]:
        """Return the corner of the letters: where the box has them, but never outside the picture."""
        found = draw.multiline_textbbox((0, 0), letters.text, letters.font, None, letters.spacing)
        left, top, right = box
        room = (right - left) - found[2]
        x = left + {"CENTER": room / 2, "RIGHT": room}.get(justification, 0)
        width, height = self._size
        return min(max(x, 0), max(width - found[2], 0)), min(max(top, 0), max(height - found[3], 0))

    def mask(self) -> Image.Image:
        """Return what was drawn, in the size of the picture."""
        lines = np.asarray(self._lines.reduce(self._scale))
        return Image.fromarray(np.maximum(lines, np.asarray(self._letters)))
