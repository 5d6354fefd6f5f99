"""How a caller of the DICOMweb service wants a picture: a source region in a viewport, captions, a color space."""

from __future__ import annotations

import json
from dataclasses import astuple, dataclass

import numpy as np
from pydicom import Dataset

from viewer.rendering.captions import caption
from viewer.rendering.geometry import aspect_ratio, resize


@dataclass(frozen=True, slots=True)
class View:
    """A rendering view (PS3.18 8.3.5).

    `viewport` is width and height in pixels, into which the picture is fitted, enlarged if need be; `region` is the
    part of the frame that is shown, as left, top, columns and rows in its pixels, of which negative ones mirror;
    `annotation` holds "patient" and "technique"; `icc_profile` is "", "no", "yes" or "srgb".
    """

    viewport: tuple[int, int] | None = None
    region: tuple[int, int, int, int] | None = None
    annotation: tuple[str, ...] = ()
    icc_profile: str = ""

    @property
    def text(self) -> str:
        """Return the canonical text for cache keys and the queue; `view_from` reads it back."""
        return json.dumps(astuple(self), separators=(",", ":"))


def view_from(text: str) -> View:
    """Return the view that View.text wrote."""
    viewport, region, annotation, icc_profile = json.loads(text)
    return View(
        tuple(viewport) if viewport else None, tuple(region) if region else None, tuple(annotation), icc_profile
    )


def look(view: View, picture: np.ndarray, header: Dataset, frame_number: int) -> np.ndarray:
    """Return what the view shows of an 8-bit picture (rows, columns[, 3]), in square pixels."""
    shown = _region(view, picture)
    rows, columns = shown.shape[:2]
    ratio = aspect_ratio(header, frame_number)
    width, height = (float(columns), rows * ratio) if ratio >= 1 else (columns / ratio, float(rows))
    if view.viewport:
        scale = min(view.viewport[0] / width, view.viewport[1] / height)
        width, height = width * scale, height * scale
    shown = resize(shown, max(round(width), 1), max(round(height), 1))
    return caption(shown, header, view.annotation) if view.annotation else shown


def _region(view: View, picture: np.ndarray) -> np.ndarray:
    if view.region is None:
        return picture
    left, top, columns, rows = view.region
    part = picture[top : top + abs(rows), left : left + abs(columns)]
    part = part[:, ::-1] if columns < 0 else part
    return np.ascontiguousarray(part[::-1] if rows < 0 else part)
