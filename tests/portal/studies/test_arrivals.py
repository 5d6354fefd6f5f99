"""New studies are looked for at sign-in and in the background, and never at the cost of the sign-in."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from celery import current_app
from celery.signals import before_task_publish
from django.test import Client
from django.utils import timezone
from kombu import Connection
from kombu.pools import ProducerPool

from pacs_gateway import upstream
from pacs_gateway.index.models import Study
from portal.people.models import User
from portal.studies import tasks
from tests.people import make_patient, make_physician
from tests.portal.people.journey import is_signed_in, sign_in
from tests.portal.studies.conftest import JANE, TIM
from tests.synthetic import ct_slice, write_study

pytestmark = pytest.mark.django_db


def _added_by_sign_in(user: User) -> int:
    """Return how many tasks a sign-in puts on the queue; the workers of other tests may take them at once."""
    sent: list[str] = []

    def note(sender: str | None = None, **_more: object) -> None:
        sent.append(str(sender))

    before_task_publish.connect(note)
    try:
        sign_in(Client(), user)
    finally:
        before_task_publish.disconnect(note)
    return sent.count(tasks.sync_patients.name)


def test_a_patient_who_signs_in_has_their_studies_looked_for() -> None:
    jane = make_patient("jane@x.example", JANE)
    assert _added_by_sign_in(jane) == 1
    assert _added_by_sign_in(make_physician("doc@x.example", JANE)) == 0


def test_a_broker_that_is_down_does_not_stop_the_sign_in(monkeypatch, caplog) -> None:
    jane, client = make_patient("jane@x.example", JANE), Client()
    options = current_app.conf.broker_transport_options
    nobody = Connection("redis://127.0.0.1:1/0", connect_timeout=1, transport_options=options)
    monkeypatch.setattr(current_app.amqp, "_producer_pool", ProducerPool(nobody.Pool(1), 1))
    with caplog.at_level(logging.WARNING, "portal.studies.arrivals"):
        sign_in(client, jane)
    assert is_signed_in(client, jane)
    assert "no look for new studies at sign-in: OperationalError" in caplog.text
    assert "jane" not in caplog.text


def test_the_studies_of_all_whom_the_account_is_tied_to_come_into_the_index(pacs_folder: Path) -> None:
    user = make_patient("jane@x.example", JANE, TIM)
    uids = {
        write_study(pacs_folder, JANE.patient_id, 8301, slices=1, issuer=JANE.issuer),
        write_study(pacs_folder, TIM.patient_id, 8302, slices=1, issuer=TIM.issuer),
    }
    other = write_study(pacs_folder, "P-OTHER", 8303, slices=1, issuer="TEST")
    upstream.prepare("main", print)
    tasks.sync_patients(user.pk)
    known = set(Study.objects.values_list("study_uid", flat=True))
    assert uids <= known
    assert other not in known


def test_looking_back_finds_what_is_new(pacs_folder: Path) -> None:
    place = pacs_folder / "recent"
    place.mkdir(exist_ok=True)
    ds = ct_slice("P-RECENT", 8304, 1, 1, issuer="TEST")
    ds.StudyDate = f"{timezone.localdate():%Y%m%d}"
    ds.save_as(place / "1.dcm", enforce_file_format=True)
    old = write_study(pacs_folder, "P-RECENT", 8305, slices=1, issuer="TEST")
    upstream.prepare("main", print)
    tasks.look_back()
    known = set(Study.objects.values_list("study_uid", flat=True))
    assert ds.StudyInstanceUID in known
    assert old not in known


def test_the_beat_names_a_task_that_exists(settings) -> None:
    entry = settings.CELERY_BEAT_SCHEDULE["look-back"]
    assert current_app.tasks[entry["task"]].run.__module__ == "portal.studies.tasks"
