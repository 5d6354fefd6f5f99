"""`manage.py render` on local files: the same code as the viewer, and one line for what cannot be shown."""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from PIL import Image
from pydicom.data import get_testdata_file

from tests.synthetic import ct_slice

REPOSITORY = Path(__file__).resolve().parents[2]
CT = str(get_testdata_file("CT_small.dcm"))


def _render(*arguments: str) -> str:
    out = io.StringIO()
    call_command("render", *arguments, stdout=out)
    return out.getvalue()


def test_a_file_becomes_a_png_and_a_jpeg(tmp_path: Path) -> None:
    for name, kind in [("a.png", "PNG"), ("a.jpg", "JPEG")]:
        assert _render(CT, "-o", str(tmp_path / name)) == f"{name}: 128 x 128 px\n"
        assert Image.open(tmp_path / name).format == kind


def test_window_and_size_are_applied(tmp_path: Path) -> None:
    source, out = tmp_path / "slice.dcm", tmp_path / "a.png"
    ct_slice("A", 1, 1, 4).save_as(source, enforce_file_format=True)
    _render(str(source), "-o", str(out), "--window=40.5,81", "--size", "32")
    pixels = np.asarray(Image.open(out))
    assert pixels.shape == (32, 32)
    assert set(np.unique(pixels)) == {128}


def test_a_frame_of_many(tmp_path: Path) -> None:
    cine = str(get_testdata_file("examples_ybr_color.dcm"))
    for number in ("1", "30"):
        _render(cine, "-o", str(tmp_path / f"{number}.png"), "--frame", number)
    first, last = (np.asarray(Image.open(tmp_path / f"{number}.png")) for number in ("1", "30"))
    assert first.shape == last.shape == (240, 320, 3)
    assert (first != last).any()


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("text.dcm", [], "Not a DICOM file"),
        ("missing.dcm", [], "No such file"),
        ("rtplan.dcm", [], "No Pixel Data"),
        ("MR_truncated.dcm", [], "truncated"),
        ("CT_small.dcm", ["--frame", "2"], "out of range"),
    ],
)
def test_what_cannot_be_shown_ends_in_2_and_one_line(
    name: str, arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text.dcm").write_text("This is a shopping list.")
    known = tmp_path / name if name in ("text.dcm", "missing.dcm") else get_testdata_file(name)
    errors = io.StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("render", str(known), "-o", str(tmp_path / "a.png"), *arguments, stderr=errors)
    assert stop.value.code == 2
    assert len(errors.getvalue().strip().splitlines()) == 1
    assert words in errors.getvalue()
    assert not (tmp_path / "a.png").exists()


@pytest.mark.parametrize(
    "arguments", [["--window", "a,b"], ["--window=40,0"], ["--size", "0"], ["--quality", "101"], ["--frame", "0"]]
)
def test_options_that_make_no_sense_are_refused(arguments: list[str], tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("render", CT, "-o", str(tmp_path / "a.png"), *arguments)
    with pytest.raises(CommandError):
        call_command("render", CT, "-o", str(tmp_path / "a.bmp"))


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as on a machine where nothing is set up."""
    command = [sys.executable, str(REPOSITORY / "manage.py"), "render", *arguments]
    environment = {"PATH": os.environ["PATH"]}
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)


def test_it_needs_no_site(tmp_path: Path) -> None:
    done = _run(CT, "-o", str(tmp_path / "a.png"), "--window", "-600,1500,sigmoid", "--size", "64")
    assert (done.returncode, done.stdout, done.stderr) == (0, "a.png: 64 x 64 px\n", "")
    assert Image.open(tmp_path / "a.png").size == (64, 64)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([CT, "-o", "a.png", "--window", "40,0"], "not possible"),
        ([CT, "-o", "a.png", "--window", "-600"], "two numbers"),
        ([CT, "-o", "a.png", "--frame", "2"], "out of range"),
        ([CT, "-o", "a.gif"], "must end in"),
        ([CT, "-o", "missing/a.png"], "No such file"),
        ([str(get_testdata_file("rtplan.dcm")), "-o", "a.png"], "No Pixel Data"),
        (["-o", "a.png"], "required: file"),
    ],
)
def test_mistakes_on_the_command_line_end_in_2_and_one_line(
    arguments: list[str], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = _run(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_one_frame_of_thousands_costs_neither_time_nor_memory(tmp_path: Path) -> None:
    source, frames = tmp_path / "cine.dcm", 4000
    cine = ct_slice("A", 1, 1, 4, size=512)
    cine.NumberOfFrames = frames
    cine.save_as(source, enforce_file_format=True)
    length = 2 * 512 * 512
    with source.open("r+b") as file:
        # The first frame was written; the rest is a hole in the file.
        file.seek(-length - 4, os.SEEK_END)
        file.write(struct.pack("<I", length * frames))
        file.truncate(file.tell() + length * frames)
    script = (
        "import sys; from pathlib import Path; from tests.memory import peak_bytes;"
        "from viewer.localfile import read_frame;"
        "from viewer.rendering import RenderOptions, render;"
        # As workers have; a compiler is large.
        "from viewer.rendering.loops import compile_loops; compile_loops();"
        "before = peak_bytes();"
        f"header, data, syntax = read_frame(Path(sys.argv[1]), {frames});"
        f"render(header, data, syntax, {frames}, RenderOptions());"
        "print(peak_bytes() - before)"
    )
    command = [sys.executable, "-c", script, str(source)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True, timeout=60)
    assert int(done.stdout) < 100 * 1024**2
