"""What is fuzzed: files and codestreams that are nearly right. Each target returns, or lets a finding escape."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from pydicom.data import get_testdata_file

from pacs_gateway.errors import PacsIncomplete, PacsNotFound
from pacs_gateway.upstream.part10 import read_part10
from pacs_gateway.upstream.pixeldata import read_frame
from tests.fuzz.beside import BESIDE
from tests.fuzz.exported import EXPORTED
from tests.fuzz.spoil import is_plain, revalued, spoiled
from tests.synthetic import ct_slice
from tests.viewer.rendering.samples import encodings, header_of
from viewer.rendering import CannotRender, RenderedFrame, RenderOptions, render
from viewer.rendering.boxes import boxes
from viewer.rendering.jpeg2000 import bare_codestream, sniff_jpeg2000
from viewer.rendering.jpegxl import sniff_jpegxl
from viewer.rendering.sniff import Codestream, sniff_jpeg

# The files of pydicom's wheel: one for each codec and a few odd ones.
_FILES = (
    "CT_small.dcm", "MR_small_RLE.dcm", "MR_small_bigendian.dcm", "MR_small_jp2klossless.dcm", "JPEG2000.dcm",
    "JPGLosslessP14SV1_1s_1f_8b.dcm", "SC_rgb_jpeg_dcmtk.dcm", "SC_rgb_small_odd.dcm", "liver_1frame.dcm",
    "reportsi.dcm", "rtplan.dcm", "waveform_ecg.dcm", "image_dfl.dcm",
)  # fmt: skip
_ENCODED = encodings()
_OPTIONS = RenderOptions(size=64)


def _own_file() -> bytes:
    buffer = io.BytesIO()
    ct_slice("A", 1, 1, 4).save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def _wheel_files() -> list[bytes]:
    found = [get_testdata_file(name, download=False) for name in _FILES]
    return [Path(str(path)).read_bytes() for path in found if path]


FILES = [_own_file(), *_wheel_files()]
PLAIN_FILES = [file for file in FILES if is_plain(file)]


def files() -> st.SearchStrategy[bytes]:
    """Return spoiled DICOM files."""
    return st.sampled_from(FILES).flatmap(spoiled)


def revalued_files() -> st.SearchStrategy[bytes]:
    """Return DICOM files whose elements hold other values than they should."""
    return st.sampled_from(PLAIN_FILES).flatmap(revalued)


def codestreams() -> st.SearchStrategy[tuple[str, bytes]]:
    """Return (name of the sample, spoiled frame) of every codec."""
    return st.sampled_from(sorted(_ENCODED)).flatmap(lambda name: st.tuples(st.just(name), spoiled(_ENCODED[name][2])))


def read_file(data: bytes) -> None:
    """Read a file and draw its first frame."""
    with contextlib.suppress(PacsIncomplete, PacsNotFound, CannotRender):
        part10 = read_part10(io.BytesIO(data))
        frame = read_frame(part10, 1)
        assert isinstance(render(part10.header, frame, part10.transfer_syntax_uid, 1, _OPTIONS), RenderedFrame)


def draw_frame(case: tuple[str, bytes]) -> None:
    """Draw a codestream under the header of the whole one."""
    name, data = case
    syntax, pixels, _ = _ENCODED[name]
    header = header_of(pixels)
    with contextlib.suppress(CannotRender):
        assert isinstance(render(header, data, syntax, 1, _OPTIONS), RenderedFrame)


def sniff(case: tuple[str, bytes]) -> None:
    """Look at a codestream with every sniffer."""
    for look in (sniff_jpeg, sniff_jpeg2000, sniff_jpegxl):
        with contextlib.suppress(CannotRender):
            assert isinstance(look(bare_codestream(case[1])), Codestream)
    assert len(list(boxes(case[1]))) <= 64


TARGETS: list[tuple[Callable[[], st.SearchStrategy[Any]], Callable[..., None]]] = [
    (files, read_file),
    (revalued_files, read_file),
    (codestreams, draw_frame),
    (codestreams, sniff),
    *BESIDE,
    *EXPORTED,
]
