"""What is left of a header for frames that are calculated: what makes grays of stored values, and nothing else."""

from __future__ import annotations

from pydicom import Dataset

from viewer.rendering.functional import macro
from viewer.rendering.reasons import only_refusals

_KEPT = (
    "SOPClassUID",
    "Modality",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "BitsAllocated",
    "BitsStored",
    "HighBit",
    "PixelRepresentation",
    "PixelPaddingValue",
    "PixelPaddingRangeLimit",
    "PresentationLUTSequence",
    "PresentationLUTShape",
)
_OF_MACROS = {
    "PixelValueTransformationSequence": ("RescaleSlope", "RescaleIntercept", "RescaleType"),
    "FrameVOILUTSequence": (
        "WindowCenter",
        "WindowWidth",
        "WindowCenterWidthExplanation",
        "VOILUTFunction",
        "VOILUTSequence",
    ),
}


def plain_header(header: Dataset, frame_number: int) -> Dataset:
    """Return the header of frames that are calculated from a series with `header`.

    Overlays, shutters and burnt-in marks have no place in another plane. Functional groups are resolved for frame
    `frame_number` (counted from 1). Raises CannotRender when the header makes no sense.
    """
    plain = Dataset()
    plain.set_original_encoding(False, True, header._character_set)
    with only_refusals():
        for keyword in _KEPT:
            if keyword in header:
                plain[keyword] = header[keyword]
        for sequence, keywords in _OF_MACROS.items():
            item = macro(header, sequence, frame_number)
            for keyword in keywords:
                if keyword in item:
                    plain[keyword] = item[keyword]
    return plain
