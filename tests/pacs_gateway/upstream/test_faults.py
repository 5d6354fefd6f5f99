"""The DICOMweb client against a PACS that behaves badly: each fault ends in its error, within its deadline."""

from __future__ import annotations

import io
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pydicom
import pytest
from pydicom.uid import generate_uid

from pacs_gateway.access.grant import mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsError, PacsIncomplete, PacsMismatch, PacsNotFound, PacsUnavailable
from pacs_gateway.refs import FrameRef, StudyRef
from pacs_gateway.upstream.base import StudyQuery
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.config import PacsConfig
from pacs_gateway.upstream.dicomweb import DicomwebPacs
from pacs_gateway.upstream.sanitize import json_of
from tests.fakes.faulty_pacs import (
    Answer,
    FaultyPacs,
    Request,
    Say,
    drip,
    hang,
    head,
    json_answer,
    multipart,
    multipart_answer,
    multipart_type,
    once,
    plain,
)
from tests.pacs_gateway.upstream.selection import Sample, sample

# Eight seconds, and room for a busy machine; what is not ended by the deadline goes on for half a minute or for ever.
REAL_DEADLINE = 15


@pytest.fixture
def one() -> Sample:
    return sample("native")


@pytest.fixture
def impatient(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> float:
    """Return the longest that a call may take where faults go on for longer.

    The deadline is short where it is what ends the call; elsewhere a busy machine gets more time than the product.
    """
    seconds = 1.0 if any(word in request.node.name for word in ("hang", "drip")) else 15.0
    for module in ("dicomweb", "query"):
        monkeypatch.setattr(f"pacs_gateway.upstream.{module}.SECONDS", seconds)
    monkeypatch.setattr("pacs_gateway.upstream.dicomweb.LARGE_SECONDS", seconds)
    return REAL_DEADLINE


@pytest.fixture
def impatient_but_for_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pacs_gateway.upstream.dicomweb.SECONDS", 0.2)
    monkeypatch.setattr("pacs_gateway.upstream.dicomweb.LARGE_SECONDS", REAL_DEADLINE)
    monkeypatch.setattr("pacs_gateway.upstream.deadline.Deadline.__init__.__defaults__", (0, 0.2))


@contextmanager
def faulty(answer: Answer, **credentials: str) -> Iterator[tuple[CheckedPacs, FaultyPacs]]:
    with FaultyPacs(answer) as server:
        yield CheckedPacs(DicomwebPacs(PacsConfig("main", "http", server.url, **credentials))), server


def item_of(one: Sample) -> dict:
    return json_of(one.data_set, one.data_set.file_meta.TransferSyntaxUID) | {
        "7FE00010": {"vr": "OW", "BulkDataURI": "http://127.0.0.1:1/secret"}
    }


def study_item(study_uid: str) -> dict:
    return {"0020000D": {"vr": "UI", "Value": [study_uid]}, "00100020": {"vr": "LO", "Value": ["P"]}}


def search(pacs: CheckedPacs, one: Sample) -> object:
    return pacs.search_studies(StudyQuery())


def metadata(pacs: CheckedPacs, one: Sample) -> object:
    return pacs.metadata(one.grant())


def frames(pacs: CheckedPacs, one: Sample) -> object:
    return list(pacs.frames(one.grant(), one.frames()))


def instance(pacs: CheckedPacs, one: Sample) -> object:
    return pacs.instance(one.grant(), one.ref)


Call = Callable[[CheckedPacs, Sample], object]
CALLS = [search, metadata, frames, instance]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (lambda r: hang(), PacsUnavailable),
        (lambda r: drip(head(200, "application/dicom+json"), 0.8), PacsUnavailable),
        (
            lambda r: [Say(head(200, "application/dicom", Transfer_Encoding="chunked")), *drip(b"1" * 99, 1)],
            PacsError,
        ),
        (lambda r: [], PacsUnavailable),
        (lambda r: [Say(b"220 ftp ready\r\n")], PacsUnavailable),
        (lambda r: plain(b"busy", "text/plain", 503), PacsUnavailable),
        (lambda r: plain(b"no", "text/plain", 500), PacsUnavailable),
        (lambda r: plain(b"no", "text/plain", 401), PacsUnavailable),
        (lambda r: plain(b"no", "text/plain", 404), PacsNotFound),
        (lambda r: plain(b"<html>Please sign in</html>", "text/html"), PacsUnavailable),
        (lambda r: plain(b"\x1f\x8b", "application/dicom+json", Content_Encoding="gzip"), PacsUnavailable),
        (lambda r: plain(b"[]", "application/dicom+json", 206), PacsIncomplete),
    ],
    ids=[
        "hang",
        "drip-headers",
        "drip-chunks",
        "closed",
        "no-http",
        "503",
        "500",
        "401",
        "404",
        "login-page",
        "gzip",
        "206",
    ],
)
def test_faults_of_any_call(call: Call, fault: Answer, error: type[PacsError], one: Sample, impatient: float):
    start = time.monotonic()
    with faulty(fault) as (pacs, server), pytest.raises(error):
        call(pacs, one)
    assert time.monotonic() - start < impatient
    assert len(server.requests) <= 6


@pytest.mark.parametrize("call", CALLS)
def test_a_redirect_is_not_followed(call: Call, one: Sample):
    with FaultyPacs(lambda r: json_answer([item_of(one)])) as elsewhere:
        answer = lambda r: plain(b"", "text/plain", 302, Location=elsewhere.url)  # noqa: E731
        with faulty(answer, token="secret-token") as (pacs, _), pytest.raises(PacsUnavailable):
            call(pacs, one)
        assert elsewhere.requests == []


@pytest.mark.parametrize("call", [metadata, instance, frames])
def test_a_warning_means_incomplete(call: Call, one: Sample):
    fault = lambda r: plain(b"[]", "application/dicom+json", Warning='299 pacs "some were left out"')  # noqa: E731
    with faulty(fault) as (pacs, _), pytest.raises(PacsIncomplete):
        call(pacs, one)


def test_metadata_dripping_in_ends_with_its_deadline(one: Sample):
    start = time.monotonic()
    fault = lambda r: [Say(head(200, "application/dicom+json")), *drip(b"[" * 200, 0.3)]  # noqa: E731
    with faulty(fault) as (pacs, _), pytest.raises(PacsUnavailable):
        pacs.metadata(one.grant())
    assert 4 < time.monotonic() - start < REAL_DEADLINE


def test_a_pacs_that_says_nothing_is_given_up_in_time(one: Sample):
    start = time.monotonic()
    with faulty(lambda r: hang()) as (pacs, _), pytest.raises(PacsUnavailable):
        list(pacs.frames(one.grant(), one.frames()))
    assert time.monotonic() - start < REAL_DEADLINE


@pytest.mark.usefixtures("impatient_but_for_large")
def test_a_large_object_may_be_read_for_longer_before_its_first_byte(one: Sample):
    (whole,) = multipart_answer([one.path.read_bytes()])
    with faulty(lambda r: [Say(whole.data, 0.6)]) as (pacs, _):
        assert instance(pacs, one)
        with pytest.raises(PacsUnavailable):
            frames(pacs, one)
        with pytest.raises(PacsNotFound):
            list(pacs.frames(one.grant(), [replace(one.frames()[0], frame_number=2)]))


@pytest.mark.parametrize("keep", [0.3, 0.999])
@pytest.mark.parametrize("call", [metadata, frames, instance])
def test_an_answer_cut_off_is_incomplete(call: Call, keep: float, one: Sample):
    def fault(request: Request) -> list[Say]:
        if call is metadata:
            (whole,) = json_answer([item_of(one)])
        else:
            (whole,) = plain(multipart([one.path.read_bytes()]), multipart_type())
        return [Say(whole.data[: int(len(whole.data) * keep)])]

    with faulty(fault) as (pacs, server), pytest.raises(PacsIncomplete):
        call(pacs, one)
    assert len(server.requests) == 3


@pytest.mark.parametrize("call", [frames, instance])
def test_without_the_closing_delimiter_it_is_incomplete(call: Call, one: Sample):
    fault = lambda r: multipart_answer([one.path.read_bytes()], closed=False)  # noqa: E731
    with faulty(fault) as (pacs, _), pytest.raises(PacsIncomplete):
        call(pacs, one)


@pytest.mark.parametrize("call", [frames, instance])
def test_a_doubled_part_is_a_mismatch(call: Call, one: Sample):
    with faulty(lambda r: multipart_answer([one.path.read_bytes()] * 2)) as (pacs, _), pytest.raises(PacsMismatch):
        call(pacs, one)


@pytest.mark.parametrize("call", [frames, instance])
def test_a_missing_part_is_incomplete(call: Call, one: Sample):
    with faulty(lambda r: multipart_answer([])) as (pacs, _), pytest.raises(PacsError):
        call(pacs, one)


IDENTITY = ["StudyInstanceUID", "PatientID", "IssuerOfPatientID"]
FOREIGN = [(metadata, keyword) for keyword in IDENTITY] + [
    (call, keyword) for call in (frames, instance) for keyword in [*IDENTITY, "SeriesInstanceUID", "SOPInstanceUID"]
]


@pytest.mark.parametrize(("call", "keyword"), FOREIGN)
def test_foreign_identity_is_a_mismatch(call: Call, keyword: str, one: Sample, caplog: pytest.LogCaptureFixture):
    data_set = pydicom.dcmread(one.path)
    foreign = generate_uid() if keyword.endswith("UID") else "Foreign-Patient"
    setattr(data_set, keyword, foreign)
    file = io.BytesIO()
    data_set.save_as(file)
    answer = json_of(data_set, "1.2.840.10008.1.2.1")

    def fault(request: Request) -> list[Say]:
        return json_answer([answer]) if call is metadata else multipart_answer([file.getvalue()])

    with caplog.at_level(logging.DEBUG), faulty(fault) as (pacs, _), pytest.raises(PacsMismatch) as caught:
        call(pacs, one)
    told = caplog.text + str(caught.value)
    assert "main" in caplog.text
    for secret in (foreign, one.data_set.StudyInstanceUID, str(one.data_set.PatientID), "127.0.0.1"):
        assert secret not in told


def test_an_instance_twice_in_metadata_is_a_mismatch(one: Sample):
    with faulty(lambda r: json_answer([item_of(one)] * 2)) as (pacs, _), pytest.raises(PacsMismatch):
        pacs.metadata(one.grant())


def test_a_cut_answer_is_asked_for_again(one: Sample):
    good = multipart_answer([one.path.read_bytes()])
    answer = once(lambda r: [Say(good[0].data[:2000])], lambda r: good)
    with faulty(answer) as (pacs, server):
        assert pacs.instance(one.grant(), one.ref) == one.path.read_bytes()
    assert len(server.requests) == 2


def test_busy_then_well(one: Sample):
    answer = once(lambda r: plain(b"", "text/plain", 503), lambda r: json_answer([item_of(one)]))
    with faulty(answer) as (pacs, server):
        (found,) = pacs.metadata(one.grant())
    assert len(server.requests) == 2
    assert found["7FE00010"] == {"vr": "OW", "BulkDataURI": ""}


def test_what_is_sent_is_ours_alone(one: Sample):
    with faulty(lambda r: json_answer([item_of(one)]), token="secret-token") as (pacs, server):
        pacs.metadata(one.grant())
    (request,) = server.requests
    assert request.path == f"/dicom-web/studies/{one.data_set.StudyInstanceUID}/metadata"
    assert request.headers["authorization"] == "Bearer secret-token"
    assert request.headers["accept-encoding"] == "identity"
    assert set(request.headers) == {"host", "accept", "accept-encoding", "user-agent", "authorization"}


def test_proxies_of_the_environment_are_not_used(one: Sample, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with faulty(lambda r: json_answer([item_of(one)])) as (pacs, _):
        assert pacs.metadata(one.grant())


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"[1]",
        b"[" * 200_000,
        b'[{"0020000D":{"vr":"UI","Value":"x"}}]',
        b'[{"x":1}]',
        b"not json",
        b'[{"00081140":{"vr":"SQ","Value":[' * 50 + b"]}}]" * 50,
    ],
)
def test_malformed_json_is_incomplete(body: bytes, one: Sample):
    with faulty(lambda r: plain(body, "application/dicom+json")) as (pacs, _), pytest.raises(PacsIncomplete):
        pacs.metadata(one.grant())


def test_json_nested_too_deep_is_incomplete(one: Sample):
    inner: dict = {}
    for _ in range(60):
        inner = {"00081140": {"vr": "SQ", "Value": [inner]}}
    with faulty(lambda r: json_answer([item_of(one) | inner])) as (pacs, _), pytest.raises(PacsIncomplete):
        pacs.metadata(one.grant())


def test_more_bytes_than_allowed_are_not_read(one: Sample, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("pacs_gateway.upstream.dicomweb.JSON_MOST", 100_000)

    def endless(request: Request) -> Iterator[Say]:
        yield Say(head(200, "application/dicom+json"))
        while True:
            yield Say(b"[" * 10_000)

    with faulty(endless) as (pacs, _), pytest.raises(PacsIncomplete):
        pacs.metadata(one.grant())


def test_a_page_that_repeats_ends_the_search():
    page = [study_item(f"1.2.{number}") for number in range(200)]
    with faulty(lambda r: json_answer(page)) as (pacs, server):
        assert len(pacs.search_studies(StudyQuery(limit=5_000))) == 200
    assert len(server.requests) == 2


def test_paging_without_an_end_is_bounded():
    def endless(request: Request) -> list[Say]:
        offset = int(dict(request.parameters)["offset"])
        return json_answer([study_item(f"1.2.{offset + number}") for number in range(200)])

    with faulty(endless) as (pacs, server):
        assert len(pacs.search_studies(StudyQuery(limit=10**9))) == 20_000
    assert len(server.requests) == 100


def test_filters_that_the_pacs_ignores_are_applied_here():
    page = [study_item("1.2.1"), study_item("1.2.2"), study_item("not a uid"), {}]
    page[1]["00100020"] = {"vr": "LO", "Value": ["Q"]}
    with faulty(lambda r: json_answer(page)) as (pacs, server):
        (found,) = pacs.search_studies(StudyQuery(patient_id="Q"))
    assert found.study_uid == "1.2.2"
    assert ("PatientID", "Q") in server.requests[0].parameters


def test_no_content_is_an_empty_answer(one: Sample):
    with faulty(lambda r: [Say(head(204))]) as (pacs, _):
        assert pacs.search_studies(StudyQuery()) == []
        with pytest.raises(PacsNotFound):
            pacs.metadata(one.grant())


def test_one_part_without_multipart_is_read(one: Sample):
    with faulty(lambda r: plain(one.path.read_bytes(), "application/dicom")) as (pacs, _):
        assert pacs.instance(one.grant(), one.ref) == one.path.read_bytes()
        assert len(list(pacs.frames(one.grant(), one.frames()))) == 1


def test_a_pacs_that_cannot_send_as_stored_is_asked_for_its_default(one: Sample):
    def fussy(request: Request) -> list[Say]:
        if "transfer-syntax=*" in request.headers["accept"]:
            return plain(b"", "text/plain", 406)
        return multipart_answer([one.path.read_bytes()])

    with faulty(fussy) as (pacs, server):
        assert pacs.instance(one.grant(), one.ref) == one.path.read_bytes()
    assert len(server.requests) == 2


def test_pixels_shorter_than_the_header_says_are_incomplete(one: Sample):
    data_set = pydicom.dcmread(one.path)
    data_set.PixelData = data_set.PixelData[:-100]
    file = io.BytesIO()
    data_set.save_as(file)
    with faulty(lambda r: multipart_answer([file.getvalue()])) as (pacs, _), pytest.raises(PacsIncomplete):
        frames(pacs, one)


def test_after_five_failures_nobody_waits(one: Sample):
    with faulty(lambda r: []) as (pacs, server):
        for _ in range(5):
            with pytest.raises(PacsUnavailable):
                pacs.metadata(one.grant())
        asked = len(server.requests)
        with pytest.raises(PacsUnavailable):
            pacs.metadata(one.grant())
        assert len(server.requests) == asked


def test_nothing_listens(one: Sample):
    start = time.monotonic()
    pacs = CheckedPacs(DicomwebPacs(PacsConfig("main", "http", "http://127.0.0.1:9/dicom-web")))
    with pytest.raises(PacsUnavailable) as caught:
        pacs.probe()
    assert "127.0.0.1" not in str(caught.value)
    assert time.monotonic() - start < REAL_DEADLINE


def test_a_grant_for_another_pacs_is_refused(one: Sample):
    grant = mint_for_system(StudyRef("other", one.data_set.StudyInstanceUID), "k", one.patient, "test", list(Right))
    with faulty(lambda r: json_answer([item_of(one)])) as (pacs, server):
        with pytest.raises(Exception, match="another PACS"):
            pacs.metadata(grant)
        with pytest.raises(Exception, match="another PACS"):
            pacs.frames(grant, [FrameRef(one.ref, 1)])
    assert server.requests == []
