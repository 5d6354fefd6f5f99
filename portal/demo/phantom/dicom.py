"""The phantom as DICOM files: a CT series, an MR series of the same frame of reference, and a report.

UIDs are derived from names (2.25, PS3.5 B.2), so that every run writes the same study.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from pydicom import Dataset
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    UID,
    BasicTextSRStorage,
    CTImageStorage,
    ExplicitVRLittleEndian,
    MRImageStorage,
)

from portal.demo.phantom import images
from portal.demo.phantom.canvas import PIXEL_MM, SIZE, SLICE_MM, SLICES

_NAMESPACE = uuid.UUID("5f0e7f4e-90a0-4c5e-9a83-0c7c6b1b9a11")
TABLE_MM = 240.0
SYNTHETIC = "Synthetic: a computer-made phantom, not a person"


@dataclass(frozen=True, slots=True)
class Subject:
    """Who the made-up study belongs to, and when it was made."""

    name: str
    patient_id: str
    issuer: str
    birth_date: str
    sex: str
    date: dt.date


def uid(name: str) -> UID:
    """Return the UID that stands for `name`, the same in every run."""
    return UID(f"2.25.{uuid.uuid5(_NAMESPACE, name).int}")


def new_file(sop_class: UID, instance_uid: UID) -> FileDataset:
    """Return an empty file of a SOP class, in Explicit VR Little Endian."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = sop_class, instance_uid
    meta.TransferSyntaxUID, meta.ImplementationClassUID = ExplicitVRLittleEndian, uid("implementation")
    file = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    file.SpecificCharacterSet = "ISO_IR 192"
    file.SOPClassUID, file.SOPInstanceUID = sop_class, instance_uid
    return file


def describe(file: FileDataset, subject: Subject, series: str, number: int, modality: str, study: str) -> None:
    """Say whose a file is, and of which study and series."""
    file.PatientName, file.PatientID, file.IssuerOfPatientID = subject.name, subject.patient_id, subject.issuer
    file.PatientBirthDate, file.PatientSex = subject.birth_date, subject.sex
    file.StudyInstanceUID, file.StudyID = uid(f"study {study}"), "1"
    file.SeriesInstanceUID, file.SeriesNumber = uid(f"series {study} {series}"), number
    file.StudyDate = file.SeriesDate = file.ContentDate = subject.date.strftime("%Y%m%d")
    file.StudyTime = file.SeriesTime = file.ContentTime = "093000"
    file.AccessionNumber, file.ReferringPhysicianName = f"DEMO-{subject.date:%y%m%d}", "Demo^Robin^^Dr"
    file.StudyDescription, file.SeriesDescription = study, series
    file.Modality, file.Manufacturer, file.InstitutionName = modality, "Lightbox", "Synthetic demo data"


def _place(file: FileDataset, index: int, size: int, spacing: float, thickness: float) -> None:
    """Say where the slice lies (PS3.3 C.7.6.2); a coarser grid keeps the outer border of the finer one."""
    shift = (spacing - PIXEL_MM) / 2
    x, y, z = images.position_of_slice(index)
    file.FrameOfReferenceUID, file.PositionReferenceIndicator = uid("frame of reference"), ""
    file.PatientPosition = "HFS"
    file.ImagePositionPatient, file.ImageOrientationPatient = [x + shift, y + shift, z], [1, 0, 0, 0, 1, 0]
    file.PixelSpacing, file.SliceThickness, file.SliceLocation = [spacing, spacing], thickness, z
    file.Rows = file.Columns = size


def _fill(file: FileDataset, pixels: np.ndarray) -> None:
    file.SamplesPerPixel, file.PhotometricInterpretation = 1, "MONOCHROME2"
    file.BitsAllocated, file.BitsStored, file.HighBit, file.PixelRepresentation = 16, 12, 11, 0
    file.BurnedInAnnotation, file.ImageComments = "NO", SYNTHETIC
    file.PixelData = pixels.astype("<u2").tobytes()


def ct_files(subject: Subject, study: str) -> Iterator[FileDataset]:
    """Yield the CT, one file a slice from the top."""
    for index, pixels in enumerate(images.ct_slices()):
        file = new_file(CTImageStorage, uid(f"ct {index}"))
        describe(file, subject, "Chest 2.5 mm", 1, "CT", study)
        _place(file, index, SIZE, PIXEL_MM, SLICE_MM)
        _as_ct(file, index, pixels)
        yield file


def earlier_ct_files(subject: Subject, study: str) -> Iterator[FileDataset]:
    """Yield the CT of another day: few thick slices, where the person lay in another place on the table."""
    thickness, spacing = SLICE_MM * images.EARLIER_STEP, PIXEL_MM * SIZE / images.EARLIER_SIZE
    for index, pixels in enumerate(images.earlier_ct_slices()):
        file = new_file(CTImageStorage, uid(f"earlier ct {index}"))
        describe(file, subject, f"Chest {thickness:g} mm", 1, "CT", study)
        _place(file, index * images.EARLIER_STEP, images.EARLIER_SIZE, spacing, thickness)
        x, y, z = file.ImagePositionPatient
        file.FrameOfReferenceUID, file.ImagePositionPatient = uid("frame of reference, earlier"), [x, y, z + TABLE_MM]
        file.SliceLocation = z + TABLE_MM
        _as_ct(file, index, pixels)
        yield file


def _as_ct(file: FileDataset, index: int, pixels: np.ndarray) -> None:
    file.ImageType, file.InstanceNumber, file.BodyPartExamined = ["ORIGINAL", "PRIMARY", "AXIAL"], index + 1, "CHEST"
    file.KVP, file.ConvolutionKernel = 120, "PHANTOM"
    file.RescaleIntercept, file.RescaleSlope, file.RescaleType = images.CT_INTERCEPT, 1, "HU"
    file.WindowCenter, file.WindowWidth = [40, -600], [400, 1500]
    file.WindowCenterWidthExplanation = ["SOFT TISSUE", "LUNG"]
    _fill(file, pixels)


def mr_files(subject: Subject, study: str) -> Iterator[FileDataset]:
    """Yield the MR, one file a slice from the top."""
    for index, pixels in enumerate(images.mr_slices()):
        file = new_file(MRImageStorage, uid(f"mr {index}"))
        describe(file, subject, "T2 axial", 1, "MR", study)
        _place(file, index * images.MR_STEP, images.MR_SIZE, 2 * PIXEL_MM, images.MR_THICKNESS)
        file.ImageType, file.InstanceNumber, file.BodyPartExamined = ["ORIGINAL", "PRIMARY", "M"], index + 1, "CHEST"
        file.ScanningSequence, file.SequenceVariant, file.ScanOptions, file.MRAcquisitionType = "SE", "SK", "", "2D"
        file.RepetitionTime, file.EchoTime, file.EchoTrainLength = 4000, 90, 16
        file.SpacingBetweenSlices = SLICE_MM * images.MR_STEP
        file.WindowCenter, file.WindowWidth = 420, 840
        _fill(file, pixels)
        yield file


def report_file(subject: Subject, study: str, sections: dict[str, str]) -> FileDataset:
    """Return a Basic Text SR whose sections are headings with one paragraph each."""
    file = new_file(BasicTextSRStorage, uid(f"report {study}"))
    describe(file, subject, "Report", 9, "SR", study)
    file.InstanceNumber, file.CompletionFlag, file.VerificationFlag = 1, "COMPLETE", "VERIFIED"
    file.VerifyingObserverSequence = Sequence([_verifier(subject)])
    file.ReferencedPerformedProcedureStepSequence, file.PerformedProcedureCodeSequence = Sequence([]), Sequence([])
    file.ValueType, file.ContinuityOfContent = "CONTAINER", "SEPARATE"
    file.ConceptNameCodeSequence = _code("18748-4", "LN", "Diagnostic imaging report")
    file.ContentSequence = Sequence([_section(heading, text) for heading, text in sections.items()])
    return file


def _code(value: str, scheme: str, meaning: str) -> Sequence:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return Sequence([item])


def _verifier(subject: Subject) -> Dataset:
    item = Dataset()
    item.VerifyingObserverName, item.VerifyingOrganization = "Demo^Kim^^Dr", "Synthetic demo data"
    item.VerificationDateTime = f"{subject.date:%Y%m%d}113000"
    item.VerifyingObserverIdentificationCodeSequence = Sequence([])
    return item


# Section headings of CID 7001 and what stands below them, of CID 7002.
_CODES = {
    "Request": (("55115-0", "LN", "Request"), ("55115-0", "LN", "Request")),
    "Findings": (("59776-5", "LN", "Findings"), ("121071", "DCM", "Finding")),
    "Impressions": (("19005-8", "LN", "Impressions"), ("121073", "DCM", "Impression")),
}


def _section(heading: str, text: str) -> Dataset:
    heading_code, text_code = _CODES[heading]
    paragraph = Dataset()
    paragraph.RelationshipType, paragraph.ValueType, paragraph.TextValue = "CONTAINS", "TEXT", text
    paragraph.ConceptNameCodeSequence = _code(*text_code)
    section = Dataset()
    section.RelationshipType, section.ValueType, section.ContinuityOfContent = "CONTAINS", "CONTAINER", "SEPARATE"
    section.ConceptNameCodeSequence = _code(*heading_code)
    section.ContentSequence = Sequence([paragraph])
    return section


def slice_count() -> int:
    """Return how many files the CT has."""
    return SLICES
