"""Presentation states and segmentations end to end: HTTP, gate, queue, real worker, folder PACS, rendering."""

from __future__ import annotations

import html
import io
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from pydicom import Dataset

from pacs_gateway import upstream
from tests.cast import Cast, make_cast
from tests.presentation import item, key_object, segment, segmentation, state_of
from tests.synthetic import ct_slice, study_uid
from tests.viewer.test_pictures import load_manifest
from viewer.manifest import SeriesEntry
from viewer.rendering.notes import Note

pytestmark = [pytest.mark.stack, pytest.mark.django_db, pytest.mark.usefixtures("workers")]
STUDY, MASKED, OWN = 7401, 7491, 7492
SLICES = [ct_slice("P-OWNER", STUDY, 1, number, issuer="TEST") for number in range(1, 4)]
SQUARE = np.zeros((64, 64), bool)
SQUARE[8:24, 8:24] = True
SHUTTER = {
    "ShutterShape": "RECTANGULAR",
    "ShutterLeftVerticalEdge": 17,
    "ShutterRightVerticalEdge": 48,
    "ShutterUpperHorizontalEdge": 1,
    "ShutterLowerHorizontalEdge": 64,
    "ShutterPresentationValue": 65535,
}


def _objects() -> Iterator[Dataset]:
    yield from SLICES
    window = item(WindowCenter=1034, WindowWidth=21)
    yield state_of(SLICES[:2], 1, ContentDescription="Shuttered", SoftcopyVOILUTSequence=[window], **SHUTTER)
    yield state_of(SLICES[:1], 2, ContentDescription="Hostile", ShutterShape="STAR")
    yield segmentation(SLICES[1:2], [SQUARE], [segment(1)])
    yield key_object(SLICES[2:])


@pytest.fixture
def cast(pacs_folder: Path) -> Cast:
    place = pacs_folder / f"study{STUDY}"
    place.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(_objects()):
        one.save_as(place / f"{number}.dcm", enforce_file_format=True)
    upstream.prepare("main", lambda done, of: None)
    return make_cast(study_uid=study_uid(STUDY))


@pytest.fixture
def owner(cast: Cast) -> Client:
    return cast.client("owner")


@pytest.fixture
def entry(cast: Cast) -> SeriesEntry:
    (series,) = load_manifest(cast.study).images
    return series


def _pixels(owner: Client, cast: Cast, entry: SeriesEntry, number: int, **query: Any) -> np.ndarray:
    url = reverse("viewer:frame", args=[cast.study.key, entry.id, number])
    response = owner.get(url, {"format": "png", **query})
    assert response.status_code == HTTPStatus.OK
    assert "X-Frame-Reason" not in response
    return np.asarray(Image.open(io.BytesIO(response.content)))


def _named(entry: SeriesEntry, label: str) -> str:
    return next(one.id for one in (*entry.states, *entry.segmentations) if one.label == label)


def test_a_state_is_applied_to_its_frames_and_to_no_other(owner: Client, cast: Cast, entry: SeriesEntry) -> None:
    state = _named(entry, "Shuttered")
    first, third = (_pixels(owner, cast, entry, number, state=state) for number in (1, 3))
    # Stored 1034 in the state's window 1034/21 (PS3.3 C.11.2.1.2.1), without the image's own rescale.
    assert set(np.unique(first[:, 16:48])) == {round((0.5 / 20 + 0.5) * 255)}
    assert (first[:, :16] == 255).all()
    assert (third == _pixels(owner, cast, entry, 3)).all()


def test_with_and_without_a_state_are_two_pictures(owner: Client, cast: Cast, entry: SeriesEntry) -> None:
    plain = _pixels(owner, cast, entry, 1)
    assert (plain != _pixels(owner, cast, entry, 1, state=_named(entry, "Shuttered"))).any()
    assert (plain == _pixels(owner, cast, entry, 1)).all()


def test_the_reader_s_window_goes_over_the_state_s(owner: Client, cast: Cast, entry: SeriesEntry) -> None:
    shown = _pixels(owner, cast, entry, 1, state=_named(entry, "Shuttered"), window="5000,100")
    assert (shown[:, 16:48] == 0).all()


def test_a_segmentation_is_laid_over_its_frames(owner: Client, cast: Cast, entry: SeriesEntry) -> None:
    organs = _named(entry, "Organs")
    laid = _pixels(owner, cast, entry, 2, seg=organs).astype(int)
    assert ((np.ptp(laid, axis=2) > 0) == SQUARE).all()
    assert _pixels(owner, cast, entry, 1, seg=organs).ndim == 2


def test_both_can_be_asked_for_in_a_run(owner: Client, cast: Cast, entry: SeriesEntry) -> None:
    url = reverse("viewer:run", args=[cast.study.key, entry.id])
    query = {"numbers": "1,2,3", "format": "png"}
    both = query | {"state": _named(entry, "Shuttered"), "seg": _named(entry, "Organs")}
    plain, drawn = (b"".join(owner.get(url, one).streaming_content) for one in (query, both))
    assert plain != drawn


def test_a_state_without_sense_is_a_tile_with_a_reason(owner: Client, cast: Cast, entry: SeriesEntry) -> None:
    url = reverse("viewer:frame", args=[cast.study.key, entry.id, 1])
    response = owner.get(url, {"state": _named(entry, "Hostile")})
    assert (response.status_code, response["X-Frame-Reason"]) == (HTTPStatus.OK, "damaged")


@pytest.mark.parametrize("query", [{"state": "0123456789abcdef"}, {"seg": "0123456789abcdef"}, {"state": "../x"}])
def test_a_name_that_the_series_does_not_have_is_refused(
    owner: Client, cast: Cast, entry: SeriesEntry, query: dict[str, str]
) -> None:
    for name, args in (("viewer:frame", [1]), ("viewer:run", [])):
        url = reverse(name, args=[cast.study.key, entry.id, *args])
        assert owner.get(url, {"numbers": "1", **query}).status_code == HTTPStatus.BAD_REQUEST


def test_a_segmentation_is_no_state_and_the_other_way_round(owner: Client, cast: Cast, entry: SeriesEntry) -> None:
    url = reverse("viewer:frame", args=[cast.study.key, entry.id, 2])
    assert owner.get(url, {"state": _named(entry, "Organs")}).status_code == HTTPStatus.BAD_REQUEST
    assert owner.get(url, {"seg": _named(entry, "Shuttered")}).status_code == HTTPStatus.BAD_REQUEST


def test_the_manifest_offers_them_without_uids(owner: Client, cast: Cast) -> None:
    response = owner.get(reverse("viewer:manifest", args=[cast.study.key]))
    (series,) = [one for one in response.json()["series"] if one["kind"] == "image"]
    assert [(one["label"], one["frames"]) for one in series["states"]] == [("Hostile", [1]), ("Shuttered", [1, 2])]
    assert [(one["label"], one["frames"]) for one in series["segmentations"]] == [("Organs", [2])]
    assert (series["key_frames"], series["key_title"]) == ([3], "Of Interest")
    assert cast.study.study_uid not in response.content.decode()


def _page(owner: Client, cast: Cast, **query: Any) -> str:
    response = owner.get(reverse("viewer:study", args=[cast.study.key]), query)
    assert response.status_code == HTTPStatus.OK
    return html.unescape(response.content.decode())


def test_the_page_links_to_states_and_segmentations_without_a_script(
    owner: Client, cast: Cast, entry: SeriesEntry
) -> None:
    state, organs = _named(entry, "Shuttered"), _named(entry, "Organs")
    plain = _page(owner, cast, frame=2)
    assert f"?series={entry.id}&frame=2&state={state}" in plain
    assert f"?series={entry.id}&frame=2&seg={organs}" in plain
    assert "Hostile" not in plain
    drawn = _page(owner, cast, frame=2, state=state, seg=organs)
    assert f'data-state="{state}" data-seg="{organs}"' in drawn
    assert f"state={state}&seg={organs}" in drawn[drawn.index('class="first"') :]
    assert "Liver" in drawn
    assert 'fill="#' in drawn
    assert _page(owner, cast, frame=3).count("Shuttered") == 0


def test_the_page_refuses_names_that_the_series_does_not_have(owner: Client, cast: Cast) -> None:
    for query in ({"state": "x"}, {"seg": "x"}):
        url = reverse("viewer:study", args=[cast.study.key])
        assert owner.get(url, query).status_code == HTTPStatus.BAD_REQUEST


def test_the_page_of_the_study_shows_marked_pictures_first(owner: Client, cast: Cast, entry: SeriesEntry) -> None:
    page = html.unescape(owner.get(reverse("studies:study", args=[cast.study.key])).content.decode())
    assert "chosen automatically" not in page
    strip = page[page.index("Key pictures") :]
    places = [strip.index(words) for words in ("frames/3?size=", "Of Interest", "Hostile", "Shuttered")]
    assert places == sorted(places)
    assert f"&state={_named(entry, 'Shuttered')}" in strip


def _angiogram(relationship: str, study: int = MASKED) -> tuple[Dataset, Dataset]:
    """Return four frames, in the third of which a vessel is filled, and a state that subtracts the first."""
    film = ct_slice("P-OWNER", study, 1, 1, issuer="TEST")
    film.NumberOfFrames, film.PixelIntensityRelationship = 4, relationship
    frames = np.full((4, 64, 64), 1000, np.uint16)
    frames[:, :, 40:] = 2000
    frames[2, 20:30] -= 100
    film.PixelData = frames.tobytes()
    mask = item(MaskOperation="AVG_SUB", MaskFrameNumbers=[1], ApplicableFrameRange=[2, 4])
    window = item(WindowCenter=-50, WindowWidth=100, VOILUTFunction="LINEAR_EXACT")
    return film, state_of([film], SoftcopyVOILUTSequence=[window], MaskSubtractionSequence=[mask])


@pytest.mark.parametrize(("relationship", "is_subtracted"), [("LOG", True), ("LIN", False)])
def test_a_mask_is_subtracted(pacs_folder: Path, relationship: str, is_subtracted: bool) -> None:
    place = pacs_folder / "masked"
    place.mkdir(exist_ok=True)
    for number, one in enumerate(_angiogram(relationship)):
        one.save_as(place / f"{number}.dcm", enforce_file_format=True)
    upstream.prepare("main", lambda done, of: None)
    cast = make_cast(study_uid=study_uid(MASKED))
    (entry,) = load_manifest(cast.study).images
    owner, (state,) = cast.client("owner"), entry.states
    third, second = (_pixels(owner, cast, entry, number, state=state.id) for number in (3, 2))
    if is_subtracted:
        assert (third[25, 10], third[25, 60], third[50, 10], second[25, 10]) == (0, 0, 255, 255)
    else:
        assert third[50, 60] == third[50, 10] == 255
    assert [note == Note.MASK for note in state.notes] == ([] if is_subtracted else [True])


@pytest.mark.parametrize("relationship", ["LOG", "LIN"])
def test_an_image_s_own_mask_is_offered_as_subtracted(pacs_folder: Path, relationship: str) -> None:
    film, state = _angiogram(relationship, OWN)
    film.MaskSubtractionSequence = state.MaskSubtractionSequence
    place = pacs_folder / "own"
    place.mkdir(exist_ok=True)
    film.save_as(place / "film.dcm", enforce_file_format=True)
    upstream.prepare("main", lambda done, of: None)
    cast = make_cast(study_uid=study_uid(OWN))
    (entry,) = load_manifest(cast.study).images
    if relationship == "LIN":
        assert entry.states == ()
        return
    (own,) = entry.states
    owner = cast.client("owner")
    third, first, stored = (
        _pixels(owner, cast, entry, number, **asked)
        for number, asked in ((3, {"state": own.id}), (1, {"state": own.id}), (1, {}))
    )
    assert abs(int(third[50, 60]) - int(third[50, 10])) < 3
    assert int(third[50, 10]) - int(third[25, 10]) > 200
    # Nothing is subtracted from the mask itself.
    assert (first == stored).all()
    page = owner.get(reverse("viewer:study", args=[cast.study.key]), {"frame": 3, "state": own.id}).content.decode()
    assert "Subtracted" in page
