"""The metadata of a study's instances: asked of the PACS, checked, kept for a few minutes as ready JSON."""

from __future__ import annotations

import json
from hashlib import sha256

from pacs_gateway.access.grant import StudyGrant
from pacs_gateway.access.right import Right
from pacs_gateway.dicomweb.attributes import BRIEF
from pacs_gateway.dicomweb.bulkdata import with_addresses
from pacs_gateway.dicomweb.instance import Instance, pack, unpack
from pacs_gateway.dicomweb.kept import keep, recall
from pacs_gateway.index import serving
from pacs_gateway.upstream.base import DicomJson
from pacs_gateway.upstream.checked import CheckedPacs
from pacs_gateway.upstream.records import instance_uids

_VERSION = "2"


def load(
    grant: StudyGrant, service: str, series_uid: str = "", instance_uid: str = "", *, brief: bool = False
) -> list[Instance]:
    """Return the instances of the granted study, or of one series, or one instance; none when there are none.

    `service` is the address of this service without a slash at its end. `brief` leaves of the metadata what searches
    commonly answer with. Raises GrantRefused and PacsError.
    """
    grant.require(Right.VIEW)
    key = _key(grant, service)
    kept = recall(f"{key}:brief" if brief else key)
    found = unpack(kept) if kept else _fetch(grant, service, key, brief=brief)
    return [one for one in found if series_uid in ("", one.series_uid) and instance_uid in ("", one.instance_uid)]


def _fetch(grant: StudyGrant, service: str, key: str, *, brief: bool) -> list[Instance]:
    items = serving.ask(grant, _metadata)
    whole = [_instance(grant, service, item) for item in items]
    short = [_instance(grant, service, {tag: item[tag] for tag in item.keys() & BRIEF}) for item in items]
    keep(key, pack(whole))
    keep(f"{key}:brief", pack(short))
    return short if brief else whole


def _metadata(pacs: CheckedPacs, grant: StudyGrant) -> list[DicomJson]:
    return pacs.metadata(grant)


def _instance(grant: StudyGrant, service: str, item: DicomJson) -> Instance:
    uids = instance_uids(item)
    assert uids is not None, "CheckedPacs leaves out what has no names"
    place = f"{service}/studies/{grant.study.study_uid}/series/{uids[0]}/instances/{uids[1]}/bulkdata/"
    text = json.dumps(with_addresses(item, place), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return Instance(*uids, text.encode("utf-8", "replace"))


def _key(grant: StudyGrant, service: str) -> str:
    """Return where the metadata is kept: by study and edition, whose it is, and the class of the grant."""
    patient = (grant.patient.patient_id, grant.patient.issuer)
    facts = (_VERSION, grant.study.pacs, grant.study.study_uid, *patient, grant.edition, grant.cache_class, service)
    return f"dicomweb:metadata:{sha256(json.dumps(facts).encode()).hexdigest()}"
