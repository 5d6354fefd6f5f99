"""Segmentations as masks over a frame: BINARY, FRACTIONAL and LABELMAP (PS3.3 A.51, A.89, C.8.20)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from pydicom import Dataset
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from viewer.rendering.frame import DecodedFrame, SegmentMask
from viewer.rendering.functional import macro
from viewer.rendering.placement import Plane, fall_onto, is_within, plane_of
from viewer.rendering.reasons import CannotRender, Reason, only_refusals
from viewer.rendering.references import Images, has, images_of, items
from viewer.rendering.segments import segments_of

FRAMES_MOST = 256
PIXELS_MOST = 128_000_000
_FULL = 255
_DERIVATION = Tag("DerivationImageSequence")


@dataclass(frozen=True, slots=True)
class SegmentFrame:
    """One frame of a segmentation: `segment` is None in a label map. `sources` are the images it was made of."""

    number: int
    segment: int | None
    sources: Images
    plane: Plane | None


@only_refusals()
def frames_over(segmentation: Dataset, image: Dataset, frame_number: int) -> list[SegmentFrame]:
    """Return the frames of a segmentation that lie over a frame of an image.

    Those that were made of it; where they do not say of what, those whose slice it lies in, in the same frame of
    reference.

    Raises
    ------
    CannotRender : TOO_LARGE when these are more than FRAMES_MOST, DAMAGED when the headers make no sense.
    """
    plane, uid = plane_of(image, frame_number), str(image.get("SOPInstanceUID") or "")
    space = plane if _is_same_space(segmentation, image) else None
    frames = (_frame(segmentation, number) for number in _candidates(segmentation, uid))
    found = list(islice((one for one in frames if _is_over(one, uid, frame_number, space)), FRAMES_MOST + 1))
    if len(found) > FRAMES_MOST:
        raise CannotRender(Reason.TOO_LARGE)
    return found


@only_refusals()
def masks_over(
    segmentation: Dataset,
    frames: Iterable[tuple[SegmentFrame, DecodedFrame]],
    image: Dataset,
    frame_number: int,
    shape: tuple[int, int],
) -> tuple[SegmentMask, ...]:
    """Return the masks of the segments over a frame of an image, in the order of their numbers.

    Parameters
    ----------
    segmentation : its data set without Pixel Data.
    frames : its frames that `frames_over` named, decoded.
    image, frame_number : the frame that the masks are for.
    shape : its (rows, columns).

    Raises
    ------
    CannotRender : TOO_LARGE above PIXELS_MOST pixels in all masks, MISMATCH when a frame does not lie in the plane of
        the image or is of another size without saying where it lies, DAMAGED when its values make no sense.
    """
    plane = plane_of(image, frame_number)
    shares: dict[int, np.ndarray] = {}
    for frame, decoded in frames:
        values = _placed(decoded.pixels, frame.plane, plane, shape)
        for number, share in _shares(segmentation, frame, values):
            shares[number] = np.maximum(shares[number], share) if number in shares else share
            if len(shares) * share.size > PIXELS_MOST:
                raise CannotRender(Reason.TOO_LARGE)
    colors = {segment.number: segment.color for segment in segments_of(segmentation)}
    return tuple(SegmentMask(shares[number], colors[number]) for number in sorted(shares) if number in colors)


def _is_same_space(segmentation: Dataset, image: Dataset) -> bool:
    uid = segmentation.get("FrameOfReferenceUID")
    return bool(uid) and uid == image.get("FrameOfReferenceUID")


def _candidates(segmentation: Dataset, instance_uid: str) -> Iterator[int]:
    """Yield the numbers of frames that may lie over an image: those whose sources are some other image are left out.

    Of many thousand frames few are; so the others are not parsed, only searched for the UID.
    """
    groups = items(segmentation, "PerFrameFunctionalGroupsSequence")
    # Each frame has its functional groups; what Number of Frames says beyond them costs nothing.
    for number in range(1, min(int(segmentation.get("NumberOfFrames") or 1), max(len(groups), 1)) + 1):
        derived: object = groups[number - 1].get_item(_DERIVATION) if number <= len(groups) else None
        if not isinstance(derived, RawDataElement) or instance_uid.encode() in bytes(derived.value or b""):
            yield number


def _is_over(frame: SegmentFrame, instance_uid: str, frame_number: int, plane: Plane | None) -> bool:
    if frame.sources:
        return has(frame.sources, instance_uid, frame_number)
    return plane is not None and frame.plane is not None and is_within(plane, frame.plane)


def _frame(segmentation: Dataset, number: int) -> SegmentFrame:
    derived = macro(segmentation, "DerivationImageSequence", number)
    named = macro(segmentation, "SegmentIdentificationSequence", number).get("ReferencedSegmentNumber")
    is_own = derived is not segmentation
    sources = images_of(items(derived, "SourceImageSequence")) if is_own else {}
    return SegmentFrame(number, int(named) if named else None, sources, plane_of(segmentation, number))


def _placed(pixels: np.ndarray, own: Plane | None, plane: Plane | None, shape: tuple[int, int]) -> np.ndarray:
    if own is not None and plane is not None:
        if not is_within(plane, own):
            raise CannotRender(Reason.MISMATCH)
        return fall_onto(pixels, own, plane, *shape)
    if pixels.shape != shape:
        raise CannotRender(Reason.MISMATCH)
    return pixels


def _shares(segmentation: Dataset, frame: SegmentFrame, values: np.ndarray) -> Iterable[tuple[int, np.ndarray]]:
    """Yield (segment number, share of each pixel 0..255) for one frame."""
    kind = segmentation.get("SegmentationType")
    if kind == "LABELMAP":
        for number in np.unique(values):
            if number > 0:
                yield int(number), np.where(values == number, _FULL, 0).astype(np.uint8)
        return
    most = 1 if kind == "BINARY" else int(segmentation.get("MaximumFractionalValue") or 0)
    if frame.segment is None or kind not in ("BINARY", "FRACTIONAL") or not 0 < most <= _FULL:
        raise CannotRender(Reason.DAMAGED)
    yield frame.segment, np.rint(np.minimum(values, most).astype(np.float64) * _FULL / most).astype(np.uint8)
