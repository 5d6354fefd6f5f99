"""One frame of a local DICOM file, for the render command."""

from __future__ import annotations

from pathlib import Path

from pydicom import Dataset

from pacs_gateway.errors import PacsIncomplete, PacsNotFound
from pacs_gateway.upstream import pixeldata
from pacs_gateway.upstream.part10 import is_part10, read_part10
from viewer.rendering import CannotRender, Reason


def read_frame(path: Path, frame_number: int) -> tuple[Dataset, bytes | memoryview, str]:
    """Return (header without pixels, bytes of one frame, Transfer Syntax UID) of a file; other frames are not read.

    Raises CannotRender, and OSError when there is no such file.
    """
    with path.open("rb") as file:
        if not is_part10(file):
            raise CannotRender(Reason.NOT_DICOM)
        try:
            part10 = read_part10(file)
            if not part10.pixel_tag and not pixeldata.is_waveform(part10.header):
                raise CannotRender(Reason.NO_PIXELS)
            return part10.header, pixeldata.read_frame(part10, frame_number), part10.transfer_syntax_uid
        except PacsNotFound as error:
            raise CannotRender(Reason.FRAME_OUT_OF_RANGE) from error
        except PacsIncomplete as error:
            raise CannotRender(Reason.DAMAGED) from error
