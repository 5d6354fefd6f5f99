"""What a header is asked once: only where it does not change any more, and never for another header or frame."""

from __future__ import annotations

import json

import pytest
from pydicom import Dataset

from tests.dicom_testdata import DICOM_TESTDATA
from viewer.headers import HeaderCache
from viewer.localfile import read_frame
from viewer.rendering import CannotRender, DecodedFrame, Reason, RenderOptions, Window, decode, render_decoded
from viewer.rendering.once import once, settle

_MANIFEST = DICOM_TESTDATA / "manifest.json"
FILES = json.loads(_MANIFEST.read_text(encoding="utf-8"))["files"] if _MANIFEST.exists() else []
NAMES = [str(one["file"]) for one in FILES if one["rows"] and one["read"] == "ok" and one["transfer_syntax"]]
WINDOWS = [None, Window(40, 400), Window(300, 1500)]


class Asked:
    """Counts how often a header is really asked."""

    def __init__(self) -> None:
        self.times = 0
        self.slope = once(self._slope)

    def _slope(self, header: Dataset, frame_number: int) -> float:
        self.times += 1
        if "RescaleSlope" not in header:
            raise CannotRender(Reason.DAMAGED)
        return float(header.RescaleSlope) * frame_number


def _header(slope: float = 2) -> Dataset:
    header = Dataset()
    header.RescaleSlope = slope
    return header


def test_a_settled_header_is_asked_once_for_each_frame() -> None:
    asked, header = Asked(), settle(_header())
    assert [asked.slope(header, number) for number in (1, 1, 2, 1)] == [2, 2, 4, 2]
    assert asked.times == 2


def test_another_header_is_asked_itself() -> None:
    asked = Asked()
    assert [asked.slope(settle(_header(slope)), 1) for slope in (2, 3)] == [2, 3]


def test_a_header_that_may_still_change_is_asked_each_time() -> None:
    asked, header = Asked(), _header()
    assert asked.slope(header, 1) == 2
    header.RescaleSlope = 5
    assert asked.slope(header, 1) == 5


def test_a_part_or_a_copy_of_a_settled_header_may_be_changed() -> None:
    asked, header = Asked(), settle(_header())
    assert asked.slope(header, 1) == 2
    for other in (header[:], Dataset(dict(header.items()))):
        other.RescaleSlope = 7
        assert asked.slope(other, 1) == 7


def test_a_refusal_is_not_remembered() -> None:
    asked, header = Asked(), settle(Dataset())
    for _ in range(2):
        with pytest.raises(CannotRender):
            asked.slope(header, 1)
    assert asked.times == 2


def test_a_file_of_many_frames_does_not_fill_the_memory() -> None:
    asked, header = Asked(), settle(_header())
    assert [asked.slope(header, number) for number in range(1, 1001)] == [2.0 * number for number in range(1, 1001)]
    assert 0 < len(header.__dict__["answers_of_settled_header"]) <= 64


def test_headers_that_a_worker_keeps_are_settled() -> None:
    asked, cache = Asked(), HeaderCache()
    for _ in range(3):
        asked.slope(cache.get("a") or cache.put("a", _header(), 100), 1)
    assert asked.times == 1


@pytest.mark.parametrize("name", NAMES)
def test_every_file_looks_the_same_from_a_settled_header(name: str) -> None:
    try:
        header, data, syntax = read_frame(DICOM_TESTDATA / name, 1)
        frame = decode(header, data, syntax, 1)
    except CannotRender:
        return
    expected = [_drawn(header, frame, window) for window in WINDOWS]
    settle(header)
    for _ in range(2):
        assert [_drawn(header, frame, window) for window in WINDOWS] == expected


def _drawn(header: Dataset, frame: DecodedFrame, window: Window | None) -> object:
    try:
        return render_decoded(header, frame, 1, RenderOptions(window=window, size=200))
    except CannotRender as refusal:
        return refusal.reason
