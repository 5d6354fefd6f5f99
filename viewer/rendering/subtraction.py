"""Mask subtraction: what a contrast medium fills, without what lies before and behind it (PS3.3 C.7.6.10, C.11.13)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from PIL import Image
from pydicom import Dataset

from viewer.rendering.frame import DecodedFrame
from viewer.rendering.modality import modality_of
from viewer.rendering.reasons import CannotRender, Reason, only_refusals
from viewer.rendering.references import items, numbers

FRAMES_MOST = 16
DRAWN = ("AVG_SUB", "TID", "REV_TID")
LINEAR = "LIN"
_MODALITY = ("ModalityLUTSequence", "RescaleSlope", "RescaleIntercept")
_PADDING = ("PixelPaddingValue", "PixelPaddingRangeLimit")
_WINDOW = ("WindowCenter", "WindowWidth", "VOILUTFunction")


@dataclass(frozen=True, slots=True)
class Subtraction:
    """Which frames are averaged, and the mean of which others is taken from them, moved by rows and columns."""

    contrast: tuple[int, ...]
    masks: tuple[int, ...]
    shift: tuple[float, float] = (0.0, 0.0)


@only_refusals()
def subtraction_of(state: Dataset, frame_number: int, frame_count: int) -> Subtraction | None:
    """Return what a state subtracts from a frame (from 1), None where it is shown as it is.

    Raises
    ------
    CannotRender : TOO_LARGE for more than FRAMES_MOST frames, DAMAGED for frames that are not there.
    """
    mask = next((one for one in items(state, "MaskSubtractionSequence") if _is_for(one, frame_number)), Dataset())
    operation = mask.get("MaskOperation")
    if operation not in DRAWN:
        return None
    if operation == "AVG_SUB":
        masks = [int(number) for number in numbers(mask, "MaskFrameNumbers")]
    else:
        masks = [_earlier(mask, frame_number)]
        if not 1 <= masks[0] <= frame_count:
            # Nothing comes before the first frames.
            return None
    last = min(frame_number + max(int(mask.get("ContrastFrameAveraging") or 1), 1) - 1, frame_count)
    if len(masks) + last - frame_number >= FRAMES_MOST:
        raise CannotRender(Reason.TOO_LARGE)
    rows, columns = numbers(mask, "MaskSubPixelShift") or (0.0, 0.0)
    if not masks or not all(1 <= number <= frame_count for number in masks):
        raise CannotRender(Reason.DAMAGED)
    return Subtraction(tuple(range(frame_number, last + 1)), tuple(masks), (rows, columns))


def _is_for(mask: Dataset, frame_number: int) -> bool:
    ranges = _ranges(mask)
    return not ranges or any(first <= frame_number <= last for first, last in ranges)


def _ranges(mask: Dataset) -> list[tuple[int, int]]:
    ends = [int(end) for end in numbers(mask, "ApplicableFrameRange")]
    return list(zip(ends[::2], ends[1::2], strict=True))


def _earlier(mask: Dataset, frame_number: int) -> int:
    """Return the frame that is as far before this one, or (REV_TID) as far before the first as this one is after it."""
    offset = int(mask.get("TIDOffset") or 1)
    if mask.MaskOperation == "TID":
        return frame_number - offset
    ranges = _ranges(mask)
    if not ranges:
        raise CannotRender(Reason.DAMAGED)
    first = ranges[0][0]
    return first - offset - (frame_number - first)


def may_subtract(header: Dataset) -> bool:
    """Tell whether differences of an image's values mean something: not while they count X-rays themselves (LIN)."""
    return str(header.get("PixelIntensityRelationship") or "").strip() != LINEAR


def subtract(
    header: Dataset, wanted: Subtraction, frames: dict[int, DecodedFrame], *, has_window: bool
) -> tuple[Dataset, DecodedFrame]:
    """Return the difference as a frame of modality values, and a header for it.

    Parameters
    ----------
    header : the image's, as a state presents it.
    frames : all that `wanted` names, by their numbers.
    has_window : whether the header's window is for differences; else one is found for them.
    """
    contrast, mask = (_mean(header, [frames[number] for number in part]) for part in (wanted.contrast, wanted.masks))
    shown = header[:]
    for keyword in (*_MODALITY, *_PADDING, *(() if has_window else _WINDOW)):
        shown.pop(keyword, None)
    frame = frames[wanted.contrast[0]]
    return shown, replace(frame, pixels=contrast - _moved(mask, wanted.shift), photometric="MONOCHROME2")


def _mean(header: Dataset, frames: list[DecodedFrame]) -> np.ndarray:
    values = [modality_of(header, 1).apply(frame.pixels) for frame in frames]
    mean: np.ndarray = np.stack(values).mean(axis=0, dtype=np.float64)
    return mean.astype(np.float32)


def _moved(values: np.ndarray, shift: tuple[float, float]) -> np.ndarray:
    """Return values moved down and to the right; what comes in at a rim is what was there."""
    if shift == (0.0, 0.0):
        return values
    if not max(map(abs, shift)) < min(values.shape):
        raise CannotRender(Reason.DAMAGED)
    rim = int(np.ceil(max(map(abs, shift)))) + 1
    padded = Image.fromarray(np.pad(values, rim, mode="edge"))
    down, right = shift
    way = (1, 0, -right, 0, 1, -down)
    moved = padded.transform(padded.size, Image.Transform.AFFINE, way, Image.Resampling.BILINEAR)
    return np.asarray(moved)[rim:-rim, rim:-rim]
