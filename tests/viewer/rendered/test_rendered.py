"""Rendered resources at each level: for whom, in what, and how they look."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.pacs_gateway.dicomweb.conftest import Put, Service, body_of, parts_of
from viewer.rendering.colorspace import srgb

pytestmark = pytest.mark.usefixtures("workers")
SERIES, INSTANCE = "/series/2.25.4711.9401.2", "/series/2.25.4711.9401.2/instances/2.25.4711.9401.2.3"
PARTS = 'multipart/related; type="image/png"'


def pixels_of(response: Any) -> np.ndarray:
    assert response.status_code == 200, response.content
    return np.asarray(Image.open(io.BytesIO(body_of(response))))


@pytest.mark.parametrize("level", [INSTANCE, f"{INSTANCE}/frames/1"])
@pytest.mark.parametrize("who", ["owner", "staff", "visitor", "token"])
def test_one_picture(folder_service: Service, who: str, level: str) -> None:
    query = {"window": "30,2,linear-exact"}
    response = folder_service.get(who, f"/studies/{folder_service.study_uid}{level}/rendered", query, "image/png")
    assert response["Content-Type"] == "image/png"
    pixels = pixels_of(response)
    # Slice 3 holds 30 HU everywhere, the middle of the window.
    assert (pixels.shape, set(pixels.flat) <= {127, 128}) == ((64, 64), True)


@pytest.mark.parametrize(("level", "count"), [("", 6), (SERIES, 3), (INSTANCE, 1), (f"{INSTANCE}/frames/1", 1)])
def test_several_pictures_in_parts(folder_service: Service, level: str, count: int) -> None:
    path = f"/studies/{folder_service.study_uid}{level}/rendered"
    parts = parts_of(folder_service.get("owner", path, accept=PARTS))
    assert [kind for kind, _ in parts] == ["image/png; "] * count


@pytest.mark.parametrize("kind", ["rendered", "thumbnail"])
@pytest.mark.parametrize("level", ["", SERIES, INSTANCE, f"{INSTANCE}/frames/1"])
def test_strangers_get_the_404_of_nothing(folder_service: Service, level: str, kind: str) -> None:
    theirs = folder_service.get("stranger", f"/studies/{folder_service.study_uid}{level}/{kind}", accept="image/jpeg")
    nothing = folder_service.get("stranger", f"/studies/2.25.999{level}/{kind}", accept="image/jpeg")
    assert (theirs.status_code, theirs.content) == (404, nothing.content)


@pytest.mark.parametrize("level", ["", SERIES, INSTANCE, f"{INSTANCE}/frames/1"])
def test_a_thumbnail_at_each_level(folder_service: Service, level: str) -> None:
    path = f"/studies/{folder_service.study_uid}{level}/thumbnail"
    assert pixels_of(folder_service.get("visitor", path, {"viewport": "40,32"}, "image/jpeg")).shape == (32, 32)


def test_a_series_as_a_cine(folder_service: Service) -> None:
    path = f"/studies/{folder_service.study_uid}{SERIES}/rendered"
    movie = Image.open(io.BytesIO(body_of(folder_service.get("owner", path, {"window": "20,60,linear"}, "image/gif"))))
    assert (movie.format, getattr(movie, "n_frames", 1), movie.size) == ("GIF", 3, (512, 512))


def test_a_region_fills_the_viewport_and_may_be_mirrored(put: Put) -> None:
    stored = put("native")
    whole = pixels_of(stored.get("/rendered", None, "image/png"))
    query = {"viewport": "20,20,8,4,20,20"}
    part = pixels_of(stored.get("/rendered", query, "image/png"))
    mirrored = pixels_of(stored.get("/rendered", {"viewport": "20,20,8,4,-20,20"}, "image/png"))
    assert np.array_equal(part, whole[4:24, 8:28])
    assert np.array_equal(mirrored, part[:, ::-1])


def test_a_region_outside_the_picture_is_400(put: Put) -> None:
    assert put("native").get("/rendered", {"viewport": "20,20,8,4,9999,20"}, "image/png").status_code == 400


def test_quality(put: Put) -> None:
    stored = put("native")
    sizes = [len(body_of(stored.get("/rendered", {"quality": text}, "image/jpeg"))) for text in ("5", "95")]
    assert sizes[0] < sizes[1]


@pytest.mark.parametrize(("wanted", "is_at_top"), [("patient", True), ("technique", False)])
def test_annotation_is_written_into_its_corner(put: Put, wanted: str, is_at_top: bool) -> None:
    stored = put("native")
    plain = pixels_of(stored.get("/rendered", {"viewport": "256,256"}, "image/png")).astype(int)
    noted = pixels_of(stored.get("/rendered", {"viewport": "256,256", "annotation": wanted}, "image/png"))
    rows = np.nonzero((plain != noted).any(axis=1))[0]
    assert rows.size
    assert (rows.max() < 128) if is_at_top else (rows.min() > 128)


@pytest.mark.parametrize(("wanted", "profile"), [("srgb", srgb()), ("no", None)])
def test_icc_profile(put: Put, wanted: str, profile: bytes | None) -> None:
    response = put("JPEG 2000").get("/rendered", {"iccprofile": wanted}, "image/png")
    assert Image.open(io.BytesIO(body_of(response))).info.get("icc_profile") == profile


@pytest.mark.parametrize("accept", ["text/html", "application/dicom", "image/jp2", "video/mp4"])
def test_what_a_picture_is_not_is_406(put: Put, accept: str) -> None:
    assert put("native").get("/rendered", None, accept).status_code == 406


@pytest.mark.parametrize("name", ["report", "document"])
def test_what_has_no_pixels_is_406(put: Put, name: str) -> None:
    assert put(name).get("/rendered", None, "image/jpeg").status_code == 406


def test_what_the_caller_has_already_is_304(put: Put) -> None:
    stored = put("native")
    etag = stored.get("/rendered", None, "image/png")["ETag"]
    assert stored.get("/rendered", None, "image/png", **{"If-None-Match": etag}).status_code == 304
    assert stored.get("/rendered", {"quality": "5"}, "image/png", **{"If-None-Match": etag}).status_code == 200


def test_what_is_no_longer_what_the_caller_had_is_412(put: Put) -> None:
    response = put("native").get("/rendered", None, "image/png", **{"If-Match": '"before"'})
    assert (response.status_code, response["Content-Type"]) == (412, "application/problem+json")


def test_the_capabilities_tell_of_rendered_resources(folder_service: Service) -> None:
    found = folder_service.get("visitor", "/", accept="application/json").json()["resources"]
    assert "Retrieve Rendered Frames" in {one["transaction"] for one in found}
    assert "Retrieve Study" not in {one["transaction"] for one in found}
