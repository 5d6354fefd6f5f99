"""Real images from the packages pydicom and pydicom-data (MIT), given to the demo's patients. Pixels stay untouched."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from pydicom import FileDataset, dcmread

from portal.demo.patients import ALEX, BLAKE, CASEY
from portal.demo.phantom.dicom import Subject, uid


@dataclass(frozen=True, slots=True)
class Sample:
    """One file of a package and the study that it becomes; `days` after the patient's main study."""

    file: str
    subject: Subject
    description: str
    days: int = 0


SAMPLES = (
    Sample("RG1_J2KR.dcm", ALEX, "X-ray chest", -40),
    Sample("693_J2KR.dcm", BLAKE, "CT head"),
    Sample("MR2_J2KR.dcm", BLAKE, "MRI shoulder", 9),
    Sample("color3d_jpeg_baseline.dcm", BLAKE, "Ultrasound heart", 30),
    Sample("RG3_J2KR.dcm", CASEY, "X-ray lower leg"),
)
# What else tells of the person or the place that a file came from.
LEFT_OUT = (
    "AdditionalPatientHistory", "DeviceSerialNumber", "EthnicGroup", "InstanceCreationDate", "InstanceCreationTime",
    "InstitutionalDepartmentName", "NameOfPhysiciansReadingStudy", "OperatorsName", "OtherPatientIDs", "PatientAge",
    "PatientSize", "PatientWeight", "PerformedProcedureStepID", "PerformedProcedureStepStartDate",
    "PerformedProcedureStepStartTime", "ScheduledProcedureStepID", "SourceImageSequence", "StationName",
)  # fmt: skip


def _folder() -> Path:
    """Return where the package pydicom-data keeps its files."""
    spec = importlib.util.find_spec("data_store")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the Python package pydicom-data is not installed")
    return Path(spec.origin).parent / "data"


def sample_files() -> Iterator[FileDataset]:
    """Yield each sample as its patient's file."""
    for sample in SAMPLES:
        yield _given_to(dcmread(_folder() / sample.file), sample)


def _given_to(file: FileDataset, sample: Sample) -> FileDataset:
    subject = replace(sample.subject, date=sample.subject.date + timedelta(days=sample.days))
    file.remove_private_tags()
    for keyword in LEFT_OUT:
        file.pop(keyword, None)
    file.SpecificCharacterSet = "ISO_IR 192"
    file.PatientName, file.PatientID, file.IssuerOfPatientID = subject.name, subject.patient_id, subject.issuer
    file.PatientBirthDate, file.PatientSex = subject.birth_date, subject.sex
    file.StudyInstanceUID, file.SeriesInstanceUID = uid(f"study {sample.file}"), uid(f"series {sample.file}")
    file.SOPInstanceUID = file.file_meta.MediaStorageSOPInstanceUID = uid(f"instance {sample.file}")
    file.StudyDate = file.SeriesDate = file.ContentDate = file.AcquisitionDate = subject.date.strftime("%Y%m%d")
    file.StudyTime = "101500"
    file.StudyDescription, file.SeriesDescription = sample.description, sample.description
    file.SeriesNumber, file.InstanceNumber = 1, 1
    file.AccessionNumber, file.ReferringPhysicianName = "", "Demo^Robin^^Dr"
    file.StudyID = "1"
    file.InstitutionName = "Sample image from an open-source package"
    return file
