"""Bulk data: what the metadata names can be had, whole or by ranges, by whom may have the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydicom.encaps import generate_frames

from tests.pacs_gateway.dicomweb.conftest import Put, Service, Stored, body_of, items_of, parts_of

INSTANCE = "/series/2.25.4711.9401.2/instances/2.25.4711.9401.2.3"
OCTETS = "application/octet-stream"
PARTS = f'multipart/related; type="{OCTETS}"'


def places_of(item: dict[str, Any]) -> Iterator[str]:
    """Yield the places of bulk data that metadata names."""
    for found in item.values():
        if found.get("BulkDataURI"):
            yield found["BulkDataURI"].partition("/bulkdata/")[2]
        if found["vr"] == "SQ":
            for inner in found.get("Value", ()):
                yield from places_of(inner)


def value_of(stored: Stored, place: str) -> bytes:
    """Return a value as pydicom reads it."""
    path, item = place.split("/"), stored.data_set
    for tag, number in zip(path[:-1:2], path[1::2], strict=True):
        item = item[int(tag, 16)].value[int(number) - 1]
    value = item[int(path[-1], 16)].value
    assert isinstance(value, bytes)
    return value


@pytest.mark.parametrize("name", ["native", "palette", "overlay", "document", "native multi-frame", "deflated"])
def test_every_place_that_the_metadata_names(put: Put, name: str) -> None:
    stored = put(name)
    (item,) = items_of(stored.get("/metadata", accept="application/dicom+json"))
    places = list(places_of(item))
    assert places
    for place in places:
        response = stored.get(f"/bulkdata/{place}", accept="*/*")
        assert response["Content-Type"] == f"{OCTETS}; transfer-syntax=1.2.840.10008.1.2.1"
        assert body_of(response) == value_of(stored, place)


def test_in_parts(service: Service) -> None:
    path = f"/studies/{service.study_uid}{INSTANCE}/bulkdata/7FE00010"
    ((kind, data),) = parts_of(service.get("token", path, accept=PARTS))
    assert (kind, len(data)) == (f"{OCTETS}; 1.2.840.10008.1.2.1", 64 * 64 * 2)


@pytest.mark.parametrize("who", ["stranger", "visitor", "other_visitor"])
def test_neither_strangers_nor_a_link_that_only_shows(folder_service: Service, who: str) -> None:
    theirs = folder_service.get(who, f"/studies/{folder_service.study_uid}{INSTANCE}/bulkdata/7FE00010", accept=OCTETS)
    nothing = folder_service.get(who, f"/studies/2.25.999{INSTANCE}/bulkdata/7FE00010", accept=OCTETS)
    assert (theirs.status_code, theirs.content) == (404, nothing.content)


def test_ranges(put: Put) -> None:
    stored = put("native")
    whole = stored.data_set.PixelData
    response = stored.get("/bulkdata/7FE00010", None, OCTETS, Range="bytes=100-299")
    assert (response.status_code, response["Content-Range"]) == (206, f"bytes 100-299/{len(whole)}")
    assert body_of(response) == whole[100:300]
    assert body_of(stored.get("/bulkdata/7FE00010", None, OCTETS, Range="bytes=-5")) == whole[-5:]
    beyond = stored.get("/bulkdata/7FE00010", None, OCTETS, Range=f"bytes={len(whole)}-")
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(whole)}")
    assert beyond["Content-Type"] == "application/problem+json"


def test_a_range_of_something_else_by_now_is_the_whole(put: Put) -> None:
    headers = {"Range": "bytes=0-1", "If-Range": '"old"'}
    assert put("native").get("/bulkdata/7FE00010", None, OCTETS, **headers).status_code == 200


def test_encapsulated_pixel_data_is_its_frames(put: Put) -> None:
    stored = put("RLE multi-frame")
    data_set = stored.data_set
    parts = parts_of(stored.get("/bulkdata/7FE00010", accept=f"{PARTS}; transfer-syntax=*"))
    frames = list(generate_frames(data_set.PixelData, number_of_frames=data_set.NumberOfFrames))
    assert [data for _, data in parts] == frames


@pytest.mark.parametrize("place", ["00081140/1/00420011", "x", "7FE00010/1", "00281201", "0" * 300])
def test_what_is_no_bulk_data_is_404(put: Put, place: str) -> None:
    assert put("native").get(f"/bulkdata/{place}", accept=OCTETS).status_code == 404


def test_what_it_is_not_is_406(put: Put) -> None:
    assert put("native").get("/bulkdata/7FE00010", accept="image/jpeg").status_code == 406
