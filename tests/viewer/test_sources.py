"""Decoded frames and their headers: kept for the next window, within a budget of bytes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydicom import Dataset
from pydicom.data import get_testdata_file

from pacs_gateway import upstream
from pacs_gateway.access.grant import StudyGrant, mint_for_system
from pacs_gateway.access.right import Right
from pacs_gateway.errors import PacsNotFound
from pacs_gateway.refs import FrameRef, InstanceRef, PatientRef, StudyRef
from pacs_gateway.upstream.part10 import read_part10
from tests.long_objects import write_enhanced, write_native
from tests.synthetic import ROOT, ct_slice, study_uid, value_of_slice, write_study
from viewer import headers, sources
from viewer.arena import Arena
from viewer.rendering import CannotRender, Reason

STUDY, SLICES = 83, 8
REPOSITORY = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024


@pytest.fixture
def grant(pacs_folder: Path) -> StudyGrant:
    write_study(pacs_folder, "P-OWNER", STUDY, slices=SLICES, issuer="TEST")
    upstream.prepare("main", lambda done, of: None)
    patient = PatientRef("P-OWNER", "TEST")
    return mint_for_system(StudyRef("main", study_uid(STUDY)), "key", patient, "test", [Right.VIEW])


@pytest.fixture(autouse=True)
def _no_headers_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "_headers", headers.HeaderCache())
    monkeypatch.setattr(sources, "_arena", Arena(MEGABYTE))


def _refs() -> list[FrameRef]:
    return [FrameRef(InstanceRef(f"{ROOT}.{STUDY}.1", f"{ROOT}.{STUDY}.1.{n}"), 1) for n in range(1, SLICES + 1)]


def _values(grant: StudyGrant) -> list[int]:
    found = dict(sources.fetch(grant, _refs()))
    return [int(found[ref][1].pixels[0, 0]) for ref in _refs()]  # type: ignore[index]


def test_a_stack_is_fetched_once_for_all_windows(grant: StudyGrant, monkeypatch: pytest.MonkeyPatch) -> None:
    values = _values(grant)

    def gone(_name: str) -> Any:
        pytest.fail("the PACS was asked again")

    monkeypatch.setattr(upstream, "connect", gone)
    assert _values(grant) == values
    monkeypatch.setattr(sources, "_headers", headers.HeaderCache())
    assert _values(grant) == values, "another child of the worker finds them too"


def test_a_stack_that_is_fetched_again_is_there_for_another_child_too(
    grant: StudyGrant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """This child still has the parsed headers of the first time; what others read them from was written over."""
    _values(grant)
    sources._arena.put("another", bytes(MEGABYTE))
    _values(grant)
    monkeypatch.setattr(sources, "_headers", headers.HeaderCache())
    assert all(sources.recall(grant, ref) for ref in _refs())


def test_pixels_are_shown_by_the_header_that_came_with_them(
    grant: StudyGrant, pacs_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An instance is corrected in the PACS: neither this child nor another shows new values by the old header."""
    first, *_ = _refs()
    list(sources.fetch(grant, [first]))
    sources._arena.put("another", bytes(MEGABYTE))
    corrected = ct_slice("P-OWNER", STUDY, 1, 1, issuer="TEST")
    corrected.RescaleSlope = 2
    corrected.save_as(_slice_file(pacs_folder, 1), enforce_file_format=True)
    assert sources.recall(grant, first) is None
    list(sources.fetch(grant, [first]))
    assert sources.made_of_kept(grant, first, lambda source: source[0].RescaleSlope) == 2
    monkeypatch.setattr(sources, "_headers", headers.HeaderCache())
    assert sources.made_of_kept(grant, first, lambda source: source[0].RescaleSlope) == 2


def test_a_picture_of_pixels_that_were_written_over_meanwhile_is_not_made(grant: StudyGrant) -> None:
    """While one slice is looked at where it lies, another one comes to lie there: its values belong to nobody."""
    values, (first, *_) = _values(grant), _refs()

    def seen(source: sources.Source) -> int:
        return int(source[1].pixels[0, 0])

    def seen_too_late(source: sources.Source) -> int:
        sources._arena.put("another", bytes([7]) * (MEGABYTE - 64))
        return seen(source)

    assert sources.made_of_kept(grant, first, seen) == values[0]
    assert sources.made_of_kept(grant, first, seen_too_late) is None
    assert sources.made_of_kept(grant, first, seen) is None
    assert _values(grant) == values, "it is fetched again"


def test_pixels_that_are_looked_at_where_they_lie_cannot_be_changed(grant: StudyGrant) -> None:
    _values(grant)

    def change(source: sources.Source) -> None:
        source[1].pixels[0, 0] = 1

    with pytest.raises(ValueError, match="read-only"):
        sources.made_of_kept(grant, _refs()[0], change)


def _slice_file(pacs_folder: Path, number: int) -> Path:
    return pacs_folder / f"study{STUDY}" / f"1-{number}.dcm"


def test_what_is_damaged_or_gone_costs_itself_only(grant: StudyGrant, pacs_folder: Path) -> None:
    """Slice 2 ends inside its pixels, 4 has none, 5 is gone: the others come all the same, each in its place."""
    whole = _slice_file(pacs_folder, 2).read_bytes()
    _slice_file(pacs_folder, 2).write_bytes(whole[:-100])
    bare = ct_slice("P-OWNER", STUDY, 1, 4, issuer="TEST")
    del bare.PixelData
    bare.save_as(_slice_file(pacs_folder, 4), enforce_file_format=True)
    _slice_file(pacs_folder, 5).unlink()
    found = [one for _, one in sources.from_pacs(grant, _refs())]
    reasons = {n: one.reason for n, one in enumerate(found, start=1) if isinstance(one, CannotRender)}
    assert reasons == {2: Reason.DAMAGED, 4: Reason.NO_PIXELS}
    assert [n for n, one in enumerate(found, start=1) if isinstance(one, PacsNotFound)] == [5]
    values = {n: int(one[1].pixels[0, 0]) for n, one in enumerate(found, start=1) if isinstance(one, tuple)}
    assert values == {n: value_of_slice(n) + 1024 for n in (1, 3, 6, 7, 8)}


def test_headers_keep_to_their_bytes() -> None:
    kept = headers.HeaderCache(most=100)
    for name in "abc":
        kept.put(name, Dataset(), 40)
    assert [name for name in "abc" if kept.get(name) is not None] == ["b", "c"]
    kept.put("large", Dataset(), 4000)
    assert kept.get("large") is not None, "the one that is looked at stays, however large"
    assert kept.get("c") is None


@pytest.mark.parametrize("name", ["CT_small.dcm", "MR_small_bigendian.dcm", "MR_small_implicit.dcm", "rtplan.dcm"])
def test_a_header_comes_back_as_it_was(name: str) -> None:
    with Path(str(get_testdata_file(name))).open("rb") as file:
        header = read_part10(file).header
    del header.file_meta
    assert headers.from_bytes(headers.to_bytes(header)) == header


def test_a_header_made_of_values_comes_back_too() -> None:
    header = ct_slice("A", 1, 1, 1)
    del header.PixelData, header.file_meta
    assert headers.from_bytes(headers.to_bytes(header)).WindowCenter == 40


@pytest.mark.parametrize("write", [write_native, write_enhanced])
def test_one_frame_of_4000_costs_300_mebibytes_at_most(write: Any, tmp_path: Path) -> None:
    write(tmp_path / "long.dcm")
    code = (
        "import sys; from pathlib import Path; from tests.memory import peak_bytes\n"
        "from viewer.headers import from_bytes, to_bytes; from viewer.localfile import read_frame\n"
        "from viewer.rendering import RenderOptions, decode, render_decoded\n"
        "header, data, syntax = read_frame(Path(sys.argv[1]), 3999)\n"
        "frame = decode(header, data, syntax, 3999)\n"
        "made = render_decoded(from_bytes(to_bytes(header)), frame, 3999, RenderOptions())\n"
        "print(made.window.center, peak_bytes())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "long.dcm")]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    center, used = map(float, done.stdout.split())
    assert center == (41 if write is write_enhanced else 40)
    assert used <= 300 * MEGABYTE
