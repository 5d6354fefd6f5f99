"""Staff, and a folder of its own as PACS, with two patients in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from pacs_gateway.upstream.config import parse_pacs
from portal.people.models import User
from tests.people import make_staff
from tests.synthetic import ct_slice
from viewer import asking


@pytest.fixture(autouse=True)
def _no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the workers of other tests out: they look into another archive."""
    monkeypatch.setattr(asking, "SECONDS", 0.05)
    monkeypatch.setattr(asking, "publish", lambda *arguments, **_: None)


@pytest.fixture
def staff(db) -> User:
    return make_staff("staff@x.example")


@pytest.fixture
def desk(staff: User) -> Client:
    client = Client()
    client.force_login(staff)
    return client


def put(folder: Path, patient_id: str, study: int, **changes: str) -> None:
    """Put a study of one slice into a folder, with some elements changed."""
    ds = ct_slice(patient_id, study, 1, 1)
    for keyword, value in changes.items():
        setattr(ds, keyword, value)
    folder.mkdir(exist_ok=True)
    ds.save_as(folder / f"{study}.dcm", enforce_file_format=True)


@pytest.fixture
def archive(tmp_path: Path, settings) -> Path:
    """Return the folder behind the only PACS of the settings."""
    folder = tmp_path / "archive"
    put(folder, "P-1", 901, PatientName="Doe^Jane", AccessionNumber="A-1", StudyDate="20200101")
    put(folder, "P-2", 902, PatientName="Roe^Richard", PatientBirthDate="19700304", StudyDate="20210202")
    settings.PACS = parse_pacs(f"main=file://{folder}", {})
    settings.VAR_DIR = tmp_path / "var"
    return folder
