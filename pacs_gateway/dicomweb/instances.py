"""The metadata of a study's instances: asked of the PACS, checked, kept for a few minutes as ready JSON."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.right import Right
from pacs_gateway.dicomjson import number
from pacs_gateway.dicomweb.bulkdata import with_addresses
from pacs_gateway.dicomweb.kept import keep, recall
from pacs_gateway.index import serving
from pacs_gateway.upstream.base import DicomJson
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.records import instance_uids

_NUMBER_OF_FRAMES = "00280008"
_VERSION = "1"


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


def load(grant: StudyGrant, service: str, series_uid: str = "", instance_uid: str = "") -> list[Instance]:
    """Return the instances of the granted study, or of one series, or one instance; none when there are none.

    `service` is the address of this service without a slash at its end. Raises GrantRefused and PacsError.
    """
    grant.require(Right.VIEW)
    key = _key(grant, service)
    kept = recall(key)
    if kept is None:
        kept = _pack([_instance(grant, service, item) for item in serving.ask(grant, _metadata)])
        keep(key, kept)
    return [
        one for one in _unpack(kept) if series_uid in ("", one.series_uid) and instance_uid in ("", one.instance_uid)
    ]


def _metadata(pacs: CheckedPacs, grant: StudyGrant) -> list[DicomJson]:
    return pacs.metadata(grant)


def _instance(grant: StudyGrant, service: str, item: DicomJson) -> Instance:
    uids = instance_uids(item)
    assert uids is not None, "CheckedPacs leaves out what has no names"
    place = f"{service}/studies/{grant.study.study_uid}/series/{uids[0]}/instances/{uids[1]}/bulkdata/"
    text = json.dumps(with_addresses(item, place), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return Instance(*uids, text.encode("utf-8", "replace"))


def _key(grant: StudyGrant, service: str) -> str:
    """Return where the metadata is kept: by study, whose it is, and the class of the grant."""
    patient = (grant.patient.patient_id, grant.patient.issuer)
    facts = (_VERSION, grant.study.pacs, grant.study.study_uid, *patient, grant.cache_class, service)
    return f"dicomweb:metadata:{sha256(json.dumps(facts).encode()).hexdigest()}"


def _pack(instances: list[Instance]) -> bytes:
    contents = [(one.series_uid, one.instance_uid, len(one.json)) for one in instances]
    return b"\n".join([json.dumps(contents).encode(), b"".join(one.json for one in instances)])


def _unpack(packed: bytes) -> list[Instance]:
    head, _, body = packed.partition(b"\n")
    contents: list[Any] = json.loads(head)
    found, start = [], 0
    for series_uid, instance_uid, length in contents:
        found.append(Instance(series_uid, instance_uid, body[start : start + length]))
        start += length
    return found
