"""From a PACS's DICOM JSON to a volume, where the frames of a series make one (PS3.3 C.7.6.2, C.7.6.16)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pacs_gateway.dicomjson import first, text, values
from viewer.rendering.lattice import Lattice, Slice
from viewer.rendering.notvolume import NotVolume, NoVolume
from viewer.rendering.volume import lattice_of

DicomJson = dict[str, Any]
MODALITIES = {"CT", "MR"}
SLICES_MOST = 4096
_BITS_MOST = 16


@dataclass(frozen=True, slots=True)
class Volume:
    """How a series lies in the patient, its frames (numbered from 1) in the order of the lattice's slices, and the
    slope and intercept of its modality values.
    """

    lattice: Lattice
    order: tuple[int, ...]
    scale: tuple[float, float] = (1.0, 0.0)


def volume_of(instances: list[DicomJson]) -> tuple[Volume | None, str]:
    """Return (the volume that a series is, ""), or (None, why it is none); why is "" where nobody would expect one."""
    if not instances or text(instances[0], "00080060") not in MODALITIES:
        return None, ""
    try:
        slices = list(_slices(instances))
        lattice, order = lattice_of(slices)
    except NoVolume as error:
        return None, error.reason.value
    except (TypeError, ValueError, OverflowError):
        return None, NotVolume.NO_PLACE.value
    return Volume(lattice, tuple(index + 1 for index in order), slices[0].scale[:2]), ""


def _slices(instances: list[DicomJson]) -> Iterator[Slice]:
    """Yield the slices of a series frame by frame; raises NoVolume and what comes of nonsense."""
    told = 0
    for instance in instances:
        if not _has_plain_values(instance):
            raise NoVolume(NotVolume.VALUES)
        shared, per_frame = _item(instance, "52009229"), values(instance, "52009230")
        count = int(first(instance, "00280008") or 1)
        told += count
        if told > SLICES_MOST:
            raise NoVolume(NotVolume.TOO_LARGE)
        if count > max(len(per_frame), 1):
            raise NoVolume(NotVolume.NO_PLACE)
        for frame_index in range(count):
            groups = [*per_frame[frame_index : frame_index + 1], shared, instance]
            yield _slice(instance, [one for one in groups if isinstance(one, dict)])


def _slice(instance: DicomJson, groups: list[DicomJson]) -> Slice:
    measures, scale = _macro(groups, "00289110"), _macro(groups, "00289145")
    slope, intercept = first(scale, "00281053"), first(scale, "00281052")
    return Slice(
        position=_numbers(_macro(groups, "00209113"), "00200032"),
        orientation=_numbers(_macro(groups, "00209116"), "00200037"),
        spacing=_numbers(measures, "00280030"),
        size=(int(first(instance, "00280010") or 0), int(first(instance, "00280011") or 0)),
        scale=(float(slope or 1), float(intercept or 0), text(scale, "00281054")),
    )


def _has_plain_values(instance: DicomJson) -> bool:
    is_gray = text(instance, "00280004") in ("MONOCHROME1", "MONOCHROME2") and not values(instance, "00283000")
    return is_gray and int(first(instance, "00280100") or _BITS_MOST) <= _BITS_MOST


def _macro(groups: list[DicomJson], tag: str) -> DicomJson:
    """Return the item that holds a macro's attributes for a frame: in a functional group, else the instance itself."""
    return next((found for group in groups if (found := _item(group, tag))), groups[-1])


def _item(item: DicomJson, tag: str) -> DicomJson:
    found = first(item, tag)
    return found if isinstance(found, dict) else {}


def _numbers(item: DicomJson, tag: str) -> tuple[float, ...]:
    return tuple(float(value) for value in values(item, tag))


def volume_from(facts: dict[str, Any] | None) -> Volume | None:
    """Return the volume that asdict and JSON made `facts` of."""
    if facts is None:
        return None
    lattice = facts["lattice"]
    directions = tuple(tuple(one) for one in lattice["directions"])
    plain = {name: tuple(lattice[name]) for name in ("origin", "spacing", "shape")}
    slope, intercept = facts["scale"]
    return Volume(Lattice(directions=directions, **plain), tuple(facts["order"]), (slope, intercept))  # type: ignore[arg-type]
