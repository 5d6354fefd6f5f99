"""A folder and a real Orthanc that hold the same files."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest
from pydicom.uid import generate_uid

from pacs_gateway.refs import InstanceRef
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.dicomweb import DicomwebPacs
from pacs_gateway.upstream.folder import FolderPacs
from tests.orthanc import Orthanc
from tests.pacs_gateway.upstream.copies import COPIES, copies
from tests.pacs_gateway.upstream.selection import ALL, VIDEOS, Sample, sample


@pytest.fixture(scope="session")
def orthanc() -> Iterator[Orthanc]:
    """Run a real Orthanc that holds the selection."""
    with Orthanc() as running:
        running.store(sample(name).path for name in ALL)
        yield running


@pytest.fixture(scope="session")
def dicom_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds the selection, some of it deeper down, and a file that is not DICOM."""
    folder = tmp_path_factory.mktemp("dicom")
    for number, name in enumerate(ALL):
        place = folder / ("deep" if number % 2 else ".") / str(number)
        place.parent.mkdir(exist_ok=True)
        shutil.copy(sample(name).path, place)
    (folder / "notes.txt").write_text("not DICOM")
    return folder


@pytest.fixture(scope="session")
def folder_pacs(dicom_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> CheckedPacs:
    """Return the folder as a PACS."""
    return CheckedPacs(FolderPacs("main", dicom_folder, tmp_path_factory.mktemp("catalogs")))


@pytest.fixture
def one() -> Sample:
    """Return a plain picture."""
    return sample("native")


@pytest.fixture
def files(one: Sample) -> dict[InstanceRef, bytes]:
    """Return copies of it in one series, by name."""
    return dict(copies(one, COPIES))


def _with_accents() -> Iterator[bytes]:
    for number, name in enumerate(("Buc^Jérôme", "Äneas^Rüdiger", "Palette Example^X")):
        data_set = pydicom.dcmread(sample("native").path)
        data_set.SpecificCharacterSet = "ISO_IR 100"
        data_set.PatientName = name
        data_set.PatientID = "ID 7/8 & é" if number == 0 else f"ID {number}"
        data_set.StudyInstanceUID, data_set.SOPInstanceUID = generate_uid(), generate_uid()
        file = io.BytesIO()
        data_set.save_as(file)
        yield file.getvalue()


@pytest.fixture(params=["folder", pytest.param("orthanc", marks=pytest.mark.orthanc)])
def pacs_with_accents(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CheckedPacs]:
    """Return a folder and an Orthanc with names and a Patient ID that URLs cannot hold as they are."""
    if request.param == "folder":
        (tmp_path / "files").mkdir()
        for number, data in enumerate(_with_accents()):
            (tmp_path / "files" / str(number)).write_bytes(data)
        yield CheckedPacs(FolderPacs("main", tmp_path / "files", tmp_path / "catalogs"))
    else:
        with Orthanc() as running:
            running.store(_with_accents())
            yield CheckedPacs(DicomwebPacs(PacsConfig("main", "http", running.url)))


@pytest.fixture(params=["folder", pytest.param("orthanc", marks=pytest.mark.orthanc)])
def pacs_with_videos(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[CheckedPacs]:
    """Return a folder and an Orthanc with two videos and a picture."""
    files = [sample(name).path for name in ("native", *VIDEOS)]
    if request.param == "folder":
        (tmp_path / "files").mkdir()
        for file in files:
            shutil.copy(file, tmp_path / "files")
        folder = FolderPacs("main", tmp_path / "files", tmp_path / "catalogs")
        folder.prepare(print)
        yield CheckedPacs(folder)
    else:
        with Orthanc() as running:
            running.store(files)
            yield CheckedPacs(DicomwebPacs(PacsConfig("main", "http", running.url)))


@pytest.fixture(scope="session")
def orthanc_pacs(orthanc: Orthanc) -> CheckedPacs:
    """Return the Orthanc as a PACS."""
    return CheckedPacs(DicomwebPacs(PacsConfig("main", "http", orthanc.url)))


@pytest.fixture(params=["folder", pytest.param("orthanc", marks=pytest.mark.orthanc)])
def pacs(request: pytest.FixtureRequest) -> CheckedPacs:
    """Return each of the two in turn: both keep the same contract."""
    found = request.getfixturevalue(f"{request.param}_pacs")
    assert isinstance(found, CheckedPacs)
    return found
