"""PACS for the index: folders that a test fills, and one that is down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.uid import generate_uid

from pacs_gateway.upstream.config import parse_pacs
from tests.pacs_gateway.upstream.selection import sample


class Archive:
    """A folder as a PACS, into which a test puts studies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir()
        (folder / "notes.txt").write_text("not DICOM")

    def put(self, name: str, **changes: object) -> str:
        """Store one instance under a file name, and return its Study UID."""
        data_set = pydicom.dcmread(sample("native").path)
        data_set.StudyInstanceUID = data_set.SOPInstanceUID = generate_uid()
        for keyword, value in (
            {"PatientID": "P1", "PatientName": "Doe^Jane", "StudyDate": "20200102"} | changes
        ).items():
            setattr(data_set, keyword, value)
        data_set.save_as(self.folder / name)
        return str(data_set.StudyInstanceUID)


@pytest.fixture
def pacs(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """Return the PACS `main`, a folder; `down` is one that nobody answers for."""
    monkeypatch.setattr("pacs_gateway.upstream.catalog.FRESH_SECONDS", 0.0)
    archive = Archive(tmp_path / "main")
    settings.VAR_DIR = tmp_path / "var"
    settings.PACS = parse_pacs(f"main=file://{archive.folder}", {})
    return archive


@pytest.fixture
def other(pacs: Archive, tmp_path: Path, settings: Any) -> Archive:
    """Return a second PACS, `other`."""
    archive = Archive(tmp_path / "other")
    settings.PACS = settings.PACS | parse_pacs(f"other=file://{archive.folder}", {})
    return archive


@pytest.fixture
def down(pacs: Archive, tmp_path: Path, settings: Any) -> str:
    """Put a PACS that does not answer before all others, and return its name."""
    settings.PACS = parse_pacs(f"down=file://{tmp_path}/nowhere", {}) | settings.PACS
    return "down"
