"""Waveforms among pictures: what the metadata of one says of the pages it is drawn on."""

from __future__ import annotations

import math
from typing import Any

from pacs_gateway.dicomjson import first, text, values
from viewer.rendering.sop_classes import Shown, how_shown
from viewer.rendering.waveform_pages import CHANNELS_MOST, GroupSize, Paper, page_count

DicomJson = dict[str, Any]
_ROWS, _COLUMNS, _FRAMES, _SAMPLES, _PHOTOMETRIC = "00280010", "00280011", "00280008", "00280002", "00280004"


def as_picture(instance: DicomJson) -> DicomJson:
    """Return DICOM JSON that describes the drawing of a waveform; anything else comes back as it is."""
    if how_shown(text(instance, "00080016")) is not Shown.WAVEFORM:
        return instance
    groups = [_size(group) for group in values(instance, "54000100") if isinstance(group, dict)]
    # Some archives leave the sequence out of their metadata: then the first page can be asked for, of usual size.
    paper = Paper(min(max(groups[0].channels if groups else 12, 1), CHANNELS_MOST))
    facts = {
        _ROWS: paper.height,
        _COLUMNS: paper.width,
        _FRAMES: max(page_count(groups), 1),
        _SAMPLES: 3,
        _PHOTOMETRIC: "RGB",
    }
    return instance | {tag: {"vr": "UN", "Value": [value]} for tag, value in facts.items()}


def _size(group: DicomJson) -> GroupSize:
    return GroupSize(int(_number(group, "003A0005")), int(_number(group, "003A0010")), _number(group, "003A001A"))


def _number(group: DicomJson, tag: str) -> float:
    try:
        number = float(first(group, tag) or 0)
    except (TypeError, ValueError):
        return 0.0
    return number if math.isfinite(number) else 0.0
