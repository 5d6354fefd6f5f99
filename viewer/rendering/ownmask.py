"""An image's own Mask module as a presentation state that subtracts as it says (PS3.3 C.7.6.10)."""

from __future__ import annotations

from pydicom import Dataset

from viewer.rendering.presented import GRAYSCALE, MODALITY, SHUTTER

_KEPT = (*MODALITY, *SHUTTER, "MaskSubtractionSequence")


def own_mask(header: Dataset) -> Dataset | None:
    """Return a state that shows an image subtracted, None where the image has no Mask module.

    No window is in it: those of the image are for what is stored, and one is found for differences.
    """
    if "MaskSubtractionSequence" not in header:
        return None
    state, image, series = Dataset(), Dataset(), Dataset()
    image.ReferencedSOPInstanceUID = str(header.get("SOPInstanceUID") or "")
    series.ReferencedImageSequence = [image]
    state.SOPClassUID, state.ReferencedSeriesSequence = GRAYSCALE, [series]
    is_white_low = "MONOCHROME1" in str(header.get("PhotometricInterpretation"))
    state.PresentationLUTShape = (
        "INVERSE" if is_white_low or header.get("PresentationLUTShape") == "INVERSE" else "IDENTITY"
    )
    for keyword in _KEPT:
        if keyword in header:
            state[keyword] = header[keyword]
    return state
