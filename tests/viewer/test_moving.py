"""A series as an animated GIF to keep: for whoever may download, in the window asked for, whole or not at all."""

from __future__ import annotations

import io
from http import HTTPStatus

import numpy as np
import pytest
from PIL import Image

from pacs_gateway import upstream
from tests.cast import Cast, make_cast
from tests.synthetic import write_study
from tests.viewer.test_pictures import load_manifest
from viewer import frames, moving
from viewer.asking import WorkersBusy
from viewer.rendering.cine import FRAMES_MOST

pytestmark = [pytest.mark.stack, pytest.mark.django_db, pytest.mark.usefixtures("workers")]
SLICES, STUDY = 5, 93


@pytest.fixture
def cast(pacs_folder) -> Cast:
    uid = write_study(pacs_folder, "P-OWNER", STUDY, slices=SLICES, issuer="TEST")
    upstream.prepare("main", lambda done, of: None)
    return make_cast(study_uid=uid)


def _address(cast: Cast) -> str:
    return f"/viewer/{cast.study.key}/{load_manifest(cast.study).series[0].id}/moving.gif"


def test_all_pictures_move_in_order(cast: Cast) -> None:
    answer = cast.client("owner").get(_address(cast) + "?window=30,60")
    assert answer.status_code == HTTPStatus.OK
    assert answer["Content-Type"] == "image/gif"
    assert answer["Content-Disposition"] == 'attachment; filename="pictures.gif"'
    gif = Image.open(io.BytesIO(answer.content))
    assert gif.n_frames == SLICES
    assert gif.info["duration"] == 70
    grays = []
    for index in range(SLICES):
        gif.seek(index)
        grays.append(float(np.asarray(gif.convert("L")).mean()))
    assert grays == sorted(grays)
    assert grays[0] < 60
    assert grays[-1] > 190


def test_who_may_only_look_gets_the_404_of_nothing(cast: Cast) -> None:
    address = _address(cast)
    for who in ("stranger", "visitor", "other_physician"):
        assert cast.client(who).get(address).status_code == HTTPStatus.NOT_FOUND
    page = cast.client("visitor").get(f"/viewer/{cast.study.key}/").content.decode()
    assert "moving.gif" not in page
    assert "moving.gif" in cast.client("owner").get(f"/viewer/{cast.study.key}/").content.decode()


def test_nonsense_is_refused(cast: Cast) -> None:
    owner, address = cast.client("owner"), _address(cast)
    assert owner.get(address + "?window=x").status_code == HTTPStatus.BAD_REQUEST
    assert owner.get(f"/viewer/{cast.study.key}/nothing/moving.gif").status_code == HTTPStatus.NOT_FOUND


def test_it_is_whole_or_not_at_all(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, address = cast.client("owner"), _address(cast)
    monkeypatch.setattr(frames, "run", lambda *args: iter([(1, WorkersBusy())]))
    assert owner.get(address).status_code == HTTPStatus.SERVICE_UNAVAILABLE


@pytest.mark.parametrize("count", [2, FRAMES_MOST, FRAMES_MOST + 1, 4000])
def test_a_long_series_is_spread_evenly_from_first_to_last(count: int) -> None:
    numbers = moving.spread(count)
    assert (numbers[0], numbers[-1]) == (1, count)
    assert len(numbers) == min(count, FRAMES_MOST)
    steps = np.diff(numbers)
    assert steps.min() >= 1
    assert steps.max() - steps.min() <= 1
