"""Series and instances of a study as data sets that can be searched, made of its metadata."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from pacs_gateway.dicomweb.answers import attribute
from pacs_gateway.dicomweb.attributes import OF_INSTANCE, OF_STUDY
from pacs_gateway.dicomweb.instance import Instance
from pacs_gateway.upstream.base import DicomJson

_AVAILABILITY, _RETRIEVE_URL, _SERIES_COUNT = "00080056", "00081190", "00201209"
_COUNTED_IN_STUDY = ("00080061", "00201206", "00201208")


@dataclass(frozen=True, slots=True)
class Held:
    """A study that a grant opened: its item from the index, its address here, and its instances."""

    study: DicomJson
    address: str
    instances: list[Instance]


@dataclass(frozen=True, slots=True)
class Series:
    """A series as a data set, and its instances."""

    item: DicomJson
    instances: list[Instance]

    def shared(self) -> DicomJson:
        """Return what the series may be asked for: all that is the same in each instance, and not of instances."""
        first, *others = [one.item for one in self.instances]
        differs = {tag for tag in first if any(other.get(tag) != first[tag] for other in others)}
        return {tag: found for tag, found in self.item.items() if tag not in differs and tag not in OF_INSTANCE}


def series_of(held: Held) -> Iterator[Series]:
    """Yield the series of a study."""
    for uid, group in groupby(sorted(held.instances, key=attrgetter("series_uid")), key=attrgetter("series_uid")):
        members = list(group)
        own = {
            _AVAILABILITY: attribute(_AVAILABILITY, "ONLINE"),
            _RETRIEVE_URL: attribute(_RETRIEVE_URL, f"{held.address}/series/{uid}"),
            _SERIES_COUNT: attribute(_SERIES_COUNT, len(members)),
        }
        yield Series(members[0].item | _counts(held) | own, members)


def instances_of(held: Held) -> Iterator[DicomJson]:
    """Yield the instances of a study, with what is known of their series and of the study."""
    for series in series_of(held):
        above = _counts(held) | {tag: series.item[tag] for tag in (_AVAILABILITY, _SERIES_COUNT)}
        for one in series.instances:
            address = f"{held.address}/series/{one.series_uid}/instances/{one.instance_uid}"
            yield one.item | above | {_RETRIEVE_URL: attribute(_RETRIEVE_URL, address)}


def of_study(instance: Instance) -> DicomJson:
    """Return what an instance says about its study and patient beyond what the index knows."""
    return {tag: found for tag, found in instance.item.items() if tag in OF_STUDY}


def _counts(held: Held) -> DicomJson:
    """Return what of a study its instances do not tell."""
    return {tag: held.study[tag] for tag in _COUNTED_IN_STUDY}
