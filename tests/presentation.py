"""Presentation states, key object selections and segmentations made for tests, over slices of tests.synthetic."""

from __future__ import annotations

from typing import Any

import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

STORAGE = "1.2.840.10008.5.1.4.1.1"
GRAYSCALE_STATE, COLOR_STATE, PSEUDO_COLOR_STATE = f"{STORAGE}.11.1", f"{STORAGE}.11.2", f"{STORAGE}.11.3"
KEY_OBJECT, SEGMENTATION, LABEL_MAP = f"{STORAGE}.88.59", f"{STORAGE}.66.4", f"{STORAGE}.66.7"


def item(**elements: Any) -> Dataset:
    """Return an item with these elements."""
    made = Dataset()
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def reference(image: Dataset, *frame_numbers: int) -> Dataset:
    """Return an item of the SOP Instance Reference Macro."""
    made = item(ReferencedSOPClassUID=image.SOPClassUID, ReferencedSOPInstanceUID=image.SOPInstanceUID)
    if frame_numbers:
        made.ReferencedFrameNumber = list(frame_numbers)
    return made


def beside(image: Dataset, sop_class_uid: str, end: int, **elements: Any) -> FileDataset:
    """Return an object in the study of `image`, in a series of its own; `end` tells it from others."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID = sop_class_uid, ExplicitVRLittleEndian
    meta.MediaStorageSOPInstanceUID = f"{image.StudyInstanceUID}.900.{end}"
    made = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    made.SOPClassUID, made.SOPInstanceUID = sop_class_uid, meta.MediaStorageSOPInstanceUID
    made.StudyInstanceUID, made.SeriesInstanceUID = image.StudyInstanceUID, f"{image.StudyInstanceUID}.900"
    for keyword in ("PatientID", "IssuerOfPatientID", "PatientName", "PatientBirthDate", "StudyDate", "StudyTime"):
        if keyword in image:
            setattr(made, keyword, image[keyword].value)
    made.StudyID, made.AccessionNumber, made.ReferringPhysicianName, made.PatientSex = "1", "", "", ""
    made.Manufacturer, made.SeriesNumber, made.InstanceNumber = "Test", 900, end
    for keyword, value in elements.items():
        setattr(made, keyword, value)
    return made


def state_of(images: list[Dataset], end: int = 1, **elements: Any) -> FileDataset:
    """Return a Grayscale Softcopy Presentation State that shows `images` as they are, with `elements` over it."""
    first = images[0]
    area = item(
        DisplayedAreaTopLeftHandCorner=[1, 1],
        DisplayedAreaBottomRightHandCorner=[int(first.Columns), int(first.Rows)],
        PresentationSizeMode="SCALE TO FIT",
        PresentationPixelAspectRatio=[1, 1],
    )
    named = Sequence(
        [
            item(
                SeriesInstanceUID=uid,
                ReferencedImageSequence=[reference(i) for i in images if i.SeriesInstanceUID == uid],
            )
            for uid in dict.fromkeys(str(image.SeriesInstanceUID) for image in images)
        ]
    )
    described: dict[str, Any] = {
        "Modality": "PR",
        "ContentLabel": "STATE",
        "ContentDescription": "",
        "PresentationCreationDate": "20180807",
        "PresentationCreationTime": f"1200{end:02}",
        "ContentCreatorName": "",
        "ReferencedSeriesSequence": named,
        "DisplayedAreaSelectionSequence": [area],
        "PresentationLUTShape": "IDENTITY",
    }
    sop_class_uid = elements.pop("SOPClassUID", GRAYSCALE_STATE)
    return beside(first, sop_class_uid, end, **{**described, **elements})


def key_object(images: list[Dataset], end: int = 50, title: tuple[str, str] = ("113000", "Of Interest")) -> FileDataset:
    """Return a Key Object Selection Document that marks `images`."""
    code = item(CodeValue=title[0], CodingSchemeDesignator="DCM", CodeMeaning=title[1])
    content = [
        item(RelationshipType="CONTAINS", ValueType="IMAGE", ReferencedSOPSequence=[reference(image)])
        for image in images
    ]
    return beside(
        images[0],
        KEY_OBJECT,
        end,
        Modality="KO",
        ValueType="CONTAINER",
        ConceptNameCodeSequence=[code],
        ContinuityOfContent="SEPARATE",
        ContentSequence=content,
    )


def segment(number: int, label: str = "Liver", lab: tuple[int, int, int] | None = (41661, 41167, 40792)) -> Dataset:
    """Return an item of Segment Sequence."""
    made = item(SegmentNumber=number, SegmentLabel=label, SegmentAlgorithmType="MANUAL")
    if lab:
        made.RecommendedDisplayCIELabValue = list(lab)
    return made


def segmentation(
    images: list[Dataset], masks: list[np.ndarray], segments: list[Dataset], end: int = 70, **elements: Any
) -> FileDataset:
    """Return a segmentation with one frame per image and segment, in that order; masks hold 0 and 1 (rows, columns)."""
    numbers = [int(one.SegmentNumber) for one in segments]
    groups = [
        item(
            DerivationImageSequence=[item(SourceImageSequence=[reference(image)])],
            SegmentIdentificationSequence=[item(ReferencedSegmentNumber=number)],
            **_plane(image),
        )
        for image in images
        for number in numbers
    ]
    bits = np.concatenate([mask.astype(bool).ravel() for mask in masks])
    data = np.packbits(bits, bitorder="little").tobytes()
    described: dict[str, Any] = {
        "Modality": "SEG",
        "ContentLabel": "SEG",
        "ContentDescription": "Organs",
        "SegmentationType": "BINARY",
        "SegmentSequence": segments,
        "NumberOfFrames": len(masks),
        "Rows": masks[0].shape[0],
        "Columns": masks[0].shape[1],
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 1,
        "BitsStored": 1,
        "HighBit": 0,
        "PixelRepresentation": 0,
        "LossyImageCompression": "00",
        "PerFrameFunctionalGroupsSequence": groups,
        "PixelData": data + b"\0" * (len(data) % 2),
    }
    return beside(images[0], elements.pop("SOPClassUID", SEGMENTATION), end, **{**described, **elements})


def _plane(image: Dataset) -> dict[str, Any]:
    return {
        "PlanePositionSequence": [item(ImagePositionPatient=list(image.ImagePositionPatient))],
        "PlaneOrientationSequence": [item(ImageOrientationPatient=list(image.ImageOrientationPatient))],
        "PixelMeasuresSequence": [item(PixelSpacing=list(image.PixelSpacing))],
    }
