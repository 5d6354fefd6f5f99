"""What a presentation state or a segmentation asks for that is not drawn: a short closed list, never left unsaid."""

from __future__ import annotations

import enum

from pydicom import Dataset

from viewer.rendering.compound import alone, is_drawn
from viewer.rendering.references import items
from viewer.rendering.subtraction import DRAWN

# VL Whole Slide Microscopy and Confocal Microscopy Tiled Pyramidal.
TILED = {"1.2.840.10008.5.1.4.1.1.77.1.6", "1.2.840.10008.5.1.4.1.1.77.1.9"}


class Note(enum.StrEnum):
    """Something that a picture does not show as its presentation state or segmentation has it."""

    COMPOUND_GRAPHIC = "compound_graphic"
    GRAPHIC_UNITS = "graphic_units"
    MASK = "mask"
    PRESENTATION_SIZE = "presentation_size"
    TEXT_WITHHELD = "text_withheld"
    CHOSEN_COLORS = "chosen_colors"


def notes_of_state(state: Dataset, *, is_linear: bool = False) -> tuple[Note, ...]:
    """Return what is not drawn of a presentation state (PS3.3 C.7.6.10, C.10.4, C.10.5, C.11.13).

    `is_linear`: it is for images that count X-rays themselves, of which differences mean nothing.
    """
    masks = items(state, "MaskSubtractionSequence")
    annotations = items(state, "GraphicAnnotationSequence")
    sizes = {area.get("PresentationSizeMode") for area in items(state, "DisplayedAreaSelectionSequence")}
    found = {
        Note.COMPOUND_GRAPHIC: any(not is_drawn(one) for annotation in annotations for one in alone(annotation)),
        Note.GRAPHIC_UNITS: any("MATRIX" in _units(one) for one in annotations) and not _is_for_tiles(state),
        Note.MASK: any(is_linear or one.get("MaskOperation") not in DRAWN for one in masks[:1]) or len(masks) > 1,
        Note.PRESENTATION_SIZE: bool(sizes & {"TRUE SIZE", "MAGNIFY"}),
    }
    return tuple(note for note, is_so in found.items() if is_so)


def notes_of_segmentation(header: Dataset) -> tuple[Note, ...]:
    """Return what is not drawn as a segmentation has it: colors of its own that are not in its segments."""
    has_all = all("RecommendedDisplayCIELabValue" in segment for segment in items(header, "SegmentSequence"))
    return () if has_all else (Note.CHOSEN_COLORS,)


def _is_for_tiles(state: Dataset) -> bool:
    """Tell whether all the images of a state are of classes whose frames are tiles of a larger picture."""
    series = items(state, "ReferencedSeriesSequence")
    named = [image.get("ReferencedSOPClassUID") for one in series for image in items(one, "ReferencedImageSequence")]
    return bool(named) and set(named) <= TILED


def _units(annotation: Dataset) -> set[str]:
    sequences = ("TextObjectSequence", "GraphicObjectSequence", "CompoundGraphicSequence")
    keywords = ("BoundingBoxAnnotationUnits", "AnchorPointAnnotationUnits", "GraphicAnnotationUnits")
    found = [one for sequence in sequences for one in items(annotation, sequence)]
    return {str(one.get(keyword)) for one in found for keyword in (*keywords, "CompoundGraphicUnits")}
