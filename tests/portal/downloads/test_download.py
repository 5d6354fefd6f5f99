"""The download end to end: HTTP, gate, folder PACS, and a ZIP that is complete or visibly broken."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pacs_gateway import upstream
from pacs_gateway.access.grant import Decision
from pacs_gateway.access.principal import Principal
from pacs_gateway.access.renewing import Withdrawn
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsIncomplete
from pacs_gateway.index.models import Study
from pacs_gateway.refs import PatientRef
from pacs_gateway.upstream.checked import CheckedPacs
from portal.people.models import PatientLink
from portal.people.policy import decide
from tests.people import make_patient, make_study
from tests.portal.studies.conftest import browser_of
from tests.synthetic import write_study

pytestmark = pytest.mark.django_db
JANE = PatientRef("P-JANE", "TEST")
STUDY, SLICES, SERIES = 8201, 3, 2


@pytest.fixture
def study(pacs_folder: Path) -> Study:
    uid = write_study(pacs_folder, JANE.patient_id, STUDY, slices=SLICES, series=SERIES, issuer=JANE.issuer)
    upstream.prepare("main", print)
    return make_study(JANE, study_uid=uid, instance_count=SLICES * SERIES)


@pytest.fixture
def jane() -> Client:
    return browser_of(make_patient("jane@x.example", JANE))


def _address(study: Study) -> str:
    return reverse("downloads:dicom", args=[study.key])


def test_the_page_says_what_it_is_and_how_much(jane: Client, study: Study) -> None:
    page = jane.get(reverse("downloads:choose", args=[study.key])).content.decode()
    assert "6 files in one ZIP file" in page
    assert f'href="{_address(study)}"' in page
    assert "Jane Doe" in page
    assert "2 January 1980" in page


def test_the_zip_is_complete(jane: Client, study: Study, pacs_folder: Path) -> None:
    response = jane.get(_address(study))
    assert response.status_code == 200
    with zipfile.ZipFile(io.BytesIO(response.getvalue())) as archive:
        assert archive.testzip() is None
        names = [name for name in archive.namelist() if name.startswith("DICOM/")]
        found = {hashlib.sha256(archive.read(name)[128:]).hexdigest() for name in names}
        assert b"MANIFEST.TXT" in archive.read("README.TXT")
    stored = {hashlib.sha256(path.read_bytes()[128:]).hexdigest() for path in _files(pacs_folder)}
    assert found == stored
    assert sorted(names) == [f"DICOM/SER0000{s}/IM00000{n}" for s in (1, 2) for n in (1, 2, 3)]


def _files(pacs_folder: Path) -> list[Path]:
    return sorted((pacs_folder / f"study{STUDY}").glob("*.dcm"))


def test_the_headers_name_nobody(jane: Client, study: Study) -> None:
    response = jane.get(_address(study))
    response.close()
    name = f"lightbox-images-{timezone.localdate():%Y%m%d}.zip"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Content-Type"] == "application/zip"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert not re.search("JANE|Doe", str(response.headers))


def test_the_headers_cost_no_file(jane: Client, study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(CheckedPacs, "open")
    response = jane.head(_address(study))
    assert (response.status_code, response["Content-Type"], response.getvalue()) == (200, "application/zip", b"")


@pytest.mark.parametrize("name", ["choose", "dicom"])
def test_strangers_and_visitors_get_nothing(study: Study, name: str) -> None:
    address = reverse(f"downloads:{name}", args=[study.key])
    assert browser_of(make_patient("tim@x.example", PatientRef("P-TIM", "TEST"))).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def without_identity(principal: Principal, study: Study, right: Right) -> Decision:
    """Let people do everything, without identity."""
    return replace(decide(principal, study, right), anonymised=True)


@pytest.mark.parametrize("name", ["choose", "dicom"])
def test_without_identity_there_are_no_originals(jane: Client, study: Study, settings, name: str) -> None:
    settings.STUDY_POLICY = f"{__name__}.without_identity"
    assert jane.get(reverse(f"downloads:{name}", args=[study.key])).status_code == 404


def test_a_pacs_that_is_gone_is_a_503(jane: Client) -> None:
    assert jane.get(_address(make_study(JANE, pacs="closed"))).status_code == 503


def test_a_study_that_is_gone_is_a_404(jane: Client) -> None:
    assert jane.get(_address(make_study(JANE, study_uid="2.25.1"))).status_code == 404


def test_a_first_file_that_cannot_be_read_is_a_502(jane: Client, study: Study, pacs_folder: Path) -> None:
    assert jane.get(_address(study)).getvalue()
    for path in _files(pacs_folder):
        path.write_bytes(path.read_bytes()[:200])
    assert jane.get(_address(study)).status_code in (502, 503)


def test_a_later_file_that_is_gone_breaks_the_zip(jane: Client, study: Study, pacs_folder: Path) -> None:
    response = jane.get(_address(study))
    pieces, got = iter(response.streaming_content), []
    got.append(next(pieces))
    shutil.rmtree(pacs_folder / f"study{STUDY}")
    with pytest.raises(PacsIncomplete):
        got.extend(pieces)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(got)))


def test_withdrawn_midway_it_stops(jane: Client, study: Study) -> None:
    response = jane.get(_address(study))
    pieces, got = iter(response.streaming_content), []
    got.append(next(pieces))
    PatientLink.objects.all().delete()
    with pytest.raises(Withdrawn):
        got.extend(pieces)
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(b"".join(got)))
    assert b"".join(got).count(b"DICM") == 1
