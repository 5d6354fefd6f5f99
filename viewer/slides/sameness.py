"""Whether two images of a slide show the same part of the same glass, and how large its pixels are."""

from __future__ import annotations

from typing import Any

from pacs_gateway.dicomjson import text
from viewer import plane
from viewer.rendering.geometry import RATIO_MOST
from viewer.rendering.pyramid import Level
from viewer.slides.pyramid import Pyramid

DicomJson = dict[str, Any]
# The instances of an image, and how its frames lie.
Image = tuple[list[DicomJson], Level]
# Levels are of the same glass when their shapes differ by no more than this, in their own pixels or as a share.
_PIXELS_APART, _SHARE_APART, _MM_APART = 1.5, 0.01, 0.5


def is_same(base: Image, other: Image) -> bool:
    """Tell whether two images show the same part of the same glass."""
    (one, *_), (two, *_) = base[0], other[0]
    for tag in ("00200052", "00080019"):
        if text(one, tag) and text(two, tag) and text(one, tag) != text(two, tag):
            return False
    rows = base[1].rows * other[1].columns / base[1].columns
    is_shaped = abs(rows - other[1].rows) <= max(_PIXELS_APART, rows * _SHARE_APART)
    return is_shaped and all(abs(a - b) <= _MM_APART for a, b in zip(_corner(one), _corner(two), strict=False))


def _corner(instance: DicomJson) -> list[float]:
    origin = plane.item(instance, "00480008")
    return plane.numbers(origin, "0040072A") + plane.numbers(origin, "0040073A")


def spacing_of(instance: DicomJson, pyramid: Pyramid) -> tuple[float, float] | None:
    """Return how far rows and columns of the largest level lie apart, in mm; None when nobody says so sensibly."""
    measures = plane.item(plane.item(instance, "52009229"), "00289110")
    told = plane.numbers(measures, "00280030")
    height, width = (plane.number(text(instance, tag)) for tag in ("00480002", "00480001"))
    if len(told) != 2 and height and width:
        told = [height / pyramid.whole.bottom, width / pyramid.whole.right]
    is_sensible = len(told) == 2 and min(told) > 0 and 1 / RATIO_MOST <= told[0] / told[1] <= RATIO_MOST
    return (told[0], told[1]) if is_sensible else None
