"""What lies beside the pictures of a series and can be shown with them: presentation states and segmentations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.crypto import salted_hmac

from pacs_gateway.refs import InstanceRef


@dataclass(frozen=True, slots=True)
class Attached:
    """A presentation state or a segmentation, and the frames of one series (numbered from 1) that it is for."""

    id: str
    series_uid: str
    instance_uid: str
    label: str
    frames: tuple[int, ...]
    notes: tuple[str, ...] = ()

    @property
    def ref(self) -> InstanceRef:
        """Return the instance that holds it."""
        return InstanceRef(self.series_uid, self.instance_uid)


@dataclass(frozen=True, slots=True)
class State(Attached):
    """A presentation state. `moves_pixels`: it cuts, turns or mirrors, so that places are not those of the series.

    `is_own`: it is no object of its own, but the Mask module that images of the series carry.
    """

    moves_pixels: bool = False
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Segmentation(Attached):
    """A segmentation. `legend` holds for each segment its number, label and color as "#rrggbb"."""

    legend: tuple[dict[str, Any], ...] = ()


def state_from(facts: dict[str, Any]) -> State:
    """Return the state that asdict and JSON made `facts` of."""
    return State(**facts | {"frames": tuple(facts["frames"]), "notes": tuple(facts["notes"])})


def segmentation_from(facts: dict[str, Any]) -> Segmentation:
    """Return the segmentation that asdict and JSON made `facts` of."""
    lists = {name: tuple(facts[name]) for name in ("frames", "notes", "legend")}
    return Segmentation(**facts | lists)


def attached_id(study_key: str, instance_uid: str) -> str:
    """Return the opaque name of a state or segmentation inside a study: stable, and useless without its key."""
    return salted_hmac("viewer.manifest.attached", f"{study_key}|{instance_uid}").hexdigest()[:16]
