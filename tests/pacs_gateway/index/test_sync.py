"""The index follows the PACS: keys stay, patients change, studies go and come back."""

from __future__ import annotations

import datetime as dt
import io
import logging
from threading import Thread

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from pacs_gateway.errors import PacsUnavailable
from pacs_gateway.index.models import Study
from pacs_gateway.index.sync import store, sync_everything, sync_patient, sync_recent, sync_study
from pacs_gateway.refs import PatientRef
from pacs_gateway.upstream.base import StudyRecord
from tests.pacs_gateway.index.conftest import Archive

pytestmark = pytest.mark.django_db
JANE = PatientRef("P1")


def test_a_patient_s_studies_are_taken_over(pacs: Archive):
    uid = pacs.put("a", StudyDescription="CT of the head", AccessionNumber="A7", StudyTime="1345", PatientSex="F")
    pacs.put("b", PatientID="P2")
    result = sync_patient(JANE)
    assert (result.stored, result.missing, result.failed) == (1, 0, ())
    (study,) = Study.objects.all()
    assert (study.pacs, study.study_uid, study.patient) == ("main", uid, JANE)
    assert (study.description, study.accession_number, study.sex) == ("CT of the head", "A7", "F")
    assert (study.date, study.time) == (dt.date(2020, 1, 2), dt.time(13, 45))
    assert (study.modalities, study.series_count, study.instance_count) == (["MR"], 1, 1)


def test_again_changes_the_facts_and_keeps_the_key(pacs: Archive):
    uid = pacs.put("a")
    sync_patient(JANE)
    before = Study.objects.get()
    pacs.put("a", StudyInstanceUID=uid, StudyDescription="corrected")
    sync_patient(JANE)
    after = Study.objects.get()
    assert (after.key, after.first_seen_at, after.pk) == (before.key, before.first_seen_at, before.pk)
    assert after.description == "corrected"
    assert after.synced_at > before.synced_at


def test_a_study_that_is_gone_is_marked_and_comes_back(pacs: Archive):
    uid = pacs.put("a")
    pacs.put("b")
    sync_patient(JANE)
    (pacs.folder / "a").unlink()
    result = sync_patient(JANE)
    assert (result.stored, result.missing) == (1, 1)
    gone = Study.objects.get(study_uid=uid)
    assert gone.missing_since is not None
    assert sync_patient(JANE).missing == 0
    assert Study.objects.get(study_uid=uid).missing_since == gone.missing_since
    pacs.put("a", StudyInstanceUID=uid)
    sync_patient(JANE)
    assert Study.objects.get(study_uid=uid).missing_since is None


def test_a_study_that_becomes_another_patient_s_leaves_the_first(pacs: Archive, caplog: pytest.LogCaptureFixture):
    uid = pacs.put("a")
    sync_patient(JANE)
    pacs.put("a", StudyInstanceUID=uid, PatientID="P9-secret", PatientName="Roe^Richard")
    with caplog.at_level(logging.WARNING):
        sync_patient(JANE)
    study = Study.objects.get()
    assert study.patient == PatientRef("P9-secret")
    assert study.missing_since is None
    assert not Study.objects.of_patient(JANE).exists()
    assert study.key in caplog.text
    # A key is made at random, and may hold any two letters.
    told = caplog.text.replace(study.key, "")
    for secret in ("P9-secret", "Roe", uid, "P1"):
        assert secret not in told


def test_the_same_id_of_another_issuer_is_another_patient(pacs: Archive):
    pacs.put("a", IssuerOfPatientID="elsewhere")
    sync_patient(JANE)
    assert not Study.objects.of_patient(JANE).exists()
    assert Study.objects.of_patient(PatientRef("P1", "elsewhere")).exists()


def test_one_pacs_that_is_down_does_not_stop_the_others(pacs: Archive, down: str, caplog: pytest.LogCaptureFixture):
    pacs.put("a")
    for sync in (lambda: sync_patient(JANE), lambda: sync_recent(36_500), sync_everything):
        Study.objects.all().delete()
        result = sync()
        assert (result.stored, result.failed) == (1, (down,))
    assert "nowhere" not in caplog.text


def test_a_pacs_that_is_down_makes_nothing_missing(pacs: Archive):
    pacs.put("a")
    sync_patient(JANE)
    pacs.folder.rename(pacs.folder.with_name("away"))
    assert sync_patient(JANE).failed == ("main",)
    assert Study.objects.present().count() == 1


def test_one_study_in_two_pacs_is_two_rows(pacs: Archive, other: Archive):
    uid = pacs.put("a")
    other.put("a", StudyInstanceUID=uid)
    assert sync_patient(JANE).stored == 2
    assert set(Study.objects.values_list("pacs", "study_uid")) == {("main", uid), ("other", uid)}


def test_recent_studies_by_date(pacs: Archive):
    today = dt.datetime.now(tz=dt.UTC).date()
    near = pacs.put("a", StudyDate=f"{today - dt.timedelta(days=3):%Y%m%d}")
    pacs.put("b", StudyDate=f"{today - dt.timedelta(days=30):%Y%m%d}")
    assert sync_recent(7).stored == 1
    assert Study.objects.get().study_uid == near


def test_one_study(pacs: Archive):
    uid = pacs.put("a")
    study = sync_study("main", uid)
    assert study is not None
    assert study.study_uid == uid
    (pacs.folder / "a").unlink()
    assert sync_study("main", uid) is None
    assert Study.objects.get().missing_since is not None
    with pytest.raises(PacsUnavailable):
        sync_study("unheard_of", uid)


def test_nobody_is_not_a_patient(pacs: Archive):
    pacs.put("a", PatientID="")
    assert sync_patient(PatientRef("")).stored == 0
    assert not Study.objects.exists()


def test_an_id_with_a_wildcard_is_not_asked_for(pacs: Archive):
    pacs.put("a")
    assert sync_patient(PatientRef("*")).failed == ("main",)
    assert not Study.objects.exists()


def test_what_is_too_long_to_show_is_cut_and_doubles_are_stored_once():
    record = StudyRecord("1.2.3", JANE, description="x" * 999, patient_name="y" * 999, sex="z" * 99)
    (study,) = store("main", [record, record])
    assert (len(study.description), len(study.patient_name), len(study.sex)) == (255, 324, 16)


@pytest.mark.django_db(transaction=True)
def test_two_syncs_at_once_make_one_row(pacs: Archive):
    def run() -> None:
        sync_patient(JANE)
        connection.close()

    pacs.put("a")
    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sync_patient(JANE)
    assert Study.objects.count() == 1


def command(*arguments: str) -> str:
    out = io.StringIO()
    call_command("sync", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_tells_what_it_did(pacs: Archive):
    pacs.put("a")
    pacs.put("b", PatientID="P2")
    said = command()
    assert "main: 3 of 3 files read" in said
    assert "main: 2 DICOM files, 1 other files skipped" in said
    assert "2 studies are up to date" in said
    assert Study.objects.count() == 2


@pytest.mark.parametrize(("arguments", "stored"), [(["--patient", "P1"], 1), (["--days", "1"], 0), ([], 2)])
def test_the_command_s_choices(pacs: Archive, arguments: list[str], stored: int):
    pacs.put("a")
    pacs.put("b", PatientID="P2")
    command(*arguments)
    assert Study.objects.count() == stored


def test_the_command_fails_in_one_line_but_syncs_the_rest(pacs: Archive, down: str):
    pacs.put("a")
    with pytest.raises(CommandError, match=r"^Could not be reached: down\.$"):
        command()
    assert Study.objects.count() == 1


@pytest.mark.parametrize("arguments", [["--days", "-1"], ["--patient", ""], ["--days", "1", "--patient", "P"]])
def test_the_command_refuses_nonsense(pacs: Archive, arguments: list[str]):
    with pytest.raises(CommandError):
        command(*arguments)
