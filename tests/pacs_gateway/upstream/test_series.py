"""A series in one answer, which nobody waits for: each frame is checked, and what is wrong is left out or refused."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from pacs_gateway.access.grant import GrantRefused
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsIncomplete, PacsMismatch, PacsUnavailable
from pacs_gateway.refs import FrameRef, InstanceRef
from pacs_gateway.upstream import dicomweb
from pacs_gateway.upstream.breaker import FAILURES
from pacs_gateway.upstream.checked import CheckedPacs
from tests.fakes.faulty_pacs import Request, Say, hang, head, multipart_answer, plain
from tests.pacs_gateway.upstream.copies import COPIES, copies, served
from tests.pacs_gateway.upstream.selection import Sample, sample

SECONDS = 5.0


def _found(pacs: CheckedPacs, one: Sample, seconds: float = SECONDS) -> dict[FrameRef, bytes]:
    return {frame.ref: frame.data for frame in pacs.series(one.grant(), one.ref.series_uid, seconds)}


def test_its_frames_come_in_one_answer_in_any_order(one: Sample, files: dict[InstanceRef, bytes]) -> None:
    with served(lambda r: multipart_answer(list(reversed(files.values())))) as (pacs, server):
        found = _found(pacs, one)
    assert found == {FrameRef(ref, 1): bytes(one.data_set.PixelData) for ref in files}
    (request,) = server.requests
    assert request.path == f"/dicom-web/studies/{one.data_set.StudyInstanceUID}/series/{one.ref.series_uid}"


@pytest.mark.orthanc
@pytest.mark.parametrize("name", ["native", "native implicit", "JPEG lossless", "overlay"])
def test_orthanc_sends_a_series_as_it_sends_its_frames(orthanc_pacs: CheckedPacs, name: str) -> None:
    one = sample(name)
    (wanted,) = orthanc_pacs.frames(one.grant(), [FrameRef(one.ref, 1)])
    found = {frame.ref: frame for frame in orthanc_pacs.series(one.grant(), one.ref.series_uid, SECONDS)}
    frame = found[wanted.ref]
    assert (frame.data, frame.transfer_syntax_uid) == (wanted.data, wanted.transfer_syntax_uid)
    assert frame.header == wanted.header


def test_a_folder_has_no_need_of_it(folder_pacs: CheckedPacs, one: Sample) -> None:
    assert _found(folder_pacs, one) == {}


@pytest.mark.parametrize("keyword", ["PatientID", "IssuerOfPatientID", "StudyInstanceUID", "SeriesInstanceUID"])
def test_one_of_somebody_else_is_a_mismatch(one: Sample, files: dict[InstanceRef, bytes], keyword: str) -> None:
    foreign = [data for _, data in copies(one, 1, **{keyword: "1.2.3"})]
    with served(lambda r: multipart_answer([*files.values(), *foreign])) as (pacs, _), pytest.raises(PacsMismatch):
        _found(pacs, one)


def test_one_twice_is_a_mismatch(one: Sample, files: dict[InstanceRef, bytes]) -> None:
    with served(lambda r: multipart_answer([*files.values()] * 2)) as (pacs, _), pytest.raises(PacsMismatch):
        _found(pacs, one)


def _wrong(one: Sample) -> Iterator[bytes]:
    (ref, whole), *_ = copies(one, 1)
    yield from (b"no file", whole[: len(whole) // 2], whole[:-3000])
    yield whole.replace(ref.instance_uid.encode(), b"?" * len(ref.instance_uid))
    yield from (data for _, data in copies(one, 1, Rows=one.data_set.Rows + 1))
    for _, several in copies(one, 1, NumberOfFrames="77"):
        yield several
        yield several.replace(b"IS\x02\x0077", b"IS\x02\x00??")


def test_what_cannot_be_read_or_has_several_frames_is_left_out(one: Sample, files: dict[InstanceRef, bytes]) -> None:
    with served(lambda r: multipart_answer([*_wrong(one), *files.values()])) as (pacs, _):
        assert _found(pacs, one).keys() == {FrameRef(ref, 1) for ref in files}


def test_one_that_is_larger_than_a_picture_ends_it(
    one: Sample, files: dict[InstanceRef, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pacs_gateway.upstream.dicomweb.ONE_OF_SERIES_MOST", 1000)
    with served(lambda r: multipart_answer(list(files.values()))) as (pacs, _), pytest.raises(PacsIncomplete):
        _found(pacs, one)


def test_a_silent_pacs_is_left_soon_and_it_is_not_held_against_it(one: Sample, files: dict[InstanceRef, bytes]) -> None:
    def answer(request: Request) -> Iterator[Say]:
        yield from hang() if "/instances/" not in request.path else multipart_answer([files[ref]])

    ref = next(iter(files))
    with served(answer) as (pacs, _):
        began = time.monotonic()
        for _ in range(FAILURES + 1):
            with pytest.raises(PacsUnavailable):
                _found(pacs, one, seconds=0.1)
        assert time.monotonic() - began < SECONDS
        assert len(list(pacs.frames(one.grant(), [FrameRef(ref, 1)]))) == 1


def test_what_is_left_out_takes_no_longer(
    one: Sample, files: dict[InstanceRef, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[bytes] = []

    def leave_out(data: bytes) -> None:
        looked.append(data)
        time.sleep(0.1)

    monkeypatch.setattr(dicomweb, "_only_frame", leave_out)
    with served(lambda r: multipart_answer([*files.values()] * 10)) as (pacs, _):
        assert _found(pacs, one, seconds=0.25) == {}
    assert 0 < len(looked) < 10


def test_a_pacs_that_will_not_is_asked_nothing_else(one: Sample) -> None:
    with served(lambda r: [Say(head(406))]) as (pacs, server), pytest.raises(PacsUnavailable):
        _found(pacs, one)
    assert len(server.requests) == 1


def test_a_taker_who_leaves_leaves_the_pacs_in_peace(one: Sample, files: dict[InstanceRef, bytes]) -> None:
    with served(lambda r: multipart_answer(list(files.values()))) as (pacs, server):
        for _ in range(10):
            found = pacs.series(one.grant(), one.ref.series_uid, SECONDS)
            next(found)
            found.close()  # type: ignore[attr-defined]
        assert len(_found(pacs, one)) == COPIES
    assert len(server.requests) == 11


def test_it_takes_the_right_to_view(one: Sample) -> None:
    with served(lambda r: plain(b"", "text/plain")) as (pacs, server), pytest.raises(GrantRefused):
        pacs.series(one.grant(Right.REPORT), one.ref.series_uid, SECONDS)
    assert not server.requests
