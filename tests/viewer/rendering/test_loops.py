"""Loops over pixels are compiled before anybody waits, once for each kind of pixels, and keep to their arrays."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from viewer.rendering.gray import look_up
from viewer.rendering.prediction import residuals_of
from viewer.rendering.ramp import Ramp

REPOSITORY = Path(__file__).resolve().parents[3]
KINDS = ["uint8", "int16", "uint16"]
BEGIN = """
import sys, numpy as np, django
django.setup()
"""
WORKER = (
    BEGIN
    + """
from celery.signals import worker_init
worker_init.send(sender=None)
from numba.core import event
from pydicom import Dataset
from viewer.rendering import DecodedFrame, RenderOptions, Window, encode_planes, render_decoded
from viewer.rendering.window import VoiFunction
header = Dataset()
header.Rows, header.Columns = 64, 48
with event.install_recorder("numba:compile") as compiled:
    for kind in sys.argv[1:]:
        stored = np.arange(64 * 48, dtype=np.int64).reshape(64, 48).astype(kind)
        for pixels in (stored, np.frombuffer(memoryview(bytes(64) + stored.tobytes())[64:], kind).reshape(64, 48)):
            frame = DecodedFrame(pixels, "MONOCHROME2")
            for function in (VoiFunction.LINEAR, VoiFunction.SIGMOID):
                render_decoded(header, frame, 1, RenderOptions(window=Window(100, 50, function)))
            encode_planes(header, frame, 1)
            encode_planes(header, frame, 1, 16)
print(len(compiled.buffer))
"""
)


def _run(code: str, *arguments: str) -> str:
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout.strip()


def test_a_worker_compiles_before_it_has_children() -> None:
    assert _run(WORKER, *KINDS) == "0"
    assert int(_run(WORKER, *KINDS, "int32")) > 0, "what was not compiled before is noticed"


def test_a_web_server_has_no_compiler() -> None:
    code = BEGIN + "import portal.wsgi, portal.urls; print('viewer.rendering' in sys.modules, 'numba' in sys.modules)"
    assert _run(code) == "True False"


@pytest.mark.parametrize("kind", [*KINDS, "int32", "uint32"])
def test_pixels_may_lie_anyhow(kind: str) -> None:
    """Read-only, in columns, every second one, across the words of the machine: the same comes of all."""
    plain = np.arange(48, dtype=kind).reshape(6, 8)
    held = np.frombuffer(plain.tobytes(), kind).reshape(6, 8)
    columns = np.asfortranarray(plain)
    spread = np.repeat(np.repeat(plain, 2, axis=0), 2, axis=1)[::2, ::2]
    across = np.frombuffer(b"!" + plain.tobytes(), np.uint8)[1:].view(kind).reshape(6, 8)
    table = np.arange(100, 148, dtype=np.uint8)
    for pixels in (held, columns, spread, across):
        assert (Ramp(3, 40, 1 << 24, 5 << 24).apply(pixels) == plain.clip(3, 40) + 5).all()
        assert (look_up(table, pixels, 0) == plain + 100).all()
        assert (residuals_of(pixels, 0) == residuals_of(plain, 0)).all()
        assert pixels.flags.writeable == (pixels is columns or pixels is spread), "it is left as it was"


def test_values_beyond_a_table_have_the_gray_of_its_end() -> None:
    values = np.array([[-32768, -5, -4, 0, 3, 4, 32767]], np.int16)
    assert look_up(np.arange(8, dtype=np.uint8), values, -4).tolist() == [[0, 0, 0, 4, 7, 7, 7]]
