"""Text set to fit: broken into lines and made smaller until it stays inside its box."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PIL import ImageFont
from PIL.ImageFont import FreeTypeFont

# Roboto, Apache License 2.0, cut down to Latin, Greek and Cyrillic; Pillow's own font has no accents.
_FONT = Path(__file__).parent / "fonts" / "Roboto-Regular.ttf"
_POINTS_LEAST = 6
_LINE_HEIGHT = 1.3


@dataclass(frozen=True, slots=True)
class Lettering:
    """Lines of text and the font that makes them fit."""

    text: str
    font: FreeTypeFont
    spacing: float


def fit(text: str, width: float, height: float, points: int) -> Lettering:
    """Return `text` in lines that fit into `width` by `height` pixels, of at most `points` pixels height.

    Where even the smallest letters do not fit, words are broken and what is too much is left out.
    """
    for size in range(max(points, _POINTS_LEAST), _POINTS_LEAST - 1, -1):
        font = _font(size)
        lines = _lines(text, font, width)
        most = max(int(height / (size * _LINE_HEIGHT)), 1)
        if len(lines) <= most and all(font.getlength(line) <= width for line in lines):
            break
    return Lettering("\n".join(_broken(lines, font, width)[:most]), font, size * (_LINE_HEIGHT - 1))


def set_lines(text: str, width: float, height: float, points: int, least: int) -> Lettering:
    """Return `text` in the lines it has, about `points` pixels high all together, in letters of at least `least`
    pixels, smaller only to stay within `width` by `height` pixels.
    """
    lines = [" ".join(line.split()) for line in text.splitlines()] or [""]
    size = max(round(points / (len(lines) * _LINE_HEIGHT)), least)
    size = min(size, max(round(height / (len(lines) * _LINE_HEIGHT)), _POINTS_LEAST))
    widest = max(_font(size).getlength(line) for line in lines)
    if widest > width:
        size = max(int(size * width / widest), _POINTS_LEAST)
    return Lettering("\n".join(_broken(lines, _font(size), width)), _font(size), size * (_LINE_HEIGHT - 1))


@lru_cache(maxsize=32)
def _font(size: int) -> FreeTypeFont:
    return ImageFont.truetype(str(_FONT), size, layout_engine=ImageFont.Layout.BASIC)


def _lines(text: str, font: FreeTypeFont, width: float) -> list[str]:
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and font.getlength(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _broken(lines: list[str], font: FreeTypeFont, width: float) -> list[str]:
    """Return lines with words that are too long cut into pieces."""
    pieces = []
    for line in lines:
        rest = line
        while font.getlength(rest) > width and len(rest) > 1:
            cut = next(n for n in range(len(rest) - 1, 0, -1) if n == 1 or font.getlength(rest[:n]) <= width)
            pieces.append(rest[:cut])
            rest = rest[cut:]
        pieces.append(rest)
    return pieces
