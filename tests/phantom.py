"""A patient made for tests, of whom each corner is known: 100 to the left, 10 at the back, 1 at the head."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import EnhancedCTImageStorage

from tests.synthetic import ct_slice, study_uid

SLICES, ROWS, COLUMNS = 20, 24, 32
GAP, DOWN, ALONG = 2.0, 1.5, 1.0
# How a scanner may lay rows and columns, the latter downwards.
AXIAL, CORONAL, SAGITTAL = (1, 0, 0, 0, 1, 0), (1, 0, 0, 0, 0, -1), (0, 1, 0, 0, 0, -1)


def marks(places: np.ndarray) -> np.ndarray:
    """Return the Hounsfield values at places (..., 3) in mm, from the middle of the patient."""
    found: np.ndarray = np.where(places > 0, [100, 10, 1], 0).sum(axis=-1)
    return found


def phantom_slice(
    study: int, number: int, orientation: Iterable[float] = AXIAL, *, series: int = 1, is_reversed: bool = False
) -> FileDataset:
    """Return slice `number` (from 1) of the phantom, a CT of P-OWNER."""
    turned = np.array(tuple(orientation), float)
    row, column = turned[:3], turned[3:]
    normal = np.cross(row, column) * (-1 if is_reversed else 1)
    corner = normal * GAP * (number - (SLICES + 1) / 2)
    corner = corner - row * ALONG * (COLUMNS - 1) / 2 - column * DOWN * (ROWS - 1) / 2
    rows, columns = np.meshgrid(np.arange(ROWS), np.arange(COLUMNS), indexing="ij")
    places = corner + columns[..., None] * ALONG * row + rows[..., None] * DOWN * column
    ds = ct_slice("P-OWNER", study, series, number, issuer="TEST")
    ds.Rows, ds.Columns, ds.PixelSpacing = ROWS, COLUMNS, [DOWN, ALONG]
    ds.FrameOfReferenceUID = f"{study_uid(study)}.99"
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [float(part) for part in corner], [*map(float, turned)]
    ds.PixelData = (marks(places) + 1024).astype(np.uint16).tobytes()
    return ds


def write_phantom(folder: Path, study: int, slices: Iterable[FileDataset] | None = None) -> str:
    """Write the phantom, or other slices, into `folder` and return the Study Instance UID."""
    place = folder / f"phantom{study}"
    place.mkdir(parents=True, exist_ok=True)
    for ds in slices or (phantom_slice(study, number) for number in range(1, SLICES + 1)):
        ds.save_as(place / f"{ds.SeriesNumber}-{ds.InstanceNumber}.dcm", enforce_file_format=True)
    return study_uid(study)


def enhanced_phantom(study: int, order: Iterable[int]) -> FileDataset:
    """Return the phantom as one Enhanced CT (PS3.3 A.38), its frames in any order of slice numbers."""
    numbers = list(order)
    slices = [phantom_slice(study, number) for number in numbers]
    whole = phantom_slice(study, 1)
    whole.SOPClassUID = whole.file_meta.MediaStorageSOPClassUID = EnhancedCTImageStorage
    whole.NumberOfFrames, whole.PixelData = len(numbers), b"".join(one.PixelData for one in slices)
    shared, measures, turned, scale, window = (Dataset() for _ in range(5))
    measures.PixelSpacing, measures.SliceThickness = whole.PixelSpacing, GAP
    turned.ImageOrientationPatient = whole.ImageOrientationPatient
    scale.RescaleSlope, scale.RescaleIntercept, scale.RescaleType = 1, -1024, "HU"
    window.WindowCenter, window.WindowWidth = 50, 500
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [turned]
    shared.PixelValueTransformationSequence, shared.FrameVOILUTSequence = [scale], [window]
    whole.SharedFunctionalGroupsSequence = [shared]
    whole.PerFrameFunctionalGroupsSequence = [_group(one) for one in slices]
    for keyword in ("PixelSpacing", "ImageOrientationPatient", "ImagePositionPatient", "RescaleSlope"):
        del whole[keyword]
    del whole.RescaleIntercept, whole.WindowCenter, whole.WindowWidth
    return whole


def _group(one: FileDataset) -> Dataset:
    place, group = Dataset(), Dataset()
    place.ImagePositionPatient = one.ImagePositionPatient
    group.PlanePositionSequence = [place]
    return group
