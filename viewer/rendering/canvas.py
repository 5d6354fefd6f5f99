"""A part of a whole slide, composed of the frames that lie there."""

from __future__ import annotations

import numpy as np
from PIL import Image

from viewer.rendering.cielab import Color
from viewer.rendering.cutting import Cutting
from viewer.rendering.pyramid import Placed


class Canvas:
    """A part of a level that frames are laid on, one by one: (rows, columns, 3), 8 bits."""

    def __init__(self, cutting: Cutting, background: Color) -> None:
        self._box, self._part = cutting.box, cutting.part
        height, width = self._box.bottom - self._box.top, self._box.right - self._box.left
        self.pixels = np.empty((height, width, 3), np.uint8)
        self.pixels[:] = background

    def lay(self, frame: np.ndarray, placed: Placed) -> None:
        """Lay a frame (rows, columns, 3) where it belongs; what lies outside is left out."""
        rows, columns = frame.shape[:2]
        top, left = placed.top - self._box.top, placed.left - self._box.left
        on_canvas = self.pixels[max(top, 0) : max(top + rows, 0), max(left, 0) : max(left + columns, 0)]
        height, width = on_canvas.shape[:2]
        from_row, from_column = max(-top, 0), max(-left, 0)
        on_canvas[:] = frame[from_row : from_row + height, from_column : from_column + width]

    def sized(self, width: int, height: int) -> np.ndarray:
        """Return the part that was wanted at a size, never enlarged: means of the pixels that lie in each."""
        left, top, right, bottom = self._part
        within = (left - self._box.left, top - self._box.top, right - self._box.left, bottom - self._box.top)
        size = (max(min(width, round(right - left)), 1), max(min(height, round(bottom - top)), 1))
        whole = (0.0, 0.0, float(self.pixels.shape[1]), float(self.pixels.shape[0]))
        if size == (self.pixels.shape[1], self.pixels.shape[0]) and within == whole:
            return self.pixels
        return np.asarray(Image.fromarray(self.pixels).resize(size, Image.Resampling.BOX, box=within))
