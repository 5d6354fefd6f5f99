"""All instances of a study in one answer: each is checked, none is missed, and the taker may take their time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest

from pacs_gateway.errors import PacsIncomplete, PacsMismatch, PacsUnavailable
from pacs_gateway.refs import InstanceRef
from pacs_gateway.upstream.base import StoredInstance
from tests.fakes.faulty_pacs import (
    Request,
    Say,
    hang,
    head,
    multipart,
    multipart_answer,
    multipart_type,
    plain,
)
from tests.pacs_gateway.upstream.copies import COPIES, copies, served
from tests.pacs_gateway.upstream.selection import Sample


def _bytes(found: Iterable[StoredInstance]) -> dict[InstanceRef, bytes]:
    whole = {}
    for instance in found:
        with instance.file as file:
            whole[instance.ref] = file.read()
    return whole


def test_they_come_in_one_answer_in_any_order(one: Sample, files: dict[InstanceRef, bytes]) -> None:
    with served(lambda r: multipart_answer(list(reversed(files.values())))) as (pacs, server):
        found = list(pacs.open_all(one.grant(), list(files)))
        assert {instance.transfer_syntax_uid for instance in found} == {one.data_set.file_meta.TransferSyntaxUID}
        assert _bytes(found) == files
    (request,) = server.requests
    series = next(iter(files)).series_uid
    assert request.path == f"/dicom-web/studies/{one.data_set.StudyInstanceUID}/series/{series}"


def test_one_that_came_after_the_list_is_left_out(one: Sample, files: dict[InstanceRef, bytes]) -> None:
    late = [data for _, data in copies(one, 1)]
    with served(lambda r: multipart_answer([*late, *files.values()])) as (pacs, _):
        assert _bytes(pacs.open_all(one.grant(), list(files))) == files


def test_one_too_few_is_incomplete(one: Sample, files: dict[InstanceRef, bytes]) -> None:
    with served(lambda r: multipart_answer(list(files.values())[1:])) as (pacs, _), pytest.raises(PacsIncomplete):
        _bytes(pacs.open_all(one.grant(), list(files)))


def test_one_twice_is_a_mismatch(one: Sample, files: dict[InstanceRef, bytes]) -> None:
    with served(lambda r: multipart_answer([*files.values()] * 2)) as (pacs, _), pytest.raises(PacsMismatch):
        _bytes(pacs.open_all(one.grant(), list(files)))


@pytest.mark.parametrize("keyword", ["PatientID", "StudyInstanceUID", "IssuerOfPatientID"])
def test_one_of_somebody_else_is_a_mismatch(one: Sample, files: dict[InstanceRef, bytes], keyword: str) -> None:
    foreign = [data for _, data in copies(one, 1, **{keyword: "1.2.3"})]
    with served(lambda r: multipart_answer([*files.values(), *foreign])) as (pacs, _), pytest.raises(PacsMismatch):
        _bytes(pacs.open_all(one.grant(), list(files)))


@pytest.mark.parametrize("keep", [0.5, 0.999])
def test_an_answer_cut_off_is_incomplete_and_not_asked_for_again(
    one: Sample, files: dict[InstanceRef, bytes], keep: float
) -> None:
    (whole,) = plain(multipart(list(files.values())), multipart_type())
    with served(lambda r: [Say(whole.data[: int(len(whole.data) * keep)])]) as (pacs, server):
        found = pacs.open_all(one.grant(), list(files))
        next(found).file.close()
        with pytest.raises(PacsIncomplete):
            _bytes(found)
    assert len(server.requests) == 1


def test_a_pacs_that_stops_sending_is_given_up(
    one: Sample, files: dict[InstanceRef, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pacs_gateway.upstream.dicomweb.LARGE_SECONDS", 1.0)

    def answer(request: Request) -> Iterator[Say]:
        (begun,) = multipart_answer(list(files.values()), closed=False)
        yield Say(begun.data[: len(begun.data) // 2])
        yield from hang()

    with served(answer) as (pacs, _), pytest.raises(PacsUnavailable):
        _bytes(pacs.open_all(one.grant(), list(files)))


def test_the_time_that_the_taker_needs_is_not_the_pacs_s(
    one: Sample, files: dict[InstanceRef, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pacs_gateway.upstream.dicomweb.SLOWEST_BYTES_PER_SECOND", 0)
    postponed: list[float] = []
    monkeypatch.setattr("pacs_gateway.upstream.deadline.Deadline.postpone", lambda self, by: postponed.append(by))
    with served(lambda r: multipart_answer(list(files.values()))) as (pacs, _):
        assert len(_bytes(pacs.open_all(one.grant(), list(files)))) == COPIES
    assert len(postponed) == COPIES
    assert min(postponed) > 0


def test_a_taker_who_leaves_leaves_the_pacs_in_peace(one: Sample, files: dict[InstanceRef, bytes]) -> None:
    with served(lambda r: multipart_answer(list(files.values()))) as (pacs, server):
        for _ in range(10):
            found = pacs.open_all(one.grant(), list(files))
            next(found).file.close()
            found.close()  # type: ignore[attr-defined]
        assert len(_bytes(pacs.open_all(one.grant(), list(files)))) == COPIES
    assert len(server.requests) == 11


def test_no_study_at_all_is_refused_before_anything_comes(one: Sample, files: dict[InstanceRef, bytes]) -> None:
    with served(lambda r: [Say(head(406))]) as (pacs, _), pytest.raises(PacsUnavailable):
        next(pacs.open_all(one.grant(), list(files)))
