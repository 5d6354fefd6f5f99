"""The registry of decoders as a table."""

from __future__ import annotations

from pydicom.uid import UID

from viewer.rendering.decode import CODECS, DEFLATED_FRAME, ENCAPSULATED_NATIVE, GE_BIG_ENDIAN, NATIVE, RLE, VIDEO
from viewer.videos import may_play

_NAMES = {DEFLATED_FRAME: "Deflated Image Frame Compression", GE_BIG_ENDIAN: "GE private, big-endian pixels"}


def table() -> str:
    """Return a Markdown table: Transfer Syntax UID, name, how it is shown."""
    rows = ["| Transfer Syntax UID | name | shown |", "| --- | --- | --- |"]
    shown = dict.fromkeys(NATIVE | {RLE, DEFLATED_FRAME, ENCAPSULATED_NATIVE}, "yes")
    shown |= {uid: "yes, marked as lossy" if codec.is_lossy else "yes" for uid, codec in CODECS.items()}
    shown |= {uid: "as a stream to play" if may_play(uid) else "as a stream to save" for uid in VIDEO}
    rows += [f"| {uid} | {name_of(uid)} | {shown[uid]} |" for uid in sorted(shown, key=by_parts)]
    return "\n".join(rows)


def name_of(uid: str) -> str:
    """Return a transfer syntax's name; pydicom does not know all of them."""
    name = UID(uid).name
    if name != uid:
        return name
    return CODECS[uid].name if uid in CODECS else _NAMES[uid]


def by_parts(uid: str) -> list[int]:
    """Return what transfer syntaxes are sorted by."""
    return [int(part) for part in uid.split(".")]
