"""Why a frame cannot be shown: a short closed list, with words for each kind of reader."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from contextlib import contextmanager


class Reason(enum.StrEnum):
    """A reason for not drawing a frame."""

    NO_PIXELS = "no_pixels"
    DAMAGED = "damaged"
    MISMATCH = "mismatch"
    TOO_LARGE = "too_large"
    UNSUPPORTED_ENCODING = "unsupported_encoding"
    UNSUPPORTED_PIXELS = "unsupported_pixels"
    UNSUPPORTED_SOP_CLASS = "unsupported_sop_class"
    LOCKED = "locked"
    VIDEO = "video"
    FRAME_OUT_OF_RANGE = "frame_out_of_range"
    NOT_DICOM = "not_dicom"
    NOT_WINDOWABLE = "not_windowable"
    GAVE_UP = "gave_up"

    @property
    def words_for_patient(self) -> str:
        """Return the reason in plain words, and what to do."""
        return _PATIENT[self]

    @property
    def words_for_physician(self) -> str:
        """Return the reason in the standard's terms."""
        return _PHYSICIAN[self]


_PATIENT = {
    Reason.NO_PIXELS: "There is no picture in this part of the study.",
    Reason.DAMAGED: "This picture is damaged and cannot be shown. Ask the clinic to send it again.",
    Reason.MISMATCH: "This picture does not match its description, so we do not show it. Ask the clinic.",
    Reason.TOO_LARGE: "This picture is too large to show here. You can still download it.",
    Reason.UNSUPPORTED_ENCODING: "This kind of picture cannot be shown here. You can still download it.",
    Reason.UNSUPPORTED_PIXELS: "This kind of picture cannot be shown here. You can still download it.",
    Reason.UNSUPPORTED_SOP_CLASS: "This part of the study is data for other programs, not a picture to look at here.",
    Reason.LOCKED: "This document is locked with a password. Ask the clinic for one that can be opened.",
    Reason.VIDEO: "This is a video. It plays on a page of its own, which the page of the study leads to.",
    Reason.FRAME_OUT_OF_RANGE: "This picture does not exist.",
    Reason.NOT_DICOM: "This is not a medical image file.",
    Reason.GAVE_UP: "We tried several times and could not draw this picture. You can still download it.",
    Reason.NOT_WINDOWABLE: "The brightness of this picture cannot be changed on your device.",
}
_PHYSICIAN = {
    Reason.NO_PIXELS: "No Pixel Data in this instance.",
    Reason.DAMAGED: "Pixel Data is truncated or cannot be decoded.",
    Reason.MISMATCH: "The encoded frame and the header disagree on size, components or depth.",
    Reason.TOO_LARGE: "The frame is larger than the limit for rendering.",
    Reason.UNSUPPORTED_ENCODING: "The transfer syntax is not supported.",
    Reason.UNSUPPORTED_PIXELS: "The photometric interpretation or bit depth is not supported.",
    Reason.UNSUPPORTED_SOP_CLASS: "Instances of this SOP class are not drawn.",
    Reason.LOCKED: "The encapsulated document is encrypted.",
    Reason.VIDEO: "Video transfer syntax: played as a stream, not rendered frame by frame.",
    Reason.FRAME_OUT_OF_RANGE: "Frame number out of range.",
    Reason.NOT_DICOM: "Not a DICOM file (PS3.10).",
    Reason.GAVE_UP: "Decoding ended its process or took too long, three times in a row.",
    Reason.NOT_WINDOWABLE: "No windowable frame: color, more than 16 bits, or a watermark.",
}


class CannotRender(Exception):
    """A frame that is not drawn, and why. The text names the reason only, never anything from the file."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.words_for_physician)
        self.reason = reason


@contextmanager
def only_refusals() -> Iterator[None]:
    """Turn whatever is raised over hostile bytes into CannotRender: parsers and decoders may raise anything."""
    try:
        yield
    except CannotRender:
        raise
    except MemoryError as error:
        raise CannotRender(Reason.TOO_LARGE) from error
    except Exception as error:
        raise CannotRender(Reason.DAMAGED) from error
