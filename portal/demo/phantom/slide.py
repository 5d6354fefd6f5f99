"""The made-up tissue as a whole slide: a pyramid of three levels, without the frames of the empty glass."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from PIL import Image
from pydicom import Dataset
from pydicom.dataset import FileDataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEGBaseline8Bit, VLWholeSlideMicroscopyImageStorage

from portal.demo.phantom.dicom import SYNTHETIC, Subject, describe, new_file, uid
from portal.demo.phantom.glass import GLASS, draw

SIDE, LEVELS = 256, 3
# Millimeters between the pixels of the largest level.
SPACING = 0.0005
Place = tuple[int, int]


def slide_files(subject: Subject, study: str) -> Iterator[FileDataset]:
    """Yield the levels of the slide, the largest first."""
    picture = draw()
    for level in range(LEVELS):
        file = new_file(VLWholeSlideMicroscopyImageStorage, uid(f"slide {level}"))
        file.file_meta.TransferSyntaxUID = JPEGBaseline8Bit
        describe(file, subject, "Skin, stained pink and purple (HE)", 1, "SM", study)
        file.ImageType, file.InstanceNumber = ["DERIVED", "PRIMARY", "VOLUME", "NONE"], level + 1
        _fill(file, np.asarray(Image.fromarray(picture).reduce(1 << level)))
        measures = file.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
        measures.PixelSpacing, measures.SliceThickness = [SPACING * 2**level] * 2, 0.003
        yield file


def _fill(file: FileDataset, picture: np.ndarray) -> None:
    """Put a picture into a file, cut into the frames on which there is tissue."""
    file.TotalPixelMatrixRows, file.TotalPixelMatrixColumns = picture.shape[:2]
    file.Rows = file.Columns = SIDE
    file.SamplesPerPixel, file.PhotometricInterpretation, file.PlanarConfiguration = 3, "YBR_FULL_422", 0
    file.BitsAllocated, file.BitsStored, file.HighBit, file.PixelRepresentation = 8, 8, 7, 0
    file.LossyImageCompression, file.LossyImageCompressionMethod = "01", "ISO_10918_1"
    file.BurnedInAnnotation, file.SpecimenLabelInImage, file.ImageComments = "NO", "NO", SYNTHETIC
    file.FrameOfReferenceUID, file.DimensionOrganizationType = uid("slide frame of reference"), "TILED_SPARSE"
    cut = {
        (x, y): picture[y : y + SIDE, x : x + SIDE]
        for y in range(0, picture.shape[0], SIDE)
        for x in range(0, picture.shape[1], SIDE)
    }
    shown = {place: part for place, part in cut.items() if (part != GLASS).any()}
    shared = Dataset()
    shared.PixelMeasuresSequence = [Dataset()]
    file.NumberOfFrames, file.SharedFunctionalGroupsSequence = len(shown), [shared]
    file.PerFrameFunctionalGroupsSequence = [_placed(place) for place in shown]
    file.PixelData = encapsulate([_jpeg(part) for part in shown.values()])


def _placed(place: Place) -> Dataset:
    frame, position = Dataset(), Dataset()
    column, row = place
    position.ColumnPositionInTotalImagePixelMatrix, position.RowPositionInTotalImagePixelMatrix = column + 1, row + 1
    position.XOffsetInSlideCoordinateSystem, position.YOffsetInSlideCoordinateSystem = column * SPACING, row * SPACING
    position.ZOffsetInSlideCoordinateSystem = 0
    frame.PlanePositionSlideSequence = [position]
    return frame


def _jpeg(part: np.ndarray) -> bytes:
    """Return a frame as JPEG; at the edge of the picture it goes on as glass."""
    whole = np.full((SIDE, SIDE, 3), GLASS, np.uint8)
    whole[: part.shape[0], : part.shape[1]] = part
    made = io.BytesIO()
    Image.fromarray(whole).save(made, "JPEG", quality=85, subsampling="4:2:2")
    return made.getvalue()
