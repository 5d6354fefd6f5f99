"""How many bytes windowable frames have, and how long one takes: 512² CT series of the shared set, and the demo's.

Beside JPEG-LS of the same stored values, which browsers do not read: it tells how much of a frame is noise, that
nothing lossless makes smaller. A thin slice has more of it than a thick one, a sharp kernel more than a soft one.
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
_SAYING = ("BodyPartExamined", "SeriesDescription", "StudyDescription")
Found = tuple[str, Dataset, DecodedFrame]


@dataclass(frozen=True, slots=True)
class Figure:
    """The frames of one series: medians, and the most kilobytes of one."""

    series: str
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
            yield _named(path.relative_to(DICOM_TESTDATA).parts[0], header), header, frame


def _named(source: str, header: Dataset) -> str:
    """Return where a series is from, what it says it shows, and how thick its slices and how sharp its kernel are."""
    shown = next((text for name in _SAYING if (text := str(header.get(name) or "").strip())), "?")
    thickness = header.get("SliceThickness")
    facts = (shown, f"{float(thickness):g} mm" if thickness else "", str(header.get("ConvolutionKernel") or ""))
    return f"{source.rpartition('__')[2]}: {' '.join(filter(None, facts))}"


def demo() -> Iterator[Found]:
    """Yield slices of the demo's body."""
    for number, file in enumerate(ct_files(ALEX, "CT")):
        if number % EVERY == 0:
            yield _named("demo", file), file, DecodedFrame(file.pixel_array, "MONOCHROME2")


def measure(series: str, frames: list[tuple[Dataset, DecodedFrame]]) -> Figure:
    """Return what the frames of a series have; the time is that of the one in the middle."""
    ours = [len(planes.compress(encode_planes(header, frame, 1))) / 1000 for header, frame in frames]
    peer = [len(imagecodecs.jpegls_encode(_unsigned(frame.pixels))) / 1000 for _header, frame in frames]
    header, frame = frames[len(frames) // 2]
    taken = median_milliseconds(lambda: planes.compress(encode_planes(header, frame, 1)))
    return Figure(series, len(frames), median(ours), max(ours), median(peer), taken)


def _unsigned(pixels: np.ndarray) -> np.ndarray:
    return (pixels.astype(np.int32) - int(pixels.min())).astype(np.uint16)


def line(figure: Figure) -> str:
    """Return a line of the table."""
    is_within = figure.kilobytes_most <= LIMIT_KILOBYTES and figure.milliseconds <= LIMIT_MILLISECONDS
    return (
        f"{figure.series[:58]:58} {figure.frames:3} frames "
        f"{figure.kilobytes:5.0f} KB, most {figure.kilobytes_most:4.0f}  JPEG-LS {figure.jpeg_ls_kilobytes:4.0f}  "
        f"{figure.milliseconds:5.2f} ms  {'within' if is_within else 'over'}"
    )


def main() -> None:
    """Measure every series, print the table, write the JSON."""
    found = defaultdict(list)
    for source in (shared(), demo()):
        for series, header, frame in source:
            found[series, header.SeriesInstanceUID].append((header, frame))
    figures = [measure(series, frames) for (series, _), frames in found.items()]
    print(f"512² CT as windowable frames: limits {LIMIT_KILOBYTES} KB and {LIMIT_MILLISECONDS} ms")
    for figure in sorted(figures, key=lambda one: one.kilobytes_most):
        print(line(figure))
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps([asdict(one) for one in figures], indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
