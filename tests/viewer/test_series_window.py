"""A series whose files name no window has one for all its frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom import Dataset

from pacs_gateway import upstream
from pacs_gateway.access.grant import StudyGrant, mint_for_system, sign
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsUnavailable
from pacs_gateway.refs import FrameRef, InstanceRef, PatientRef, StudyRef
from tests.synthetic import ROOT, ct_slice, study_uid
from viewer import frames, series_window, sources, store, tasks
from viewer.arena import Arena
from viewer.headers import HeaderCache
from viewer.params import WINDOWABLE, FrameParams, parse_window
from viewer.picture import Picture

STUDY, SLICES = 85, 9
pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(pacs_folder: Path, monkeypatch: pytest.MonkeyPatch) -> StudyGrant:
    """Store an MR, whose slices grow brighter, without a window in any of them."""
    folder = pacs_folder / "series-window"
    folder.mkdir(exist_ok=True)
    for number in range(1, SLICES + 1):
        file = ct_slice("P-OWNER", STUDY, 1, number, issuer="TEST")
        del file.WindowCenter, file.WindowWidth
        file.Modality, file.RescaleIntercept = "MR", 0
        file.PixelData = (np.arange(64 * 64, dtype="<u2").reshape(64, 64) % 100 + 100 * number).astype("<u2").tobytes()
        file.save_as(folder / f"{number}.dcm", enforce_file_format=True)
    upstream.prepare("main", lambda done, of: None)
    monkeypatch.setattr(sources, "_headers", HeaderCache())
    monkeypatch.setattr(sources, "_arena", Arena(4 * 1024 * 1024))
    patient = PatientRef("P-OWNER", "TEST")
    return mint_for_system(StudyRef("main", study_uid(STUDY)), "key", patient, "test", [Right.VIEW])


def _refs() -> list[FrameRef]:
    return [FrameRef(InstanceRef(f"{ROOT}.{STUDY}.1", f"{ROOT}.{STUDY}.1.{n}"), 1) for n in range(1, SLICES + 1)]


def _windows(grant: StudyGrant, params: FrameParams) -> set[str]:
    wanted = [(ref.instance.series_uid, ref.instance.instance_uid, 1) for ref in _refs()]
    tasks.render_run(sign(grant), wanted, params.text)
    answers = store.get_many([frames.key_of(grant, ref, params) for ref in _refs()])
    return {Picture.from_bytes(answer).window for answer in answers if answer}


def test_all_frames_have_the_window_of_the_series(grant: StudyGrant) -> None:
    tasks.build_manifest(sign(grant))
    (window,) = _windows(grant, FrameParams())
    center, width, function = window.split(",")
    # Of 100..999, sampled on slices 1, 3, 5, 7 and 9: from the 1st to the 99th percentile.
    assert 545 < float(center) < 555
    assert 880 < float(width) < 900
    assert function == "LINEAR"


def test_whoever_makes_it_first_makes_the_same(grant: StudyGrant) -> None:
    tasks.build_manifest(sign(grant))
    first = _windows(grant, FrameParams(size=32))
    assert store.get(series_window._key(grant, _refs()[0])) is not None
    store._client().flushdb()
    tasks.build_manifest(sign(grant))
    assert _windows(grant, FrameParams()) == first


def test_a_window_that_is_asked_for_is_the_one(grant: StudyGrant) -> None:
    tasks.build_manifest(sign(grant))
    assert _windows(grant, FrameParams(window=parse_window("40,80"))) == {"40,80,LINEAR"}
    assert store.get(series_window._key(grant, _refs()[0])) is None


def test_windowable_frames_have_it_too(grant: StudyGrant) -> None:
    tasks.build_manifest(sign(grant))
    source = dict(sources.fetch(grant, _refs()))[_refs()[0]]
    assert isinstance(source, tuple)
    filled = series_window.filled_in(grant, _refs()[0], source)
    assert 545 < float(filled.WindowCenter) < 555
    assert "WindowCenter" not in source[0], "the header that is kept stays as it was"
    _windows(grant, WINDOWABLE)


def test_without_a_manifest_each_frame_has_its_own(grant: StudyGrant) -> None:
    assert len(_windows(grant, FrameParams())) == SLICES


def test_a_pacs_that_is_down_leaves_the_frame_its_own(grant: StudyGrant, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks.build_manifest(sign(grant))
    source = dict(sources.fetch(grant, _refs()[:1]))[_refs()[0]]
    assert isinstance(source, tuple)

    def down(*_: object) -> None:
        raise PacsUnavailable

    monkeypatch.setattr(sources, "fetch", down)
    assert "WindowCenter" not in series_window.filled_in(grant, _refs()[0], source)


def test_a_window_of_the_file_is_left_alone(grant: StudyGrant) -> None:
    source = dict(sources.fetch(grant, _refs()[:1]))[_refs()[0]]
    assert isinstance(source, tuple)
    named = Dataset(dict(source[0].items()))
    named.WindowCenter, named.WindowWidth = 7, 9
    assert series_window.filled_in(grant, _refs()[0], (named, source[1])) is named
