"""The made-up study: valid, the same in every run, and looking like what it says it is."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from pydicom import FileDataset

from portal.demo.patients import ALEX
from portal.demo.phantom import anatomy
from portal.demo.phantom.canvas import PIXEL_MM, SIZE, SLICE_MM, SLICES
from portal.demo.phantom.chest import NODULE_CENTER
from portal.demo.phantom.dicom import ct_files, earlier_ct_files, mr_files, report_file
from portal.demo.studies import REPORT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def ct() -> list[FileDataset]:
    return list(ct_files(ALEX, "CT chest"))


@pytest.fixture(scope="module")
def mr() -> list[FileDataset]:
    return list(mr_files(ALEX, "MRI chest"))


@pytest.fixture(scope="module")
def earlier() -> list[FileDataset]:
    return list(earlier_ct_files(ALEX, "CT chest a year before"))


def _hounsfield(ct: list[FileDataset], x: float, y: float, z: float) -> float:
    """Return the mean value around a place given in the anatomy's millimetres."""
    column, row = (round(mm / PIXEL_MM + SIZE / 2) for mm in (x, y))
    file = ct[round(z / SLICE_MM)]
    return float(file.pixel_array[row - 2 : row + 3, column - 2 : column + 3].mean()) + float(file.RescaleIntercept)


@pytest.mark.parametrize(
    ("where", "low", "high"),
    [
        ((-165, -120, 50), -1024, -950),
        ((-80, -30, 60), -900, -700),
        ((-70, -30, 262), 60, 180),
        (NODULE_CENTER, -10, 90),
        ((26, 42, 180), 190, 270),
        ((34, -28, 182), 190, 270),
        ((0, 56, 152), 120, 380),
        ((0, 106, 200), -130, -70),
        ((58, 20, 318), 100, 230),
        ((0, 16, 60), -1024, -900),
    ],
    ids=["air", "lung", "liver", "nodule", "aorta", "heart", "vertebra", "fat", "kidney", "windpipe"],
)
def test_tissue_has_its_hounsfield_units(
    ct: list[FileDataset], where: tuple[float, float, float], low: float, high: float
) -> None:
    assert low <= _hounsfield(ct, *where) <= high


def test_the_ct_is_a_regular_stack(ct: list[FileDataset]) -> None:
    assert len(ct) == SLICES >= 120
    heights = [float(file.ImagePositionPatient[2]) for file in ct]
    assert np.allclose(np.diff(heights), -SLICE_MM)
    assert [file.InstanceNumber for file in ct] == list(range(1, SLICES + 1))
    assert len({file.SOPInstanceUID for file in ct}) == SLICES


def test_the_mr_shows_the_same_place(ct: list[FileDataset], mr: list[FileDataset]) -> None:
    assert {file.FrameOfReferenceUID for file in [*ct, *mr]} == {ct[0].FrameOfReferenceUID}
    for first, last in ((ct[0], mr[0]),):
        corner = np.array(first.ImagePositionPatient, float) - first.PixelSpacing[0] / 2 * np.array([1, 1, 0])
        other = np.array(last.ImagePositionPatient, float) - last.PixelSpacing[0] / 2 * np.array([1, 1, 0])
        assert np.allclose(corner, other)


def test_the_earlier_ct_is_small_shows_no_spot_yet_and_lies_elsewhere(
    ct: list[FileDataset], earlier: list[FileDataset]
) -> None:
    assert len(earlier) == 35
    assert sum(len(file.PixelData) for file in earlier) < 5_000_000
    assert {(file.Rows, file.Columns) for file in earlier} == {(256, 256)}
    assert {file.FrameOfReferenceUID for file in earlier}.isdisjoint({ct[0].FrameOfReferenceUID})
    assert {file.StudyInstanceUID for file in earlier}.isdisjoint({ct[0].StudyInstanceUID})
    x, y, z = NODULE_CENTER
    file = earlier[round(z / 10)]
    column, row = (round(mm / file.PixelSpacing[0] + 128) for mm in (x, y))
    there = float(file.pixel_array[row - 1 : row + 2, column - 1 : column + 2].mean()) + float(file.RescaleIntercept)
    assert -950 < there < -650
    assert _hounsfield(ct, x, y, z) > -10


def test_every_run_writes_the_same(ct: list[FileDataset], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(anatomy, "_drawn", [])
    again = next(islice(ct_files(ALEX, "CT chest"), 70, None))
    assert (again.SOPInstanceUID, again.PixelData) == (ct[70].SOPInstanceUID, ct[70].PixelData)


def test_the_report_is_final_and_has_its_sections() -> None:
    report = report_file(ALEX, "CT chest", REPORT)
    headings = [item.ConceptNameCodeSequence[0].CodeMeaning for item in report.ContentSequence]
    assert headings == ["Request", "Findings", "Impressions"]
    assert (report.CompletionFlag, report.VerificationFlag) == ("COMPLETE", "VERIFIED")
    assert len(report.VerifyingObserverSequence) == 1


def test_everything_says_that_it_is_synthetic(
    ct: list[FileDataset], mr: list[FileDataset], earlier: list[FileDataset]
) -> None:
    report = report_file(ALEX, "CT chest", REPORT)
    assert all("Synthetic" in file.ImageComments for file in [*ct, *mr, *earlier])
    assert {file.InstitutionName for file in [*ct, *mr, *earlier, report]} == {"Synthetic demo data"}
    assert {file.PatientID for file in [*ct, *mr, *earlier, report]} == {ALEX.patient_id}
