"""A whole slide made for tests: each frame of each level has its own color, so that a wrong one is seen at once."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGBaseline8Bit, VLWholeSlideMicroscopyImageStorage

from pacs_gateway.refs import PatientRef
from tests.synthetic import study_uid

SIDE = 256
COLUMNS, ROWS, LEVELS = 4096, 3072, 3
# Millimeters between pixels of the largest level.
SPACING = 0.0005


@dataclass(frozen=True)
class Glass:
    """A slide to write: how its levels are organized, and which frames of the largest are left out."""

    study: int
    patient: PatientRef
    organization: str = "TILED_FULL"
    without: frozenset[tuple[int, int]] = frozenset()


def color_of(level: int, column: int, row: int) -> tuple[int, int, int]:
    """Return the color of the frame in that column and row of a level; 0 is the largest."""
    return 20 + column * 12, 30 + row * 16, 40 + level * 80


def _jpeg(color: tuple[int, int, int], columns: int = SIDE, rows: int = SIDE) -> bytes:
    made = io.BytesIO()
    Image.fromarray(np.full((rows, columns, 3), color, np.uint8)).save(made, "JPEG", quality=95)
    return made.getvalue()


def _head(glass: Glass, number: int, flavor: str) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID = VLWholeSlideMicroscopyImageStorage, JPEGBaseline8Bit
    meta.MediaStorageSOPInstanceUID = f"{study_uid(glass.study)}.1.{number}"
    ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID, ds.SOPInstanceUID = VLWholeSlideMicroscopyImageStorage, meta.MediaStorageSOPInstanceUID
    ds.StudyInstanceUID, ds.SeriesInstanceUID = study_uid(glass.study), f"{study_uid(glass.study)}.1"
    ds.PatientID, ds.PatientName, ds.PatientBirthDate = glass.patient.patient_id, "Test^Slide", "19800102"
    if glass.patient.issuer:
        ds.IssuerOfPatientID = glass.patient.issuer
    ds.StudyDate, ds.StudyTime, ds.StudyDescription = "20240806", "101112", "SKIN BIOPSY"
    ds.Modality, ds.SeriesNumber, ds.SeriesDescription, ds.InstanceNumber = "SM", 1, "HE", number
    ds.ImageType = ["ORIGINAL", "PRIMARY", flavor, "NONE"]
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PlanarConfiguration = 3, "YBR_FULL_422", 0
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 8, 8, 7, 0
    ds.FrameOfReferenceUID, ds.LossyImageCompression = f"{study_uid(glass.study)}.9", "01"
    return ds


def _place(column: int, row: int) -> Dataset:
    place, frame = Dataset(), Dataset()
    place.ColumnPositionInTotalImagePixelMatrix, place.RowPositionInTotalImagePixelMatrix = (
        column * SIDE + 1,
        row * SIDE + 1,
    )
    place.XOffsetInSlideCoordinateSystem = place.YOffsetInSlideCoordinateSystem = 0
    place.ZOffsetInSlideCoordinateSystem = 0
    frame.PlanePositionSlideSequence = [place]
    return frame


def level_file(glass: Glass, level: int) -> FileDataset:
    """Return the image of a level, 0 the largest, as a file."""
    ds = _head(glass, level + 1, "VOLUME")
    ds.TotalPixelMatrixColumns, ds.TotalPixelMatrixRows = COLUMNS >> level, ROWS >> level
    ds.Rows = ds.Columns = SIDE
    across, down = -(-ds.TotalPixelMatrixColumns // SIDE), -(-ds.TotalPixelMatrixRows // SIDE)
    left_out = glass.without if level == 0 else frozenset()
    places = [(x, y) for y in range(down) for x in range(across) if (x, y) not in left_out]
    ds.DimensionOrganizationType, ds.NumberOfFrames = glass.organization, len(places)
    if glass.organization == "TILED_SPARSE":
        # In an order that nobody would guess.
        places = places[::-1]
        ds.PerFrameFunctionalGroupsSequence = [_place(*one) for one in places]
    measures, shared = Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = [SPACING * 2**level] * 2, 0.001
    shared.PixelMeasuresSequence = [measures]
    ds.SharedFunctionalGroupsSequence = [shared]
    ds.PixelData = encapsulate([_jpeg(color_of(level, *one)) for one in places])
    return ds


def label_file(glass: Glass, flavor: str) -> FileDataset:
    """Return the LABEL or the OVERVIEW of a slide as a file: one picture, red."""
    ds = _head(glass, {"LABEL": 11, "OVERVIEW": 12}[flavor], flavor)
    ds.TotalPixelMatrixColumns, ds.TotalPixelMatrixRows, ds.Columns, ds.Rows = 320, 200, 320, 200
    ds.NumberOfFrames, ds.DimensionOrganizationType, ds.SpecimenLabelInImage = 1, "TILED_FULL", "YES"
    ds.PixelData = encapsulate([_jpeg((200, 20, 20), 320, 200)])
    return ds


def write_slide(folder: Path, glass: Glass, *, has_label: bool = True) -> str:
    """Write a slide of three levels with its label and overview into `folder`; return its Study UID."""
    place = folder / f"slide{glass.study}"
    place.mkdir(parents=True, exist_ok=True)
    files = [level_file(glass, level) for level in range(LEVELS)]
    if has_label:
        files += [label_file(glass, flavor) for flavor in ("LABEL", "OVERVIEW")]
    for number, ds in enumerate(files, start=1):
        ds.save_as(place / f"{number}.dcm", enforce_file_format=True)
    return study_uid(glass.study)
