"""How many bytes windowable frames have, and how long one takes: every 512² CT of the shared set, and the demo's body.

Beside JPEG-LS of the same stored values, which browsers do not read: it tells how much of a frame is noise, that
nothing lossless makes smaller.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import imagecodecs
import numpy as np
from pydicom import Dataset

from bench.rendering import median_milliseconds
from pacs_gateway.errors import PacsIncomplete, PacsNotFound
from portal.demo.patients import ALEX
from portal.demo.phantom.dicom import ct_files
from tests.dicom_testdata import DICOM_TESTDATA
from viewer.localfile import read_frame
from viewer.rendering import CannotRender, DecodedFrame, decode, encode_planes, planes

OUT = Path(__file__).resolve().parents[1] / "var" / "bench-windowable.json"
CT, SIZE = "1.2.840.10008.5.1.4.1.1.2", 512
LIMIT_KILOBYTES, LIMIT_MILLISECONDS = 175, 12
# Every slice of the demo's body would say the same.
EVERY = 10
Found = tuple[str, Dataset, DecodedFrame]


@dataclass(frozen=True, slots=True)
class Figure:
    """The frames of one folder: medians, and the most kilobytes of one."""

    folder: str
    frames: int
    kilobytes: float
    kilobytes_most: float
    jpeg_ls_kilobytes: float
    milliseconds: float


def shared() -> Iterator[Found]:
    """Yield the CT frames of the shared set, each once however many files hold it."""
    seen = set()
    for path in sorted(path for path in DICOM_TESTDATA.rglob("*") if path.is_file()):
        try:
            header, data, syntax = read_frame(path, 1)
            if header.get("SOPClassUID") != CT or {header.get("Rows"), header.get("Columns")} != {SIZE}:
                continue
            frame = decode(header, data, syntax, 1)
        except (PacsIncomplete, PacsNotFound, CannotRender):
            continue
        if (values := frame.pixels.tobytes()) not in seen:
            seen.add(values)
            yield "/".join(path.relative_to(DICOM_TESTDATA).parent.parts[:4]), header, frame


def demo() -> Iterator[Found]:
    """Yield slices of the demo's body."""
    for number, file in enumerate(ct_files(ALEX, "CT")):
        if number % EVERY == 0:
            yield "the demo's body", file, DecodedFrame(file.pixel_array, "MONOCHROME2")


def measure(folder: str, frames: list[tuple[Dataset, DecodedFrame]]) -> Figure:
    """Return what the frames of a folder have; the time is that of the one in the middle."""
    ours = [len(planes.compress(encode_planes(header, frame, 1))) / 1000 for header, frame in frames]
    peer = [len(imagecodecs.jpegls_encode(_unsigned(frame.pixels))) / 1000 for _header, frame in frames]
    header, frame = frames[len(frames) // 2]
    taken = median_milliseconds(lambda: planes.compress(encode_planes(header, frame, 1)))
    return Figure(folder, len(frames), median(ours), max(ours), median(peer), taken)


def _unsigned(pixels: np.ndarray) -> np.ndarray:
    return (pixels.astype(np.int32) - int(pixels.min())).astype(np.uint16)


def line(figure: Figure) -> str:
    """Return a line of the table."""
    is_within = figure.kilobytes_most <= LIMIT_KILOBYTES and figure.milliseconds <= LIMIT_MILLISECONDS
    return (
        f"{figure.folder[:58]:58} {figure.frames:3} frames "
        f"{figure.kilobytes:5.0f} KB, most {figure.kilobytes_most:4.0f}  JPEG-LS {figure.jpeg_ls_kilobytes:4.0f}  "
        f"{figure.milliseconds:5.2f} ms  {'within' if is_within else 'over'}"
    )


def main() -> None:
    """Measure every folder, print the table, write the JSON."""
    folders = defaultdict(list)
    for source in (shared(), demo()):
        for folder, header, frame in source:
            folders[folder].append((header, frame))
    figures = [measure(folder, frames) for folder, frames in folders.items()]
    print(f"512² CT as windowable frames: limits {LIMIT_KILOBYTES} KB and {LIMIT_MILLISECONDS} ms")
    for figure in figures:
        print(line(figure))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps([asdict(one) for one in figures], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
