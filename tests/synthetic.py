"""Small DICOM studies made for tests: each slice holds one grey value, so that a wrong picture is seen at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

ROOT = "2.25.4711"


def value_of_slice(number: int) -> int:
    """Return the Hounsfield value that slice `number` (from 1) is filled with."""
    return 10 * number


def ct_slice(patient_id: str, study: int, series: int, number: int, *, issuer: str = "", size: int = 64) -> FileDataset:
    """Return one CT slice; UIDs follow from the numbers."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = f"{ROOT}.{study}.{series}.{number}"
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID, ds.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    ds.StudyInstanceUID, ds.SeriesInstanceUID = study_uid(study), f"{ROOT}.{study}.{series}"
    ds.PatientID, ds.PatientName, ds.PatientBirthDate = patient_id, f"Test^{patient_id}", "19800102"
    if issuer:
        ds.IssuerOfPatientID = issuer
    ds.StudyDate, ds.StudyTime, ds.StudyDescription, ds.Modality = "20180806", "101112", "CT CHEST", "CT"
    ds.SeriesNumber, ds.InstanceNumber, ds.SeriesDescription = series, number, f"Series {series}"
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, number], [1, 0, 0, 0, 1, 0]
    ds.PixelSpacing, ds.WindowCenter, ds.WindowWidth = [1, 1], 40, 400
    ds.RescaleSlope, ds.RescaleIntercept = 1, -1024
    ds.Rows = ds.Columns = size
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.PixelData = np.full((size, size), value_of_slice(number) + 1024, np.uint16).tobytes()
    return ds


def study_uid(study: int) -> str:
    """Return the Study Instance UID of study number `study`."""
    return f"{ROOT}.{study}"


def write_study(
    folder: Path, patient_id: str, study: int, *, slices: int = 6, series: int = 1, issuer: str = ""
) -> str:
    """Write a study into `folder`, in the place of what other tests left under that number, and return its UID."""
    place = folder / f"study{study}"
    if place.exists():
        shutil.rmtree(place)
    place.mkdir(parents=True)
    for series_number in range(1, series + 1):
        for number in range(1, slices + 1):
            ds = ct_slice(patient_id, study, series_number, number, issuer=issuer)
            ds.save_as(place / f"{series_number}-{number}.dcm", enforce_file_format=True)
    return study_uid(study)
