"""The real samples: each belongs to its patient, and none shares a UID with another."""

from __future__ import annotations

from pydicom import dcmread

from portal.demo import samples
from portal.demo.patients import ALEX, BLAKE, CASEY


def test_each_sample_belongs_to_its_patient() -> None:
    files = list(samples.sample_files())
    assert {file.PatientID for file in files} == {ALEX.patient_id, BLAKE.patient_id, CASEY.patient_id}
    assert {file.Modality for file in files} >= {"CR", "CT", "MR", "US"}
    for keyword in ("SOPInstanceUID", "SeriesInstanceUID", "StudyInstanceUID"):
        assert len({file[keyword].value for file in files}) == len(files)
    assert all(file.SOPInstanceUID == file.file_meta.MediaStorageSOPInstanceUID for file in files)


def test_pixels_stay_untouched() -> None:
    for sample, file in zip(samples.SAMPLES, samples.sample_files(), strict=True):
        assert file.PixelData == dcmread(samples._folder() / sample.file).PixelData
