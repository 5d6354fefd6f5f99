"""A waveform as a picture: curves on the paper of an electrocardiogram, 25 mm a second."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from pydicom import Dataset

from viewer.rendering.frame import DecodedFrame
from viewer.rendering.lettering import fit
from viewer.rendering.waveform import WaveformPage, read_page
from viewer.rendering.waveform_pages import SECONDS_ON_PAGE, Paper
from viewer.rendering.waveform_scale import Curve, scaled

# Drawn twice as large and made smaller, so that slanted lines are smooth.
_SMOOTH = 2
_WHITE, _THIN, _THICK, _INK = (255, 250, 248), (250, 222, 216), (240, 184, 172), (24, 24, 32)


def decode_waveform(header: Dataset, frame_number: int, *, is_big_endian: bool = False) -> DecodedFrame:
    """Return page `frame_number` (from 1) of a waveform as an RGB picture; raises CannotRender."""
    return DecodedFrame(draw_page(read_page(header, frame_number, is_big_endian=is_big_endian)), "RGB")


def draw_page(page: WaveformPage) -> np.ndarray:
    """Return the picture (rows, columns, 3): grid of 1 and 5 mm, a curve with its name for each channel, the scales."""
    paper = Paper(len(page.channels))
    large = Paper(len(page.channels), paper.scale * _SMOOTH)
    image = Image.new("RGB", (large.width, large.height), _WHITE)
    draw = ImageDraw.Draw(image)
    _draw_grid(draw, large)
    curves, scale = scaled(page.channels)
    for place, curve in enumerate(curves):
        _draw_curve(draw, large, place, curve, page.frequency)
        _write(draw, large, 2 * large.scale, large.y(place) - 4 * large.scale, curve.channel.name, 17)
    end = page.start + SECONDS_ON_PAGE
    words = f"25 mm/s  {scale}  {page.start:g}–{end:g} s  {page.label}"
    _write(draw, large, 2 * large.scale, large.height - 4 * large.scale, words, 200)
    return np.asarray(image.resize((paper.width, paper.height), Image.Resampling.BOX))


def _draw_grid(draw: ImageDraw.ImageDraw, paper: Paper) -> None:
    for color, step in ((_THIN, paper.scale), (_THICK, 5 * paper.scale)):
        for x in range(0, paper.width, step):
            draw.line([(x, 0), (x, paper.height)], color, _SMOOTH)
        for y in range(0, paper.height, step):
            draw.line([(0, y), (paper.width, y)], color, _SMOOTH)


def _draw_curve(draw: ImageDraw.ImageDraw, paper: Paper, place: int, curve: Curve, frequency: float) -> None:
    seconds = np.arange(len(curve.heights)) / frequency + curve.channel.skew
    x, y = paper.x(0) + seconds * (paper.x(1) - paper.x(0)), paper.y(place) - curve.heights * paper.scale
    recorded = np.isfinite(y)
    # What was not recorded is a gap, never a line across it.
    for run in np.split(np.arange(len(y)), np.flatnonzero(np.diff(recorded.astype(np.int8))) + 1):
        if recorded[run].any():
            draw.line(np.column_stack(_thinned(x[run], y[run])).ravel().tolist(), _INK, 2 * _SMOOTH, joint="curve")


def _thinned(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return no more points than can be seen: of each pixel's samples the lowest and the highest."""
    step = int(len(x) / max(float(x[-1] - x[0]), 1.0) / 2)
    if step < 2:
        return x, y
    starts = np.arange(0, len(x), step)
    ends = np.column_stack([np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)])
    return np.repeat(x[starts], 2), ends.ravel()


def _write(draw: ImageDraw.ImageDraw, paper: Paper, x: float, y: float, words: str, width_mm: int) -> None:
    lettering = fit(words, width_mm * paper.scale, 5 * paper.scale, 4 * paper.scale)
    draw.text((x, y), lettering.text, _INK, lettering.font, "lm")
