"""Lines of text in the corners of a picture: whose it is, and how it was made (PS3.18 8.3.5.1.1)."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from PIL import Image, ImageDraw
from pydicom import Dataset

from viewer.rendering.lettering import set_lines

PATIENT, TECHNIQUE = "patient", "technique"
_KEYWORDS = {
    PATIENT: ("PatientName", "PatientID", "PatientBirthDate", "PatientSex"),
    TECHNIQUE: ("Modality", "StudyDescription", "SeriesDescription", "AcquisitionDate", "KVP", "SliceThickness"),
}
_TEXT_MOST = 64
_MARGIN = 4


def caption(picture: np.ndarray, header: Dataset, wanted: Iterable[str]) -> np.ndarray:
    """Return an 8-bit picture (rows, columns[, 3]) with the patient at the top left, the technique at the bottom."""
    image = Image.fromarray(picture)
    points = max(min(image.size) // 8, 8)
    for name in wanted:
        lettering = set_lines(_lines(header, name), image.width - 2 * _MARGIN, image.height / 3, points, 8)
        at_top = name == PATIENT
        ImageDraw.Draw(image).multiline_text(
            (_MARGIN, _MARGIN if at_top else image.height - _MARGIN),
            lettering.text,
            "white",
            lettering.font,
            "la" if at_top else "ld",
            lettering.spacing,
            stroke_width=1,
            stroke_fill="black",
        )
    return np.asarray(image)


def _lines(header: Dataset, name: str) -> str:
    found = (str(header.get(keyword) or "").replace("^", " ").strip()[:_TEXT_MOST] for keyword in _KEYWORDS[name])
    return "\n".join(text for text in found if text)
