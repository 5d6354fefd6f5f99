"""What is decoded: transfer syntax x Photometric Interpretation x bits. Each cell is encoded and decoded by a test.

A depth is Bits Stored, with "s" for signed values and "f" for Float and Double Float Pixel Data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from viewer.conformance.transfer_syntaxes import by_parts, name_of
from viewer.rendering.decode import CODECS, DEFLATED_FRAME, ENCAPSULATED_NATIVE, NATIVE, RLE

_GRAYS = ("MONOCHROME1", "MONOCHROME2")
_WHOLE = "8 8s 10 10s 12 12s 16 16s"
_TO_32 = f"1 {_WHOLE} 32 32s"
_UNCOMPRESSED = {
    "MONOCHROME": f"{_TO_32} 32f 64f",
    "PALETTE COLOR": "8 16",
    "RGB": "8 16",
    "YBR_FULL": "8",
    "YBR_FULL_422": "8",
    "YBR_PARTIAL_422": "8",
}
_RLE = {"MONOCHROME": _TO_32, "PALETTE COLOR": "8 16", "RGB": "8 16", "YBR_FULL": "8"}
_LOSSY_JPEG = {"MONOCHROME": "8", "RGB": "8", "YBR_FULL": "8", "YBR_FULL_422": "8", "YBR_PARTIAL_420": "8"}
_WAVELETS = {"MONOCHROME": _WHOLE, "PALETTE COLOR": "8 16", "RGB": "8 16"}
_FAMILIES = {
    "50": _LOSSY_JPEG,
    "51": {**_LOSSY_JPEG, "MONOCHROME": "8 10 12"},
    "53": _LOSSY_JPEG,
    "55": _LOSSY_JPEG,
    "57": {"MONOCHROME": _WHOLE, "PALETTE COLOR": "8 16", "RGB": "8"},
    "70": {"MONOCHROME": _WHOLE, "PALETTE COLOR": "8 16", "RGB": "8"},
    "80": {"MONOCHROME": _WHOLE, "PALETTE COLOR": "8 16", "RGB": "8 16", "YBR_FULL": "8"},
    "81": {"MONOCHROME": "8 10 12 16", "RGB": "8 16"},
    "90": {**_WAVELETS, "YBR_RCT": "8 16"},
    "91": {**_WAVELETS, "YBR_RCT": "8 16", "YBR_ICT": "8"},
    "110": {"MONOCHROME": "8 10 12 16", "PALETTE COLOR": "8 16", "RGB": "8 16"},
    "111": {"MONOCHROME": "8", "YBR_FULL_422": "8", "YBR_FULL": "8", "RGB": "8"},
    "112": {"MONOCHROME": "8 10 12 16", "RGB": "8", "XYB": "8"},
    "201": {**_WAVELETS, "YBR_RCT": "8 16"},
    "202": {**_WAVELETS, "YBR_RCT": "8 16"},
    "203": {**_WAVELETS, "YBR_RCT": "8 16", "YBR_ICT": "8"},
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One kind of frame that is decoded; `depth` as in the table, such as "12s"."""

    transfer_syntax_uid: str
    photometric: str
    depth: str

    @property
    def bits(self) -> int:
        return int(self.depth.rstrip("sf"))


def depths_of(transfer_syntax_uid: str) -> dict[str, str]:
    """Return the depths of a transfer syntax of the registry, by Photometric Interpretation."""
    if transfer_syntax_uid in CODECS:
        return _FAMILIES[transfer_syntax_uid.rsplit(".", 1)[1]]
    return _RLE if transfer_syntax_uid == RLE else _UNCOMPRESSED


def cells() -> Iterator[Cell]:
    """Yield every cell of the table."""
    for uid in _decoded():
        for photometric, depths in depths_of(uid).items():
            for depth in depths.split():
                for name in _GRAYS if photometric == "MONOCHROME" else (photometric,):
                    yield Cell(uid, name, depth)


def table() -> str:
    """Return a Markdown table: a row for each transfer syntax with decoder and Photometric Interpretation."""
    rows = ["| transfer syntax | Photometric Interpretation | Bits Stored |", "| --- | --- | --- |"]
    for uid in _decoded():
        for photometric, depths in depths_of(uid).items():
            names = ", ".join(_GRAYS) if photometric == "MONOCHROME" else photometric
            rows.append(f"| {name_of(uid)} | {names} | {_words(depths.split())} |")
    return "\n".join([*rows, "", "± also signed; f Float and Double Float Pixel Data."])


def _decoded() -> list[str]:
    return sorted([*NATIVE, ENCAPSULATED_NATIVE, RLE, DEFLATED_FRAME, *CODECS], key=by_parts)


def _words(depths: list[str]) -> str:
    shown = (f"{depth}±" if f"{depth}s" in depths else depth for depth in depths if not depth.endswith("s"))
    return ", ".join(shown)
