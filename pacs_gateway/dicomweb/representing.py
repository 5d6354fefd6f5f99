"""A stored file in the transfer syntax that the caller asks for (PS3.18 8.7.3.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from pacs_gateway.dicomweb.decoding import CannotDecode, decoded
from pacs_gateway.dicomweb.files import StoredFile
from pacs_gateway.dicomweb.transcoding import NATIVE, to_native
from pacs_gateway.errors import PacsIncomplete
from pacs_gateway.refs import FrameRef
from pacs_gateway.upstream.part10 import read_part10
from pacs_gateway.upstream.spool import handed_on

AS_STORED = "*"
_SOP_INSTANCE_UID = 0x00080018


@dataclass(frozen=True, slots=True)
class Represented:
    """A DICOM file on its way out: its bytes in steps, and their transfer syntax."""

    steps: Iterator[bytes]
    transfer_syntax_uid: str


def represent(stored: StoredFile, wanted: str) -> Represented | None:
    """Return a file in the transfer syntax `wanted`, None when that cannot be made; then the file stays open.

    "*" is the stored one. "" is what the caller has who does not say: Explicit VR Little Endian where it can be made,
    else as stored, as for video.
    """
    syntax = stored.transfer_syntax_uid or syntax_of(stored.file)
    if wanted in (AS_STORED, syntax) or (not wanted and syntax == NATIVE):
        return Represented(handed_on(stored.file), syntax)
    if wanted not in ("", NATIVE):
        return None
    try:
        return Represented(_native(stored), NATIVE)
    except (CannotDecode, PacsIncomplete):
        return None if wanted else Represented(handed_on(stored.file), syntax)


def as_stored(stored: StoredFile) -> Represented:
    """Return a file as it is stored."""
    return Represented(handed_on(stored.file), stored.transfer_syntax_uid or syntax_of(stored.file))


def syntax_of(file: BinaryIO) -> str:
    """Return the transfer syntax of an open DICOM file; raises PacsIncomplete."""
    return str(read_part10(file, [_SOP_INSTANCE_UID], _SOP_INSTANCE_UID).header.file_meta.TransferSyntaxUID)


def _native(stored: StoredFile) -> Iterator[bytes]:
    def frames(count: int) -> Iterator[bytes]:
        return decoded(stored.grant, [FrameRef(stored.ref, number) for number in range(1, count + 1)])

    return to_native(stored.file, frames)
