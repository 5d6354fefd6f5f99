"""How the frames of one image of a slide lie, from a PACS's DICOM JSON (PS3.3 C.7.6.17.3, C.8.12.6)."""

from __future__ import annotations

from typing import Any

from pacs_gateway.dicomjson import number, text
from viewer.rendering.pyramid import Level
from viewer.slides.places import PLACES_MOST, SIDE_MOST, places_of

DicomJson = dict[str, Any]


def level_of(image: list[DicomJson]) -> Level | None:
    """Return how the frames of a color image lie; None where that is not told, or some are missing.

    `image` are its instances: one, or those of a concatenation in their order.
    """
    head = image[0]
    columns, rows = number(head, "00480006"), number(head, "00480007")
    wide, high = number(head, "00280011"), number(head, "00280010")
    is_color = number(head, "00280002") == 3 and number(head, "00280100") == 8
    if not is_color or min(columns, rows, wide, high) < 1 or max(columns, rows) > SIDE_MOST or not _is_whole(image):
        return None
    level = Level(columns, rows, wide, high)
    grid = -(-columns // wide) * -(-rows // high)
    count = sum(max(number(part, "00280008"), 1) for part in image)
    if text(head, "00209311") == "TILED_FULL" or count == grid == 1:
        planes = number(head, "00480303") or 1
        return Level(columns, rows, wide, high, (planes - 1) // 2 * grid) if count >= grid * planes else None
    places = places_of(image) if count <= PLACES_MOST else ()
    return Level(level.columns, level.rows, wide, high, places=places) if places else None


def _is_whole(image: list[DicomJson]) -> bool:
    """Tell whether the parts of a concatenation follow each other without a gap, from its first frame on."""
    before = 0
    for part in image:
        if number(part, "00209228") != before:
            return False
        before += max(number(part, "00280008"), 1)
    return True
