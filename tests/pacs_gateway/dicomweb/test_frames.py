"""Frames: in the order of the list, as stored in their own media types or decoded, for whom may have the file."""

from __future__ import annotations

import numpy as np
import pytest
from pydicom.encaps import generate_frames
from pydicom.uid import ExplicitVRLittleEndian

from pacs_gateway.upstream.config import PacsConfig
from tests.pacs_gateway.dicomweb.conftest import Put, Service, Stored, body_of, parts_of
from tests.synthetic import value_of_slice

FRAMES = "/series/2.25.4711.9401.2/instances/2.25.4711.9401.2.3/frames"
OCTETS = 'multipart/related; type="application/octet-stream"'
AS_STORED = f"{OCTETS}; transfer-syntax=*"
NATIVE = f"application/octet-stream; {ExplicitVRLittleEndian}"
OWN_TYPES = {
    "JPEG": "image/jpeg",
    "JPEG lossless": "image/jpeg",
    "JPEG-LS": "image/jls",
    "JPEG 2000": "image/jp2",
    "RLE multi-frame": "image/dicom-rle",
}


def frames_of(stored: Stored) -> list[bytes]:
    """Return the codestreams of a file as pydicom finds them."""
    data_set = stored.data_set
    return list(generate_frames(data_set.PixelData, number_of_frames=int(data_set.get("NumberOfFrames", 1))))


@pytest.mark.parametrize("accept", ["*/*", OCTETS, AS_STORED, f"{OCTETS}; transfer-syntax=1.2.840.10008.1.2.1"])
def test_a_native_frame(service: Service, accept: str) -> None:
    ((kind, data),) = parts_of(service.get("token", f"/studies/{service.study_uid}{FRAMES}/1", accept=accept))
    assert kind == NATIVE
    assert set(np.frombuffer(data, "<u2")) == {value_of_slice(3) + 1024}


@pytest.mark.parametrize("who", ["stranger", "other_visitor", "visitor"])
def test_neither_strangers_nor_a_link_that_only_shows(folder_service: Service, who: str) -> None:
    theirs = folder_service.get(who, f"/studies/{folder_service.study_uid}{FRAMES}/1", accept=OCTETS)
    nothing = folder_service.get(who, f"/studies/2.25.999{FRAMES}/1", accept=OCTETS)
    assert (theirs.status_code, theirs.content) == (404, nothing.content)


@pytest.mark.parametrize("accept", ["own", AS_STORED])
@pytest.mark.parametrize("name", OWN_TYPES)
def test_codestreams_as_stored(put: Put, name: str, accept: str) -> None:
    stored = put(name)
    kind = OWN_TYPES[name] if accept == "own" else "application/octet-stream"
    wanted = f'multipart/related; type="{kind}"' if accept == "own" else accept
    originals = frames_of(stored)
    numbers = [1, *range(len(originals), 1, -1)]
    found = parts_of(stored.get(f"/frames/{','.join(map(str, numbers))}", accept=wanted))
    assert {part for part, _ in found} == {f"{kind}; {stored.data_set.file_meta.TransferSyntaxUID}"}
    assert [data for _, data in found] == [originals[number - 1] for number in numbers]


def test_decoded_frames_of_a_list(workers: None, put: Put) -> None:
    stored = put("RLE multi-frame")
    pixels = stored.data_set.pixel_array
    found = parts_of(stored.get("/frames/5,2,7,1,3,4", accept=OCTETS))
    assert {kind for kind, _ in found} == {NATIVE}
    for (_, data), number in zip(found, (5, 2, 7, 1, 3, 4), strict=True):
        assert data == pixels[number - 1].astype("<u4").tobytes()


def test_big_endian_frames_are_turned(workers: None, put: Put) -> None:
    stored = put("native big endian")
    ((kind, data),) = parts_of(stored.get("/frames/1", accept=OCTETS))
    assert kind == NATIVE
    assert data == stored.data_set.pixel_array.astype("<i2").tobytes()


def test_one_frame_alone(put: Put) -> None:
    stored = put("JPEG")
    response = stored.get("/frames/1", accept="image/jpeg")
    assert response["Content-Type"].startswith("image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.5")
    assert body_of(response) == frames_of(stored)[0]


@pytest.mark.parametrize("numbers", ["0", "a", "1,", "1,,2", "-1", "1,1", "01", "1;2", "1" * 9])
def test_what_is_no_frame_list_is_400(folder_service: Service, numbers: str) -> None:
    response = folder_service.get("owner", f"/studies/{folder_service.study_uid}{FRAMES}/{numbers}", accept=OCTETS)
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize(("path", "status"), [("/frames/2", 404), ("/frames/1,2", 404)])
def test_a_frame_that_is_not_there_is_404(put: Put, path: str, status: int) -> None:
    assert put("native").get(path, accept=OCTETS).status_code == status


@pytest.mark.parametrize("accept", ["image/jp2", 'multipart/related; type="image/jls"', "video/mp4", "text/html"])
def test_what_the_frame_is_not_is_406(put: Put, accept: str) -> None:
    assert put("JPEG").get("/frames/1", accept=accept).status_code == 406


def test_what_the_caller_has_already_is_304(put: Put) -> None:
    stored = put("native")
    etag = stored.get("/frames/1", accept=OCTETS)["ETag"]
    assert stored.get("/frames/1", None, OCTETS, **{"If-None-Match": etag}).status_code == 304
    assert stored.get("/frames/1", None, AS_STORED, **{"If-None-Match": etag}).status_code == 200


def test_a_pacs_that_is_down_is_503(put: Put, settings: object) -> None:
    stored = put("native")
    settings.PACS = {"main": PacsConfig("main", "http", "http://127.0.0.1:9")}  # type: ignore[attr-defined]
    assert stored.get("/frames/1", accept=OCTETS).status_code == 503
