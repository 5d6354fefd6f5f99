"""Large pictures in parts: HTTP, gate, queue, real worker, folder PACS; and who may ask for them."""

from __future__ import annotations

import io
from http import HTTPStatus
from pathlib import Path

import numpy as np
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image
from pydicom import dcmread

from pacs_gateway import upstream
from pacs_gateway.access.grant import Decision, mint, mint_for_system
from pacs_gateway.access.right import Right
from tests.cast import OWNER, WHO_SEES, Cast, make_cast
from tests.dicom_testdata import dicom_file
from tests.synthetic import study_uid, write_study
from viewer import frames, manifest, params
from viewer.manifest import SeriesEntry
from viewer.metadata import build
from viewer.rendering.detail import Tile, averaged

pytestmark = [pytest.mark.stack, pytest.mark.django_db, pytest.mark.usefixtures("workers")]
STUDY, SMALL = 89610, 89611
FILE = "pydicom__pylibjpeg-data/ljdata/ds/JPEGExtended/RG2_JPLY_fixed.dcm"
COLUMNS, ROWS = 1760, 2140


def put_large(folder: Path, study: int) -> str:
    """Put a real radiograph of 1760 x 2140 pixels into the PACS's folder; return its Study UID."""
    place = folder / f"large{study}"
    place.mkdir(exist_ok=True)
    ds = dcmread(dicom_file(FILE))
    ds.StudyInstanceUID, ds.SeriesInstanceUID = study_uid(study), f"{study_uid(study)}.1"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{study_uid(study)}.1.1"
    ds.PatientID, ds.IssuerOfPatientID = OWNER.patient_id, OWNER.issuer
    ds.save_as(place / "1.dcm")
    upstream.prepare("main", print)
    return study_uid(study)


@pytest.fixture
def cast(pacs_folder: Path) -> Cast:
    return make_cast(study_uid=put_large(pacs_folder, STUDY))


@pytest.fixture
def series(cast: Cast) -> SeriesEntry:
    grant = mint_for_system(cast.study.ref, cast.study.key, cast.study.patient, "test", [Right.VIEW])
    (entry,) = manifest.load(grant).series
    return entry


def _url(cast: Cast, series: SeriesEntry, *place: int, query: str = "") -> str:
    return reverse("viewer:tile", args=[cast.study.key, series.id, 1, *place]) + query


def _pixels(response: HttpResponse) -> np.ndarray:
    assert response.status_code == HTTPStatus.OK
    return np.asarray(Image.open(io.BytesIO(response.content)))


def test_the_browser_is_told_that_there_are_tiles(cast: Cast, series: SeriesEntry) -> None:
    (told,) = cast.client("owner").get(reverse("viewer:manifest", args=[cast.study.key])).json()["series"]
    assert (told["has_tiles"], told["rows"], told["columns"]) == (True, ROWS, COLUMNS)


@pytest.mark.parametrize("query", ["?format=png", "?format=png&window=1500,900"])
def test_tiles_are_parts_of_the_whole_frame(cast: Cast, series: SeriesEntry, query: str) -> None:
    owner = cast.client("owner")
    frame = owner.get(reverse("viewer:frame", args=[cast.study.key, series.id, 1]) + query)
    whole = _pixels(frame)
    assert whole.shape == (ROWS, COLUMNS)
    for level, column, row in [(0, 0, 0), (0, 3, 4), (1, 1, 2), (3, 0, 0)]:
        response = owner.get(_url(cast, series, level, column, row, query=query))
        step = 512 << level
        part = whole[row * step : (row + 1) * step, column * step : (column + 1) * step]
        assert (_pixels(response) == averaged(part, level)).all()
        assert response["X-Frame-Window"] == frame["X-Frame-Window"]
        assert response["X-Frame-Scaled"] == str(int(level > 0))
        assert response["X-Frame-Lossy"] == "1"


@pytest.mark.parametrize("place", [(0, 4, 0), (0, 0, 5), (4, 0, 0), (1, 2, 0), (99, 0, 0), (0, 10**30, 0)])
def test_there_is_nothing_outside_the_grid(cast: Cast, series: SeriesEntry, place: tuple[int, ...]) -> None:
    assert cast.client("owner").get(_url(cast, series, *place)).status_code == HTTPStatus.NOT_FOUND


def test_there_is_nothing_outside_the_series(cast: Cast, series: SeriesEntry) -> None:
    address = reverse("viewer:tile", args=[cast.study.key, series.id, 2, 0, 0, 0])
    assert cast.client("owner").get(address).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("query", ["?window=abc", "?size=512", "?state=0123456789abcdef", "?seg=x", "?format=gif"])
def test_nonsense_is_refused(cast: Cast, series: SeriesEntry, query: str) -> None:
    assert cast.client("owner").get(_url(cast, series, 0, 0, 0, query=query)).status_code == HTTPStatus.BAD_REQUEST


@pytest.mark.parametrize(("who", "status"), WHO_SEES)
def test_who_gets_a_tile(cast: Cast, series: SeriesEntry, who: str, status: HTTPStatus) -> None:
    assert cast.client(who).get(_url(cast, series, 2, 0, 1)).status_code == status


def test_somebody_without_a_session_is_asked_to_sign_in(cast: Cast, series: SeriesEntry) -> None:
    assert Client().get(_url(cast, series, 2, 0, 1)).status_code == HTTPStatus.UNAUTHORIZED


def test_a_tile_is_kept_by_class_of_grant(cast: Cast, series: SeriesEntry) -> None:
    """What is made with a watermark is never handed to others, and the other way around."""
    study, wanted = cast.study, params.FrameParams(tile=Tile(1, 0, 0), media_type="image/png")
    plain = mint_for_system(study.ref, study.key, study.patient, "test", [Right.VIEW])
    decision = Decision(True, frozenset({Right.VIEW}), watermark="For A. Miller")
    marked = mint(study.ref, study.key, study.patient, decision, "test")
    one, other = (frames.tile(grant, series, 1, wanted) for grant in (plain, marked))
    assert one.data != other.data
    assert frames.tile(plain, series, 1, wanted).data == one.data


def test_small_pictures_have_no_tiles(cast: Cast, pacs_folder: Path) -> None:
    uid = write_study(pacs_folder, OWNER.patient_id, SMALL, slices=1, issuer=OWNER.issuer)
    upstream.prepare("main", print)
    study = cast.add_study(OWNER.patient_id, uid)
    (entry,) = manifest.load(mint_for_system(study.ref, study.key, study.patient, "test", [Right.VIEW])).series
    assert not entry.has_tiles
    address = reverse("viewer:tile", args=[study.key, entry.id, 1, 0, 0, 0])
    assert cast.client("owner").get(address).status_code == HTTPStatus.NOT_FOUND


def test_pictures_of_several_sizes_have_no_tiles() -> None:
    """Else a part of one would lie where it does not belong in another."""

    def instance(number: int, rows: int) -> dict[str, object]:
        facts = {"0020000E": "1.2", "00080018": f"1.2.{number}", "00080016": "1.2.840.10008.5.1.4.1.1.1.2"}
        return {tag: {"Value": [value]} for tag, value in {**facts, "00280010": rows, "00280011": 3000}.items()}

    (same,) = build("key", [instance(1, 4000), instance(2, 4000)]).series
    (several,) = build("key", [instance(1, 4000), instance(2, 3500)]).series
    assert (same.has_tiles, several.has_tiles) == (True, False)
