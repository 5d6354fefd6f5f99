"""Planes and projections end to end below the browser: HTTP, gate, queue, real worker, folder PACS."""

from __future__ import annotations

import io
import json
import re
import struct
from http import HTTPStatus
from pathlib import Path

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless

from pacs_gateway import upstream
from pacs_gateway.access.grant import Decision, mint, mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study
from tests.cast import Cast, make_cast
from tests.phantom import (
    ALONG,
    AXIAL,
    COLUMNS,
    CORONAL,
    DOWN,
    GAP,
    ROWS,
    SAGITTAL,
    SLICES,
    enhanced_phantom,
    phantom_slice,
    write_phantom,
)
from tests.synthetic import study_uid
from viewer import asking, frames, manifest, params, store
from viewer.manifest import Manifest
from viewer.rendering import Reason

pytestmark = [pytest.mark.stack, pytest.mark.django_db, pytest.mark.usefixtures("workers")]
FIRST_STUDY = 7600
WAYS = [(way, is_reversed) for way in (AXIAL, CORONAL, SAGITTAL) for is_reversed in (False, True)]
# Corners of the first frame: top left, top right, bottom left, bottom right (tests/phantom.py).
CORNERS = {"axial": [1, 101, 11, 111], "coronal": [1, 101, 0, 100], "sagittal": [1, 11, 0, 10]}


@pytest.fixture
def cast(pacs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    # What a person would not wait for, a busy test machine may need.
    monkeypatch.setattr(asking, "SECONDS", 60.0)
    monkeypatch.setattr(store, "WAITS_WITHIN_SECONDS", 62.0)
    return make_cast(study_uid=_stored(pacs_folder, FIRST_STUDY))


def _stored(folder: Path, study: int, slices: list[object] | None = None) -> str:
    uid = write_phantom(folder, study, slices)  # type: ignore[arg-type]
    upstream.prepare("main", lambda done, of: None)
    return uid


def _content(study: Study) -> Manifest:
    return manifest.load(mint_for_system(study.ref, study.key, study.patient, "test", [Right.VIEW]))


def _url(study: Study, name: str, number: int, query: str = "?format=png&window=100.5,201") -> str:
    series = _content(study).images[0].id + (f"~{name}" if name else "")
    return reverse("viewer:frame", args=[study.key, series, number]) + query


def _values(client: Client, study: Study, name: str, number: int = 1) -> np.ndarray:
    """Return the exact modality values of a frame, by its windowable form."""
    answer = client.get(_url(study, name, number, "/windowable"))
    assert answer.status_code == HTTPStatus.OK
    (length,) = struct.unpack_from(">I", answer.content)
    facts = json.loads(answer.content[4 : 4 + length])
    plane = facts["rows"] * facts["columns"]
    high, low = (np.frombuffer(answer.content, np.uint8, plane, 4 + length + at * plane) for at in (0, 1))
    residuals = high.astype(np.int64) << 8 | low
    samples = _undone(residuals.reshape(facts["rows"], facts["columns"]))
    values: np.ndarray = (samples + facts["first"]) * facts["slope"] + facts["intercept"]
    return values


def _undone(folded: np.ndarray) -> np.ndarray:
    """Return the samples of residuals (viewer/rendering/planes.py), one after the other as the format says."""
    residuals = (folded >> 1) ^ -(folded & 1)
    around = np.zeros((folded.shape[0] + 1, folded.shape[1] + 1), np.int64)
    for row, column in np.ndindex(folded.shape):
        a, b, c = (int(around[row + 1, column]), int(around[row, column + 1]), int(around[row, column]))
        prediction = max(min(a, b), min(max(a, b), a + b - c))
        around[row + 1, column + 1] = (prediction + int(residuals[row, column])) % 65536
    return around[1:, 1:]


def _corners(pixels: np.ndarray) -> list[int]:
    return [round(float(pixels[at])) for at in ((0, 0), (0, -1), (-1, 0), (-1, -1))]


@pytest.mark.parametrize(("way", "is_reversed"), WAYS)
def test_the_marked_corners_come_out_where_they_belong(
    cast: Cast, pacs_folder: Path, way: tuple[int, ...], is_reversed: bool
) -> None:
    number = FIRST_STUDY + 10 + WAYS.index((way, is_reversed))
    slices = [phantom_slice(number, at, way, is_reversed=is_reversed) for at in range(1, SLICES + 1)]
    study = cast.add_study("P-OWNER", _stored(pacs_folder, number, slices))
    client = cast.client("owner")
    for name, corners in CORNERS.items():
        assert _corners(_values(client, study, name)) == corners
        picture = np.asarray(Image.open(io.BytesIO(client.get(_url(study, name, 1)).content)))
        # The window 100.5, 201 goes from 0 to 200.
        assert _corners(picture) == [round(corner / 200 * 255) for corner in corners]


def test_an_enhanced_object_is_a_volume_whatever_the_order_of_its_frames(cast: Cast, pacs_folder: Path) -> None:
    number = FIRST_STUDY + 20
    order = [*range(2, SLICES + 1, 2), *range(SLICES - 1, 0, -2)]
    study = cast.add_study("P-OWNER", _stored(pacs_folder, number, [enhanced_phantom(number, order)]))
    client = cast.client("owner")
    for name, corners in CORNERS.items():
        assert _corners(_values(client, study, name)) == corners
    assert client.get(_url(study, "coronal", 1, ""))["X-Frame-Window"] == "50,500,LINEAR"


def test_what_is_gathered_is_asked_after(cast: Cast) -> None:
    study, client = cast.study, cast.client("physician")
    client.get(_url(study, "coronal", 3))
    stored = _content(study).images[0].id
    asked = [reverse("viewer:gathered", args=[study.key, name]) for name in (f"{stored}~coronal", stored, "nothing")]
    assert client.get(asked[0]).json() == {"words": ""}
    assert [client.get(one).status_code for one in asked[1:]] == [HTTPStatus.NOT_FOUND] * 2
    assert cast.client("stranger").get(asked[0]).status_code == HTTPStatus.NOT_FOUND


def test_a_picture_has_true_distances_and_says_what_it_is(cast: Cast) -> None:
    study, client = cast.study, cast.client("physician")
    answer = client.get(_url(study, "coronal", 3))
    assert (answer["Content-Type"], answer["X-Frame-Window"]) == ("image/png", "100.5,201,LINEAR")
    assert answer["X-Frame-Lossy"] == "0"
    length = round((SLICES - 1) * GAP) + 1
    assert Image.open(io.BytesIO(answer.content)).size == (COLUMNS, length)
    facts = client.get(reverse("viewer:planes", args=[study.key, _content(study).images[0].id])).json()
    coronal = next(one for one in facts["planes"] if one["id"].endswith("~coronal"))
    assert (coronal["rows"], coronal["columns"], coronal["pixel_spacing"]) == (length, COLUMNS, [1, 1])
    assert coronal["planes"][0]["orientation"] == [1, 0, 0, 0, 0, -1]
    assert coronal["planes"][0]["spacing_kind"] == "patient"
    assert "2 mm" in coronal["note"]


def test_the_window_of_the_file_is_the_default(cast: Cast) -> None:
    assert cast.client("owner").get(_url(cast.study, "sagittal", 1, ""))["X-Frame-Window"] == "40,400,LINEAR"


def test_a_projection_shows_the_greatest_values(cast: Cast) -> None:
    client = cast.client("owner")
    assert _corners(_values(client, cast.study, "coronal-mip")) == [11, 111, 10, 110]
    assert client.get(_url(cast.study, "coronal-mip", 2)).status_code == HTTPStatus.NOT_FOUND
    # A slab of 10 mm around the plane before the middle reaches beyond it, one plane does not.
    assert _corners(_values(client, cast.study, "coronal", 12)) == [1, 101, 0, 100]
    assert _corners(_values(client, cast.study, "coronal-mip10", 12)) == [11, 111, 10, 110]


def test_a_run_streams_planes_in_the_order_asked_for(cast: Cast) -> None:
    series = _content(cast.study).images[0].id
    url = reverse("viewer:run", args=[cast.study.key, f"{series}~axial"])
    answer = cast.client("owner").get(f"{url}?numbers=20,1,10&size=16")
    stream, seen = io.BytesIO(answer.getvalue()), []
    while head := stream.read(12):
        number, status, length = struct.unpack(">III", head)
        seen.append((number, status))
        assert Image.open(io.BytesIO(stream.read(length))).format == "JPEG"
    assert seen == [(20, 0), (1, 0), (10, 0)]


def test_axial_planes_of_axial_slices_are_the_slices(cast: Cast) -> None:
    client = cast.client("owner")
    # Frame 1 is next to the head, which slice 20 is.
    assert (_values(client, cast.study, "axial", 1) == _values(client, cast.study, "", SLICES)).all()


@pytest.mark.parametrize("who", ["stranger", "other_physician", "other_visitor"])
def test_somebody_else_s_planes_are_not_there(cast: Cast, who: str) -> None:
    client = cast.client(who)
    for url in (_url(cast.study, "coronal", 1), _url(cast.study, "coronal", 1, "/windowable")):
        answer = client.get(url)
        assert answer.status_code == HTTPStatus.NOT_FOUND
        assert answer.content == client.get(url.replace(cast.study.key, "k" * 24)).content


def test_a_visitor_of_the_study_sees_them(cast: Cast) -> None:
    assert cast.client("visitor").get(_url(cast.study, "coronal", 1)).status_code == HTTPStatus.OK


@pytest.mark.parametrize("name", ["oblique", "coronal-mip7", "", "coronal~axial", "coronal-mip-", "%00"])
def test_a_name_that_is_none_is_404(cast: Cast, name: str) -> None:
    url = _url(cast.study, "x", 1).replace("~x", f"~{name}")
    assert cast.client("owner").get(url).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("number", [0, 25, 999999])
def test_a_plane_out_of_range_is_404(cast: Cast, number: int) -> None:
    assert cast.client("owner").get(_url(cast.study, "coronal", number)).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("query", ["?window=abc", "?size=1", "?format=exe", "?state=abc", "?seg=abc"])
def test_nonsense_is_a_clear_400(cast: Cast, query: str) -> None:
    answer = cast.client("owner").get(_url(cast.study, "coronal", 1, query))
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert answer["Content-Type"] == "application/problem+json"


def test_a_missing_slice_is_never_made_up(cast: Cast, pacs_folder: Path) -> None:
    number = FIRST_STUDY + 30
    slices = [phantom_slice(number, at) for at in range(1, SLICES + 1) if at != 9]
    study = cast.add_study("P-OWNER", _stored(pacs_folder, number, slices))
    (entry,) = _content(study).images
    assert (entry.volume, entry.not_volume) == (None, "uneven")
    client = cast.client("owner")
    assert client.get(_url(study, "coronal", 1)).status_code == HTTPStatus.NOT_FOUND
    facts = client.get(reverse("viewer:planes", args=[study.key, entry.id])).json()
    assert facts["planes"] == []
    assert "missing" in facts["refusal"]
    page = client.get(reverse("viewer:study", args=[study.key]) + f"?series={entry.id}~coronal")
    assert page.status_code == HTTPStatus.BAD_REQUEST


def test_a_slice_that_cannot_be_decoded_refuses_the_volume_with_its_reason(cast: Cast, pacs_folder: Path) -> None:
    number = FIRST_STUDY + 31
    slices = [phantom_slice(number, at) for at in range(1, SLICES + 1)]
    slices[4].file_meta.TransferSyntaxUID = JPEG2000Lossless
    slices[4].PixelData = encapsulate([b"\xff\x4f\xff\x51 is how it begins, and no more"])
    slices[4]["PixelData"].is_undefined_length = True
    study = cast.add_study("P-OWNER", _stored(pacs_folder, number, slices))
    client = cast.client("owner")
    assert client.get(_url(study, "", 1)).get("X-Frame-Reason") is None
    for _ in range(2):
        assert client.get(_url(study, "coronal", 1))["X-Frame-Reason"] == Reason.DAMAGED


def test_values_never_go_where_a_picture_carries_a_watermark(cast: Cast) -> None:
    decision = Decision(allowed=True, rights=frozenset({Right.VIEW}), watermark="for Dr Test")
    grant = mint(cast.study.ref, cast.study.key, cast.study.patient, decision, "test")
    series = _content(cast.study).find(_content(cast.study).images[0].id + "~coronal")
    assert series is not None
    assert frames.one(grant, series, 1, params.WINDOWABLE).reason == Reason.NOT_WINDOWABLE
    assert frames.one(grant, series, 1, params.FrameParams()).reason == ""


def test_dicomweb_does_not_list_what_is_calculated(cast: Cast) -> None:
    answer = cast.client("owner").get(
        f"/dicomweb/studies/{study_uid(FIRST_STUDY)}/series", headers={"Accept": "application/dicom+json"}
    )
    assert len(answer.json()) == 1


def test_the_page_without_script_leads_to_planes_and_says_that_they_are_calculated(cast: Cast) -> None:
    client, series = cast.client("owner"), _content(cast.study).images[0].id
    page = reverse("viewer:study", args=[cast.study.key])
    stored = client.get(page).content.decode()
    assert "Calculated" not in stored
    link = re.search(rf'href="(\?series={series}(?:~|%7E)coronal&amp;frame=12)"', stored)
    assert link
    answer = client.get(page + link[1].replace("&amp;", "&"))
    assert answer.status_code == HTTPStatus.OK
    body = answer.content.decode()
    assert "Calculated: Coronal. From slices 2 mm apart" in body
    assert f"{series}~coronal/frames/12?" in body
    assert re.search(r'aria-current="true">Coronal<', body)


def test_where_calculated_frames_lie_is_told_like_that_of_any_other(cast: Cast) -> None:
    series = _content(cast.study).images[0].id
    told = cast.client("owner").get(reverse("viewer:geometry", args=[cast.study.key, f"{series}~coronal"])).json()
    assert len(told["positions"]) == ROWS
    # The first pixel is on the right, at the head; frames go from front to back.
    right, front, head = -ALONG * (COLUMNS - 1) / 2, -DOWN * (ROWS - 1) / 2, GAP * (SLICES - 1) / 2
    assert told["positions"][0] == [right, front, head]
    assert told["positions"][-1] == [right, -front, head]
