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


def gettext_noop(words: str) -> str:
    """Mark words for translation, which happens where it is known who reads them."""
    return words


_PATIENT = {
    Reason.NO_PIXELS: gettext_noop("There is no picture in this part of the study."),
    Reason.DAMAGED: gettext_noop("This picture is damaged and cannot be shown. Ask the clinic to send it again."),
    Reason.MISMATCH: gettext_noop("This picture does not match its description, so we do not show it. Ask the clinic."),
    Reason.TOO_LARGE: gettext_noop("This picture is too large to show here. You can still download it."),
    Reason.UNSUPPORTED_ENCODING: gettext_noop("This kind of picture cannot be shown here. You can still download it."),
    Reason.UNSUPPORTED_PIXELS: gettext_noop("This kind of picture cannot be shown here. You can still download it."),
    Reason.UNSUPPORTED_SOP_CLASS: gettext_noop(
        "This part of the study is data for other programs, not a picture to look at here."
    ),
    Reason.LOCKED: gettext_noop("This document is locked with a password. Ask the clinic for one that can be opened."),
    Reason.VIDEO: gettext_noop("This is a video. It plays on a page of its own, which the page of the study leads to."),
    Reason.FRAME_OUT_OF_RANGE: gettext_noop("This picture does not exist."),
    Reason.NOT_DICOM: gettext_noop("This is not a medical image file."),
    Reason.GAVE_UP: gettext_noop("We tried several times and could not draw this picture. You can still download it."),
    Reason.NOT_WINDOWABLE: gettext_noop("The brightness of this picture cannot be changed on your device."),
}
_PHYSICIAN = {
    Reason.NO_PIXELS: gettext_noop("No Pixel Data in this instance."),
    Reason.DAMAGED: gettext_noop("Pixel Data is truncated or cannot be decoded."),
    Reason.MISMATCH: gettext_noop("The encoded frame and the header disagree on size, components or depth."),
    Reason.TOO_LARGE: gettext_noop("The frame is larger than the limit for rendering."),
    Reason.UNSUPPORTED_ENCODING: gettext_noop("The transfer syntax is not supported."),
    Reason.UNSUPPORTED_PIXELS: gettext_noop("The photometric interpretation or bit depth is not supported."),
    Reason.UNSUPPORTED_SOP_CLASS: gettext_noop("Instances of this SOP class are not drawn."),
    Reason.LOCKED: gettext_noop("The encapsulated document is encrypted."),
    Reason.VIDEO: gettext_noop("Video transfer syntax: played as a stream, not rendered frame by frame."),
    Reason.FRAME_OUT_OF_RANGE: gettext_noop("Frame number out of range."),
    Reason.NOT_DICOM: gettext_noop("Not a DICOM file (PS3.10)."),
    Reason.GAVE_UP: gettext_noop("Decoding ended its process or took too long, three times in a row."),
    Reason.NOT_WINDOWABLE: gettext_noop("No windowable frame: color, more than 16 bits, or a watermark."),
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
