"""Every way in which the bad PACS of these tests is bad, by name, and what each call must end in."""

from __future__ import annotations

import io
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import pydicom
from pydicom.uid import generate_uid

from pacs_gateway.errors import PacsError, PacsIncomplete, PacsMismatch, PacsUnavailable
from pacs_gateway.upstream.base import StudyQuery
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.sanitize import json_of
from tests.fakes.faulty_pacs import (
    Answer,
    Request,
    Reset,
    Say,
    drip,
    hang,
    head,
    json_answer,
    multipart_answer,
    plain,
)
from tests.pacs_gateway.upstream.selection import Sample

MEGABYTE = 1024 * 1024
Call = Callable[[CheckedPacs, Sample], object]


def search(pacs: CheckedPacs, one: Sample) -> object:
    return pacs.search_studies(StudyQuery(study_uid=one.data_set.StudyInstanceUID, limit=10**6))


def metadata(pacs: CheckedPacs, one: Sample) -> object:
    return pacs.metadata(one.grant())


def frames(pacs: CheckedPacs, one: Sample) -> object:
    return list(pacs.frames(one.grant(), one.frames()))


def instance(pacs: CheckedPacs, one: Sample) -> object:
    return pacs.instance(one.grant(), one.ref)


CALLS: dict[str, Call] = {call.__name__: call for call in (search, metadata, frames, instance)}
LISTS, BODIES, GRANTED = ("search", "metadata"), ("frames", "instance"), ("metadata", "frames", "instance")


@dataclass(frozen=True)
class Fault:
    """How the PACS answers, which calls meet it, and what they end in; None: all goes well all the same."""

    answer: Callable[[Sample], Answer]
    error: type[PacsError] | None
    calls: tuple[str, ...] = tuple(CALLS)


def well(one: Sample, request: Request) -> list[Say]:
    """Answer as a good PACS does."""
    if _is_json(request):
        return json_answer([json_of(one.data_set, one.data_set.file_meta.TransferSyntaxUID)])
    return multipart_answer([one.path.read_bytes()])


def _is_json(request: Request) -> bool:
    return request.path.endswith(("/studies", "/metadata"))


def _always(says: Callable[[], Iterable[Say]]) -> Callable[[Sample], Answer]:
    return lambda one: lambda request: says()


def _cut(one: Sample) -> Answer:
    def answer(request: Request) -> list[Say]:
        (whole,) = well(one, request)
        return [Say(whole.data[: -len(whole.data) // 3])]

    return answer


def _reset(one: Sample) -> Answer:
    def answer(request: Request) -> Iterator[Say]:
        yield from _cut(one)(request)
        raise Reset

    return answer


def _reset_at_once(one: Sample) -> Answer:
    def answer(request: Request) -> Iterator[Say]:
        raise Reset
        yield

    return answer


def _busy_then_well(one: Sample) -> Answer:
    seen: list[str] = []

    def answer(request: Request) -> list[Say]:
        seen.append(request.path)
        return plain(b"", "text/plain", 503) if len(seen) == 1 else well(one, request)

    return answer


@cache
def _packed() -> bytes:
    """Return 256 MB in 1 MB."""
    packer = zlib.compressobj(1, wbits=31)
    return b"".join([packer.compress(b"[" * MEGABYTE) for _ in range(256)] + [packer.flush()])


def _bomb(**headers: str) -> Callable[[Sample], Answer]:
    def answers(one: Sample) -> Answer:
        body = _packed()
        return lambda request: plain(
            body, "application/dicom+json" if _is_json(request) else "application/dicom", **headers
        )

    return answers


def _deep() -> list[Say]:
    return plain(b'[{"00081140":{"vr":"SQ","Value":[' * 100_000, "application/dicom+json")


def _foreign(one: Sample) -> Answer:
    data_set = pydicom.dcmread(one.path)
    data_set.StudyInstanceUID, data_set.SOPInstanceUID = generate_uid(), generate_uid()
    return lambda request: well(_changed(one, data_set), request)


def _changed(one: Sample, data_set: pydicom.FileDataset) -> Any:
    """Return what `well` needs of a sample that was changed after it was read."""
    file = io.BytesIO()
    data_set.save_as(file)

    class Changed:
        path = type("Kept", (), {"read_bytes": staticmethod(file.getvalue)})

    Changed.data_set = data_set  # type: ignore[attr-defined]
    return Changed


def _doubled(one: Sample) -> Answer:
    def answer(request: Request) -> list[Say]:
        if _is_json(request):
            return json_answer([json_of(one.data_set, one.data_set.file_meta.TransferSyntaxUID)] * 2)
        return multipart_answer([one.path.read_bytes()] * 2)

    return answer


def _everything(one: Sample) -> Answer:
    """Answer each search with the study asked for among 199 others, on page after page without an end."""

    def answer(request: Request) -> list[Say]:
        offset = int(dict(request.parameters).get("offset", "0"))
        others = [
            {
                "0020000D": {"vr": "UI", "Value": [f"1.2.{offset + number}"]},
                "00081030": {"vr": "LO", "Value": ["x" * 64]},
            }
            for number in range(199)
        ]
        wanted = json_of(one.data_set, one.data_set.file_meta.TransferSyntaxUID)
        return plain(json.dumps([*others, wanted]).encode(), "application/dicom+json")

    return answer


FAULTS: dict[str, Fault] = {
    "cut": Fault(_cut, PacsIncomplete),
    "drip": Fault(_always(lambda: [Say(head(200, "application/dicom+json")), *drip(b"[" * 600, 0.3)]), PacsUnavailable),
    "hang": Fault(_always(hang), PacsUnavailable),
    "reset": Fault(_reset, PacsIncomplete),
    "reset at once": Fault(_reset_at_once, PacsUnavailable),
    "503, then well": Fault(_busy_then_well, None),
    "503": Fault(_always(lambda: plain(b"", "text/plain", 503)), PacsUnavailable),
    "redirect": Fault(_always(lambda: plain(b"", "text/plain", 302, Location="http://127.0.0.1:1/")), PacsUnavailable),
    "login page": Fault(_always(lambda: plain(b"<html>Please sign in</html>", "text/html")), PacsUnavailable),
    "gzip bomb": Fault(_bomb(Content_Encoding="gzip"), PacsUnavailable),
    "gzip bomb in disguise": Fault(_bomb(), PacsIncomplete),
    "deep JSON": Fault(_always(_deep), PacsIncomplete, LISTS),
    "foreign UIDs": Fault(_foreign, PacsMismatch, GRANTED),
    "missing part": Fault(_always(lambda: multipart_answer([])), PacsIncomplete, BODIES),
    "doubled part": Fault(_doubled, PacsMismatch, GRANTED),
    "ignored filters and endless paging": Fault(_everything, None, ("search",)),
}
CASES = [(name, call) for name, fault in FAULTS.items() for call in fault.calls]
