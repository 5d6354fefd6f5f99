"""What is written on a picture that leaves the viewer, so that it stays honest."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image, ImageDraw

from viewer.rendering.cine import read_png
from viewer.rendering.lettering import fit

STRIP, WIDTH_LEAST = 32, 240
_MARGIN, _POINTS = 4, 14


@dataclass(frozen=True, slots=True)
class Label:
    """What stays with a picture that leaves the viewer: `words` below it; `sides` at its left, top, right, bottom."""

    words: str
    sides: tuple[str, ...] = ()


def canvas_of(sizes: list[tuple[int, int]]) -> tuple[int, int]:
    """Return the width and height that hold pictures of all these sizes with their words, in even pixels."""
    width = max(WIDTH_LEAST, *(size[0] for size in sizes))
    height = max(size[1] for size in sizes) + STRIP
    return width + width % 2, height + height % 2


def labeled(picture: bytes, label: Label, canvas: tuple[int, int]) -> Image.Image:
    """Return a PNG in the middle of a black canvas, its sides over it, its words below."""
    image = read_png(picture)
    shown = Image.new("L" if image.mode == "L" else "RGB", canvas)
    width, height = canvas[0], canvas[1] - STRIP
    shown.paste(image, ((width - image.width) // 2, (height - image.height) // 2))
    draw = ImageDraw.Draw(shown)
    words = fit(label.words, width - 2 * _MARGIN, STRIP, _POINTS)
    middle = (width / 2, height + STRIP / 2)
    draw.multiline_text(middle, words.text, "white", words.font, "mm", words.spacing, "center")
    places = (
        (_MARGIN, height / 2, "lm"),
        (width / 2, _MARGIN, "ma"),
        (width - _MARGIN, height / 2, "rm"),
        (width / 2, height - _MARGIN, "md"),
    )
    for text, (x, y, anchor) in zip(label.sides, places, strict=False):
        letters = fit(text, width / 4, STRIP, _POINTS)
        draw.text((x, y), letters.text, "white", letters.font, anchor, stroke_width=1, stroke_fill="black")
    return shown
