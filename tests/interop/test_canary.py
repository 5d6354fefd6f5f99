"""A canary in every identity: whatever is asked of the site and whatever breaks, no line of a log holds one."""

from __future__ import annotations

import io
from collections.abc import Iterator
from urllib.parse import quote

import pytest
import requests

from bench.stack import Stack
from tests.synthetic import ct_slice, study_uid

pytestmark = [pytest.mark.orthanc, pytest.mark.stack]
PATIENT, NAME, ACCESSION, STUDY, OTHER = "CANARY-ID-7", "Canarybird^Yellow", "CANARY-ACC-7", 9771, 9772
EMAIL = "canary@canary.example"
_FILES = 4


@pytest.fixture(scope="module")
def site() -> Iterator[Stack]:
    with Stack(environment={"LOG_LEVEL": "DEBUG"}) as running:
        yield running


def _store(site: Stack) -> None:
    for study in (STUDY, OTHER):
        files = []
        for number in range(1, _FILES + 1):
            ds = ct_slice(PATIENT if study == STUDY else "CANARY-OTHER", study, 1, number)
            ds.PatientName, ds.AccessionNumber = NAME, ACCESSION
            content = io.BytesIO()
            ds.save_as(content, enforce_file_format=True)
            files.append(content.getvalue())
        site.orthanc.store(files)
    site.manage("sync")


def _ask(site: Stack, token: str, path: str, **more: str) -> int:
    headers = {"Authorization": f"Bearer {token}", **more}
    with requests.get(site.url + path, headers=headers, timeout=60, allow_redirects=False) as answer:
        assert answer.content is not None
        return answer.status_code


def _paths() -> list[str]:
    study = f"/dicomweb/studies/{study_uid(STUDY)}"
    series = f"{study}/series/{study_uid(STUDY)}.1"
    instance = f"{series}/instances/{study_uid(STUDY)}.1.1"
    return [
        "/scans/",
        "/dicomweb/studies",
        f"/dicomweb/studies?PatientID={PATIENT}&PatientName={quote(NAME)}&AccessionNumber={ACCESSION}",
        f"/dicomweb/studies?{PATIENT}={NAME}",
        study,
        f"{study}/metadata",
        f"{study}/series",
        f"{instance}/frames/1",
        f"{instance}/frames/99",
        f"{instance}/rendered?window=40,400,{NAME}",
        f"{series}/rendered",
        f"{instance}/bulkdata/00420011",
        f"/dicomweb/studies/{study_uid(OTHER)}/metadata",
        f"/dicomweb/studies/{PATIENT}/metadata",
        f"/viewer/{PATIENT}/",
        f"/scans/{NAME}/",
    ]


def test_no_identity_uid_or_token_reaches_a_log(site: Stack) -> None:
    _store(site)
    token = site.token(EMAIL, PATIENT)
    answers = [_ask(site, token, path) for path in _paths()]
    assert {200, 400, 404} <= set(answers)
    assert all(status < 500 for status in answers)
    assert _ask(site, token + "x", "/dicomweb/studies") == 401
    site.orthanc.stop()
    assert _ask(site, token, f"/dicomweb/studies/{study_uid(STUDY)}") in (502, 503)
    assert _ask(site, token, f"/dicomweb/studies/{study_uid(STUDY)}/series") in (200, 502, 503)
    logs = {child.name: child.log.read_text() for child in site.children}
    assert all(name in logs for name in ("web", "interactive", "bulk"))
    assert logs["web"].strip(), "the web process logged nothing, so nothing was looked at"
    secrets = (PATIENT, "CANARY-OTHER", "Canarybird", ACCESSION, EMAIL, token, study_uid(STUDY), study_uid(OTHER))
    for name, text in logs.items():
        found = [line[:60] for line in text.splitlines() if any(secret in line for secret in secrets)]
        assert not found, f"{name} logged {found}"
