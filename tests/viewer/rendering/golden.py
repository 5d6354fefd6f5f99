"""The golden vectors that hold the browser's window arithmetic and the server's together.

`python -m tests.viewer.rendering.golden` writes them anew; the diff of the file says what changed.
"""

from __future__ import annotations

import base64
import json
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import Dataset

from tests.viewer.rendering.samples import header_of
from viewer.params import parse_window
from viewer.rendering import DecodedFrame, encode_planes
from viewer.rendering.gray import transform_of

FILE = Path(__file__).with_name("windowable.json")
ROWS, COLUMNS = 9, 14
# Of these a browser is given a proxy that has at most so many rows and columns.
PROXIES = {"ct, every second": 7, "ct with padding, every third": 5}
_SIGNED = {"PixelRepresentation": 1, "HighBit": 15, "BitsStored": 16}
_RAMP = {"LUTDescriptor": [64, 100, 8], "LUTData": [min(4 * at, 255) for at in range(64)]}
_HU = {"RescaleSlope": 1, "RescaleIntercept": -1024}
_ALL = ["40,400", "40,1", "0,1", "40.5,400,LINEAR_EXACT", "40,0.5,LINEAR_EXACT", "40,400,SIGMOID", "300,77.25,SIGMOID"]
_SOFT = {"WindowCenter": 40, "WindowWidth": 400}
_PADDED = {**_SIGNED, **_SOFT, "PixelPaddingValue": -2000}
_INVERTED = {"PhotometricInterpretation": "MONOCHROME1", "WindowCenter": 2048, "WindowWidth": 4096}
_TABLED = {"ModalityLUTSequence": [_RAMP], "WindowCenter": 100, "WindowWidth": 90}
_FULL = ["32768,65536", "32768,65536,SIGMOID"]
# name: (type of the samples, least and greatest value, elements of the header, windows beside the default one)
CASES: dict[str, tuple[str, int, int, dict[str, Any], list[str]]] = {
    "ct": ("u2", 0, 4095, {**_HU, **_SOFT}, _ALL),
    "ct without a window": ("u2", 0, 4095, _HU, []),
    "ct with padding": ("i2", -2000, 1500, _PADDED, _ALL),
    "padding is a range": ("u2", 3, 900, {"PixelPaddingValue": 3, "PixelPaddingRangeLimit": 60}, ["500,600"]),
    "sixteen bits, signed": ("i2", -32768, 32767, {**_SIGNED, "RescaleSlope": 0.1, "RescaleIntercept": -7.3}, _FULL),
    "sixteen bits, unsigned": ("u2", 0, 65535, {"BitsStored": 16, "HighBit": 15}, _FULL),
    "a slope that is no whole number": ("u2", 10, 3000, {"RescaleSlope": 0.0734, "RescaleIntercept": 3.21}, _ALL),
    "a negative slope": ("u2", 0, 2000, {"RescaleSlope": -1.5, "RescaleIntercept": 100}, _ALL),
    "inverted": ("u2", 0, 4095, _INVERTED, _ALL),
    "inverted by its shape": ("u2", 0, 1023, {"PresentationLUTShape": "INVERSE", "PixelPaddingValue": 0}, ["500,900"]),
    "eight bits": ("u1", 0, 255, {}, ["127.5,255,LINEAR_EXACT", "128,256"]),
    "one value only": ("u2", 77, 77, {}, ["40,400"]),
    "a voi table": ("u2", 0, 300, {"VOILUTSequence": [_RAMP]}, ["40,400"]),
    "a voi table after halves": ("u2", 0, 600, {"RescaleSlope": 0.5, "VOILUTSequence": [_RAMP]}, ["120,40.5"]),
    "a modality table": ("u2", 0, 300, _TABLED, ["128,200"]),
    "ct, every second": ("u2", 0, 4095, {**_HU, **_SOFT}, _ALL),
    "ct with padding, every third": ("i2", -2000, 1500, _PADDED, _ALL),
    "not square": ("u2", 0, 1000, {"PixelSpacing": [2, 1]}, []),
}


def header(elements: dict[str, Any], pixels: np.ndarray) -> Dataset:
    """Return the header of a case; lists of objects become sequences."""
    made = header_of(pixels)
    for keyword, value in elements.items():
        setattr(made, keyword, [_item(one) for one in value] if keyword.endswith("Sequence") else value)
    return made


def _item(elements: dict[str, Any]) -> Dataset:
    item = Dataset()
    item.add_new("LUTDescriptor", "US", elements["LUTDescriptor"])
    item.add_new("LUTData", "US", elements["LUTData"])
    return item


def pixels(kind: str, least: int, greatest: int) -> np.ndarray:
    """Return a frame with its extremes side by side, an edge, a slope and noise."""
    random = np.random.default_rng(least & 0xFFFF)
    values = random.integers(least, greatest, (ROWS, COLUMNS), endpoint=True)
    values[2:4] = np.linspace(least, greatest, COLUMNS, dtype=np.int64)
    values[4:6, 3:9] = (least + greatest) // 2
    values[0, :4] = values[-1, -2:] = least
    values[0, 1::2] = values[-1, -1] = greatest
    return values.astype(np.dtype(kind).newbyteorder("<"))


def case(name: str) -> dict[str, Any]:
    """Return one vector: the bytes a browser gets, the samples and the tables that it must come to."""
    kind, least, greatest, elements, windows = CASES[name]
    stored = pixels(kind, least, greatest)
    described = header(elements, stored)
    frame = DecodedFrame(stored, str(described.PhotometricInterpretation))
    every = -(-COLUMNS // PROXIES.get(name, COLUMNS))
    return {
        "name": name,
        "planes": base64.b64encode(encode_planes(described, frame, 1, PROXIES.get(name))).decode(),
        "samples": (stored[::every, ::every].astype(int) - least).ravel().tolist(),
        "tables": [_grays(described, frame, least, greatest, text) for text in ["", *windows]],
    }


def _grays(described: Dataset, frame: DecodedFrame, least: int, greatest: int, text: str) -> dict[str, Any]:
    transform = transform_of(described, frame, 1, parse_window(text) if text else None, invert=False)
    grays = transform.apply(np.arange(least, greatest + 1))
    return {"window": text, "runs": [[int(gray), len(list(run))] for gray, run in groupby(grays.tolist())]}


def document() -> str:
    """Return the file's text."""
    lines = ",\n".join(json.dumps(case(name), separators=(",", ":")) for name in CASES)
    return f"[\n{lines}\n]\n"


if __name__ == "__main__":
    FILE.write_text(document(), encoding="utf-8")
