"""The page of one study and its report: real workers, a folder as PACS."""

from __future__ import annotations

import html
import logging
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pydicom import FileDataset, dcmread
from pydicom.data import get_testdata_file

from pacs_gateway import upstream
from pacs_gateway.access.grant import Decision
from pacs_gateway.access.principal import Principal
from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study
from portal.people.policy import decide
from tests.people import make_patient, make_physician, make_staff, make_study
from tests.portal.studies.conftest import JANE, TIM, browser_of
from tests.synthetic import ct_slice, write_study
from viewer import asking

pytestmark = [pytest.mark.stack, pytest.mark.django_db]
STUDY, STUDY_WITHOUT_REPORT, STUDY_WITHOUT_PICTURES = 8101, 8102, 8103
REPORT_TEXT = "A mass of"


@pytest.fixture
def study(pacs_folder: Path) -> Study:
    """Return a study of six slices and a report in the folder and in the index."""
    uid = write_study(pacs_folder, JANE.patient_id, STUDY, issuer=JANE.issuer)
    _report(uid).save_as(pacs_folder / f"study{STUDY}" / "report.dcm")
    upstream.prepare("main", print)
    return make_study(JANE, study_uid=uid, institution="North Clinic")


def _report(study_uid: str) -> FileDataset:
    report = dcmread(get_testdata_file("test-SR.dcm"))
    report.StudyInstanceUID, report.SeriesInstanceUID = study_uid, f"{study_uid}.900"
    report.PatientID, report.IssuerOfPatientID = JANE.patient_id, JANE.issuer
    return report


@pytest.fixture
def jane() -> Client:
    return browser_of(make_patient("jane@x.example", JANE))


def _get(client: Client, name: str, study: Study) -> str:
    response = client.get(reverse(name, args=[study.key]))
    assert response.status_code == 200
    return html.unescape(response.content.decode())


@pytest.mark.usefixtures("workers")
def test_the_page_says_who_what_when_and_shows_a_picture(jane: Client, study: Study) -> None:
    page = _get(jane, "studies:study", study)
    for words in (
        "Jane Doe",
        "2 January 1980",
        JANE.patient_id,
        "CT scan of the chest",
        "6 August 2018",
        "North Clinic",
    ):
        assert words in page
    start = page.index('<img src="/viewer/')
    address = page[start + 10 : page.index('"', start + 10)]
    picture = jane.get(address)
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/jpeg")
    assert "/frames/3?size=512" in address
    assert 'alt="One picture of the scan: CT scan of the chest"' in page
    assert "6 pictures" in page


@pytest.mark.usefixtures("workers")
def test_the_page_offers_what_the_grant_allows(jane: Client, study: Study, settings) -> None:
    names = ("viewer:study", "sharing:new", "downloads:choose", "studies:report")
    links = {name: f'href="{reverse(name, args=[study.key])}"' for name in names}
    page = _get(jane, "studies:study", study)
    assert [name for name, link in links.items() if link not in page] == []
    settings.STUDY_POLICY = "tests.portal.studies.test_study.view_only"
    page = _get(jane, "studies:study", study)
    assert [name for name, link in links.items() if link in page] == ["viewer:study"]


@pytest.mark.usefixtures("workers")
def test_where_there_is_nothing_to_look_at_nothing_leads_to_the_viewer(jane: Client, pacs_folder: Path) -> None:
    uid = write_study(pacs_folder, JANE.patient_id, STUDY_WITHOUT_PICTURES, slices=0, issuer=JANE.issuer)
    _report(uid).save_as(pacs_folder / f"study{STUDY_WITHOUT_PICTURES}" / "report.dcm")
    upstream.prepare("main", print)
    study = make_study(JANE, study_uid=uid)
    page = _get(jane, "studies:study", study)
    assert "holds no pictures" in page
    assert reverse("viewer:study", args=[study.key]) not in page
    assert reverse("studies:report", args=[study.key]) in page


def view_only(principal: Principal, study: Study, right: Right) -> Decision:
    """Let people look, and nothing else."""
    return replace(decide(principal, study, right), rights=frozenset({Right.VIEW}))


def without_identity(principal: Principal, study: Study, right: Right) -> Decision:
    """Let people do everything, without identity."""
    return replace(decide(principal, study, right), anonymised=True)


@pytest.mark.usefixtures("workers")
def test_without_identity_neither_the_page_nor_the_report_names_anybody(jane: Client, study: Study, settings) -> None:
    settings.STUDY_POLICY = "tests.portal.studies.test_study.without_identity"
    page = _get(jane, "studies:study", study)
    assert [text for text in ("Jane", JANE.patient_id, "1980", "North Clinic") if text in page] == []
    assert reverse("downloads:choose", args=[study.key]) not in page
    assert jane.get(reverse("studies:report", args=[study.key])).status_code == 404


def test_the_page_stays_when_no_worker_answers(jane: Client, study: Study, monkeypatch, caplog) -> None:
    monkeypatch.setattr(asking, "publish", lambda *_args, **_named: None)
    monkeypatch.setattr(asking.ask, "__kwdefaults__", {"caller": "", "seconds": 0.1})
    with caplog.at_level(logging.WARNING, "portal.studies"):
        page = _get(jane, "studies:study", study)
    assert "They will come." in page
    assert "Jane Doe" in page
    assert '<img src="/viewer/' not in page


@pytest.mark.usefixtures("workers")
def test_the_page_stays_when_the_pacs_is_gone(jane: Client) -> None:
    study = make_study(JANE, pacs="closed")
    page = _get(jane, "studies:study", study)
    assert "They will come." in page


@pytest.mark.usefixtures("workers")
def test_a_study_that_is_somebody_elses_in_the_archive_is_not_shown(jane: Client, pacs_folder: Path) -> None:
    uid = write_study(pacs_folder, "P-SOMEBODY-ELSE", STUDY + 5, issuer="TEST")
    upstream.prepare("main", print)
    response = jane.get(reverse("studies:study", args=[make_study(JANE, study_uid=uid).key]))
    assert response.status_code == 502


def test_strangers_get_404_and_visitors_the_sign_in(study: Study) -> None:
    for name in ("studies:study", "studies:report"):
        address = reverse(name, args=[study.key])
        assert browser_of(make_patient(f"{name[8:]}@x.example", TIM)).get(address).status_code == 404
        assert Client().get(address).status_code == 302


@pytest.mark.usefixtures("workers")
def test_physicians_and_staff_get_the_page_too(study: Study) -> None:
    for user in (make_physician("doc@x.example", JANE), make_staff()):
        assert "Jane Doe" in _get(browser_of(user), "studies:study", study)


@pytest.mark.usefixtures("workers")
def test_the_report_is_text_and_needs_no_right_to_download(jane: Client, study: Study, settings) -> None:
    settings.STUDY_POLICY = "tests.portal.studies.test_study.report_only"
    page = _get(jane, "studies:report", study)
    assert REPORT_TEXT in page
    assert "points to 4 places" in page
    assert "<h1>Diagnosis</h1>" in page
    assert "Signed by Jörg Riesmeier" in page
    assert study.study_uid not in page
    assert f'href="{reverse("studies:study", args=[study.key])}"' not in page


def report_only(principal: Principal, study: Study, right: Right) -> Decision:
    """Let people read the report, and nothing else."""
    return replace(decide(principal, study, right), rights=frozenset({Right.REPORT}))


@pytest.mark.usefixtures("workers")
def test_a_dose_report_is_no_report(jane: Client, study: Study, pacs_folder: Path) -> None:
    uid = write_study(pacs_folder, JANE.patient_id, STUDY_WITHOUT_REPORT, issuer=JANE.issuer)
    dose = dcmread(pacs_folder / f"study{STUDY}" / "report.dcm")
    dose.SOPClassUID = dose.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.88.67"
    dose.StudyInstanceUID, dose.SeriesInstanceUID = uid, f"{uid}.900"
    dose.save_as(pacs_folder / f"study{STUDY_WITHOUT_REPORT}" / "dose.dcm")
    upstream.prepare("main", print)
    page = _get(jane, "studies:report", make_study(JANE, study_uid=uid))
    assert "There is no report here yet." in page
    assert REPORT_TEXT not in page


@pytest.mark.usefixtures("workers")
@pytest.mark.parametrize(("who", "words"), [("patient", "data for other programs"), ("physician", "RT Plan Storage")])
def test_what_is_not_drawn_says_so(study: Study, pacs_folder: Path, who: str, words: str) -> None:
    plan = ct_slice(JANE.patient_id, STUDY, 7, 1, issuer=JANE.issuer)
    plan.SOPClassUID = plan.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.481.5"
    plan.SeriesDescription = "Plan of the treatment"
    del plan.PixelData, plan.Rows, plan.Columns
    plan.save_as(pacs_folder / f"study{STUDY}" / "plan.dcm", enforce_file_format=True)
    upstream.prepare("main", print)
    make = make_patient if who == "patient" else make_physician
    page = _get(browser_of(make(f"{who}@x.example", JANE)), "studies:study", study)
    assert "Plan of the treatment" in page
    assert words in page


@pytest.mark.usefixtures("workers")
def test_a_date_of_birth_that_is_not_known_is_said_so(jane: Client, study: Study) -> None:
    Study.objects.filter(pk=study.pk).update(birth_date=None)
    assert "Date of birth not known" in _get(jane, "studies:study", study)
    assert "Date of birth not known" in _get(jane, "sharing:new", study)
