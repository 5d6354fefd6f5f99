"""A download that is running stops when what it rests on ends, and one that would not be whole does not begin."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from pydicom.uid import ExplicitVRLittleEndian

from pacs_gateway import upstream
from pacs_gateway.access.renewing import Withdrawn
from pacs_gateway.index.models import Study
from pacs_gateway.refs import PatientRef
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.sanitize import json_of
from portal.people.models import PatientLink, User
from portal.sharing import links
from portal.sharing.links import Terms
from tests.fakes.faulty_pacs import FaultyPacs, Request, Say, json_answer, plain
from tests.people import QUICK_HASHERS, make_patient, make_study
from tests.portal.sharing.conftest import browser, visitor
from tests.synthetic import ct_slice, write_study

pytestmark = pytest.mark.django_db
JANE, STUDY, SLICES = PatientRef("P-RUNNING", "TEST"), 8390, 4


@pytest.fixture
def study(pacs_folder: Path, settings) -> Study:
    settings.PASSWORD_HASHERS = QUICK_HASHERS
    uid = write_study(pacs_folder, JANE.patient_id, STUDY, slices=SLICES, issuer=JANE.issuer)
    upstream.prepare("main", print)
    return make_study(JANE, study_uid=uid, instance_count=SLICES)


@pytest.fixture
def jane(study: Study) -> User:
    return make_patient("jane@x.example", JANE)


def _download(client: Client, study: Study, meanwhile: Callable[[], Any], **headers: str) -> bytes:
    """Take the first piece, let something happen, take the rest."""
    pieces = iter(client.get(f"/scans/{study.key}/dicom.zip", headers=headers).streaming_content)
    first = next(pieces)
    meanwhile()
    return first + b"".join(pieces)


def _is_whole(data: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.testzip() is None and sum(name.startswith("DICOM/") for name in archive.namelist()) == SLICES


def test_undisturbed_it_is_whole_for_each_kind_of_caller(jane: User, study: Study) -> None:
    made = links.make(jane, [study], Terms(recipient="x", with_download=True), links.new_token())
    assert _is_whole(_download(browser(jane), study, lambda: None))
    assert _is_whole(_download(visitor(made), study, lambda: None))
    assert _is_whole(_download(Client(), study, lambda: None, Authorization=f"Bearer {_token(jane)}"))


def _token(user: User) -> str:
    out = io.StringIO()
    call_command("apitoken", user.email, stdout=out, stderr=io.StringIO())
    return out.getvalue().strip()


@pytest.mark.parametrize(
    "change",
    [
        lambda: PatientLink.objects.all().delete(),
        lambda: User.objects.update(is_active=False),
        lambda: User.objects.update(role="physician"),
        lambda: Study.objects.update(patient_id="P-SOMEBODY-ELSE"),
    ],
    ids=["tie cut", "account closed", "role changed", "study of somebody else"],
)
def test_it_stops_when_the_person_may_no_longer(jane: User, study: Study, change: Callable[[], Any]) -> None:
    with pytest.raises(Withdrawn):
        _download(browser(jane), study, change)


def test_it_stops_at_sign_out(jane: User, study: Study) -> None:
    client = browser(jane)
    with pytest.raises(Withdrawn):
        _download(client, study, client.session.flush)


def test_it_stops_when_the_link_is_stopped_or_closed(jane: User, study: Study) -> None:
    made = links.make(jane, [study], Terms(recipient="x", with_download=True), links.new_token())
    client = visitor(made)
    with pytest.raises(Withdrawn):
        _download(client, study, lambda: client.post("/shares/close/"))
    with pytest.raises(Withdrawn):
        _download(visitor(made), study, lambda: links.stop(made.link))


def test_it_stops_when_the_token_is_revoked(jane: User, study: Study) -> None:
    token = _token(jane)
    revoke = lambda: call_command("apitoken", jane.email, "--revoke-all", stdout=io.StringIO())  # noqa: E731
    with pytest.raises(Withdrawn):
        _download(Client(), study, revoke, Authorization=f"Bearer {token}")


@pytest.mark.parametrize(("bad_uids", "counted", "is_begun"), [(0, SLICES, True), (0, 5, False), (1, SLICES, False)])
def test_what_would_not_be_whole_is_not_begun(
    jane: User, study: Study, settings, bad_uids: int, counted: int, is_begun: bool
) -> None:
    files = [ct_slice(JANE.patient_id, STUDY, 1, number, issuer=JANE.issuer) for number in range(1, SLICES + 1)]
    for file in files:
        # A server names pixel data by an address or not at all.
        del file.PixelData
    items = [json_of(file, ExplicitVRLittleEndian) for file in files]
    for item in items[:bad_uids]:
        item["00080018"] = {"vr": "UI", "Value": ["not-a-uid"]}

    def answer(request: Request) -> list[Say]:
        if request.path.endswith("/metadata"):
            return json_answer(items)
        if request.path.endswith("/studies"):
            return json_answer([{**items[-1], "00201208": {"vr": "IS", "Value": [counted]}}])
        return plain(b"", "application/dicom", status=404)

    with FaultyPacs(answer) as pacs:
        settings.PACS = {"main": PacsConfig("main", "http", pacs.url)}
        response = browser(jane).get(f"/scans/{study.key}/dicom.zip")
    assert (response.status_code, response.streaming) == (503, False)
    assert any("/instances/" in request.path for request in pacs.requests) is is_begun


def test_an_index_that_lags_behind_the_archive_is_no_obstacle(jane: User, study: Study) -> None:
    Study.objects.update(instance_count=SLICES + 7)
    assert _is_whole(_download(browser(jane), study, lambda: None))
