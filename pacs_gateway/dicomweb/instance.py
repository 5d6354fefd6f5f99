"""One instance's metadata, and how that of many is kept so that parts of it are found without parsing the rest."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from pacs_gateway.dicomjson import number
from pacs_gateway.upstream.base import DicomJson

_NUMBER_OF_FRAMES = "00280008"


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance: its names and its metadata as a JSON text (PS3.18 F.2), bulk data as addresses of this service."""

    series_uid: str
    instance_uid: str
    json: bytes

    @property
    def item(self) -> DicomJson:
        """Return the metadata as DICOM JSON."""
        found: DicomJson = json.loads(self.json)
        return found

    @property
    def frame_count(self) -> int:
        """Return Number of Frames, 1 when it is absent or no number."""
        return max(number(self.item, _NUMBER_OF_FRAMES), 1)


def pack(instances: list[Instance]) -> bytes:
    """Return instances as they are kept: what there is on one line, then their metadata end to end."""
    contents = [(one.series_uid, one.instance_uid, len(one.json)) for one in instances]
    return b"\n".join([json.dumps(contents).encode(), b"".join(one.json for one in instances)])


def unpack(packed: bytes) -> list[Instance]:
    """Return the instances that `pack` wrote."""
    head, _, body = packed.partition(b"\n")
    contents: list[Any] = json.loads(head)
    found, start = [], 0
    for series_uid, instance_uid, length in contents:
        found.append(Instance(series_uid, instance_uid, body[start : start + length]))
        start += length
    return found
