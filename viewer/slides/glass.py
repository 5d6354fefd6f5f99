"""Which images in a PACS's DICOM JSON are the pyramid of one piece of glass (PS3.3 C.8.12.4, A.32.8)."""

from __future__ import annotations

from typing import Any

from pacs_gateway.dicomjson import number, text
from viewer import plane
from viewer.rendering.cielab import Color, color_of
from viewer.rendering.cutting import cut
from viewer.slides.flavors import images_of
from viewer.slides.levels import level_of
from viewer.slides.pyramid import WHITE, Held, Pyramid
from viewer.slides.sameness import is_same

DicomJson = dict[str, Any]
# So many images of a series are looked at, the largest ones.
IMAGES_MOST = 200


def pyramids_of(instances: list[DicomJson]) -> tuple[list[tuple[Pyramid, DicomJson]], list[DicomJson]]:
    """Return the pyramids in a series, each with the first instance of its largest level, and the images in none."""
    images = {id(image[0]): (image, level) for image in images_of(instances) if (level := level_of(image))}
    left = sorted(images.values(), key=lambda one: -one[1].columns)[:IMAGES_MOST]
    found, used = [], set()
    while left:
        base = left[0]
        same = [base, *(one for one in left[1:] if one[1].columns < base[1].columns and is_same(base, one))]
        pyramid = Pyramid(
            tuple(level for _, level in same),
            tuple(tuple(Held(text(part, "00080018"), _count(part)) for part in image) for image, _ in same),
            _background(base[0][0]),
        )
        if _is_shown(pyramid):
            found.append((pyramid, base[0][0]))
            used |= {id(part) for image, _ in same for part in image}
        taken = {id(level) for _, level in same}
        left = [one for one in left if id(one[1]) not in taken]
    return found, [one for one in instances if id(one) not in used]


def _count(instance: DicomJson) -> int:
    return max(number(instance, "00280008"), 1)


def _background(instance: DicomJson) -> Color:
    try:
        return color_of(plane.numbers(instance, "00480015"))
    except ValueError:
        return WHITE


def _is_shown(pyramid: Pyramid) -> bool:
    try:
        cut(pyramid.levels, pyramid.whole, 1)
    except LookupError:
        return False
    return True
