"""Storing: off unless set, for staff only, nothing overwritten, nothing half written, each refusal with its reason."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pydicom
import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pacs_gateway.dicomweb import quarantine
from pacs_gateway.index.models import Study
from pacs_gateway.upstream.config import InvalidPacsSetting, PacsConfig, store_target
from tests.cast import Cast, make_cast
from tests.orthanc import Orthanc
from tests.people import make_study
from tests.synthetic import ct_slice, study_uid

pytestmark = [pytest.mark.orthanc, pytest.mark.django_db]
BOUNDARY, NUMBER = "b0undary", 9701
KIND = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'


@pytest.fixture
def archive(settings: Any, tmp_path: Path) -> Iterator[Orthanc]:
    """Run an empty Orthanc that is stored into."""
    with Orthanc() as running:
        settings.PACS = {"main": PacsConfig("main", "http", running.url)}
        settings.DICOMWEB_STORE, settings.VAR_DIR = "main", tmp_path
        yield running
    assert list((tmp_path / "quarantine").glob("*")) == []


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def written(data_set: pydicom.Dataset) -> bytes:
    file = io.BytesIO()
    data_set.save_as(file, enforce_file_format=True)
    return file.getvalue()


def body(*files: bytes) -> bytes:
    head = f"--{BOUNDARY}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    return b"".join(head + file + b"\r\n" for file in files) + f"--{BOUNDARY}--\r\n".encode()


def post(client: Client, data: bytes, kind: str = KIND, study: str = "") -> Any:
    return client.post(
        f"/dicomweb/studies{study}", data, content_type=kind, headers={"Accept": "application/dicom+json"}
    )


def reasons(response: Any) -> list[int]:
    return [one["00081197"]["Value"][0] for one in response.json()["00081198"]["Value"]]


def test_it_is_off_unless_the_settings_name_a_pacs(cast: Cast) -> None:
    assert post(cast.client("staff"), body(b"x")).status_code == 405


@pytest.mark.parametrize(("name", "config"), [("other", "http://x"), ("main", "file:///x")])
def test_only_a_pacs_that_can_be_stored_into_can_be_named(name: str, config: str) -> None:
    with pytest.raises(InvalidPacsSetting):
        store_target(name, {"main": PacsConfig("main", config.partition(":")[0], config)})


def test_nobody_but_staff_stores(archive: Orthanc, cast: Cast) -> None:
    for who in ("owner", "physician", "visitor"):
        assert post(cast.client(who), body(written(ct_slice("P-1", NUMBER, 1, 1)))).status_code == 404
    assert post(Client(), body(b"x")).status_code == 401


def test_what_is_stored_can_be_had_and_is_not_overwritten(archive: Orthanc, cast: Cast) -> None:
    staff, files = cast.client("staff"), [written(ct_slice("P-1", NUMBER, 1, number)) for number in (1, 2)]
    stored = post(staff, body(*files))
    assert stored.status_code == 200
    assert len(stored.json()["00081199"]["Value"]) == 2
    assert Study.objects.get(study_uid=study_uid(NUMBER)).instance_count == 2
    changed = ct_slice("P-1", NUMBER, 1, 1)
    changed.SeriesDescription = "overwritten"
    again = post(staff, body(written(changed), written(ct_slice("P-1", NUMBER, 1, 3))))
    assert (again.status_code, reasons(again)) == (202, [0x0111])
    address = stored.json()["00081199"]["Value"][0]["00081190"]["Value"][0].removeprefix("http://testserver")
    metadata = staff.get(f"{address}/metadata", headers={"Accept": "application/dicom+json"}).json()
    assert metadata[0]["0008103E"]["Value"] == ["Series 1"]


def test_what_cannot_be_kept_is_refused_with_its_reason(archive: Orthanc, cast: Cast) -> None:
    make_study(cast.study.patient, study_uid=study_uid(NUMBER))
    good = written(ct_slice("P-1", NUMBER + 1, 1, 1))
    response = post(cast.client("staff"), body(b"no DICOM", good[:-100], written(ct_slice("P-1", NUMBER, 1, 1))))
    assert (response.status_code, reasons(response)) == (409, [0xC000, 0xC000, 0xA900])
    assert not Study.objects.filter(study_uid=study_uid(NUMBER + 1)).exists()


def test_a_study_takes_only_its_own_instances(archive: Orthanc, cast: Cast) -> None:
    staff = cast.client("staff")
    files = [written(ct_slice("P-1", number, 1, 1)) for number in (NUMBER, NUMBER + 1)]
    response = post(staff, body(*files), study=f"/{study_uid(NUMBER)}")
    assert (response.status_code, reasons(response)) == (202, [0xC409])
    assert Study.objects.filter(study_uid=study_uid(NUMBER)).exists()
    assert not Study.objects.filter(study_uid=study_uid(NUMBER + 1)).exists()
    again = post(staff, body(written(ct_slice("P-1", NUMBER, 1, 2))), study=f"/{study_uid(NUMBER)}")
    assert again.status_code == 200
    assert post(staff, body(*files), study="/no-uid").status_code == 400
    for who in ("owner", "physician", "visitor"):
        assert post(cast.client(who), body(*files), study=f"/{study_uid(NUMBER)}").status_code == 404
    assert post(Client(), body(*files), study=f"/{study_uid(NUMBER)}").status_code == 401


def test_staff_are_told_of_storing_where_it_is_on(cast: Cast, settings: Any) -> None:
    def told(who: str) -> set[str]:
        answer = cast.client(who).get("/dicomweb/", headers={"Accept": "application/json"})
        return {one["path"] for one in answer.json()["resources"] if "POST" in one["methods"]}

    assert told("staff") == set()
    settings.DICOMWEB_STORE = "main"
    assert told("staff") == {"/studies", "/studies/{study_uid}"}
    assert told("owner") == set()


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [
        (body(b"x")[:-10], KIND, 400),
        (b"", KIND, 415),
        (f"--{BOUNDARY}--\r\n".encode(), KIND, 400),
        (body(b"x"), "application/dicom", 415),
        (body(b"x").replace(b"application/dicom", b"application/json"), KIND, 415),
        (body(b"x", b"y", b"z"), KIND, 413),
        (body(b"x" * 2000), KIND, 413),
    ],
)
def test_what_is_no_request_to_store(
    archive: Orthanc, cast: Cast, monkeypatch: pytest.MonkeyPatch, data: bytes, kind: str, status: int
) -> None:
    monkeypatch.setattr(quarantine, "COUNT_MOST", 2)
    monkeypatch.setattr(quarantine, "INSTANCE_MOST", 1000)
    response = post(cast.client("staff"), data, kind)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")


SMALL = written(ct_slice("P-1", NUMBER + 2, 1, 1, size=4))
_PIECES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            f"--{BOUNDARY}".encode(),
            f"--{BOUNDARY}--".encode(),
            f"--{BOUNDARY}--\r\n".encode(),
            b"\r\n",
            b"\r\n\r\n",
            b"Content-Type: application/dicom\r\n\r\n",
            b"Content-Length: 7\r\n",
            b"Content-Length: -1\r\n",
            b"Content-Type: text/html\r\n\r\n",
            bytes(128) + b"DICM",
            SMALL,
            SMALL[:-9],
            SMALL.replace(b"1.2.840", b"9.9.999", 1),
        ]
    ),
)
_KINDS = st.sampled_from(
    [
        KIND,
        KIND.replace("application/dicom", "text/html"),
        "multipart/related",
        "multipart/related; boundary=",
        "x/y",
        "",
    ]
)


def test_whatever_is_sent_is_answered_in_words_and_nothing_is_left(archive: Orthanc, cast: Cast) -> None:
    staff = cast.client("staff")
    staff.raise_request_exception, found = False, set()

    @settings(max_examples=150, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(pieces=st.lists(_PIECES, max_size=8), kind=_KINDS, is_framed=st.booleans())
    @example(pieces=[SMALL, SMALL[:-9]], kind=KIND, is_framed=True)
    @example(pieces=[SMALL], kind=KIND, is_framed=True)
    @example(pieces=[SMALL], kind=KIND, is_framed=False)
    @example(pieces=[SMALL], kind="x/y", is_framed=True)
    def send(pieces: list[bytes], kind: str, is_framed: bool) -> None:
        answer = post(staff, body(*pieces) if is_framed else b"".join(pieces), kind)
        assert answer.status_code in (200, 202, 400, 409, 413, 415), answer.content
        assert answer.json()
        found.add(answer.status_code)

    send()
    assert {202, 400, 409, 415} <= found, "some is stored, and all that is not is refused"
