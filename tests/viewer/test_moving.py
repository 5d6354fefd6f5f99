"""A series as a GIF or an MP4 to keep: for whoever may download, in the window asked for, whole or not at all."""

from __future__ import annotations

import io
from dataclasses import replace
from http import HTTPStatus

import numpy as np
import pytest
from PIL import Image

from pacs_gateway import upstream
from pacs_gateway.access.grant import GrantRefused, mint_for_system, sign
from pacs_gateway.access.right import Right
from tests.cast import Cast, make_cast
from tests.synthetic import write_study
from tests.viewer.rendering.test_cine import boxes, words_of
from tests.viewer.test_pictures import load_manifest
from viewer import films, frames, labels, movies, saving, store
from viewer.asking import WorkersBusy
from viewer.attached import State
from viewer.params import FrameParams
from viewer.picture import Picture
from viewer.rendering.cine import FRAMES_MOST
from viewer.rendering.label import STRIP
from viewer.sides import sides_of
from viewer.tasks import make_scene

pytestmark = [pytest.mark.stack, pytest.mark.django_db, pytest.mark.usefixtures("workers")]
SLICES, STUDY = 5, 93


@pytest.fixture
def cast(pacs_folder) -> Cast:
    uid = write_study(pacs_folder, "P-OWNER", STUDY, slices=SLICES, issuer="TEST")
    upstream.prepare("main", lambda done, of: None)
    return make_cast(study_uid=uid)


def _address(cast: Cast, kind: str = "gif") -> str:
    return f"/viewer/{cast.study.key}/{load_manifest(cast.study).series[0].id}/moving.{kind}"


def _saving(cast: Cast, kind: str) -> str:
    return _address(cast, kind).replace(f"moving.{kind}", f"saving/{kind}/")


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
        height, width = gif.height - STRIP, gif.width
        box = (width // 2 - 20, height // 2 - 20, width // 2 + 20, height // 2 + 20)
        grays.append(float(np.asarray(gif.convert("L").crop(box)).mean()))
    assert grays == sorted(grays)
    assert grays[0] < 60
    assert grays[-1] > 190


def test_a_video_has_the_same_pictures_in_the_time_of_the_series(cast: Cast) -> None:
    answer = cast.client("owner").get(_address(cast, "mp4") + "?window=30,60")
    assert answer.status_code == HTTPStatus.OK
    assert answer["Content-Type"] == "video/mp4"
    assert answer["Content-Disposition"] == 'attachment; filename="pictures.mp4"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    found = boxes(answer.content)
    assert words_of(found[b"stts"]) == (1, SLICES, 6000)
    assert words_of(found[b"stss"]) == (1, 1)
    again = cast.client("owner").get(_address(cast, "mp4") + "?window=30,60")
    assert again.content == answer.content
    assert cast.client("owner").get(_address(cast, "mp4") + "?window=10,20").content != answer.content


def test_a_scene_whose_pictures_are_forgotten_is_drawn_once_more(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = cast.client("owner").get(_address(cast, "mp4"))
    real = frames.run

    def run_and_forget(*args):
        yield from list(real(*args))
        store._client().flushdb()

    monkeypatch.setattr(frames, "run", run_and_forget)
    store._client().flushdb()
    assert cast.client("owner").get(_address(cast, "mp4")).content == answer.content


def test_every_picture_says_what_it_shows(cast: Cast) -> None:
    entry = load_manifest(cast.study).series[0]
    picture = Picture(b"", "image/png", 1, 1, window="40,400,LINEAR")
    left = replace(entry, laterality="L", planes=({"from": 1, "orientation": [1, 0, 0, 0, 1, 0], "ways": []},))
    label = labels.label_of(left, 1, picture, FrameParams())
    assert label.words == "Not for diagnosis · Center 40, width 400 · left side"
    assert label.sides == ("R", "A", "L", "P")
    assert labels.label_of(entry, 1, replace(picture, window=""), FrameParams()).words == "Not for diagnosis"


def test_sides_are_left_out_where_a_state_turns_the_picture(cast: Cast) -> None:
    entry = load_manifest(cast.study).series[0]
    plane = {"from": 1, "orientation": [1, 0, 0, 0, 1, 0], "ways": []}
    state = State("s", "1.2", "1.2.3", "turned", (1,), moves_pixels=True)
    turned = replace(entry, planes=(plane,), states=(state,))
    picture = Picture(b"", "image/png", 1, 1)
    assert labels.label_of(turned, 1, picture, FrameParams(state=state.ref)).sides == ()
    assert labels.label_of(turned, 1, picture, FrameParams()).sides == ("R", "A", "L", "P")


@pytest.mark.parametrize(
    ("plane", "expected"),
    [
        ({"orientation": [0, 1, 0, 0, 0, -1], "ways": []}, ("A", "H", "P", "F")),
        ({"orientation": None, "ways": ["P", "F"]}, ("A", "H", "P", "F")),
        ({"orientation": [0.8, 0.6, 0, 0, 0, -1], "ways": []}, ("RA", "H", "LP", "F")),
        ({"orientation": None, "ways": []}, ()),
    ],
)
def test_the_sides_are_those_of_the_patient(cast: Cast, plane: dict, expected: tuple[str, ...]) -> None:
    entry = replace(load_manifest(cast.study).series[0], planes=({"from": 1, **plane},))
    assert sides_of(entry, 3) == expected


@pytest.mark.parametrize(("count", "lengths"), [(2, [2]), (16, [16]), (17, [8, 9]), (33, [11, 11, 11])])
def test_a_scene_is_never_one_picture_alone(count: int, lengths: list[int]) -> None:
    assert [len(range(count)[part]) for part in films.parts(count)] == lengths


def test_who_may_only_look_gets_the_404_of_nothing(cast: Cast) -> None:
    address = _address(cast)
    for who in ("stranger", "visitor", "other_physician"):
        assert cast.client(who).get(address).status_code == HTTPStatus.NOT_FOUND
        assert cast.client(who).get(_address(cast, "mp4")).status_code == HTTPStatus.NOT_FOUND
    page = cast.client("visitor").get(f"/viewer/{cast.study.key}/").content.decode()
    assert "/saving/" not in page
    for kind in ("gif", "mp4"):
        assert f"/saving/{kind}/" in cast.client("owner").get(f"/viewer/{cast.study.key}/").content.decode()
        for who in ("stranger", "visitor", "other_physician"):
            assert cast.client(who).get(_saving(cast, kind)).status_code == HTTPStatus.NOT_FOUND
            assert cast.client(who).get(_saving(cast, kind) + "progress.json").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("gif", ["2 of 5 pictures are drawn.", "4 of 5 pictures are drawn."]), ("mp4", ["2 of 5 pictures are drawn."])],
)
def test_it_is_told_how_far_it_is(cast: Cast, monkeypatch: pytest.MonkeyPatch, kind: str, expected: list[str]) -> None:
    monkeypatch.setattr(saving, "SECONDS", 0.0)
    monkeypatch.setattr(frames, "TASK_MOST", 2)
    owner, told = cast.client("owner"), []
    for _ in range(900):
        told.append(owner.get(_saving(cast, kind) + "progress.json?window=31,62").json())
        if told[-1]["url"]:
            break
    assert [one["words"] for one in told[: len(expected)]] == expected
    assert told[-1]["words"] == "All 5 pictures are ready."
    assert [one["share"] for one in told] == sorted(one["share"] for one in told)
    assert (told[-1]["share"], told[-1]["url"]) == (1, _address(cast, kind) + "?window=31%2C62")
    assert owner.get(told[-1]["url"]).status_code == HTTPStatus.OK


def test_a_page_asks_again_by_itself_and_then_has_the_file(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saving, "SECONDS", 0.0)
    monkeypatch.setattr(frames, "TASK_MOST", 3)
    first, second = (cast.client("owner").get(_saving(cast, "gif")).content.decode() for _ in range(2))
    assert '<meta http-equiv="refresh" content="1">' in first
    assert '<progress value="0.6" max="1"' in first
    assert f'content="0; url={_address(cast)}?"' in second
    assert "All 5 pictures are ready." in second


def test_a_scene_that_is_there_is_not_made_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    grant = mint_for_system(cast.study.ref, cast.study.key, cast.study.patient, "test", [Right.VIEW, Right.DOWNLOAD])
    key = films.key_of(grant, [], FrameParams().text, (320, 288))
    store.put(key, b"there")
    monkeypatch.delattr(films, "encode")
    make_scene(sign(grant), [], FrameParams().text, (320, 288))
    assert store.get(key) == b"there"


def test_nonsense_is_refused(cast: Cast) -> None:
    assert cast.client("owner").get(_saving(cast, "gif") + "?window=x").status_code == HTTPStatus.BAD_REQUEST
    assert cast.client("owner").get(_saving(cast, "gif").replace("gif", "png")).status_code == HTTPStatus.NOT_FOUND
    for kind in ("gif", "mp4"):
        owner, address = cast.client("owner"), _address(cast, kind)
        assert owner.get(address + "?window=x").status_code == HTTPStatus.BAD_REQUEST
        assert owner.get(f"/viewer/{cast.study.key}/nothing/moving.{kind}").status_code == HTTPStatus.NOT_FOUND


def test_a_video_is_only_made_for_who_may_download(cast: Cast) -> None:
    grant = mint_for_system(cast.study.ref, cast.study.key, cast.study.patient, "test", [Right.VIEW])
    with pytest.raises(GrantRefused):
        films.ask(grant, [], FrameParams(), (16, 16))
    with pytest.raises(GrantRefused):
        make_scene(sign(grant), [], FrameParams().text, (16, 16))


@pytest.mark.parametrize("kind", ["gif", "mp4"])
def test_it_is_whole_or_not_at_all(cast: Cast, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, address = cast.client("owner"), _address(cast, kind)
    monkeypatch.setattr(frames, "run", lambda *args: iter([(1, WorkersBusy())]))
    assert owner.get(address).status_code == HTTPStatus.SERVICE_UNAVAILABLE


@pytest.mark.parametrize("count", [2, FRAMES_MOST, FRAMES_MOST + 1, 4000])
def test_a_long_series_is_spread_evenly_from_first_to_last(count: int) -> None:
    numbers = movies.spread(count)
    assert (numbers[0], numbers[-1]) == (1, count)
    assert len(numbers) == min(count, FRAMES_MOST)
    steps = np.diff(numbers)
    assert steps.min() >= 1
    assert steps.max() - steps.min() <= 1
