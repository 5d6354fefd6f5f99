"""The first picture of a study is there before anybody opens it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from pacs_gateway import upstream
from pacs_gateway.index import sync
from pacs_gateway.index.models import Study
from pacs_gateway.refs import PatientRef
from tests.cast import OWNER
from tests.people import make_patient, make_study
from tests.synthetic import write_study
from viewer import asking, first, tasks

STUDY = 88


@pytest.fixture
def study(db: None, pacs_folder: Path, django_capture_on_commit_callbacks, monkeypatch) -> Study:
    """Put a study into the PACS and take it over, with the queue in this process."""
    uid = write_study(pacs_folder, OWNER.patient_id, STUDY, slices=5, issuer=OWNER.issuer)
    upstream.prepare("main", lambda done, of: None)
    monkeypatch.setattr(tasks.prepare_first, "apply_async", lambda args, **options: tasks.prepare_first(*args))
    with django_capture_on_commit_callbacks(execute=True):
        found = sync.sync_study("main", uid)
    assert found is not None
    return found


def test_opening_a_study_asks_no_worker(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(asking, "publish", lambda task, *args, **_: asked.append(task.name))
    client = Client()
    client.force_login(make_patient("owner@x.example", OWNER))
    page = client.get(f"/viewer/{study.key}/")
    assert page.status_code == 200
    picture = client.get(page.context["frame_url"])
    assert picture.status_code == 200
    assert picture["Content-Type"] == "image/jpeg"
    assert asked == []


def test_what_was_taken_over_before_is_not_prepared_again(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[list[Study]] = []
    monkeypatch.setattr(sync.studies_arrived, "send", lambda sender, studies: sent.append(studies))
    sync.sync_study("main", study.study_uid)
    assert sent == []
    Study.objects.update(instance_count=1)
    sync.sync_study("main", study.study_uid)
    assert [[one.key for one in studies] for studies in sent] == [[study.key]]


def test_only_the_newest_of_many_are_prepared(db: None, monkeypatch, django_capture_on_commit_callbacks) -> None:
    published: list[list[str]] = []
    monkeypatch.setattr(tasks.prepare_first, "apply_async", lambda args, **options: published.append(args[0]))
    days = [f"2020-01-{day:02}" for day in range(1, 31)]
    studies = [make_study(PatientRef("P", ""), date=day) for day in days]
    with django_capture_on_commit_callbacks(execute=True):
        first.when_studies_arrive(Study, studies)
    assert published == [[study.key for study in studies[::-1][: first.STUDIES_MOST]]]


def test_a_queue_that_is_down_does_not_stop_the_sync(study: Study, monkeypatch, django_capture_on_commit_callbacks):
    def fail(args: object, **options: object) -> None:
        raise first.OperationalError("no broker")

    monkeypatch.setattr(tasks.prepare_first, "apply_async", fail)
    with django_capture_on_commit_callbacks(execute=True):
        first.when_studies_arrive(Study, [study])
