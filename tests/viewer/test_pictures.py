"""Pictures end to end below the browser: HTTP, gate, queue, real worker, folder PACS, rendering."""

from __future__ import annotations

import io
import json
import re
import struct
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import brotli
import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from pacs_gateway import upstream
from pacs_gateway.access.grant import Decision, mint, mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.index.models import Study
from tests.cast import Cast, make_cast
from tests.synthetic import ct_slice, study_uid, value_of_slice, write_study
from viewer import frames, manifest, params
from viewer.manifest import Manifest
from viewer.rendering import Reason

pytestmark = [pytest.mark.stack, pytest.mark.django_db, pytest.mark.usefixtures("workers")]
SLICES = 6
STUDY, NOT_DRAWN, COLORED, DAMAGED, LONG = 71, 7441, 7442, 7443, 7444
PLAN = "1.2.840.10008.5.1.4.1.1.481.5"


@pytest.fixture
def cast(pacs_folder: Path) -> Cast:
    uid = _stored(pacs_folder, "P-OWNER", STUDY, slices=SLICES, issuer="TEST")
    return make_cast(study_uid=uid)


@pytest.fixture
def content(cast: Cast) -> Manifest:
    return load_manifest(cast.study)


@pytest.fixture
def owner(cast: Cast) -> Client:
    return cast.client("owner")


def _stored(folder: Path, patient_id: str, study: int, *, slices: int = 6, issuer: str = "") -> str:
    """Put a study into the PACS's folder and let the PACS read what is new there; return its UID."""
    uid = write_study(folder, patient_id, study, slices=slices, issuer=issuer)
    upstream.prepare("main", lambda done, of: None)
    return uid


def load_manifest(study: Study) -> Manifest:
    return manifest.load(mint_for_system(study.ref, study.key, study.patient, "test", [Right.VIEW]))


def _frame_url(cast: Cast, content: Manifest, number: int, query: str = "") -> str:
    return reverse("viewer:frame", args=[cast.study.key, content.series[0].id, number]) + query


def _grey(data: bytes) -> int:
    pixels = np.asarray(Image.open(io.BytesIO(data)))
    assert pixels.min() == pixels.max()
    return int(pixels[0, 0])


def _expected(hounsfield: float, center: float, width: float) -> int:
    """Return PS3.3 C.11.2.1.2.1 worked out for one value."""
    return round(((hounsfield - (center - 0.5)) / (width - 1) + 0.5) * 255)


def test_the_browser_is_told_where_each_slice_lies(owner: Client, cast: Cast, content: Manifest) -> None:
    address = reverse("viewer:geometry", args=[cast.study.key, content.series[0].id])
    assert owner.get(address).json() == {"frame_of_reference": "", "positions": [[0, 0, n + 1] for n in range(SLICES)]}
    assert cast.client("stranger").get(address).status_code == HTTPStatus.NOT_FOUND
    assert owner.get(reverse("viewer:geometry", args=[cast.study.key, "0" * 16])).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("number", [1, 3, SLICES])
def test_each_number_shows_its_own_slice_in_its_own_window(
    owner: Client, cast: Cast, content: Manifest, number: int
) -> None:
    response = owner.get(_frame_url(cast, content, number, "?format=png&window=40,200"))
    assert response.status_code == HTTPStatus.OK
    assert response["Content-Type"] == "image/png"
    assert response["X-Frame-Window"] == "40,200,LINEAR"
    assert abs(_grey(response.content) - _expected(value_of_slice(number), 40, 200)) <= 1


def test_the_window_of_the_file_is_the_default(owner: Client, cast: Cast, content: Manifest) -> None:
    response = owner.get(_frame_url(cast, content, 1, "?format=png"))
    assert response["X-Frame-Window"] == "40,400,LINEAR"
    assert abs(_grey(response.content) - _expected(value_of_slice(1), 40, 400)) <= 1


def test_size_and_form(owner: Client, cast: Cast, content: Manifest) -> None:
    response = owner.get(_frame_url(cast, content, 2, "?size=32"))
    assert Image.open(io.BytesIO(response.content)).size == (32, 32)
    assert (response["Content-Type"], response["X-Frame-Scaled"]) == ("image/jpeg", "1")
    assert response["Cache-Control"] == "no-store"


def _records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    stream = io.BytesIO(data)
    while head := stream.read(12):
        number, status, length = struct.unpack(">III", head)
        yield number, status, stream.read(length)


def test_a_run_streams_the_frames_in_the_order_asked_for(owner: Client, cast: Cast, content: Manifest) -> None:
    url = reverse("viewer:run", args=[cast.study.key, content.series[0].id])
    response = owner.get(url + "?numbers=5,1,3&format=png&window=40,200")
    records = list(_records(response.getvalue()))
    assert [(number, status) for number, status, _ in records] == [(5, 0), (1, 0), (3, 0)]
    for number, _, data in records:
        assert abs(_grey(data) - _expected(value_of_slice(number), 40, 200)) <= 1


def test_a_long_run_is_one_stream_of_several_tasks(pacs_folder: Path) -> None:
    cast = make_cast(study_uid=_stored(pacs_folder, "P-OWNER", LONG, slices=40, issuer="TEST"))
    owner, content = cast.client("owner"), load_manifest(cast.study)
    numbers = [*range(40, 10, -1), 1, 5]
    url = reverse("viewer:run", args=[cast.study.key, content.series[0].id])
    asked = f"{url}?numbers={','.join(map(str, numbers))}&format=png&window=200,500"
    records = list(_records(owner.get(asked).getvalue()))
    assert [(number, status) for number, status, _ in records] == [(number, 0) for number in numbers]
    for number, _, data in records:
        assert abs(_grey(data) - _expected(value_of_slice(number), 200, 500)) <= 1


def test_a_damaged_file_is_a_tile_that_says_so_and_the_others_are_shown(pacs_folder: Path) -> None:
    # A study of its own: of another one the workers may have frames decoded.
    cast = make_cast(study_uid=_stored(pacs_folder, "P-OWNER", DAMAGED, slices=SLICES, issuer="TEST"))
    owner, content = cast.client("owner"), load_manifest(cast.study)
    owner.get(_frame_url(cast, content, 6))
    file = pacs_folder / f"study{DAMAGED}" / "1-2.dcm"
    file.write_bytes(file.read_bytes()[:-100])
    (pacs_folder / f"study{DAMAGED}" / "1-4.dcm").unlink()
    url = reverse("viewer:run", args=[cast.study.key, content.series[0].id])
    records = list(_records(owner.get(url + "?numbers=1,2,3,4,5&window=41,400").getvalue()))
    picture, tile, failed = 0, 1, 2
    assert [(number, status) for number, status, _ in records] == list(
        enumerate([picture, tile, picture, failed, picture], start=1)
    )
    alone = owner.get(_frame_url(cast, content, 2))
    assert (alone.status_code, alone["X-Frame-Reason"]) == (HTTPStatus.OK, Reason.DAMAGED)
    assert owner.get(_frame_url(cast, content, 4)).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("query", ["?window=abc", "?window=40,0", "?size=1", "?format=exe"])
def test_nonsense_is_a_clear_400(owner: Client, cast: Cast, content: Manifest, query: str) -> None:
    response = owner.get(_frame_url(cast, content, 1, query))
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("number", [0, SLICES + 1, 999999])
def test_a_frame_out_of_range_is_404(owner: Client, cast: Cast, content: Manifest, number: int) -> None:
    assert owner.get(_frame_url(cast, content, number)).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("sop_class", [PLAN, "1.3.46.670589.5.0.1.1"])
def test_a_class_that_is_not_drawn_is_a_tile_that_says_so(cast: Cast, pacs_folder: Path, sop_class: str) -> None:
    ds = ct_slice("P-OWNER", NOT_DRAWN, 1, 1, issuer="TEST")
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = sop_class
    if sop_class == PLAN:
        del ds.PixelData, ds.Rows, ds.Columns
    (pacs_folder / "not-drawn").mkdir(exist_ok=True)
    ds.save_as(pacs_folder / "not-drawn" / "one.dcm", enforce_file_format=True)
    upstream.prepare("main", lambda done, of: None)
    study = cast.add_study("P-OWNER", ds.StudyInstanceUID)
    (entry,) = load_manifest(study).series
    for query in ("?size=64", "?size=512"):
        response = cast.client("owner").get(reverse("viewer:frame", args=[study.key, entry.id, 1]) + query)
        assert response["X-Frame-Reason"] == "unsupported_sop_class"
        assert Image.open(io.BytesIO(response.content)).format == "PNG"
    assert cast.client("owner").get(reverse("viewer:frame", args=[study.key, entry.id, 2])).status_code == 404


def test_a_series_of_another_study_is_404(owner: Client, cast: Cast, pacs_folder: Path) -> None:
    uid = _stored(pacs_folder, "P-OWNER", STUDY + 1, issuer="TEST")
    other = cast.add_study("P-OWNER", uid)
    url = reverse("viewer:frame", args=[cast.study.key, load_manifest(other).series[0].id, 1])
    assert owner.get(url).status_code == HTTPStatus.NOT_FOUND


def test_the_wrong_patient_in_the_archive_is_never_shown(cast: Cast, pacs_folder: Path) -> None:
    uid = _stored(pacs_folder, "P-SOMEBODY-ELSE", STUDY + 2, issuer="TEST")
    study = cast.add_study("P-OWNER", uid)
    client = cast.client("owner")
    response = client.get(reverse("viewer:manifest", args=[study.key]))
    assert response.status_code == HTTPStatus.BAD_GATEWAY
    assert "SOMEBODY" not in response.content.decode()


def test_the_manifest_tells_the_browser_no_uid(owner: Client, cast: Cast, content: Manifest) -> None:
    body = owner.get(reverse("viewer:manifest", args=[cast.study.key])).content.decode()
    assert cast.study.study_uid not in body
    assert content.series[0].series_uid not in body


def test_the_page_holds_the_first_picture(owner: Client, cast: Cast, content: Manifest) -> None:
    page = owner.get(reverse("viewer:study", args=[cast.study.key])).content.decode()
    series = content.series[0]
    assert _frame_url(cast, content, series.middle_frame) in page.replace("&amp;", "&")
    assert 'fetchpriority="high"' in page


@pytest.mark.parametrize("query", ["?frame=0", "?frame=7", "?frame=x", "?series=nothing", "?window=x", "?frame=²"])
def test_nonsense_on_the_page_is_a_400(owner: Client, cast: Cast, query: str) -> None:
    assert owner.get(reverse("viewer:study", args=[cast.study.key]) + query).status_code == HTTPStatus.BAD_REQUEST


def _windowable_url(cast: Cast, content: Manifest, number: int) -> str:
    return reverse("viewer:windowable", args=[cast.study.key, content.series[0].id, number])


def test_windowable_frames_hold_the_values_themselves(owner: Client, cast: Cast, content: Manifest) -> None:
    plain = owner.get(_windowable_url(cast, content, 3))
    packed = owner.get(_windowable_url(cast, content, 3), headers={"Accept-Encoding": "gzip, br"})
    assert (plain.status_code, packed.status_code) == (HTTPStatus.OK, HTTPStatus.OK)
    assert (plain.get("Content-Encoding"), packed["Content-Encoding"]) == (None, "br")
    assert brotli.decompress(packed.content) == plain.content
    assert {"Accept-Encoding"} <= set(re.split(", *", packed["Vary"]))
    (length,) = struct.unpack_from(">I", plain.content)
    facts = json.loads(plain.content[4 : 4 + length])
    assert facts["first"] * facts["slope"] + facts["intercept"] == value_of_slice(3)
    assert facts["window"] == {"center": 40, "width": 400, "function": "LINEAR"}


def test_a_proxy_has_few_of_the_values(owner: Client, cast: Cast, content: Manifest) -> None:
    answer = owner.get(_windowable_url(cast, content, 3) + "?size=16")
    (length,) = struct.unpack_from(">I", answer.content)
    facts = json.loads(answer.content[4 : 4 + length])
    assert (facts["rows"], facts["columns"], facts["every"]) == (16, 16, 4)
    assert facts["first"] * facts["slope"] + facts["intercept"] == value_of_slice(3)


@pytest.mark.parametrize("size", ["0", "x", "99999"])
def test_a_proxy_of_no_size_is_400(owner: Client, cast: Cast, content: Manifest, size: str) -> None:
    answer = owner.get(_windowable_url(cast, content, 3) + f"?size={size}")
    assert answer.status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize("number", [0, SLICES + 1])
def test_a_windowable_frame_out_of_range_is_404(owner: Client, cast: Cast, content: Manifest, number: int) -> None:
    assert owner.get(_windowable_url(cast, content, number)).status_code == HTTPStatus.NOT_FOUND


def test_color_has_no_windowable_frame_and_says_so(cast: Cast, pacs_folder: Path) -> None:
    colored = ct_slice("P-OWNER", COLORED, 1, 1, issuer="TEST")
    colored.SamplesPerPixel, colored.PhotometricInterpretation, colored.PlanarConfiguration = 3, "RGB", 0
    colored.BitsAllocated, colored.BitsStored, colored.HighBit = 8, 8, 7
    colored.PixelData = bytes(64 * 64 * 3)
    colored.save_as(pacs_folder / "colored.dcm", enforce_file_format=True)
    upstream.prepare("main", lambda done, of: None)
    study = cast.add_study("P-OWNER", study_uid(COLORED))
    series = load_manifest(study).series[0]
    answer = cast.client("owner").get(reverse("viewer:windowable", args=[study.key, series.id, 1]))
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["X-Frame-Reason"] == Reason.NOT_WINDOWABLE


def test_values_never_go_where_a_picture_carries_a_watermark(cast: Cast, content: Manifest) -> None:
    decision = Decision(allowed=True, rights=frozenset({Right.VIEW}), watermark="for Dr Test")
    grant = mint(cast.study.ref, cast.study.key, cast.study.patient, decision, "test")
    assert frames.one(grant, content.series[0], 1, params.WINDOWABLE).reason == Reason.NOT_WINDOWABLE
    assert frames.one(grant, content.series[0], 1, params.FrameParams()).reason == ""
