"""A header as a presentation state wants it: the state's grays, shutters and overlays in place of the image's own.

So that the one way from stored values to a picture serves images with and without a state (PS3.4 N.2, PS3.3 A.33).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from pydicom import Dataset

from viewer.rendering.frame import DecodedFrame
from viewer.rendering.functional import macro
from viewer.rendering.modality import modality_of
from viewer.rendering.overlay import ACTIVATION, GROUPS, has_data
from viewer.rendering.reasons import CannotRender, Reason
from viewer.rendering.references import first_for

GRAYSCALE, COLOR, PSEUDO_COLOR = (f"1.2.840.10008.5.1.4.1.1.11.{end}" for end in (1, 2, 3))
MODALITY = ("ModalityLUTSequence", "RescaleSlope", "RescaleIntercept", "RescaleType")
_VOI = ("VOILUTSequence", "WindowCenter", "WindowWidth", "WindowCenterWidthExplanation", "VOILUTFunction")
_PRESENTATION = ("PresentationLUTShape", "PresentationLUTSequence")
SHUTTER = (
    "ShutterShape",
    "ShutterLeftVerticalEdge",
    "ShutterRightVerticalEdge",
    "ShutterUpperHorizontalEdge",
    "ShutterLowerHorizontalEdge",
    "CenterOfCircularShutter",
    "RadiusOfCircularShutter",
    "VerticesOfThePolygonalShutter",
    "ShutterPresentationValue",
    "ShutterPresentationColorCIELabValue",
    "ShutterOverlayGroup",
)
_SPACING = ("PixelSpacing", "ImagerPixelSpacing", "NominalScannedPixelSpacing", "PixelAspectRatio")
_GROUPS = ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence")


def present(header: Dataset, frame: DecodedFrame, frame_number: int, state: Dataset) -> tuple[Dataset, DecodedFrame]:
    """Return header and frame as a state wants them.

    Parameters
    ----------
    header : the image's data set, with its SOP Instance UID.
    frame : its stored values.
    state : a Grayscale, Color or Pseudo-Color Softcopy Presentation State.

    Raises
    ------
    CannotRender : UNSUPPORTED_SOP_CLASS for another kind of state, or when it is for the other kind of image.
    """
    _require_kind(frame, state)
    shown = _without(header, (*SHUTTER, *_GROUPS))
    _take(shown, state, SHUTTER)
    _space(shown, header, state, frame_number)
    kept = _overlays(shown, state)
    if not frame.photometric.startswith("MONOCHROME"):
        _take(shown, state, ("ICCProfile",))
    else:
        shown = _without(shown, (*MODALITY, *_VOI, *_PRESENTATION))
        _take(shown, state, (*MODALITY, *_PRESENTATION))
        _tone(shown, state, frame, frame_number)
        # The state says which end is white; what the image says of that is not used (PS3.3 A.33.1).
        frame = replace(frame, photometric="MONOCHROME2")
    return shown, replace(frame, overlay=frame.overlay if kept else None)


def _require_kind(frame: DecodedFrame, state: Dataset) -> None:
    is_gray = frame.photometric.startswith("MONOCHROME")
    wanted = {GRAYSCALE: True, PSEUDO_COLOR: True, COLOR: False}.get(str(state.get("SOPClassUID") or ""))
    if wanted is not is_gray:
        raise CannotRender(Reason.UNSUPPORTED_SOP_CLASS)


def _without(header: Dataset, keywords: tuple[str, ...]) -> Dataset:
    # A slice: pydicom's own copies of a data set share its elements, and others still need this header.
    shown = header[:]
    for keyword in keywords:
        shown.pop(keyword, None)
    return shown


def _take(shown: Dataset, source: Dataset, keywords: tuple[str, ...]) -> None:
    for keyword in keywords:
        if keyword in source:
            shown[keyword] = source[keyword]


def _tone(shown: Dataset, state: Dataset, frame: DecodedFrame, frame_number: int) -> None:
    """Take over the VOI for the frame; without one, everything that stored values can be is shown (PS3.4 N.2.1.2)."""
    item = first_for(state, "SoftcopyVOILUTSequence", str(shown.get("SOPInstanceUID")), frame_number)
    if item is not None:
        _take(shown, item, _VOI)
        return
    bits = int(shown.get("BitsStored") or 8)
    low = -(1 << bits - 1) if frame.pixels.dtype.kind == "i" else 0
    modality = modality_of(shown, frame_number)
    if modality.lut is not None:
        ends = np.array([0, 2**modality.lut.bits - 1], float)
    else:
        ends = np.sort(modality.apply(np.array([low, low + 2**bits - 1])))
    shown.WindowCenter, shown.WindowWidth = float(ends.mean()), max(float(np.ptp(ends)), 1e-6)
    shown.VOILUTFunction = "LINEAR_EXACT"


def _space(shown: Dataset, header: Dataset, state: Dataset, frame_number: int) -> None:
    """Take over the shape of a pixel: the displayed area's, else the image's own."""
    area = first_for(state, "DisplayedAreaSelectionSequence", str(header.get("SOPInstanceUID")), frame_number)
    ratio = area and (area.get("PresentationPixelSpacing") or area.get("PresentationPixelAspectRatio"))
    if ratio:
        for keyword in _SPACING:
            shown.pop(keyword, None)
        shown.PixelAspectRatio = list(ratio)
    elif "PixelSpacing" not in shown:
        _take(shown, macro(header, "PixelMeasuresSequence", frame_number), ("PixelSpacing",))


def _overlays(shown: Dataset, state: Dataset) -> bool:
    """Keep the overlays that the state activates, add its own; tell whether one in unused bits is kept (C.11.7)."""
    in_bits = False
    for group in GROUPS:
        is_active = (group, ACTIVATION) in state and bool(str(state[group, ACTIVATION].value or "").strip())
        is_shutter = int(state.get("ShutterOverlayGroup") or 0) == group
        source = state if has_data(state, group) else shown
        in_bits |= is_active and not has_data(source, group)
        found = [source[tag] for tag in list(source.keys()) if tag.group == group]
        for tag in [tag for tag in list(shown.keys()) if tag.group == group]:
            del shown[tag]
        for element in found if is_active or is_shutter else ():
            shown[element.tag] = element
    return in_bits
