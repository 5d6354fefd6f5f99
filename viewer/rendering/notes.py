"""What a presentation state or a segmentation asks for that is not drawn: a short closed list, never left unsaid."""

from __future__ import annotations

import enum

from pydicom import Dataset

from viewer.rendering.references import items


class Note(enum.StrEnum):
    """Something that a picture does not show as its presentation state or segmentation has it."""

    COMPOUND_GRAPHIC = "compound_graphic"
    GRAPHIC_UNITS = "graphic_units"
    MASK = "mask"
    PRESENTATION_SIZE = "presentation_size"
    TEXT_WITHHELD = "text_withheld"
    CHOSEN_COLORS = "chosen_colors"


def notes_of_state(state: Dataset) -> tuple[Note, ...]:
    """Return what is not drawn of a presentation state (PS3.3 C.7.6.10, C.10.4, C.10.5, C.11.13)."""
    annotations = items(state, "GraphicAnnotationSequence")
    sizes = {area.get("PresentationSizeMode") for area in items(state, "DisplayedAreaSelectionSequence")}
    found = {
        Note.COMPOUND_GRAPHIC: any(items(one, "CompoundGraphicSequence") for one in annotations),
        Note.GRAPHIC_UNITS: any("MATRIX" in _units(one) for one in annotations),
        Note.MASK: bool(items(state, "MaskSubtractionSequence")),
        Note.PRESENTATION_SIZE: bool(sizes & {"TRUE SIZE", "MAGNIFY"}),
    }
    return tuple(note for note, is_so in found.items() if is_so)


def notes_of_segmentation(header: Dataset) -> tuple[Note, ...]:
    """Return what is not drawn as a segmentation has it: colors of its own that are not in its segments."""
    has_all = all("RecommendedDisplayCIELabValue" in segment for segment in items(header, "SegmentSequence"))
    return () if has_all else (Note.CHOSEN_COLORS,)


def _units(annotation: Dataset) -> set[str]:
    texts, graphics = items(annotation, "TextObjectSequence"), items(annotation, "GraphicObjectSequence")
    keywords = ("BoundingBoxAnnotationUnits", "AnchorPointAnnotationUnits", "GraphicAnnotationUnits")
    return {str(one.get(keyword)) for one in [*texts, *graphics] for keyword in keywords}
