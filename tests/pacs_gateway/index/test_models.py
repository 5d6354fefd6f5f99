"""A study's row: its opaque key, whose it is, and how names read."""

from __future__ import annotations

import re

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from pacs_gateway.index.models import Study
from pacs_gateway.refs import PatientRef, StudyRef


def make(study_uid: str = "1.2.3", **facts: object) -> Study:
    return Study.objects.create(
        **{"pacs": "main", "study_uid": study_uid, "patient_id": "P1", "synced_at": timezone.now()} | facts
    )


@pytest.mark.django_db
def test_a_key_is_opaque_and_its_own():
    keys = {make(f"1.2.{number}").key for number in range(50)}
    assert len(keys) == 50
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{22,32}", key) for key in keys)


@pytest.mark.django_db
def test_a_study_is_in_a_pacs_once():
    make()
    make(pacs="other")
    with pytest.raises(IntegrityError), transaction.atomic():
        make()


@pytest.mark.django_db
def test_studies_of_a_patient_are_those_with_the_same_id_and_issuer():
    mine = make("1.2.1")
    make("1.2.2", patient_id="P2")
    make("1.2.3", issuer="another clinic")
    make("1.2.4", patient_id="p1")
    nobodys = make("1.2.5", patient_id="")
    assert list(Study.objects.of_patient(PatientRef("P1"))) == [mine]
    assert not Study.objects.of_patient(PatientRef("")).filter(pk=nobodys.pk)


@pytest.mark.django_db
def test_missing_studies_are_not_present():
    make("1.2.1", missing_since=timezone.now())
    present = make("1.2.2")
    assert list(Study.objects.present()) == [present]


@pytest.mark.django_db
def test_refs_and_names():
    study = make(issuer="clinic", patient_name="Yamada^Tarou=山田^太郎", referring_physician="House^Gregory^^Dr")
    assert study.ref == StudyRef("main", "1.2.3")
    assert study.patient == PatientRef("P1", "clinic")
    assert study.readable_patient_name == "Tarou Yamada (山田 太郎)"
    assert study.readable_referring_physician == "Dr Gregory House"
    # Nothing but the key, which is made at random.
    assert str(study) == f"study {study.key}"


@pytest.mark.django_db
def test_the_migration_is_the_model():
    call_command("makemigrations", "index", check=True, dry_run=True)
